"""Column types as the calls that make columns of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ormistice.sources.drizzle.columntypes import column_type
from ormistice.sources.drizzle.customs import without_quotes
from ormistice.sources.drizzle.modules import Loaded
from ormistice.sources.drizzle.spelling import Style
from ormistice.sources.drizzle.targets import named_enum
from ormistice.sources.drizzle.values import Arguments, Builder, Native, Value
from ormistice.sources.drizzle.write_draft import Draft
from ormistice.sources.drizzle.write_lists import UnwritableError
from ormistice.text import Span
from ormistice.types import ColumnType, parse_type

_PLAIN = {
    "bigint": "bigint",
    "boolean": "boolean",
    "cidr": "cidr",
    "double precision": "doublePrecision",
    "inet": "inet",
    "integer": "integer",
    "json": "json",
    "jsonb": "jsonb",
    "line": "line",
    "macaddr": "macaddr",
    "macaddr8": "macaddr8",
    "point": "point",
    "real": "real",
    "smallint": "smallint",
    "text": "text",
    "uuid": "uuid",
    "date": "date",
}
_SIZED = {
    "character varying": ("varchar", "length"),
    "character": ("char", "length"),
    "bit": ("bit", "dimensions"),
    "vector": ("vector", "dimensions"),
    "halfvec": ("halfvec", "dimensions"),
    "sparsevec": ("sparsevec", "dimensions"),
}
_MOMENTS = {
    "timestamp without time zone": ("timestamp", False),
    "timestamp with time zone": ("timestamp", True),
    "time without time zone": ("time", False),
    "time with time zone": ("time", True),
}
_SERIAL = {"smallint": "smallserial", "integer": "serial", "bigint": "bigserial"}
MODES: Mapping[str, frozenset[str]] = {
    "timestamp": frozenset(("date", "string")),
    "date": frozenset(("date", "string")),
    "bigint": frozenset(("number", "bigint")),
    "bigserial": frozenset(("number", "bigint")),
    "numeric": frozenset(("string", "number", "bigint")),
    "decimal": frozenset(("string", "number", "bigint")),
}
_NUMBERS = frozenset(("smallint", "integer", "real", "doublePrecision", "serial", "smallserial", "bigserial", "bigint"))
_NOT_NAME = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Maker:
    """The function that makes columns of a type, and its options as code; `enum` and `custom` are functions, too."""

    function: str
    type: ColumnType
    options: Mapping[str, str] = field(default_factory=dict)
    mode: str | None = None

    @property
    def array(self) -> bool:
        """Whether `.array()` has to follow."""
        return self.type.array

    def data(self) -> str:
        """What TypeScript takes a value of such a column for, in a word."""
        return f"{self._single()}{'[]' * self.array}"

    def _single(self) -> str:
        if self.function in _NUMBERS:
            return "bigint" if self.mode == "bigint" else "number"
        if self.function in ("timestamp", "date"):
            return self.mode or ("date" if self.function == "timestamp" else "string")
        if self.function in ("boolean", "json", "jsonb", "point", "line", "vector", "enum", "custom", "bytea"):
            return f"{self.function} {self.type.name if self.function in ('enum', 'custom') else ''}"
        return self.mode or "string"


def maker_of(type_: ColumnType, *, serial: bool, modern: bool, mode: str | None = None) -> Maker:
    """The function that makes columns of `type_`; `mode` is what TypeScript took them for so far."""
    if serial:
        if type_.name not in _SERIAL or type_.array:
            raise UnwritableError
        function, options = _SERIAL[type_.name], dict[str, str]()
    else:
        function, options = _function(type_, modern=modern)
    kept = mode if mode is not None and mode in MODES.get(function, ()) else None
    if kept is None and function in ("bigint", "bigserial"):
        kept = "number"
    return Maker(function, type_, options, kept)


def _function(type_: ColumnType, *, modern: bool) -> tuple[str, dict[str, str]]:
    name, modifiers = type_.name, type_.modifiers
    if type_.schema is not None:
        return "enum", {}
    if name in _PLAIN and not modifiers:
        return _PLAIN[name], {}
    if name == "bytea" and modern:
        return "bytea", {}
    made = _sized(name, modifiers) or _moment(name, modifiers)
    return made if made is not None else ("custom", {})


def _sized(name: str, modifiers: tuple[str, ...]) -> tuple[str, dict[str, str]] | None:
    if name in _SIZED and (modifiers or name == "character varying"):
        function, option = _SIZED[name]
        return function, {option: modifiers[0]} if modifiers else {}
    if name == "numeric":
        return "numeric", dict(zip(("precision", "scale"), modifiers, strict=False))
    if name == "geometry" and modifiers[:1] in (("Point",), ("point",)):
        return "geometry", {"srid": modifiers[1]} if len(modifiers) > 1 else {}
    return None


def _moment(name: str, modifiers: tuple[str, ...]) -> tuple[str, dict[str, str]] | None:
    precision = {"precision": modifiers[0]} if modifiers else {}
    if name in _MOMENTS:
        function, zoned = _MOMENTS[name]
        return function, precision | ({"withTimezone": "true"} if zoned else {})
    if name.partition(" ")[0] == "interval" and modifiers != ("0",):
        fields = name.partition(" ")[2]
        return "interval", ({"fields": fields} if fields else {}) | precision
    return None


def call_code(draft: Draft, loaded: Loaded, maker: Maker, first: str, where: "Where") -> str:
    """The call that makes a column, `first` being the code of its name, if it is given one."""
    if maker.function == "enum":
        function = _enum_code(draft, loaded, maker.type, where)
        options: Mapping[str, str] = {}
    elif maker.function == "custom":
        function, options = _custom_code(draft, loaded, maker.type, where), {}
    else:
        function = (
            f"{where.builders}.{maker.function}"
            if where.builders
            else draft.of_drizzle(loaded, maker.function, where.hidden)
        )
        options = options_code(maker, draft.style(loaded))
    given = [f"{key}: {value}" for key, value in options.items()]
    arguments = [*([first] if first else []), *([draft.style(loaded).braced(", ".join(given))] if given else [])]
    return f"{function}({', '.join(arguments)}){'.array()' * maker.array}"


@dataclass(frozen=True, slots=True)
class Where:
    """The place that code is for: what is hidden there, its statement, and what has the functions of columns there."""

    hidden: set[str]
    statement: Span
    builders: str | None = None
    is_new: bool = False
    """Whether the statement is still to be written, below what stands there."""


def options_code(maker: Maker, style: Style) -> dict[str, str]:
    """The options of a maker's function, as code."""
    options = {key: style.quoted(value) if key == "fields" else value for key, value in maker.options.items()}
    return options | ({"mode": style.quoted(maker.mode)} if maker.mode is not None else {})


