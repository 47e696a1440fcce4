"""drizzle-kit of both versions, kept running for the whole session, and installed once from the pinned versions."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conformance.npm import installed

HERE = Path(__file__).parent


Followed = frozenset[frozenset[tuple[str, str]]]


def followed(near: Sequence[Sequence[str]], far: Sequence[Sequence[str]]) -> Followed:
    """Pairs of columns, each with its table, whose values equal each other; neither side comes first."""
    return frozenset(frozenset((one[0], one[1]) for one in pair) for pair in zip(near, far, strict=True))


class RefusedError(Exception):
    """drizzle-kit does not take a schema."""


@dataclass
class Kit:
    process: subprocess.Popen[str]

    def ddl(self, version: str, file: Path, casing: str | None = None) -> str:
        """The SQL that drizzle-kit would create the exports of `file` with."""
        return str(self._answer({"version": version, "file": str(file.resolve()), "casing": casing}))

    def relations(self, version: str, file: Path) -> set[Followed]:
        """What the client follows, whichever side declares it."""
        answer: Any = self._answer({"version": version, "file": str(file.resolve()), "relations": True})
        return {followed(near, far) for near, far in answer}

    def _answer(self, request: dict[str, object]) -> object:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        reply = json.loads(self.process.stdout.readline())
        if "refused" in reply:
            raise RefusedError(reply["refused"])
        return reply["answer"]


@pytest.fixture(scope="session")
def kit() -> Iterator[Kit]:
    for version in ("v0", "v1"):
        installed(HERE / version)
    with subprocess.Popen(
        ["node", "ddl.mjs"],
        cwd=HERE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        yield Kit(process)
        assert process.stdin is not None
        process.stdin.close()
