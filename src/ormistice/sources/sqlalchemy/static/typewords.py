"""Names of types: those of SQLAlchemy, of Python and of pydantic, and what PostgreSQL's dialect calls them."""

PLAIN = {
    "Integer": "INTEGER", "INTEGER": "INTEGER", "INT": "INTEGER", "SmallInteger": "SMALLINT", "SMALLINT": "SMALLINT",
    "BigInteger": "BIGINT", "BIGINT": "BIGINT", "Text": "TEXT", "TEXT": "TEXT", "UnicodeText": "TEXT",
    "Boolean": "BOOLEAN", "BOOLEAN": "BOOLEAN", "Double": "DOUBLE PRECISION", "DOUBLE_PRECISION": "DOUBLE PRECISION",
    "REAL": "REAL",
    "Date": "DATE", "DATE": "DATE", "LargeBinary": "BYTEA", "BYTEA": "BYTEA", "PickleType": "BYTEA", "JSON": "JSON",
    "JSONB": "JSONB", "UUID": "UUID", "INET": "INET", "CIDR": "CIDR", "MACADDR": "MACADDR", "MACADDR8": "MACADDR8",
    "MONEY": "MONEY", "OID": "OID", "TSVECTOR": "TSVECTOR", "TSQUERY": "TSQUERY", "HSTORE": "HSTORE",
    "CITEXT": "CITEXT", "INT4RANGE": "INT4RANGE", "INT8RANGE": "INT8RANGE", "NUMRANGE": "NUMRANGE",
    "DATERANGE": "DATERANGE",
    "TSRANGE": "TSRANGE", "TSTZRANGE": "TSTZRANGE", "REGCLASS": "REGCLASS", "JSONPATH": "JSONPATH",
    "REGCONFIG": "REGCONFIG", "INT4MULTIRANGE": "INT4MULTIRANGE", "INT8MULTIRANGE": "INT8MULTIRANGE",
    "NUMMULTIRANGE": "NUMMULTIRANGE", "DATEMULTIRANGE": "DATEMULTIRANGE", "TSMULTIRANGE": "TSMULTIRANGE",
    "TSTZMULTIRANGE": "TSTZMULTIRANGE",
}  # fmt: skip
"""SQLAlchemy's types without modifiers, as the PostgreSQL dialect spells them."""
LENGTH = {
    "String": "VARCHAR",
    "VARCHAR": "VARCHAR",
    "Unicode": "VARCHAR",
    "AutoString": "VARCHAR",
    "CHAR": "CHAR",
    "Vector": "VECTOR",
}
"""SQLAlchemy's types with a length, the same way."""
COLLATED = ("String", "VARCHAR", "Unicode", "CHAR", "Text", "TEXT", "UnicodeText")  # their second argument says how
PYTHON = {
    "builtins.int": "INTEGER", "builtins.str": "VARCHAR", "builtins.bool": "BOOLEAN", "builtins.float": "FLOAT",
    "builtins.bytes": "BYTEA", "datetime.date": "DATE", "datetime.time": "TIME WITHOUT TIME ZONE",
    "datetime.timedelta": "INTERVAL", "datetime.datetime": "TIMESTAMP WITHOUT TIME ZONE", "decimal.Decimal": "NUMERIC",
    "uuid.UUID": "UUID",
}  # fmt: skip
"""What SQLAlchemy makes of Python's types."""
STRINGS = ("EmailStr", "IPv4Address", "IPv4Network", "IPv6Address", "IPv6Network", "Path", "NameEmail")
"""Types of pydantic that are kept as strings."""
PYDANTIC = {
    **{f"pydantic.UUID{version}": "uuid.UUID" for version in range(1, 9)},
    **{
        f"pydantic.{sign}{word}": f"builtins.{word.lower()}"
        for word in ("Int", "Float")
        for sign in ("Positive", "Negative", "NonPositive", "NonNegative", "Strict")
    },
    "pydantic.StrictStr": "builtins.str", "pydantic.StrictBool": "builtins.bool",
    "pydantic.StrictBytes": "builtins.bytes", "pydantic.PastDate": "datetime.date",
    "pydantic.FutureDate": "datetime.date", "pydantic.PastDatetime": "datetime.datetime",
    "pydantic.FutureDatetime": "datetime.datetime",
}  # fmt: skip
"""Types of pydantic by the types of Python whose values they hold."""
