"""Where a TypeScript type ends: types are stepped over, never built."""

from ormistice.sources.drizzle.errors import SyntaxFailure
from ormistice.sources.drizzle.lexer import (
    END,
    NAME,
    NUMBER,
    STRING,
    TEMPLATE,
    TEMPLATE_HEAD,
    TEMPLATE_TAIL,
    WORDS,
    Tokens,
)

_PREFIXES = frozenset(("keyof", "readonly", "unique", "infer", "asserts", "abstract"))
_PLAIN = frozenset((NUMBER, STRING, TEMPLATE, "true", "false", "null", "undefined", "this", "void"))
# A name of one of these takes no type arguments, so that a `<` behind it compares.
_KEYWORD_TYPES = frozenset(
    (
        "any",
        "unknown",
        "never",
        "string",
        "number",
        "boolean",
        "bigint",
        "symbol",
        "object",
        "null",
        "undefined",
        "void",
    )
)
_STARTS = frozenset((NAME, STRING, "(", "[", "{", TEMPLATE, TEMPLATE_HEAD))
_NOT_TYPES = frozenset(
    ("function", "class", "return", "if", "for", "while", "const", "let", "var", "import", "export", "new")
)
# What may stand behind type arguments of an expression; anything else means that `<` compares.
_AFTER_ARGUMENTS = frozenset(
    (
        "(",
        TEMPLATE,
        TEMPLATE_HEAD,
        ")",
        "]",
        "}",
        ",",
        ";",
        ":",
        ".",
        "?.",
        "?",
        "=",
        "==",
        "===",
        "!=",
        "!==",
        "&&",
        "||",
        "??",
        END,
    )
)


class NotAType(Exception):  # noqa: N818 - a turn taken while looking ahead, not an error
    """The tokens at hand are no type."""


class TypeSkipper:
    """Steps over the types among `tokens`. Every method takes the index of a first token, and gives the one behind."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.kinds = tokens.kinds
        self.partners = tokens.partners
        self._not_types: set[int] = set()
        self._compares: set[int] = set()

    def after_type(self, i: int) -> int:
        """Behind the type at `i`; raises SyntaxFailure if there is none."""
        try:
            return self._type(i)
        except NotAType:
            start = self.tokens.starts[i]
            raise SyntaxFailure("a type is expected here", start, max(self.tokens.ends[i], start)) from None

    def maybe_type(self, i: int) -> int:
        """Behind the type at `i`, or -1 if there is none."""
        try:
            return self._type(i)
        except (NotAType, RecursionError):
            return -1

    def after_parameters(self, i: int) -> int:
        """Behind the type parameters `<T, const U extends V = W>` at `i`."""
        try:
            return self._angled(i)
        except NotAType:
            raise SyntaxFailure("type parameters do not end", self.tokens.starts[i], self.tokens.ends[i]) from None

    def arguments(self, i: int) -> int:
        """Behind the type arguments at `i`, or -1 where the `<` there compares two values."""
        if i in self._not_types or i in self._compares:
            return -1
        try:
            after = self._angled(i)
        except (NotAType, RecursionError):
            return -1
        if self.kinds[after] in _AFTER_ARGUMENTS or self.tokens.newline_before(after):
            return after
        self._compares.add(i)
        return -1

    def _angled(self, i: int) -> int:
        # Remembered, for else `a < a < a < ...` is tried again from every `<`.
        if i in self._not_types:
            raise NotAType
        self._not_types.add(i)
        after = self._list(i + 1)
        self._not_types.discard(i)
        return after

    def _list(self, i: int) -> int:
        while self.kinds[i] != ">":
            if self.kinds[i] == "const" or (self.kinds[i] == "in" and self.kinds[i + 1] == NAME):
                i += 1
            i = self._type(i)
            if self.kinds[i] == "=":
                i = self._type(i + 1)
            if self.kinds[i] == ",":
                i += 1
            elif self.kinds[i] != ">":
                raise NotAType
        return i + 1

    def _type(self, i: int) -> int:
        kinds = self.kinds
        i = self._union(i)
        if kinds[i] != "extends":
            return i
        while kinds[i] == "extends":
            i = self._union(i + 1)
        if kinds[i] != "?":
            return i
        i = self._type(i + 1)
        if kinds[i] != ":":
            raise NotAType
        return self._type(i + 1)

    def _union(self, i: int) -> int:
        kinds = self.kinds
        if kinds[i] in ("|", "&"):
            i += 1
        while True:
            i = self._operand(i)
            if kinds[i] == "is" and not self.tokens.newline_before(i):
                i = self._operand(i + 1)
            if kinds[i] not in ("|", "&"):
                return i
            i += 1

    def _operand(self, i: int) -> int:
        kinds = self.kinds
        while kinds[i] in _PREFIXES and self._may_start(kinds[i + 1]):
            i += 1
        i = self._primary(i)
        while kinds[i] == "[" and not self.tokens.newline_before(i):
            i = self.partners[i] + 1
        return i

    @staticmethod
    def _may_start(kind: str) -> bool:
        return kind in _STARTS or (kind in WORDS and kind not in ("is", "extends", "in"))

    def _primary(self, i: int) -> int:  # noqa: C901, PLR0911 - one case for each kind of type
        kinds = self.kinds
        kind = kinds[i]
        if kind in _PLAIN:
            return i + 1
        if kind in ("{", "["):
            return self.partners[i] + 1
        if kind == "(":
            after = self.partners[i] + 1
            return self._type(after + 1) if kinds[after] == "=>" and self._opens_parameters(i) else after
        if kind == "-":
            return i + 2
        if kind == TEMPLATE_HEAD:
            while kinds[i] != TEMPLATE_TAIL:
                i = self.partners[i]
            return i + 1
        if kind == "<" or (kind == "new" and kinds[i + 1] in ("(", "<")):
            return self._function(i + (kind == "new"))
        if kind == "typeof":
            return self._primary(i + 1)
        if kind == "import":
            if kinds[i + 1] != "(":
                raise NotAType
            return self._members(self.partners[i + 1] + 1)
        if kind == NAME or (kind in WORDS and kind not in _NOT_TYPES):
            return self._members(i + 1)
        raise NotAType

    def _opens_parameters(self, i: int) -> bool:
        """Whether parameters stand in the parenthesis at `i`, and no type."""
        kinds = self.kinds
        first = i + 1
        if kinds[first] in (")", "..."):
            return True
        behind = self.partners[first] + 1 if kinds[first] in ("{", "[") else first + 1
        named = kinds[first] in ("{", "[", NAME) or kinds[first] in WORDS
        return named and (kinds[behind] in (":", ",", "?", "=") or behind == self.partners[i])

    def _function(self, i: int) -> int:
        if self.kinds[i] == "<":
            i = self._angled(i)
        if self.kinds[i] != "(":
            raise NotAType
        i = self.partners[i] + 1
        if self.kinds[i] != "=>":
            raise NotAType
        return self._type(i + 1)

    def _members(self, i: int) -> int:
        kinds = self.kinds
        while kinds[i] == ".":
            i += 2
        if kinds[i] == "<" and self.tokens.word(i - 1) not in _KEYWORD_TYPES:
            return self._angled(i)
        return i
