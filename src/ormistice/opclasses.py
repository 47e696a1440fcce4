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
_OF_BTREE_GIN = """
bit bool bpchar bytea char cidr date enum float4 float8 inet int2 int4 int8 interval macaddr macaddr8 money name numeric
oid text time timestamp timestamptz timetz uuid varbit varchar
"""
_OF_BTREE_GIST = """
bit bool bpchar bytea cash cidr date enum float4 float8 inet int2 int4 int8 interval macaddr macaddr8 numeric oid text
time timestamp timestamptz timetz uuid vbit
"""
CLASSES_OF_EXTENSIONS = {
    "gin": _classes(_OF_BTREE_GIN) | {"gin_hstore_ops"},
    "gist": _classes(" ".join(f"gist_{name}" for name in f"{_OF_BTREE_GIST} cube hstore ltree seg geography".split()))
    | {"gist__int_ops", "gist__ltree_ops", "gist_geometry_ops_2d"},
    "hash": _classes("citext hash_geometry hash_hstore hash_ltree"),
    "ivfflat": frozenset({"vector_l2_ops"}),
    "spgist": frozenset({"spgist_geometry_ops_2d", "spgist_geography_ops_nd"}),
    "brin": frozenset({"brin_geometry_inclusion_ops_2d", "brin_geography_inclusion_ops"}),
}
"""The same of the extensions of PostgreSQL itself, PostGIS and pgvector."""