def _enum_code(draft: Draft, loaded: Loaded, type_: ColumnType, where: Where) -> str:
    name = type_.user_defined
    enum = next((one for one in draft.schema.enums if one.name == name), None)
    if name is None or enum is None:
        raise UnwritableError
    # Columns are made when their module is run, and need the enum then.
    place = enum.place
    if isinstance(place, Span) and place.file == where.statement.file and place.start > where.statement.start:
        raise UnwritableError
    return named_enum(draft, loaded, name, where.hidden)


def _custom_code(draft: Draft, loaded: Loaded, type_: ColumnType, where: Where) -> str:
    """A custom type that is there already, or a new one before the statement."""
    plain = replace(type_, array=False)
    if type_.schema is not None or parse_type(str(plain)) != plain:
        raise UnwritableError
    for name, binding in loaded.scope.names.items():
        value = binding.get() if name not in where.hidden else None
        if value is not None and binding.place.start < where.statement.start and _makes(draft, value, plain):
            return name
    known = draft.made.get((loaded.document.path, str(plain)))
    if known is not None:
        return known
    name = draft.made[loaded.document.path, str(plain)] = _free_name(loaded, plain, where)
    style = draft.style(loaded)
    custom = draft.of_drizzle(loaded, "customType", where.hidden)
    typed = style.braced("data: string") if loaded.file.suffix in (".ts", ".mts", ".cts", ".tsx") else ""
    text = without_quotes(str(plain), modern=draft.rules.modern)
    inside = style.braced(f"dataType: () => {style.quoted(text)}")
    code = f"const {name} = {custom}{f'<{typed}>' if typed else ''}({inside}){style.semicolon}"
    gap, at = style.newline * 2, where.statement.start
    draft.put(loaded, at, at, f"{gap}{code}" if where.is_new else f"{code}{gap}")
    return name


def _makes(draft: Draft, value: Value, type_: ColumnType) -> bool:
    if not isinstance(value, Native) or value.name != "a custom type":
        return False
    made = value.call(Arguments((), value.place), value.place)
    if not isinstance(made, Builder):
        return False
    return column_type(draft.project.evaluator, made, array=False, modern=draft.rules.modern) == type_


def _free_name(loaded: Loaded, type_: ColumnType, where: Where) -> str:
    words = [word for word in _NOT_NAME.split(str(type_)) if word]
    name = words[0].lower() + "".join(word.capitalize() for word in words[1:])
    for one in (name, f"{name}Type"):
        if one not in loaded.scope.names and one not in where.hidden:
            return one
    raise UnwritableError
