"""How long `ormistice show` takes for a large Prisma schema beside Prisma's own `validate`, in the same run.

    .venv/bin/python tests/benchmarks/prisma_show.py [number of models ...] [--rounds N]

Whole processes, by turns: each tool's best time, its largest memory, and the ratio of its time to that of `validate`. The
packages that the conformance tests of Prisma install must be there.
"""

import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.measuring import run

PACKAGES = Path(__file__).parent.parent / "conformance" / "prisma"
VALIDATE = """
const { readFileSync } = require("node:fs")
const [path] = process.argv.slice(1)
const prismaSchema = [[path, readFileSync(path, "utf8")]]
require("prisma-schema-7").validate(JSON.stringify({ prismaSchema, noColor: true }))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of the best runs: the time on the clock and that of the processors, which others can slow less; the most memory."""

    seconds: float
    worked: float
    megabytes: float


def schema(models: int) -> str:
    """Models of a dozen columns, each but the first two with keys on two before it, and an enum for every sixth."""
    return "\n".join(["datasource db {", '  provider = "postgresql"', "}", *_lines(models)]) + "\n"


def _lines(models: int) -> Iterator[str]:
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


def measured(models: int, rounds: int) -> dict[str, Cost]:
    """What each tool costs for a schema of so many models."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "schema.prisma")
        path.write_text(schema(models))
        show = [str(Path(sys.executable).with_name("ormistice")), "show", f"prisma:{path}"]
        commands = {
            "prisma validate": ["node", "-e", VALIDATE, str(path)],
            "ormistice show": show,
            "ormistice show --format json": [*show, "--format", "json"],
        }
        runs = [{name: _run(command) for name, command in commands.items()} for _ in range(rounds)]
    return {
        name: Cost(
            min(run[name].seconds for run in runs),
            min(run[name].worked for run in runs),
            max(run[name].megabytes for run in runs),
        )
        for name in commands
    }


def _run(command: Sequence[str]) -> Cost:
    done = run(command, str(PACKAGES))
    if done.status:
        raise SystemExit(f"{command[0]} ended with {done.status}")
    return Cost(done.seconds, done.worked, done.megabytes)


def main() -> None:
    """Print what it says above."""
    parser = ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("models", type=int, nargs="*", default=[300, 3000])
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    for models in given.models:
        costs = measured(models, given.rounds)
        sys.stdout.write(f"{models} models, {len(schema(models)) // 1024} kB, best of {given.rounds}\n")
        for name, cost in costs.items():
            ratio = cost.seconds / costs["prisma validate"].seconds
            spent = f"{cost.seconds:6.2f} s {cost.worked:6.2f} s of processors {cost.megabytes:5.0f} MB"
            sys.stdout.write(f"  {name:30} {spent}  ratio {ratio:.2f}\n")


if __name__ == "__main__":
    main()
