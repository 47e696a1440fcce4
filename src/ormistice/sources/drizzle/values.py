"""What expressions evaluate to: JavaScript's own values, drizzle's objects as far as they were built, and the unknown.

Every value knows the place of the expression that made it. Nothing here is ever changed once it is made.
"""

from collections.abc import Callable, Mapping
from dataclasses import field
from enum import Enum as Enumeration

from ormistice.sources.drizzle.nodes import Function
from ormistice.sources.drizzle.records import record
from ormistice.text import Span


class Nothing(Enumeration):
    """JavaScript's two words for no value."""

    NULL = "null"
    UNDEFINED = "undefined"


@record
class Opaque:
    """A value that is not known, and why; `place` is where the reason lies."""

    reason: str
    place: Span


@record
class Scalar:
    """A string, number, boolean, `null` or `undefined`; an `int` that is no `bool` is a big integer."""

    value: str | float | int | bool | Nothing
    place: Span


@record
class Array:
    """An array; an item may be `Opaque`. `unread` are unknown arrays that were spread into it."""

    items: tuple["Value", ...]
    place: Span
    unread: tuple[Opaque, ...] = ()


@record
class Entry:
    """The value of a key, the place of both together, and the place that its value is written at.

    A value keeps the place that it was made at, which is another where it was given a name first.
    """

    value: "Value"
    place: Span
    written: Span | None = None


@record
class Record:
    """An object; `unread` are unknown objects that were spread into it, whose keys may be any."""

    entries: Mapping[str, Entry]
    place: Span
    unread: tuple[Opaque, ...] = ()

    def get(self, key: str) -> "Value | None":
        """The value of `key`; None where there is none, unknown where something unknown was spread in."""
        entry = self.entries.get(key)
        if entry is not None:
            return known_or_opaque(entry.value)
        return self.unread[0] if self.unread else None


@record
class Closure:
    """A function and the scope that it was made in."""

    function: Function
    scope: object
    place: Span


@record
class Native:
    """A function of JavaScript itself, or a method bound to its object."""

    name: str
    call: Callable[["Arguments", Span], "Value"]
    place: Span
    members: Mapping[str, Callable[["Arguments", Span], "Value"]] = field(default_factory=dict)


@record
class Symbol:
    """What a package exports: `name` of `package`, `*` being all of it. `path` are members taken of it."""

    package: str
    name: str
    place: Span
    path: tuple[str, ...] = ()


@record
class Foreign:
    """What a function that we do not know made of `arguments`."""

    function: str
    arguments: tuple["Value", ...]
    place: Span


@record
class Step:
    """`.name(arguments)` in a chain; `place` covers the name and the parentheses."""

    name: str
    arguments: tuple["Value", ...]
    place: Span


@record
class Builder:
    """What a function of drizzle began and methods went on with: a column, an index, a policy.

    `kind` is the function's name, `enum` for a column of an enum, `custom` for one of a custom type. `own` are members
    that the program gives it besides those of drizzle.
    """

    kind: str
    arguments: tuple["Value", ...]
    place: Span
    steps: tuple[Step, ...] = ()
    head: Span | None = None
    own: "Record | None" = None

    def then(self, step: Step, place: Span) -> "Builder":
        """One more step, `place` covering all of it; `head` remains the place of the first call."""
        return Builder(self.kind, self.arguments, place, (*self.steps, step), self.head or self.place, self.own)


@record
class Bound:
    """A method of a builder, table or column that is not called yet."""

    owner: "Value"
    name: str
    place: Span


@record
class SqlText:
    """A template of SQL: text as it stands, and values between; `alias` is what a query calls it."""

    parts: tuple["str | Value", ...]
    place: Span
    alias: "Value | None" = None


@record
class Enum:
    """`pgEnum`, which is also called to make a column of it."""

    name: "Value"
    labels: "Value"
    place: Span
    schema: "Value | None" = None


@record
class Namespace:
    """`pgSchema`: what makes tables and enums of another schema than `public`; `casing` as in Table."""

    name: "Value"
    place: Span
    casing: str | None = None


