"""Index elements that are written as SQL text: `name DESC NULLS LAST`, `lower(email)`, `path text_pattern_ops`."""

from dataclasses import dataclass

from ormistice.model import IndexElement

_PAIRS = {"(": ")", "[": "]"}


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a quoted name, a string, a group in brackets or a single other character, with its end in the text."""

    kind: str
    text: str
    start: int

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these key words."""
        return self.kind == "word" and self.text.upper() in words


def tokens(text: str) -> list[Token]:
    """The text cut up; what is in brackets stays in one piece."""
    found, at = [], 0
    while at < len(text):
        character = text[at]
        if character.isspace():
            at += 1
            continue
        kind, end = _token(text, at)
        found.append(Token(kind, text[at:end], at))
        at = end
    return found


def _token(text: str, at: int) -> tuple[str, int]:
    character = text[at]
    if character in "'\"":
        return ("string" if character == "'" else "quoted"), _quoted_end(text, at)
    if character in _PAIRS:
        return "group", _group_end(text, at)
    end = at
    while end < len(text) and (text[end].isalnum() or text[end] in "_$"):
        end += 1
    return ("word", end) if end > at else ("other", at + 1)


def _quoted_end(text: str, at: int) -> int:
    quote = text[at]
    end = text.find(quote, at + 1)
    while end >= 0 and text[end + 1 : end + 2] == quote:
        end = text.find(quote, end + 2)
    return len(text) if end < 0 else end + 1


def _group_end(text: str, at: int) -> int:
    close, end = _PAIRS[text[at]], at + 1
    while end < len(text) and text[end] != close:
        if text[end] in "'\"":
            end = _quoted_end(text, end)
        elif text[end] in _PAIRS:
            end = _group_end(text, end)
        else:
            end += 1
    return min(end + 1, len(text))


def names(group: Token) -> list[str]:
    """The names that stand in brackets, as in `(a, "B")`."""
    return [_name(token) for token in tokens(group.text[1:-1]) if token.kind in ("word", "quoted")]


def read_element(text: str) -> IndexElement:
    """One index element from its SQL."""
    rest = tokens(text)
    nulls: bool | None = None
    descending = False
    if len(rest) > 1 + 1 and rest[-2].is_word("NULLS") and rest[-1].is_word("FIRST", "LAST"):
        nulls = rest[-1].is_word("FIRST")
        rest = rest[:-2]
    if len(rest) > 1 and rest[-1].is_word("ASC", "DESC"):
        descending = rest[-1].is_word("DESC")
        rest = rest[:-1]
    rest, opclass = _operator_class(rest)
    rest, collation = _collation(rest)
    expression = text[rest[0].start : rest[-1].start + len(rest[-1].text)] if rest else text
    column = _name(rest[0]) if len(rest) == 1 and rest[0].kind in ("word", "quoted") else None
    return IndexElement(
        column=column,
        expression=None if column else expression,
        descending=descending,
        nulls_first=descending if nulls is None else nulls,
        opclass=opclass,
        collation=collation,
    )


def _operator_class(rest: list[Token]) -> tuple[list[Token], str | None]:
    """Cut off an operator class: a word directly behind what is a whole operand by itself."""
    behind_operand = len(rest) > 1 and rest[-2].kind in ("word", "quoted", "group", "string")
    if behind_operand and rest[-1].kind == "word" and not rest[-2].is_word("COLLATE", "AND", "OR", "NOT", "IS"):
        return rest[:-1], rest[-1].text.lower()
    return rest, None


def _collation(rest: list[Token]) -> tuple[list[Token], str | None]:
    if len(rest) > 1 + 1 and rest[-2].is_word("COLLATE"):
        return rest[:-2], _name(rest[-1])
    return rest, None


def _name(token: Token) -> str:
    return token.text[1:-1].replace('""', '"') if token.kind == "quoted" else token.text.lower()
