"""Operator classes in `ops:`: those that PostgreSQL takes of itself are not said twice."""

from pathlib import Path

import psycopg
import pytest

from ormistice.sources import SourceRequest
from ormistice.sources.postgres import SOURCES as POSTGRES
from ormistice.sources.prisma.indexes import METHODS

EXTENSIONS = ("btree_gin", "btree_gist", "citext", "hstore", "intarray", "ltree", "pg_trgm")
CLASSES = """
SELECT m.amname, o.opcname, o.opcdefault FROM pg_opclass AS o JOIN pg_am AS m ON m.oid = o.opcmethod
WHERE m.amname = ANY(%s) ORDER BY 1, 2
"""


def test_the_classes_that_postgres_takes_of_itself_are_those_left_out(database, read):
    """Of all classes that PostgreSQL and the common extensions have, as its own catalog tells them apart."""
    with psycopg.connect(database, autocommit=True) as connection:
        for extension in EXTENSIONS:
            connection.execute(f"CREATE EXTENSION {extension} CASCADE".encode())
        classes = connection.execute(CLASSES, (list(METHODS.values()),)).fetchall()
    spelling = {method: word for word, method in METHODS.items()}
    blocks = "\n".join(f'  @@index([x(ops: raw("{name}"))], type: {spelling[method]})' for method, name, _ in classes)
    (table,) = read(
        f'datasource db {{\n  provider = "postgresql"\n}}\nmodel A {{\n  id Int @id\n  x Int\n{blocks}\n}}\n'
    ).tables
    found = [(index.method.value, index.elements[0].opclass) for index in table.indexes]

    assert found == [(method, None if default else name) for method, name, default in classes]


@pytest.mark.parametrize(
    ("column", "given"),
    [
        ("text", "gist_trgm_ops"),
        ("text", "gist_trgm_ops(siglen=32)"),
        ("text", "gist_trgm_ops (siglen = '32')"),
        ("path", "gist_ltree_ops"),
        ("path", "gist_ltree_ops(siglen=2024)"),
    ],
)
def test_parameters_of_a_class_are_what_postgres_keeps(database, run_sql, read, column, given):
    run_sql(
        database,
        "CREATE EXTENSION pg_trgm; CREATE EXTENSION ltree; CREATE TABLE a (id int PRIMARY KEY, text text, path ltree);"
        f"CREATE INDEX i ON a USING gist ({column} {given});",
    )
    (created,) = POSTGRES[0].open(SourceRequest("database", "database", (database,), Path())).load().tables
    (table,) = read(
        'datasource db {\n  provider = "postgresql"\n}\nmodel a {\n  id Int @id\n  text String\n'
        f'  path Unsupported("ltree")\n  @@index([{column}(ops: raw("{given}"))], type: Gist)\n}}\n'
    ).tables

    assert table.indexes[0].elements == created.indexes[0].elements
