"""What a Prisma file says, as nodes: no meaning yet, only words and where they stand (offsets in the file's text)."""

from dataclasses import dataclass

from ormistice.text import Document, Span


@dataclass(frozen=True, slots=True)
class Word:
    """A name, a constant (`Cascade`, `true`, `a.b`) or a number, as written."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class String:
    """A string; `text` has its escapes resolved, the offsets include the quotes."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Number:
    """A number, as written."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Call:
    """`name(arguments)`; `last_comma`: with a comma before the `)`."""

    name: str
    arguments: "tuple[Argument, ...]"
    start: int
    end: int
    last_comma: bool = False


@dataclass(frozen=True, slots=True)
class Array:
    """`[items]`."""

    items: "tuple[Expression, ...]"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Object:
    """`{ key: value }`, which only `where` takes."""

    pairs: "tuple[Argument, ...]"
    start: int
    end: int


Expression = Word | String | Number | Call | Array | Object


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument; `name` None: by position. `value` None: `name:` with nothing behind it."""

    name: str | None
    value: Expression | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Attribute:
    """`@name(arguments)` or `@@name(arguments)`; `name` without the signs. `close` is the offset of the last `)`."""

    name: str
    arguments: tuple[Argument, ...]
    start: int
    end: int
    close: int | None = None

    @property
    def next_argument(self) -> int:
        """Where another argument would be written: behind the last one."""
        if self.arguments:
            return self.arguments[-1].end
        return self.end if self.close is None else self.close

    def argument(self, name: str, *, first: bool = False) -> Expression | None:
        """The value of the argument `name`; with `first`, the first unnamed one will do."""
        for argument in self.arguments:
            if argument.name == name or (first and argument.name is None):
                return argument.value
        return None


@dataclass(frozen=True, slots=True)
class FieldType:
    """A field's type; `unsupported` is the text inside `Unsupported("...")`. `end` is behind `?` and `[]`."""

    name: str
    start: int
    end: int
    name_end: int
    is_list: bool = False
    optional: bool = False
    unsupported: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A line of a model, or a value of an enum (`type` None)."""

    name: str
    name_end: int
    type: FieldType | None
    attributes: tuple[Attribute, ...]
    start: int
    end: int

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of that name."""
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute
        return None


@dataclass(frozen=True, slots=True)
class Setting:
    """`key = value` of a datasource or generator."""

    key: str
    value: Expression | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """`keyword name { ... }`. `broken` are the lines that could not be read, `start` and `end` the whole block."""

    keyword: str
    name: str
    name_start: int
    document: Document
    fields: tuple[Field, ...]
    settings: tuple[Setting, ...]
    attributes: tuple[Attribute, ...]
    start: int
    end: int
    broken: tuple[str, ...] = ()

    def span(self, start: int, end: int) -> Span:
        """A place in the block's file."""
        return Span(self.document.path, start, end)

    def attribute(self, name: str) -> Attribute | None:
        """The block attribute of that name."""
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute
        return None

    def field(self, name: str) -> Field | None:
        """The field of that name."""
        for field in self.fields:
            if field.name == name:
                return field
        return None

    def setting(self, key: str) -> Setting | None:
        """The setting of that name."""
        for setting in self.settings:
            if setting.key == key:
                return setting
        return None
