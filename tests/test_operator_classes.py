"""The operator classes that are taken for default are those that PostgreSQL itself takes."""

from ormistice.opclasses import DEFAULT_CLASSES
from ormistice.sources.postgres.connecting import connect
from ormistice.sources.postgres.embedded import scratch_database

OF_CATALOGS = {"aclitem_ops", "cid_ops", "oidvector_ops"}
"""Of types that are in catalogs alone."""


def test_default_classes_are_those_of_the_server() -> None:
    with scratch_database() as database, connect(database.conninfo) as connection:
        rows = connection.execute(
            b"SELECT DISTINCT a.amname, c.opcname FROM pg_opclass c JOIN pg_am a ON a.oid = c.opcmethod WHERE c.opcdefault"
        ).fetchall()
    default = {(method, name) for method, name in rows if name not in OF_CATALOGS}

    assert {(method, name) for method, names in DEFAULT_CLASSES.items() for name in names} == default
