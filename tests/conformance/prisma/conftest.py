"""Prisma's own engine, kept running for the whole session. What it needs is installed once, from the pinned versions."""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance.npm import installed

HERE = Path(__file__).parent
VERSIONS = (6, 7)
URL_BEFORE_7 = re.compile("^datasource .*\n", re.MULTILINE)


class RefusedError(Exception):
    """The engine does not take a schema."""


@dataclass
class Engine:
    process: subprocess.Popen[str]

    def ask(self, version: int, question: str, files: list[tuple[str, str]]) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"engine": version, "question": question, "files": files}) + "\n")
        self.process.stdin.flush()
        reply = json.loads(self.process.stdout.readline())
        if "refused" in reply:
            raise RefusedError(reply["refused"])
        return reply["answer"]

    def ddl(self, version: int, *texts: str) -> str:
        """The SQL that Prisma would create a schema with; up to version 6 a datasource must have a URL."""
        files = [(f"{number}.prisma", text) for number, text in enumerate(texts)]
        if version < 7:
            files = [(path, URL_BEFORE_7.sub(r'\g<0>  url = "postgresql://"\n', text)) for path, text in files]
        return self.ask(version, "ddl", files)

    def refusal(self, version: int, text: str) -> str | None:
        """Why Prisma does not take a schema; None where it does."""
        try:
            self.ask(version, "validate", [("schema.prisma", text)])
        except RefusedError as refused:
            return str(refused)
        return None


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    installed(HERE)
    with subprocess.Popen(
        ["node", "engine.mjs"], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Engine(process)
        assert process.stdin is not None
        process.stdin.close()
