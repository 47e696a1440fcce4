"""What we write, Prisma takes, and makes of it what was asked for."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from ormistice.audit import Settings
from ormistice.fixes import Change, edited
from ormistice.fixing import Limits, apply
from ormistice.model import ForeignKey, Reference, ReferentialAction, Schema, Stated
from ormistice.sources.prisma.lower import lower
from ormistice.sources.prisma.syntax import parse
from ormistice.sources.prisma.write import write
from ormistice.text import Document
from sources.prisma.prisma_changes import HEAD_OF_TWO, KINDS, asked
from sources.prisma.prisma_printing import HEAD, printed
from sources.prisma.prisma_schemas import names, schemas
from sources.prisma.test_write import SCHEMA, references

from .test_engine import OWN, created, differences, prisma, texts

pytestmark = pytest.mark.conformance

RELAXED = settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=150)
HEADS = {
    "schemas": HEAD_OF_TWO.replace('"other"', '"auth", "The Blog"'),
    "partial_7": HEAD
    + '\ngenerator client {\n  provider        = "prisma-client"\n  previewFeatures = ["partialIndexes"]\n}\n',
}
KEYS = ["Account", "Post", "Profile"]
TARGETS = ["users", "Account", "Post", "Profile"]


def read(text: str) -> Schema:
    return lower("prisma", [parse(Document("schema.prisma", text))])


def fixed(text: str, before: ForeignKey, after: ForeignKey) -> str | None:
    patch = write(read(text), Change("prisma", before, after))
    return None if patch is None else edited("schema.prisma", text, [patch])


@RELAXED
@given(schemas(names=names, schema_names=("public",)), st.data())
def test_a_key_that_is_dropped_and_added_again_is_taken_by_prisma(engine, schema, data):
    text = printed(schema)
    keys = [key for table in read(text).tables for key in table.foreign_keys]
    assume(keys)
    key = data.draw(st.sampled_from(keys))
    patch = write(read(text), Change("prisma", key, None))
    assert patch is not None
    bare = edited("schema.prisma", text, [patch])
    patch = write(read(bare), Change("prisma", None, key))
    assert patch is not None

    assert clause(key) not in engine.ddl(7, bare)
    assert sorted(engine.ddl(7, text)) == sorted(engine.ddl(7, edited("schema.prisma", bare, [patch])))


@RELAXED
@given(schemas(names=names, schema_names=("public",)), st.data())
def test_an_index_that_is_dropped_and_added_again_is_taken_by_prisma(engine, schema, data):
    text = printed(schema)
    indexes = [index for table in read(text).tables for index in table.indexes]
    assume(indexes)
    patch = write(read(text), Change("prisma", index := data.draw(st.sampled_from(indexes)), None))
    assume(patch is not None)
    bare = edited("schema.prisma", text, [patch])
    patch = write(read(bare), Change("prisma", None, index))
    assert patch is not None

    assert sorted(engine.ddl(7, text)) == sorted(engine.ddl(7, edited("schema.prisma", bare, [patch])))
    assert len(engine.ddl(7, bare)) < len(engine.ddl(7, text))


NULLABLE = [
    ("Post", "authorId", False),
    ("Profile", "userId", True),
    ("users", "name", True),
    ("Account", "posts", True),
]


@pytest.mark.parametrize(("table", "name", "nullable"), NULLABLE)
def test_a_changed_nullability_is_taken_by_prisma(table, name, nullable, engine):
    schema = read(SCHEMA)
    column = next(each for each in schema.tables if each.name.name == table).column(name)
    after = replace(column, nullable=Stated(nullable, column.nullable.place))
    patch = write(schema, Change("prisma", column, after))
    assert patch is not None

    sql = engine.ddl(7, edited("schema.prisma", SCHEMA, [patch]))
    old = engine.ddl(7, SCHEMA)

    assert len(set(old.splitlines()) ^ set(sql.splitlines())) in {1, 2}


def clause(key: ForeignKey) -> str:
    reference = key.references.value
    return (
        f'FOREIGN KEY ("{key.columns[0]}") REFERENCES "{reference.table.name}"("{reference.columns[0]}")'
        f" ON DELETE {key.on_delete.value.value} ON UPDATE {key.on_update.value.value}"
    )


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("table", KEYS)
def test_every_new_target_is_taken_by_prisma(table, target, engine):
    schema = read(SCHEMA)
    tables = {each.name.name: each for each in schema.tables}
    (key,) = tables[table].foreign_keys
    reference = Reference(tables[target].name, tables[target].primary_key.columns.value)
    after = replace(key, references=Stated(reference, key.references.place))
    if after == key:
        pytest.skip("references it already")

    text = fixed(SCHEMA, key, after)
    assert text is not None
    assert clause(after) in engine.ddl(7, text)


@RELAXED
@given(schemas(names=names, schema_names=("public",)), st.data())
def test_every_changed_key_is_taken_by_prisma(engine, schema, data):
    text = printed(schema)
    before = read(text)
    keys = [key for table in before.tables for key in table.foreign_keys]
    assume(keys)
    key = data.draw(st.sampled_from(keys))
    after = replace(
        key,
        references=Stated(data.draw(references(before, key)), key.references.place),
        on_delete=Stated(data.draw(st.sampled_from(ReferentialAction)), key.on_delete.place),
        on_update=Stated(data.draw(st.sampled_from(ReferentialAction)), key.on_update.place),
    )
    assume(after != key)

    again = fixed(text, key, after)
    assert again is not None
    assert clause(after) in engine.ddl(7, again)


@pytest.mark.parametrize("kind", KINDS)
@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=40, database=None)
@given(data=st.data())
def test_a_schema_with_any_change_is_taken_by_prisma(kind, engine, data):
    text = data.draw(asked(kind, (HEAD_OF_TWO,))).written()
    assume(text is not None)

    assert engine.refusal(7, text) is None


@pytest.mark.parametrize("kind", KINDS)
@settings(
    suppress_health_check=list(HealthCheck), deadline=None, max_examples=2, database=None, phases=[Phase.generate]
)
@given(data=st.data())
def test_postgres_gets_from_prisma_what_was_asked_for(kind, engine, tmp_path_factory, data):
    asked_for = data.draw(asked(kind, (HEAD_OF_TWO,)))
    text = asked_for.written()
    assume(text is not None)
    path = Path(tmp_path_factory.mktemp("written"), "schema.prisma")
    path.write_text(text)

    with created(engine.ddl(7, text)) as database:
        assert differences(database, path) == []
        names_there = {table.name for table in database.load().tables}
    assert names_there == {table.name for table in asked_for.expected.tables}


@pytest.mark.parametrize("path", OWN, ids=[path.stem for path in OWN])
def test_a_whole_database_becomes_a_schema_that_prisma_takes(path, engine, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    head = HEADS.get(path.stem, HEAD)
    Path("schema.prisma").write_text(head)
    with created(engine.ddl(7, *texts(path))) as database:
        sources = [database, prisma(Path("schema.prisma"))]
        apply(sources, Settings(databases=frozenset({"database"})), Limits(), lambda _: None)
        left = differences(database, Path("schema.prisma"))

    assert engine.refusal(7, Path("schema.prisma").read_text()) is None
    assert left == []
