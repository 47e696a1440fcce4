"""What a fix makes of a schema is told from an excerpt as it is from the whole text, and from little of it."""

from collections import Counter
from collections.abc import Callable
from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ormistice import excerpts
from ormistice.fixes import Change, Edit, Patch
from ormistice.model import Schema, Stated
from ormistice.sources import SourceRequest
from ormistice.sources.drizzle import SOURCES as DRIZZLE
from ormistice.sources.prisma import SOURCES as PRISMA
from ormistice.text import Span
from ormistice.types import parse_type
from sources.drizzle.test_write_every import STYLES, VERSIONS, change, made, sensible, written
from sources.prisma.prisma_changes import HEAD_OF_TWO, KINDS, asked
from sources.prisma.prisma_printing import HEAD

quick = settings(
    max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.reuse, Phase.generate)
)
any_share = patch.object(excerpts, "LARGEST", 10)
"""However much of a schema an excerpt is; those that are made here are small."""


def told(schema: Schema) -> tuple[Any, ...]:
    """All that a schema says but for its order and places."""
    beside = (schema.sequences, schema.views, schema.domains, schema.unread, schema.scope, schema.inexpressible)
    problems = Counter((problem.kind, problem.message) for problem in schema.problems)
    return {table.name: table for table in schema.tables}, {enum.name: enum for enum in schema.enums}, beside, problems


@quick
@given(made(), st.sampled_from(sorted(VERSIONS)), st.sampled_from(sorted(STYLES)), st.data())
def test_drizzle_is_as_the_whole_text_makes_it(asked_for: Any, version: str, style: str, data: st.DataObject) -> None:
    with TemporaryDirectory() as folder, any_share:
        source = written(Path(folder), version, style, asked_for).open()
        read = source.load()
        table = data.draw(st.sampled_from(read.tables))
        before, after = change(data.draw, table, read)
        fix = source.write(read, Change("drizzle", before, after)) if sensible(before, after, table) else None
        fixes = () if fix is None else (fix,)

        assert told(source.tried(fixes)) == told(source.load(fixes))


@pytest.mark.parametrize("kind", KINDS)
@quick
@given(st.data())
def test_prisma_is_as_the_whole_text_makes_it(kind: str, data: st.DataObject) -> None:
    asked_for = data.draw(asked(kind, (HEAD, HEAD_OF_TWO)))
    fix = asked_for.patch()
    with TemporaryDirectory() as folder, chdir(folder), any_share:
        Path("schema.prisma").write_text(asked_for.text, newline="")
        source = PRISMA[0].open(SourceRequest("prisma", "prisma", ("schema.prisma",), Path(folder)))
        source.load()
        fixes = () if fix is None else (fix,)

        assert told(source.tried(fixes)) == told(source.load(fixes))


PRISMA_TABLES = 'datasource db {\n  provider = "postgresql"\n}\n' + "".join(
    f"model Table{n} {{\n  id Int @id\n  note String\n  of Int\n"
    + (f"  after Table{n - 1} @relation(fields: [of], references: [id])\n" if n else "")
    + (f"  next Table{n + 1}[]\n" if n < 11 else "")
    + "}\n"
    for n in range(12)
)
DRIZZLE_TABLES = (
    'import { integer, pgEnum, pgSequence, pgTable, text } from "drizzle-orm/pg-core";\n'
    'export const mood = pgEnum("mood", ["sad", "glad"]);\n'
    'const never = "never";\n'
    "const dated = { made: text().notNull().default(never) };\n"
    "function counted() { return integer(); }\n"
) + "".join(
    f'export const table{n} = pgTable("table_{n}", {{\n  id: integer().primaryKey(),\n  note: text().notNull(),\n'
    + ("  of: integer().references(() => table0.id),\n" if n else "")
    + ("  feels: mood(),\n" if n == 3 else "")
    + ("  ...dated,\n" if n in (5, 6) else "")
    + ("  many: counted(),\n" if n == 4 else "")
    + "});\n"
    for n in range(12)
)
FILES = {"prisma": ("schema.prisma", PRISMA_TABLES, PRISMA), "drizzle": ("schema.ts", DRIZZLE_TABLES, DRIZZLE)}


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    monkeypatch.chdir(tmp_path)

    def open_one(kind: str) -> Any:
        file, text, sources = FILES[kind]
        Path(file).write_text(text)
        return sources[0].open(SourceRequest(kind, kind, (file,), tmp_path))

    return open_one


