"""Calls: parameters bound to arguments, and bodies run as far as their way is known."""

from collections.abc import Callable
from typing import Protocol

from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.scope import Lazy, Scope, bound_names, changed_names
from ormistice.sources.drizzle.stepping import is_changeable
from ormistice.sources.drizzle.values import (
    Arguments,
    Array,
    Bound,
    Closure,
    Entry,
    Enum,
    Foreign,
    Namespace,
    Native,
    Nothing,
    Opaque,
    Record,
    Scalar,
    Symbol,
    Value,
    is_nothing,
)
from ormistice.text import Span


class Evaluating(Protocol):
    """What this module asks of an evaluator."""

    @property
    def construct(self) -> Callable[..., Value]:
        """What drizzle, or an unknown package, makes of a call."""

    def value(self, node: nodes.Node, scope: Scope) -> Value:
        """What `node` evaluates to."""

    def call(self, function: Value, arguments: Arguments, place: Span) -> Value:
        """What calling `function` gives."""

    def arguments(self, items: tuple[nodes.Node, ...], scope: Scope, place: Span) -> Arguments:
        """Arguments of a call, spread ones opened."""

    def changed_in(self, body: nodes.Block) -> frozenset[str]:
        """Names that are changed in a function's body."""

    def followed_in(self, function: nodes.Function) -> frozenset[str]:
        """Those of them that can be followed through it."""

    def spent(self) -> bool:
        """Whether an evaluation has taken too long."""


def apply(e: Evaluating, function: Value, arguments: Arguments, place: Span) -> Value:
    """What calling `function` gives."""
    match function:
        case Opaque():
            return function
        case Closure():
            return _invoke(e, function, arguments, place)
        case Native():
            return function.call(arguments, place)
        case Symbol() | Bound() | Enum() | Namespace():
            return e.construct(e, function, arguments, place)
        case Foreign():
            return Foreign(function.function, (*function.arguments, *arguments.values), place)
        case Scalar() if is_nothing(function):
            return Opaque("it is undefined, and called", place)
        case _:
            return Opaque("what is called here is not known", place)


def _invoke(e: Evaluating, closure: Closure, arguments: Arguments, place: Span) -> Value:
    outer = closure.scope
    if not isinstance(outer, Scope):
        return Opaque("a function without its scope", place)
    function = closure.function
    body = function.body
    if not isinstance(body, nodes.Block):
        scope = outer.inside()
        _bind_parameters(e, function.parameters, arguments, scope)
        return e.value(body, scope)
    # What runs a body binds names itself.
    from ormistice.sources.drizzle.running import returned

    steps = e.followed_in(function)
    changed = changed_names((body,), exact=True) - steps if steps else e.changed_in(body)
    scope = outer.inside(changed, steps)
    _bind_parameters(e, function.parameters, arguments, scope)
    _note_borrowed(function.parameters, arguments, scope)
    return returned(e, body.statements, scope, place)


def _note_borrowed(parameters: tuple[nodes.Node, ...], arguments: Arguments, scope: Scope) -> None:
    """Tell apart what was made for this call alone, which is where it is written out."""
    for index, parameter in enumerate(parameters if scope.followed else ()):
        name = parameter.target if isinstance(parameter, nodes.Assignment) else parameter
        value = arguments.get(index)
        if isinstance(name, nodes.Name) and value is not None and not is_nothing(value):
            where, place = value.place, arguments.place
            if where.file != place.file or where.start < place.start or where.end > place.end:
                scope.borrowed.add(name.name)


def _bind_parameters(e: Evaluating, parameters: tuple[nodes.Node, ...], arguments: Arguments, scope: Scope) -> None:
    for index, parameter in enumerate(parameters):
        if isinstance(parameter, nodes.Spread):
            unread = (arguments.unread,) if arguments.unread else ()
            rest = Array(arguments.values[index:], arguments.place, unread)
            bind(e, parameter.value, given(rest), scope)
        else:
            value = arguments.get(index)
            bind(e, parameter, given(value if value is not None else Scalar(Nothing.UNDEFINED, arguments.place)), scope)


def given(value: Value) -> Callable[[], Value]:
    """A computation that gives `value`."""
    return lambda: value


def bind(
    e: Evaluating, pattern: nodes.Node, value: Callable[[], Value], scope: Scope, *, constant: bool = False
) -> None:
    """Bind the names of `pattern` in `scope` to what they take of `value`, each when it is asked for."""
    match pattern:
        case nodes.Name(name=name):
            place = scope.span(pattern)
            if name in scope.changed:
                scope.names[name] = Lazy(lambda: _unless_changed(value(), name, place, constant=constant), place)
            else:
                scope.names[name] = Lazy(value, place)
        case nodes.Assignment(target=target, value=default):
            bind(e, target, lambda: _or_default(e, value(), default, scope), scope)
        case nodes.Object(entries=entries):
            whole = Lazy(value, scope.span(pattern))
            _bind_entries(e, entries, whole, scope)
        case nodes.Array(items=items):
            whole = Lazy(value, scope.span(pattern))
            for index, item in enumerate(items):
                if isinstance(item, nodes.Spread):
                    bind(e, item.value, _rest_of(whole, index), scope)
                elif not isinstance(item, nodes.Hole):
                    bind(e, item, _item_of(whole, index), scope)
        case _:
            return


