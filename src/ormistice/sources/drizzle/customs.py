"""What drizzle-kit makes of a custom type's text: a name in quotes up to 0.x, and of its defaults since 1.0."""

import re

from ormistice.types import is_built_in, parse_type

# What a type may begin with and is then put into SQL without quotes up to 0.x, whatever goes on behind it.
_BARE = (
    *("bigint", "bigserial", "bit", "boolean", "char", "date", "decimal", "double precision", "geometry", "halfvec"),
    *("integer", "interval", "json", "numeric", "real", "serial", "smallint", "sparsevec", "text", "time", "uuid"),
    *("varchar", "vector"),
)
_OF_EXTENSIONS = frozenset(("citext", "cube", "geography", "geometry", "hstore", "lquery", "ltree", "ltxtquery", "seg"))
_BRACKETS = re.compile(r"(?:\[\d*\])+\s*$")
# Of these 1.0 knows how a string is written. It looks at how the type begins or ends, so that some others pass too.
_STRINGS = re.compile(
    r"""
    \s*(?:numeric|char|varchar).*
    | .*decimal(?:\(\d+(?:,\d+)?\))?(?:\s*\[\s*\])*\s*
    | .*character(?:\ varying)?(?:\(\d+\))?(?:\s*\[\s*\])*\s*
    | \s*(?:text|json|jsonb|uuid|macaddr|macaddr8|date|point|line)(?:\s*\[\s*\])*\s*
    | \s*(?:time|timestamp\s?)(?:\(\d+\))?(?:\s+with\ time\ zone)?(?:\[\])*\s*
    | interval(?:\s+[a-z]+(?:\s+to\s+[a-z]+)?)?(?:\(\d+\))?(?:\s*\[\s*\])*\s*
    | (?:inet|cidr)(?:\(\d+\))?(?:\[\])?
    | \s*(?:vector|halfvec|sparsevec|bit)(?:\(\d+(?:,\d+)?\))?(?:\s*\[\s*\])*\s*
    | \s*geometry\(point(?:,\d+)?\)(?:\[\s*\])*\s*
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


def in_quotes(text: str) -> str:
    """`text`, a type alone, as 0.x puts it into SQL where that tells capitals apart.

    What stands in capitals for one of PostgreSQL's own types or an extension's is taken for that: in quotes there is no
    such type, so that its tables were made by other means.
    """
    name = _BRACKETS.sub("", text)
    lower = name.lower()
    if name == lower or name.startswith(_BARE) or any(mark in name for mark in '".()'):
        return text
    return text if lower in _OF_EXTENSIONS or is_built_in(parse_type(lower)) else f'"{name}"{text[len(name) :]}'


def without_quotes(text: str, *, modern: bool) -> str:
    """`text` as a custom type has to give it: the quotes that 0.x puts around it are left to that."""
    bare = text.replace('"', "")
    return bare if not modern and in_quotes(bare) == text else text


def raw_default(text: str, value: str) -> str | None:
    """What 1.0 puts behind DEFAULT for a string given to a column of the type `text`; None where it writes a string.

    It has the text of the expression in the string, with nothing of its own around, and no default where that is empty.
    """
    if _STRINGS.fullmatch(text):
        return None
    return value or "NULL"
