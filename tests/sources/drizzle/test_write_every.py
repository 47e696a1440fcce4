"""Any table that Drizzle has words for is written as asked, and so is any change of it; nothing else changes."""

import json
from collections.abc import Callable
from dataclasses import replace
from difflib import unified_diff
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ormistice.fixes import Change, Patch, edited
from ormistice.model import Schema, Stated, Table
from ormistice.sources import SourceRequest
from ormistice.sources.drizzle import SOURCES
from sources.drizzle.drizzle_models import (
    MOOD,
    STYLES,
    _column,
    _member,
    checks,
    columns,
    foreign_keys,
    indexes,
    primary_keys,
    put,
    seen,
    stated,
    tables,
    uniques,
)

VERSIONS = {"0.x": "^0.45.0", "1.0": "1.0.0-rc.5"}
quick = settings(
    max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.reuse, Phase.generate)
)


class Written:
    """A schema in one file, changed again and again."""

    def __init__(self, folder: Path, version: str, text: str) -> None:
        self.file = folder / "schema.ts"
        self.folder = folder
        (folder / "package.json").write_text(json.dumps({"dependencies": {"drizzle-orm": VERSIONS[version]}}))
        self.file.write_bytes(text.encode())

    @property
    def text(self) -> str:
        return self.file.read_bytes().decode()

    def load(self) -> Schema:
        schema = self.open().load()
        assert schema.problems == (), f"{schema.problems}\n{self.text}"
        return schema

    def open(self) -> Any:
        return SOURCES[0].open(SourceRequest("drizzle", "drizzle", ("schema.ts",), self.folder))

    def change(self, before: Any, after: Any) -> Patch | None:
        """Write a change; `before` has to be of what was just read."""
        source = self.open()
        schema = source.load()
        fix = source.write(schema, Change("drizzle", before, after))
        if fix is not None:
            path = schema.documents[0].path
            self.file.write_bytes(edited(path, self.text, (fix,)).encode())
        return fix


def written(folder: Path, version: str, style: str, made: list[Table]) -> Written:
    schema = Written(folder, version, STYLES[style][0])
    assert schema.change(None, MOOD) is not None
    for table in made:
        assert schema.change(None, table) is not None, table
    return schema


@st.composite
def made(draw: st.DrawFn) -> list[Table]:
    return [draw(tables("users", [])), draw(tables("some_posts", ["users"]))]


@quick
@given(made(), st.sampled_from(sorted(VERSIONS)), st.sampled_from(sorted(STYLES)))
def test_a_table_is_written_as_it_is(asked: list[Table], version: str, style: str) -> None:
    with TemporaryDirectory() as folder:
        schema = written(Path(folder), version, style, asked)
        read = schema.load()

    for table in asked:
        found = read.table(table.name)
        assert found is not None
        nameless = _unnamed(table)
        assert seen(as_read(table), nameless=nameless) == seen(found, nameless=nameless), schema.text
    assert [label.value for label in read.enums[0].labels] == [label.value for label in MOOD.labels]


def _unnamed(table: Table) -> list[Any]:
    members = [table.primary_key, *table.foreign_keys, *table.unique_constraints]
    return [one.key() for one in members if one is not None and one.name is None]


def as_read(table: Table) -> Table:
    """No column of a primary key takes NULL."""
    key = table.primary_key.columns.value if table.primary_key else ()
    changed = (replace(one, nullable=stated(value=False)) if one.name in key else one for one in table.columns)
    return replace(table, columns=tuple(changed))


Draw = Callable[[st.SearchStrategy[Any]], Any]
KINDS = ("column", "column", "new column", "key", "foreign", "unique", "index", "check")


