"""Operator classes in `ops:`: those that PostgreSQL takes of itself are not said twice."""

import psycopg

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
