"""The operator classes that are taken for default are those that PostgreSQL itself takes."""

from ormistice.rules.index_definition_mismatch import DEFAULT_CLASSES
from ormistice.sources.postgres.connecting import connect
from ormistice.sources.postgres.embedded import scratch_database

OF_OWN_TYPES = {"aclitem_ops", "cid_ops", "oidvector_ops"}
"""Of types that are in catalogs alone."""
SYNONYMS = {"cidr_ops", "varchar_ops", "varchar_minmax_ops", "cidr_minmax_ops", "money_minmax_ops"}
"""Other names of a default class, or of none at all."""


def test_default_classes_are_those_of_the_server() -> None:
    with scratch_database() as database, connect(database.conninfo) as connection:
        rows = connection.execute(
            b"SELECT a.amname, c.opcname, bool_or(c.opcdefault) FROM pg_opclass c JOIN pg_am a ON a.oid = c.opcmethod"
            b" GROUP BY a.amname, c.opcname"
        ).fetchall()
    default = {(method, name) for method, name, usual in rows if usual and name not in OF_OWN_TYPES}
    others = {(method, name) for method, name, usual in rows if not usual}
    ours = {(method, name) for method, names in DEFAULT_CLASSES.items() for name in names}

    assert {method for method, _ in default} == set(DEFAULT_CLASSES)
    assert default - ours == set()
    assert {name for _, name in ours & others} <= SYNONYMS