@record
class Table:
    """`pgTable` and its like; `columns` is a Record unless it is not known.

    `place` is the call, `declaration` the statement around it where there is one. `casing` is the rule of the function
    that made it, None if it follows the configuration.
    """

    name: "Value"
    columns: "Value"
    extras: "Value | None"
    place: Span
    declaration: Span
    schema: "Value | None" = None
    casing: str | None = None
    row_security: Span | None = None


@record
class ColumnOf:
    """`table.key`; `steps` are what an index says of it, `.desc()` and the like."""

    table: Table
    key: str
    place: Span
    steps: tuple[Step, ...] = ()


@record
class Whole:
    """All exports of a module as one object, `import * as x`."""

    path: str
    place: Span


Value = (
    Opaque | Scalar | Array | Record | Closure | Native | Symbol | Foreign | Builder | Bound | SqlText | Enum
    | Namespace | Table | ColumnOf | Whole
)  # fmt: skip


@record
class Arguments:
    """The arguments of a call; `unread` is what was spread into them and is not known."""

    values: tuple[Value, ...]
    place: Span
    unread: Opaque | None = field(default=None)

    def get(self, index: int) -> Value | None:
        """The argument at `index`, if there is one."""
        if index < len(self.values):
            return self.values[index]
        return self.unread


def known_or_opaque(value: Value) -> Value:
    """`value`, or why it is not known where it comes out of another package."""
    match value:
        case Foreign(function=function) if function != NEW_DATE:
            return Opaque(f"what `{function}` gives is not known", value.place)
        case Symbol(package=package, name=name) if not package.startswith("drizzle-orm"):
            return Opaque(f"`{'.'.join((name, *value.path))}` is not known", value.place)
        case _:
            return value


def object_of(name: str) -> str:
    """What stands for a function where an object of a class is made that is not one of JavaScript's own."""
    return f"new {name}()"


def is_object(made: Foreign) -> bool:
    """Whether it is such an object itself, and not what was taken of it."""
    return made.function.startswith("new ") and made.function.endswith("()")


LARGEST = 100_000
"""Most items of an array and characters of a text that an evaluation may make."""

NEW_DATE = "new Date"
"""The one object of another class that drizzle takes for a value."""


def truth(value: Value) -> bool | None:
    """What `value` is in a condition; None where that is not known."""
    match value:
        case Scalar(value=Nothing()):
            return False
        case Scalar(value=scalar):
            return bool(scalar) and scalar == scalar  # noqa: PLR0124 - NaN is false
        case Opaque() | Foreign() | Symbol() | Bound():
            return None
        case _:
            return True


def is_nothing(value: Value | None) -> bool:
    """Whether there is no value."""
    return value is None or (isinstance(value, Scalar) and isinstance(value.value, Nothing))


def text_of(value: Value | None) -> str | None:
    """The string that `value` is, if it is one."""
    return value.value if isinstance(value, Scalar) and isinstance(value.value, str) else None


def spelled(value: Value) -> str | None:
    """`value` as JavaScript turns it into a string; None where that is not known."""
    if isinstance(value, Scalar):
        return _spelled_scalar(value.value)
    if isinstance(value, Array) and not value.unread:
        return joined(value.items, ",")
    return None


def joined(items: tuple[Value, ...], separator: str) -> str | None:
    """Texts with `separator` between; None where one is not known, or all are too long together."""
    parts: list[str] = []
    size = 0
    for item in items:
        part = "" if is_nothing(item) else spelled(item)
        size += len(separator) + len(part or "")
        if part is None or size > LARGEST:
            return None
        parts.append(part)
    return separator.join(parts)


_PLAIN_UNTIL = 1e21
_PLAIN_FROM = 1e-6


def _spelled_scalar(value: str | float | Nothing) -> str:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case Nothing():
            return value.value
        case int():
            return str(value)
        case _:
            return number_text(value)


def number_text(value: float) -> str:
    """A number as JavaScript prints it."""
    if value != value:  # noqa: PLR0124 - the test for NaN
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value) and abs(value) < _PLAIN_UNTIL:
        return str(int(value))
    digits = repr(value)
    if "e" in digits:
        mantissa, exponent = digits.split("e")
        if _PLAIN_FROM <= abs(value) < 1:
            return f"{value:.{len(mantissa.replace('.', '').lstrip('-')) - int(exponent) - 1}f}"
        return f"{mantissa}e{int(exponent):+d}"
    return digits