def change(draw: Draw, table: Table, read: Schema) -> tuple[Any, Any]:
    """A change: what is before, and what is to be after."""
    own = table.name.name
    named = [column.name for column in table.columns if column.name not in ("id", "id2")]
    targets = [one.name.name for one in read.tables]
    match draw(st.sampled_from(KINDS)):
        case "column":
            column = draw(st.sampled_from(table.columns))
            return column, replace(draw(columns(own, column.name)), place=column.place)
        case "new column":
            return None, draw(columns(own, "brand_new" if table.column("brand_new") is None else "newer"))
        case "key":
            return table.primary_key, draw(st.none() | primary_keys(own))
        case "foreign":
            return one_of(draw, table.foreign_keys, foreign_keys(own, named, targets))
        case "unique":
            return one_of(draw, table.unique_constraints, uniques(own, named))
        case "index":
            return one_of(draw, table.indexes, indexes(own, named, 7))
        case _:
            return one_of(draw, table.checks, checks(own, 7))


def one_of(draw: Draw, there: tuple[Any, ...], new: st.SearchStrategy[Any]) -> tuple[Any, Any]:
    """One of those that are there or none, and one in its place or none."""
    before, after = draw(st.none() | st.sampled_from(there)) if there else None, draw(new)
    if before is None:
        return None, None if after.key() in {one.key() for one in there} else after
    if draw(st.booleans()):
        return before, None
    if hasattr(before, "references"):
        # What a key leads to may be what is broken.
        led = before.references.value.columns if before.references is not None else after.references.value.columns
        reference = replace(after.references.value, columns=led)
        after = replace(after, columns=before.columns, references=stated(reference))
    return before, replace(after, place=before.place)


def named_alike(before: Any, after: Any, table: Table) -> bool:
    """Whether something else of the table has the name already."""
    primary = [table.primary_key] if table.primary_key else []
    members = [*primary, *table.foreign_keys, *table.unique_constraints, *table.indexes, *table.checks]
    names = {one.name.value for one in members if one is not before and one.name is not None}
    return isinstance(getattr(after, "name", None), Stated) and after.name.value in names


def sensible(before: Any, after: Any, table: Table) -> bool:
    """Whether PostgreSQL would take what comes of a change, and Drizzle has words for it."""
    if before is after is None or (after is not None and named_alike(before, after, table)):
        return False
    others = [one for one in table.unique_constraints if one is not before]
    if after is not None and hasattr(after, "nulls_not_distinct") and not hasattr(after, "elements"):
        return all(set(one.columns) != set(after.columns) for one in others)
    if hasattr(after, "nullable") and before is not None:
        key = table.primary_key.columns.value if table.primary_key else ()
        return not (after.nullable.value and after.name in key)
    return True


