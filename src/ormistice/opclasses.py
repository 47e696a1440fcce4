"""The operator classes that an index takes without being told."""


def _classes(types: str, kind: str = "ops") -> frozenset[str]:
    return frozenset(f"{name}_{kind}" for name in types.split())


_OF_TREES_AND_HASHES = """
array bool bpchar bytea char date enum float4 float8 inet int2 int4 int8 interval jsonb macaddr macaddr8 multirange name
numeric oid pg_lsn range record text tid time timestamp timestamptz timetz uuid xid8
"""
_OF_BLOCKS = """
bit bpchar bytea char date float4 float8 int2 int4 int8 interval macaddr macaddr8 name numeric oid pg_lsn text tid time
timestamp timestamptz timetz uuid varbit
"""
DEFAULT_CLASSES = {
    "btree": _classes(f"{_OF_TREES_AND_HASHES} bit money tsquery tsvector varbit"),
    "hash": _classes(f"{_OF_TREES_AND_HASHES} xid"),
    "gin": _classes("array jsonb tsvector"),
    "gist": _classes("box circle multirange point poly range tsquery tsvector"),
    "spgist": _classes("box inet poly quad_point range text"),
    "brin": _classes(_OF_BLOCKS, "minmax_ops") | _classes("box inet range", "inclusion_ops"),
}
"""By index method, each the default of the type that it is for (PostgreSQL 18, pg_opclass.opcdefault)."""
