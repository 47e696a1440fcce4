"""How long one audit of a database and three schemas takes, beside what audits one of them each, and an import alone.

    .venv/bin/python tests/benchmarks/audit.py [--tables N] [--rounds N] [--peer 'NAME=COMMAND' ...]

The same tables are in a Prisma schema, a Drizzle schema, SQLModel classes and a database, which differs from them in
one column of every fiftieth, so that fixes are written and verified. Ours is timed a second time with a database that
agrees with them. Whole processes, by turns: each one's best time on the clock and of the processors, which
others can slow less, its largest memory, and the ratios of ours to the sum of the others and to the import. Alembic is
among the others if this environment has it; `prisma migrate diff` and `drizzle-kit push --explain` are given as
`--peer`, for their packages are not ours: a command in which {url} and {folder} stand for the database and for the
folder of schema.prisma, schema.ts and models.py.
"""

import os
import resource
import shlex
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from ormistice.sources.postgres.connecting import connect, url_of
from ormistice.sources.postgres.embedded import scratch_database

OURS, AGREED, IMPORT = "ormistice audit", "ormistice audit, all agreed", "import models"
ACTIONS = ("Cascade", "Restrict", "NoAction")
ALEMBIC = """
import sys, models
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlmodel import SQLModel
with create_engine(sys.argv[1].replace("postgresql:", "postgresql+psycopg:", 1)).connect() as connection:
    options = {"compare_type": True, "compare_server_default": True}
    assert compare_metadata(MigrationContext.configure(connection, opts=options), SQLModel.metadata)
"""
PRISMA = """model Table{0} {{
  id        String   @id @db.Uuid
  name      String   @db.VarChar(120)
  code      String   @unique(map: "table_{0}_code_key")
  note      String?
  quantity  Int      @default(0)
  active    Boolean  @default(true)
  price     Decimal  @default(0) @db.Decimal(12, 2)
  payload   Json?
  createdAt DateTime @default(now()) @map("created_at") @db.Timestamptz(3)
  kind      Kind{1} @default(NEW)
"""
DRIZZLE = """export const table{0} = p.pgTable("table_{0}", {{
  id: p.uuid("id").primaryKey(),
  name: p.varchar("name", {{ length: 120 }}).notNull(),
  code: p.text("code").notNull(),
  note: p.text("note"),
  quantity: p.integer("quantity").notNull().default(0),
  active: p.boolean("active").notNull().default(true),
  price: p.numeric("price", {{ precision: 12, scale: 2 }}).notNull().default("0"),
  payload: p.jsonb("payload"),
  createdAt: p.timestamp("created_at", {{ precision: 3, withTimezone: true }}).notNull().defaultNow(),
  kind: kind{1}("kind").notNull().default("NEW"),
"""
SQLMODEL = """
class Table{0}(SQLModel, table=True):
    __tablename__ = "table_{0}"
    __table_args__ = (
        sa.UniqueConstraint("code", name="table_{0}_code_key"),
        sa.Index("table_{0}_name", "name", "created_at"),
    )
    id: uuid.UUID = Field(primary_key=True)
    name: str = Field(max_length=120)
    code: str = Field(sa_type=sa.Text)
    note: Optional[str] = Field(default=None, sa_type=sa.Text)
    quantity: int = Field(default=0, sa_column_kwargs={{"server_default": sa.text("0")}})
    active: bool = Field(default=True, sa_column_kwargs={{"server_default": sa.true()}})
    price: decimal.Decimal = Field(sa_type=sa.Numeric(12, 2), sa_column_kwargs={{"server_default": sa.text("0")}})
    payload: Optional[dict] = Field(default=None, sa_type=JSONB)
    created_at: datetime.datetime = Field(
        sa_type=TIMESTAMP(timezone=True, precision=3), sa_column_kwargs={{"server_default": sa.func.now()}}
    )
    kind: str = Field(sa_type=kind{1}, sa_column_kwargs={{"server_default": "NEW"}})
"""
SQLMODEL_HEAD = """import datetime, decimal, uuid
from typing import Optional
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlmodel import Field, SQLModel
"""
SQL = """CREATE TABLE table_{0} (id uuid PRIMARY KEY, name varchar(120) NOT NULL, code text NOT NULL UNIQUE, note {2},
  quantity integer NOT NULL DEFAULT 0, active boolean NOT NULL DEFAULT true, price numeric(12, 2) NOT NULL DEFAULT 0,
  payload jsonb, created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, kind kind_{1} NOT NULL DEFAULT 'NEW');
CREATE INDEX table_{0}_name ON table_{0} (name, created_at);"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of the best runs: the time on the clock and that of the processors; the most memory."""

    seconds: float
    worked: float
    megabytes: float