@pytest.mark.parametrize("kind", FILES)
def test_the_rest_is_not_read_again(kind: str, opened: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    source = opened(kind)
    read = source.load()
    column = read.tables[0].column("note")
    other = replace(column, type=Stated(parse_type("varchar(30)"), column.type.place))
    fix = source.write(read, Change(kind, column, other))
    monkeypatch.setattr(type(source), "load", lambda *_: pytest.fail("the whole was read"))

    found = source.tried((fix,))

    assert [table.name.name for table in found.tables] == [table.name.name for table in read.tables]
    assert [now for now, was in zip(found.tables, read.tables, strict=True) if now != was] == [found.tables[0]]
    assert str(found.tables[0].column("note").type.value) == "character varying(30)"


def test_what_an_edit_newly_mentions_is_read(opened: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    source = opened("drizzle")
    read = source.load()
    (key,) = read.tables[4].foreign_keys
    other = replace(key.references.value, table=read.tables[9].name)
    fix = source.write(read, Change("drizzle", key, replace(key, references=replace(key.references, value=other))))
    whole = source.load((fix,))
    monkeypatch.setattr(type(source), "load", lambda *_: pytest.fail("the whole was read"))

    assert told(source.tried((fix,))) == told(whole)
    assert whole.tables[4].foreign_keys[0].references.value.table == read.tables[9].name


EDITS = {
    "a column goes that others may name": ("prisma", "Table7 {\n  id Int @id\n", "Table7 {\n"),
    "a table goes that others may name": ("drizzle", "export const table0 = ", "export const other0 = "),
    "a column of others that is made here": ("drizzle", "made: text()", "made: integer()"),
    "a function that others call": ("drizzle", "return integer()", "return text()"),
    "a name that is there already": ("drizzle", "export const table2 =", "const table1 = 1;\nexport const table2 ="),
    "what is imported no more": ("drizzle", "integer, pgEnum, ", "pgEnum, "),
    "a word too many": ("prisma", "Table4 {\n  id Int", "Table4 {\n  id Int Int"),
    "a bracket too few": ("drizzle", "table0.id)", "table0.id"),
    "another key": ("prisma", "Table4 {\n  id Int @id\n  note String", "Table4 {\n  id Int\n  note String @id"),
    "another database": ("prisma", 'provider = "postgresql"', 'provider = "postgres"\n  relationMode = "prisma"'),
    "another label": ("drizzle", '"sad", "glad"', '"sad", "bad"'),
    "another name of a table": ("prisma", "Table7 {\n", 'Table7 {\n  @@map("seventh")\n'),
    "another name of a column": ("drizzle", "id: integer().primaryKey(),\n  note", 'id: integer("key"),\n  note'),
    "a sequence more": (
        "drizzle",
        "export const mood",
        'export const ids = pgSequence("ids");\nexport const mood',
    ),
    "a table more": ("drizzle", "export const mood", 'export const more = pgTable("more", {});\nexport const mood'),
}


@pytest.mark.parametrize(("kind", "old", "new"), EDITS.values(), ids=EDITS)
def test_what_an_excerpt_cannot_tell_is_read_whole(kind: str, old: str, new: str, opened: Callable[[str], Any]) -> None:
    """Of edits that no fix should make, too, the same is told."""
    source = opened(kind)
    file, text, _ = FILES[kind]
    at = text.index(old)
    fix = Patch(kind, (Edit(Span(file, at, at + len(old)), new),))
    read = source.load()

    assert told(source.tried((fix,))) == told(source.load((fix,)))
    assert told(source.load((fix,))) != told(read)


def test_tables_that_are_made_of_another_are_read_with_it(opened: Callable[[str], Any]) -> None:
    text = DRIZZLE_TABLES + (
        'import { getTableColumns } from "drizzle-orm";\n'
        "const columns = getTableColumns(table2);\n"
        'export const copy = pgTable("copy", { ...columns, more: text() });\n'
    )
    with patch.dict(FILES, drizzle=("schema.ts", text, DRIZZLE)):
        source = opened("drizzle")
    at = text.index("  note", text.index("table2 ="))
    fix = Patch("drizzle", (Edit(Span("schema.ts", at, at), "  extra: text(),\n"),))
    source.load()

    assert told(source.tried((fix,))) == told(source.load((fix,)))


def test_files_are_excerpts_of_one_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = DRIZZLE_TABLES.split("export const table6 ")
    imports = (
        "import { table0, dated } from './first';\nimport { integer, pgTable, text } from 'drizzle-orm/pg-core';\n"
    )
    Path("first.ts").write_text(lines[0].replace("const dated", "export const dated"))
    Path("second.ts").write_text(f"{imports}export const table6 {lines[1]}")
    source = DRIZZLE[0].open(SourceRequest("drizzle", "drizzle", ("first.ts", "second.ts"), tmp_path))
    read = source.load()
    table = read.tables[6]
    fix = source.write(read, Change("drizzle", table.foreign_keys[0], None))
    whole = source.load((fix,))
    monkeypatch.setattr(type(source), "load", lambda *_: pytest.fail("the whole was read"))

    assert read.problems == ()
    assert told(source.tried((fix,))) == told(whole)
    assert whole.tables[6].foreign_keys == ()
