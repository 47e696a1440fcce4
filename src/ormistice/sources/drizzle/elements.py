"""The keys of an index that is written as SQL: what `CREATE INDEX` would take them for."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from ormistice.model import IndexElement
from ormistice.opclasses import DEFAULT_CLASSES
from ormistice.text import outside_quotes
from ormistice.types import ColumnType

_SECOND_WORDS = frozenset(("varying", "precision"))
_ORDER = frozenset(("asc", "desc", "nulls", "first", "last"))
# Operator classes that are the default of these types with every method that knows them.
_DEFAULTS = {
    "bigint": ("int8",),
    "bit": ("bit",),
    "bit varying": ("varbit",),
    "boolean": ("bool",),
    "bytea": ("bytea",),
    "character": ("bpchar",),
    "character varying": ("text",),
    "cidr": ("inet",),
    "citext": ("citext",),
    "date": ("date",),
    "double precision": ("float8",),
    "inet": ("inet",),
    "integer": ("int4",),
    "interval": ("interval",),
    "jsonb": ("jsonb",),
    "macaddr": ("macaddr",),
    "macaddr8": ("macaddr8",),
    "numeric": ("numeric",),
    "real": ("float4",),
    "smallint": ("int2",),
    "text": ("text",),
    "time with time zone": ("timetz",),
    "time without time zone": ("time",),
    "timestamp with time zone": ("timestamptz",),
    "timestamp without time zone": ("timestamp",),
    "tsvector": ("tsvector",),
    "uuid": ("uuid",),
}
# Operator classes that are the default of whatever type they are for, with those of extensions.
_ALWAYS_DEFAULT = {
    **DEFAULT_CLASSES,
    "btree": DEFAULT_CLASSES["btree"] | {"citext_ops"},
    "hash": DEFAULT_CLASSES["hash"] | {"citext_ops"},
    "ivfflat": frozenset({"vector_l2_ops"}),
}


def unless_always_default(element: IndexElement, method: str) -> IndexElement:
    """`element` without the operator class that an index of `method` has without being told."""
    if element.opclass is None or element.opclass.lower() not in _ALWAYS_DEFAULT.get(method, frozenset()):
        return element
    return replace(element, opclass=None)


def unless_default(opclass: str | None, type_: ColumnType | None) -> str | None:
    """`opclass`, or None where a column of `type_` has it without being told."""
    if opclass is None or type_ is None:
        return opclass
    if type_.array:
        names: tuple[str, ...] = ("array",)
    elif type_.schema is not None:
        names = ("enum",)
    else:
        names = _DEFAULTS.get(type_.name, ())
    return None if opclass.lower() in {f"{name}_ops" for name in names} else opclass


def written_elements(text: str) -> tuple[IndexElement, ...]:
    """The keys that `text` lists: each a column or an expression, then an operator class and an order."""
    return tuple(_element(part) for part in _listed(text))


def _listed(text: str) -> Iterator[str]:
    start = 0
    for at, depth, character in outside_quotes(text):
        if character == "," and depth == 0:
            yield text[start:at].strip()
            start = at + 1
    yield text[start:].strip()


def _element(part: str) -> IndexElement:
    words = split_words(part)
    order: list[str] = []
    while len(words) > 1 and words[-1].lower() in _ORDER:
        order.insert(0, words.pop().lower())
    descending = "desc" in order
    nulls_first = "first" in order if "nulls" in order else descending
    words, collation, opclass = _collated(words)
    head = part[: _end_of(part, words)]
    column = _column(head)
    expression = None if column is not None else head if _is_wrapped(head) else f"({head})"
    return IndexElement(column, expression, descending, nulls_first, opclass, collation)


def _collated(words: list[str]) -> tuple[list[str], str | None, str | None]:
    """The operand, its collation and its operator class, in the order that CREATE INDEX wants them."""
    at = next((i for i in range(1, len(words) - 1) if words[i].lower() == "collate"), None)
    if at is None:
        opclass = words[-1] if len(words) > 1 and _is_opclass(words) else None
        return (words if opclass is None else words[:-1]), None, opclass
    behind = words[at + 2 :]
    collation = _column(words[at + 1].rpartition(".")[2])
    return words[:at], None if collation == "default" else collation, behind[0] if behind else None


def split_words(part: str) -> list[str]:
    """Runs of `part` between spaces that are in no parentheses and no quotes."""
    breaks = [at for at, depth, character in outside_quotes(part) if depth == 0 and character.isspace()]
    edges = [-1, *breaks, len(part)]
    return [part[a + 1 : b] for a, b in pairwise(edges) if b > a + 1]


def _end_of(part: str, words: list[str]) -> int:
    at = 0
    for word in words:
        at = part.index(word, at) + len(word)
    return at


def _is_opclass(words: list[str]) -> bool:
    # An operator class follows a whole operand; a word behind an operator is an operand itself.
    name = words[-1]
    if name.lower() in _SECOND_WORDS and "::" in words[0]:
        return False  # the type of a cast has two words
    return len(words) == 2 and name.replace("_", "").replace(".", "").isalnum() and not name[0].isdigit()  # noqa: PLR2004 - an operand and its class


def _column(head: str) -> str | None:
    if head.startswith('"') and head.endswith('"') and '"' not in head[1:-1].replace('""', ""):
        return head[1:-1].replace('""', '"')
    plain = head.replace("_", "a").replace("$", "a")
    return head.lower() if plain.isalnum() and not head[:1].isdigit() else None


def _is_wrapped(head: str) -> bool:
    if not head.startswith("("):
        return False
    closing = next((at for at, depth, character in outside_quotes(head) if depth == 0 and character == ")"), -1)
    return closing == len(head) - 1