@quick
@given(made(), st.sampled_from(sorted(VERSIONS)), st.sampled_from(sorted(STYLES)), st.data())
def test_a_change_reads_back_as_asked(asked: list[Table], version: str, style: str, data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        schema = written(Path(folder), version, style, asked)
        schema.file.write_bytes(commented(schema.text).encode())
        for _ in range(3):
            read = schema.load()
            table = data.draw(st.sampled_from(read.tables))
            before, after = change(data.draw, table, read)
            if sensible(before, after, table):
                assert amiss(schema, read, before, after) == []


def amiss(schema: Written, read: Schema, before: Any, after: Any) -> list[str]:
    """Make a change; what is not as it was asked for, and what was written."""
    text = schema.text
    fix = schema.change(before, after)
    wanted = put(read, before, after)
    diff = "\n".join(unified_diff(text.splitlines(), schema.text.splitlines(), lineterm="", n=1))
    note = f"{brief(before)}\n-> {brief(after)}\n{diff or text}"
    found_amiss = ["not written"] if fix is None and not same(wanted, read, before, after) else []
    loaded = schema.load()
    free = [
        one.key() for one in (before, after) if one is not None and (after is None or getattr(after, "name", 0) is None)
    ]
    for one, found in zip(wanted.tables, loaded.tables, strict=True):
        asked, given = seen(as_read(one), nameless=free), seen(found, nameless=free)
        if asked.columns != given.columns:
            found_amiss.append(f"columns are {given.columns}, not {asked.columns}")
        if asked.members != given.members:
            found_amiss.append(f"members are {given.members}, not {asked.members}")
    gone = text[before.place.start : text.find("\n", before.place.end)] if before is not None else ""
    lost = comments(text) - comments(schema.text) - (comments(gone) if after is None else set())
    if lost:
        found_amiss.append(f"lost are the comments {sorted(lost)}")
    return [*found_amiss, note] if found_amiss else []


def same(wanted: Schema, read: Schema, *free: Any) -> bool:
    keys = [one.key() for one in free if one is not None]
    unnamed = keys if any(getattr(one, "name", 0) is None for one in free) else []
    return [seen(as_read(one), nameless=unnamed) for one in wanted.tables] == [
        seen(one, nameless=unnamed) for one in read.tables
    ]


def brief(one: Any) -> str:
    """What is compared of an object."""
    return str(_column(one) if hasattr(one, "nullable") else None if one is None else _member(one, set()))


def commented(text: str) -> str:
    """A comment of its own at the end of each line inside brackets."""
    lines = text.split("\n")
    return "\n".join(
        f"{line.rstrip(chr(13))} // c{number}{chr(13) * line.endswith(chr(13))}" if line[:1] in (" ", "\t") else line
        for number, line in enumerate(lines)
    )


def comments(text: str) -> set[str]:
    return {line.rsplit("// ", 1)[1].strip() for line in text.split("\n") if "// c" in line}


@pytest.mark.parametrize("version", VERSIONS)
def test_labels_are_put_in_taken_out_and_moved(version: str, tmp_path: Path) -> None:
    text = 'import { pgEnum } from "drizzle-orm/pg-core";\nexport const mood = pgEnum("mood", [%s]);\n'
    for listed in (
        '"a", "b", "c"',
        '"a", "b", "c",',
        '\n  "a", // one\n  "b",\n  "c", // three\n',
        '\n  "a",\n  "b",\n  "c"\n',
    ):
        for labels in ("abc", "ab", "bc", "ac", "abcd", "dabc", "adbc", "cba", "axc", "x", "cb", "bacde", "b"):
            schema = Written(tmp_path, version, text % listed)
            (enum,) = schema.load().enums
            fix = schema.change(enum, replace(enum, labels=tuple(stated(label) for label in labels)))
            (found,) = schema.load().enums
            if fix is None:
                assert labels == "abc" or "//" in listed
            else:
                assert [label.value for label in found.labels] == list(labels), schema.text


@quick
@given(st.data(), st.sampled_from(sorted(STYLES)))
def test_a_broken_schema_is_written_to_or_left_alone(data: st.DataObject, style: str) -> None:
    """Whatever the text is, no change of it ends in anything but a patch or nothing."""
    with TemporaryDirectory() as folder:
        schema = written(Path(folder), "0.x", style, data.draw(made()))
        text = schema.text
        at = data.draw(st.integers(0, len(text)))
        until = data.draw(st.integers(at, min(len(text), at + 30)))
        schema.file.write_text(
            text[:at] + data.draw(st.sampled_from(("", ")", "(", "...x, ", "`", "/*", "\0"))) + text[until:]
        )
        broken = schema.text
        source = schema.open()
        read = source.load()
        fixes = []
        for table in read.tables:
            members = [*table.columns, *table.foreign_keys, *table.unique_constraints, *table.indexes, *table.checks]
            items = [table, *members, *([table.primary_key] if table.primary_key else [])]
            fixes += [source.write(read, Change("drizzle", item, None)) for item in items]
            if any(column.name not in ("id", "id2") for column in table.columns):
                fixes.append(source.write(read, Change("drizzle", *change(data.draw, table, read))))

        assert [fix for fix in fixes if not isinstance(fix, Patch | None)] == []
        assert schema.text == broken
