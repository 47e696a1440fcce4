"""How long `ormistice show` takes for a large schema beside Prisma's own `validate`, whole processes, in the same run.

    .venv/bin/python tests/conformance/prisma/benchmark.py [number of models] [rounds]

Prints the best time and the largest memory of each, and the ratio of the times. The packages that the conformance tests
install must be there.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent


def schema(models: int) -> str:
    return "\n".join(["datasource db {", '  provider = "postgresql"', "}", *lines(models)]) + "\n"


def lines(models: int) -> Iterator[str]:
    """Models of a dozen columns, each but the first two with keys on two before it, and an enum for every sixth."""
    answers: dict[int, list[str]] = {number: [] for number in range(models)}
    for number in range(2, models):
        for position, target in enumerate((number // 2, number - 1)):
            name = f"Table{number}_{position}"
            answers[target].append(f'  from{number}_{position} Table{number}[] @relation("{name}")')
    for number in range(0, models, 6):
        yield from ("", f"enum Kind{number} {{", "  NEW", '  OLD @map("old")', f'  @@map("kind_{number}")', "}")
    for number in range(models):
        yield from (
            "",
            f"/// Table number {number}",
            f"model Table{number} {{",
            '  id        String   @id @default(dbgenerated("gen_random_uuid()")) @db.Uuid',
            "  name      String   @db.VarChar(120)",
            f'  code      String   @unique @map("code_{number}")',
            "  note      String? // may be empty",
            "  quantity  Int      @default(0)",
            "  active    Boolean  @default(true)",
            "  price     Decimal  @default(0) @db.Decimal(12, 2)",
            "  payload   Json?",
            "  tags      String[]",
            f"  kind      Kind{number - number % 6} @default(NEW)",
            '  createdAt DateTime @default(now()) @map("created_at") @db.Timestamptz(3)',
            '  updatedAt DateTime @updatedAt @map("updated_at")',
        )
        for position, target in enumerate((number // 2, number - 1) if number > 1 else ()):
            key = f"ref{position}Id"
            yield f'  {key} String? @map("ref{position}_id") @db.Uuid'
            yield (
                f'  ref{position} Table{target}? @relation("Table{number}_{position}", fields: [{key}],'
                f" references: [id], onDelete: Cascade)"
            )
        yield from answers[number]
        yield from ("", "  @@index([name, createdAt(sort: Desc)])", f'  @@map("table_{number}")', "}")


def measured(command: list[str], given: str) -> tuple[float, float]:
    """Seconds from start to end, and the process's peak memory in MB."""
    with tempfile.TemporaryFile() as stdin:
        stdin.write(given.encode())
        stdin.seek(0)
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.DEVNULL, cwd=HERE)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    return seconds, usage.ru_maxrss / 1024


def main(models: int = 300, rounds: int = 5) -> None:
    text = schema(models)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "schema.prisma")
        path.write_text(text)
        question = json.dumps({"engine": 7, "question": "validate", "files": [[str(path), text]]}) + "\n"
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(measured([str(Path(sys.executable).with_name("ormistice")), "show", f"prisma:{path}"], ""))
            theirs.append(measured(["node", "engine.mjs"], question))
    for name, results in (("ormistice show", ours), ("prisma validate", theirs)):
        seconds, memory = min(seconds for seconds, _ in results), max(memory for _, memory in results)
        sys.stdout.write(f"{name:16} {seconds:6.2f} s {memory:6.0f} MB\n")
    ratio = min(seconds for seconds, _ in ours) / min(seconds for seconds, _ in theirs)
    sys.stdout.write(f"{models} models, {len(text) // 1024} kB: ratio {ratio:.2f}\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
