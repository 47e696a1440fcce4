"""What the text of a custom type says besides the type: it may go on as a column's definition in SQL does."""

from dataclasses import dataclass

from ormistice.sources.drizzle.elements import split_words

_OPENING = frozenset(
    ("generated", "default", "not", "null", "collate", "unique", "primary", "references", "check", "constraint")
)
_GENERATED = ["generated", "always"]


@dataclass(frozen=True, slots=True)
class Definition:
    """A type, and the clauses behind it; `unread` are the words of what is not understood of them."""

    type: str
    generated: str | None = None
    not_null: bool = False
    unread: str = ""


def definition(text: str) -> Definition:
    """`text` taken apart; a collation is left out, for drizzle has no word for one."""
    words = split_words(text)
    behind = next((i for i, word in enumerate(words) if word.lower() in _OPENING), len(words))
    if behind in (0, len(words)):
        return Definition(text)
    name, rest = " ".join(words[:behind]), words[behind:]
    generated, not_null = None, False
    while rest:
        lower = [word.lower() for word in rest]
        if lower[0] == "collate" and len(rest) > 1:
            rest = rest[2:]
        elif lower[:2] == ["not", "null"]:
            not_null, rest = True, rest[2:]
        elif lower[:2] == _GENERATED and "stored" in lower and lower[2].startswith("as"):
            end = lower.index("stored")
            generated, rest = " ".join(rest[2:end])[len("as") :].strip(), rest[end + 1 :]
        else:
            break
    return Definition(name, generated, not_null, " ".join(rest))
