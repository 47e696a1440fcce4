"""How long `ormistice show` takes for a large Drizzle schema beside `drizzle-kit export`, in the same run.

    .venv/bin/python tests/benchmarks/drizzle_show.py [number of tables ...] [--rounds N]

Whole processes, by turns: each tool's best time, its largest memory, and the ratio of its time to that of `drizzle-kit`.
The packages that the conformance tests of Drizzle install must be there.
"""

import os
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.measuring import run

PACKAGES = Path(__file__).parent.parent / "conformance" / "drizzle" / "v0" / "node_modules"
OFFICIAL = "drizzle-kit export"
OURS = "ormistice show"
TABLE = """export const table{0} = pgTable("table_{0}", {{
  id: serial().primaryKey(),
  ownerId: integer("owner_id").notNull().references((): AnyPgColumn => table{1}.id, {{ onDelete: "cascade" }}),
  name: varchar({{ length: 120 }}).notNull(),
  email: text().unique(),
  state: state().notNull().default("open"),
  amount: numeric({{ precision: 12, scale: 2 }}).default("0.00"),
  settings: jsonb().$type<Record<string, unknown>>().notNull().default({{}}),
  tags: text().array().notNull().default([]),
  active: boolean().notNull().default(true),
  createdAt: timestamp("created_at", {{ withTimezone: true }}).notNull().defaultNow(),
  updatedAt: timestamp("updated_at", {{ withTimezone: true }}).$onUpdate(() => new Date()),
}}, (t) => [
  index("table_{0}_owner").on(t.ownerId, t.createdAt.desc()),
  uniqueIndex("table_{0}_name").on(t.ownerId, t.name),
  check("table_{0}_amount", sql`${{t.amount}} >= 0`),
]);
"""
HEAD = """import { sql } from "drizzle-orm";
import { boolean, check, index, integer, jsonb, numeric, pgEnum, pgTable, serial, text, timestamp, uniqueIndex, varchar,
  type AnyPgColumn } from "drizzle-orm/pg-core";
export const state = pgEnum("state", ["open", "closed"]);
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of the fastest run, and of the largest."""

    seconds: float
    megabytes: float


def schema(tables: int) -> str:
    """Tables of eleven columns, each with a key to another, two indexes and a check."""
    return HEAD + "".join(TABLE.format(number, (number * 7) % tables) for number in range(tables))


def measured(tables: int, rounds: int) -> dict[str, Cost]:
    """What each tool costs for a schema of so many tables."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "schema.ts").write_text(schema(tables))
        os.symlink(PACKAGES, Path(folder, "node_modules"))
        show = [str(Path(sys.executable).with_name("ormistice")), "show", "drizzle:schema.ts"]
        export = ["node", "node_modules/drizzle-kit/bin.cjs", "export", "--dialect", "postgresql"]
        commands = {
            OFFICIAL: [*export, "--schema", "./schema.ts"],
            OURS: show,
            f"{OURS} --format json": [*show, "--format", "json"],
        }
        runs = [{name: _run(command, folder) for name, command in commands.items()} for _ in range(rounds)]
    return {
        name: Cost(min(run[name].seconds for run in runs), max(run[name].megabytes for run in runs))
        for name in commands
    }


def _run(command: Sequence[str], folder: str) -> Cost:
    done = run(command, folder)
    if done.status:
        raise SystemExit(f"{command[0]} ended with {done.status}")
    return Cost(done.seconds, done.megabytes)


def report(tables: int, rounds: int, costs: dict[str, Cost]) -> str:
    """Each tool's time and memory in a line, with its ratio to the official tool's time."""
    lines = [f"{tables} tables, {len(schema(tables)) // 1024} kB, best of {rounds}"]
    for name, cost in costs.items():
        ratio = cost.seconds / costs[OFFICIAL].seconds
        lines.append(f"  {name:30} {cost.seconds:6.2f} s {cost.megabytes:5.0f} MB  ratio {ratio:.2f}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print what it says above."""
    parser = ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("tables", type=int, nargs="*", default=[300, 3000])
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    for tables in given.tables:
        sys.stdout.write(report(tables, given.rounds, measured(tables, given.rounds)))


if __name__ == "__main__":
    main()
