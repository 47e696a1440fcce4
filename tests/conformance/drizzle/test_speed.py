"""Our time beside drizzle-kit's own, whole processes, in the same run: `pytest -s` prints it."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import HERE, Kit

pytestmark = pytest.mark.conformance

TABLES = 300
ROUNDS = 3
LARGEST_RATIO = 4.0
"""A guard against what is badly wrong; what we aim at is 1.5."""
LARGEST_MEGABYTES = 150
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


def measured(command: list[str], folder: Path) -> tuple[float, float]:
    """Seconds of the fastest of several runs, and megabytes of the largest."""
    seconds, megabytes = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        seconds.append(time.perf_counter() - began)
        megabytes.append(usage.ru_maxrss / 1024)
        assert process.returncode == 0
    return min(seconds), max(megabytes)


def test_reading_takes_about_as_long_as_drizzle_kit(kit: Kit, tmp_path: Path) -> None:
    assert kit.process.poll() is None
    os.symlink(HERE / "v0" / "node_modules", tmp_path / "node_modules")
    schema = HEAD + "".join(TABLE.format(number, (number * 7) % TABLES) for number in range(TABLES))
    (tmp_path / "schema.ts").write_text(schema)
    official, _ = measured(
        ["node", "node_modules/drizzle-kit/bin.cjs", "export", "--dialect", "postgresql", "--schema", "./schema.ts"],
        tmp_path,
    )
    show = ["-c", "from ormistice.cli import main; main()", "show", "drizzle:schema.ts", "--format", "json"]
    ours, peak = measured([sys.executable, *show], tmp_path)
    times = f"drizzle-kit export {official:.2f} s, ormistice show {ours:.2f} s, {ours / official:.1f} times"
    print(f"\n{TABLES} tables: {times}; {peak:.0f} MB")  # noqa: T201 - that is what it is for

    assert ours / official < LARGEST_RATIO
    assert peak < LARGEST_MEGABYTES
