"""Types that stand in `Unsupported("...")`: SQL, which PostgreSQL looks up in its search path."""

import re

from ormistice.names import DEFAULT_SCHEMA
from ormistice.types import EXTENSION_TYPES, ColumnType, parse_type

_NAMED = re.compile(
    r"""\s*(?:(?:"(?P<quoted_schema>[^"]+)"|(?P<schema>\w+))\s*\.\s*)?"""
    r"""(?:"(?P<quoted>[^"]+)"|(?P<name>\w+))\s*(?P<array>(?:\[\d*\]\s*)*)"""
)
_BUILT_IN = """
bigint bigserial bit bool boolean box bpchar bytea char character cid cidr circle date datemultirange daterange decimal
float float4 float8 inet int int2 int2vector int4 int4multirange int4range int8 int8multirange int8range integer
interval json jsonb jsonpath line lseg macaddr macaddr8 money name numeric nummultirange numrange oid oidvector path
pg_lsn pg_snapshot point polygon real refcursor regclass regcollation regconfig regdictionary regnamespace regoper
regoperator regproc regprocedure regrole regtype serial serial2 serial4 serial8 smallint smallserial text tid time
timestamp timestamptz timetz tsmultirange tsquery tsrange tstzmultirange tstzrange tsvector txid_snapshot uuid varbit
varchar xid xid8 xml
"""
_WITHOUT_SCHEMA = frozenset(_BUILT_IN.split()) | EXTENSION_TYPES


def raw_type(text: str) -> ColumnType:
    """The type of that SQL; a name that is neither PostgreSQL's own nor an extension's is the user's, in `public`."""
    found = _NAMED.fullmatch(text)
    if found is None or text.strip().startswith('"char"'):
        return parse_type(text)
    schema = found["quoted_schema"] or (found["schema"] or "").lower()
    name = found["quoted"] or found["name"].lower()
    own = found["quoted"] is None and name in _WITHOUT_SCHEMA
    if schema == "pg_catalog" or (own and schema in {"", DEFAULT_SCHEMA}):
        return parse_type(name + "[]" * bool(found["array"]))
    return ColumnType(name, array=bool(found["array"]), schema=schema or DEFAULT_SCHEMA)