def _unless_changed(value: Value, name: str, place: Span, *, constant: bool) -> Value:
    # Tables and columns cannot be changed in place; what can, is no longer what it was declared as.
    if not constant or is_changeable(value):
        return Opaque(f"`{name}` is changed after its declaration", place)
    return value


def _or_default(e: Evaluating, value: Value, default: nodes.Node, scope: Scope) -> Value:
    if isinstance(value, Scalar) and value.value is Nothing.UNDEFINED:
        return e.value(default, scope)
    return value


def _bind_entries(e: Evaluating, entries: tuple[nodes.Property | nodes.Spread, ...], whole: Lazy, scope: Scope) -> None:
    taken: list[str] = []
    for entry in entries:
        if isinstance(entry, nodes.Spread):
            bind(e, entry.value, _remainder_of(whole, tuple(taken)), scope)
        elif isinstance(entry.key, str):
            taken.append(entry.key)
            bind(e, entry.value, _member_of(e, whole, entry.key, scope.span(entry)), scope)
        else:
            bind(e, entry.value, given(Opaque("a computed key in a pattern", scope.span(entry))), scope)


def _member_of(e: Evaluating, whole: Lazy, key: str, place: Span) -> Callable[[], Value]:
    from ormistice.sources.drizzle.members import member

    return lambda: member(e, whole.get(), key, place, place)


def _remainder_of(whole: Lazy, taken: tuple[str, ...]) -> Callable[[], Value]:
    def remainder() -> Value:
        value = whole.get()
        if not isinstance(value, Record):
            return value if isinstance(value, Opaque) else Opaque("the rest of this is not known", whole.place)
        kept: dict[str, Entry] = {key: entry for key, entry in value.entries.items() if key not in taken}
        return Record(kept, value.place, value.unread)

    return remainder


def _item_of(whole: Lazy, index: int) -> Callable[[], Value]:
    def item() -> Value:
        value = whole.get()
        if not isinstance(value, Array):
            return value if isinstance(value, Opaque) else Opaque("an item of this is not known", whole.place)
        if index < len(value.items) and not value.unread:
            return value.items[index]
        return value.unread[0] if value.unread else Scalar(Nothing.UNDEFINED, whole.place)

    return item


def _rest_of(whole: Lazy, index: int) -> Callable[[], Value]:
    def rest() -> Value:
        value = whole.get()
        if not isinstance(value, Array):
            return value if isinstance(value, Opaque) else Opaque("the rest of this is not known", whole.place)
        return Array(value.items[index:], value.place, value.unread)

    return rest


def declare(e: Evaluating, statements: tuple[nodes.Statement, ...], scope: Scope) -> None:
    """Bind what `statements` declare; nothing is evaluated yet."""
    for statement in statements:
        match statement:
            case nodes.Declaration(items=items, constant=constant):
                for item in items:
                    _declare(e, item, scope, constant=constant)
            case nodes.FunctionDeclaration(name=name, function=function):
                scope.names[name] = Lazy(given(Closure(function, scope, scope.span(statement))), scope.span(statement))
            case nodes.EnumDeclaration(name=name):
                scope.names[name] = Lazy(_enum(e, statement, scope), scope.span(statement))
            case nodes.UnreadDeclaration(name=name):
                unread = Opaque(f"the class or namespace `{name}` is not evaluated", scope.span(statement))
                # A class is no table; what is taken of one may be.
                source = (nodes.Array((), statement.start, statement.start), scope)
                scope.names[name] = Lazy(given(unread), scope.span(statement), source)
            case nodes.Exported(declaration=declaration):
                declare(e, (declaration,), scope)
            case _:
                continue


def _declare(e: Evaluating, item: nodes.Node, scope: Scope, *, constant: bool) -> None:
    if isinstance(item, nodes.Assignment):
        initial = item.value
        bind(e, item.target, lambda: e.value(initial, scope), scope, constant=constant)
        for name in bound_names(item.target):
            scope.names[name].source = (initial, scope)
    else:
        bind(e, item, given(Scalar(Nothing.UNDEFINED, scope.span(item))), scope)


def _enum(e: Evaluating, statement: nodes.EnumDeclaration, scope: Scope) -> Callable[[], Value]:
    def members() -> Value:
        inner = scope.inside()
        entries: dict[str, Entry] = {}
        following: Value = Scalar(0.0, scope.span(statement))
        for entry in statement.members.entries:
            place = scope.span(entry)
            if isinstance(entry, nodes.Spread) or not isinstance(entry.key, str):
                return Opaque("a member of this enum is not understood", place)
            value = _enum_value(e, entry, following, inner)
            entries[entry.key] = Entry(value, place)
            inner.names[entry.key] = Lazy(given(value), place)
            following = _counted_on(value, place)
        return Record(entries, scope.span(statement))

    return members


def _counted_on(value: Value, place: Span) -> Value:
    match value:
        case Scalar(value=float(number)):
            return Scalar(number + 1, place)
        case _:
            return Opaque("a member without a value", place)


def _enum_value(e: Evaluating, entry: nodes.Property, following: Value, scope: Scope) -> Value:
    if isinstance(entry.value, nodes.Assignment):
        return e.value(entry.value.value, scope)
    return following if isinstance(entry.value, nodes.Name) else e.value(entry.value, scope)