def keys(table: int) -> Iterator[tuple[int, int, str]]:
    """The foreign keys of a table: position, table that is referenced, action."""
    for position, target in enumerate((table // 2, table - 1) if table > 1 else ()):
        yield position, target, ACTIONS[(table + position) % len(ACTIONS)]


def key_name(table: int, position: int, target: int) -> str:
    """The name of a foreign key, which Drizzle gives where none is said."""
    return f"table_{table}_ref{position}_id_table_{target}_id_fk"


def prisma(tables: int) -> Iterator[str]:
    """The lines of schema.prisma."""
    yield 'datasource db {\n  provider = "postgresql"\n}\n'
    answers: dict[int, list[str]] = {table: [] for table in range(tables)}
    for table in range(tables):
        for position, target, _ in keys(table):
            answers[target].append(f'  from{table}_{position} Table{table}[] @relation("R{table}_{position}")')
    for kind in range(0, tables, 6):
        yield f'enum Kind{kind} {{\n  NEW\n  OLD\n\n  @@map("kind_{kind}")\n}}\n'
    for table in range(tables):
        yield PRISMA.format(table, table - table % 6)
        for position, target, action in keys(table):
            yield f'  ref{position}Id String? @map("ref{position}_id") @db.Uuid'
            yield (
                f'  ref{position} Table{target}? @relation("R{table}_{position}", fields: [ref{position}Id],'
                f' references: [id], onDelete: {action}, onUpdate: Cascade, map: "{key_name(table, position, target)}")'
            )
        yield from answers[table]
        yield f'\n  @@index([name, createdAt], map: "table_{table}_name")\n  @@map("table_{table}")\n}}\n'


def drizzle(tables: int) -> Iterator[str]:
    """The lines of schema.ts."""
    yield 'import * as p from "drizzle-orm/pg-core";\n'
    for kind in range(0, tables, 6):
        yield f'export const kind{kind} = p.pgEnum("kind_{kind}", ["NEW", "OLD"]);'
    for table in range(tables):
        yield DRIZZLE.format(table, table - table % 6).rstrip()
        for position, target, action in keys(table):
            said = {"Cascade": "cascade", "Restrict": "restrict", "NoAction": "no action"}[action]
            yield (
                f'  ref{position}Id: p.uuid("ref{position}_id").references(() => table{target}.id,'
                f' {{ onDelete: "{said}", onUpdate: "cascade" }}),'
            )
        indexes = (
            f'p.unique("table_{table}_code_key").on(t.code), p.index("table_{table}_name").on(t.name, t.createdAt)'
        )
        yield f"}}, (t) => [{indexes}]);"


def sqlmodel(tables: int) -> Iterator[str]:
    """The lines of models.py."""
    yield SQLMODEL_HEAD
    for kind in range(0, tables, 6):
        yield f'kind{kind} = sa.Enum("NEW", "OLD", name="kind_{kind}")'
    for table in range(tables):
        yield SQLMODEL.format(table, table - table % 6).rstrip()
        for position, target, action in keys(table):
            said = {"Cascade": "CASCADE", "Restrict": "RESTRICT", "NoAction": "NO ACTION"}[action]
            named = f'name="{key_name(table, position, target)}"'
            key = f'sa.ForeignKey("table_{target}.id", {named}, ondelete="{said}", onupdate="CASCADE")'
            yield f"    ref{position}_id: Optional[uuid.UUID] = Field(default=None, sa_column=sa.Column({key}))"
        yield ""


def ddl(tables: int, differing: str = "varchar(80)") -> Iterator[str]:
    """The statements that make the database; `differing` is a type where every schema says text."""
    for kind in range(0, tables, 6):
        yield f"CREATE TYPE kind_{kind} AS ENUM ('NEW', 'OLD');"
    for table in range(tables):
        yield SQL.format(table, table - table % 6, differing if table % 50 == 0 else "text")
        for position, target, action in keys(table):
            said = {"Cascade": "CASCADE", "Restrict": "RESTRICT", "NoAction": "NO ACTION"}[action]
            yield (
                f"ALTER TABLE table_{table} ADD ref{position}_id uuid CONSTRAINT {key_name(table, position, target)}"
                f" REFERENCES table_{target} ON DELETE {said} ON UPDATE CASCADE;"
            )


def measured(tables: int, rounds: int, peers: Mapping[str, str]) -> dict[str, Cost]:
    """What each costs for so many tables."""
    with tempfile.TemporaryDirectory() as name, scratch_database() as database, scratch_database() as same:
        folder, url = Path(name), url_of(database.conninfo)
        files = {"schema.prisma": prisma(tables), "schema.ts": drizzle(tables), "models.py": sqlmodel(tables)}
        for file, lines in files.items():
            (folder / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
        for made, statements in ((database, ddl(tables)), (same, ddl(tables, "text"))):
            with connect(made.conninfo, autocommit=True) as connection:
                connection.execute("\n".join(statements).encode())
        ours = str(Path(sys.executable).with_name("ormistice"))
        commands = {OURS: [ours, "audit", "--fail-on", "never", url, *files]}
        commands[AGREED] = [ours, "audit", "--fail-on", "info", url_of(same.conninfo), *files]
        commands[IMPORT] = [sys.executable, "-B", "-c", "import models"]
        if find_spec("alembic"):
            commands["alembic check"] = [sys.executable, "-B", "-c", ALEMBIC, url]
        for peer, command in peers.items():
            commands[peer] = [part.format(url=url, folder=folder) for part in shlex.split(command)]
        runs = [{name: _run(command, folder) for name, command in commands.items()} for _ in range(rounds)]
    return {name: _best([run[name] for run in runs]) for name in commands}


def _best(runs: Sequence[Cost]) -> Cost:
    return Cost(min(run.seconds for run in runs), min(run.worked for run in runs), max(run.megabytes for run in runs))


def _run(command: Sequence[str], folder: Path) -> Cost:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    # As on a user's machine, the bytecode of what is installed is kept; that of the models is not, by anyone.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=folder, env=env) as process:
        said = b"" if process.stderr is None else process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise SystemExit(f"{shlex.join(command)[:200]} ended with {process.returncode}\n{said.decode()[-2000:]}")
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(seconds, worked, usage.ru_maxrss / 1024)


def main() -> None:
    """Print what it says above."""
    parser = ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=COMMAND")
    given = parser.parse_args()
    costs = measured(given.tables, given.rounds, dict(each.split("=", 1) for each in given.peer))
    sys.stdout.write(f"{given.tables} tables, best of {given.rounds}\n")
    for name, cost in costs.items():
        spent = f"{cost.seconds:6.2f} s {cost.worked:6.2f} s of processors {cost.megabytes:5.0f} MB"
        sys.stdout.write(f"  {name:30} {spent}\n")
    ours, agreed, alone = costs.pop(OURS), costs.pop(AGREED), costs.pop(IMPORT)
    others = [*costs.values()]
    if others:
        clock, worked = sum(cost.seconds for cost in others), sum(cost.worked for cost in others)
        ratios = f"{ours.seconds / clock:.2f} on the clock, {ours.worked / worked:.2f} of processors"
        sys.stdout.write(f"  {OURS} to the sum of {', '.join(costs)}: {ratios}\n")
    for name, cost in ((OURS, ours), (AGREED, agreed)):
        ratios = f"{cost.seconds / alone.seconds:.2f} on the clock, {cost.worked / alone.worked:.2f} of processors"
        sys.stdout.write(f"  {name} to {IMPORT}: {ratios}\n")


if __name__ == "__main__":
    main()
