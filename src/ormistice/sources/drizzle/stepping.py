"""Objects that a function makes and goes on to change, followed statement by statement.

An object is a function's own until it is given away. Where each change of it is a statement of its own, and all else
that names it only reads of it, what it is at each statement is known.
"""

from collections.abc import Iterator
from typing import Protocol

from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.marking import CHANGING_METHODS
from ormistice.sources.drizzle.scope import Lazy, Scope, changed_names, children, free_names
from ormistice.sources.drizzle.values import (
    Arguments,
    Array,
    Closure,
    Entry,
    Foreign,
    Opaque,
    Record,
    Scalar,
    Value,
    is_nothing,
    spelled,
)
from ormistice.text import Span

Statements = tuple[nodes.Statement, ...]


class Evaluating(Protocol):
    """What this module asks of an evaluator."""

    def value(self, node: nodes.Node, scope: Scope) -> Value:
        """What `node` evaluates to."""

    def arguments(self, items: tuple[nodes.Node, ...], scope: Scope, place: Span) -> Arguments:
        """Arguments of a call."""


def followed(function: nodes.Function, changed: frozenset[str]) -> frozenset[str]:
    """Those of `changed`, the names that a function changes, which it binds and never gives away."""
    body = function.body
    if not isinstance(body, nodes.Block):
        return frozenset()
    bound = [*_declared(body.statements), *(name for each in function.parameters for name in _plain_name(each))]
    defaults = tuple(each.value for each in function.parameters if isinstance(each, nodes.Assignment))
    return frozenset(
        name
        for name in changed
        if bound.count(name) == 1
        and not any(_escapes(node, frozenset((name,))) for node in (*defaults, *body.statements))
    )


def changes_on_top(statements: Statements, changed: frozenset[str]) -> dict[str, Statements]:
    """For names of a module that can be followed through it, the statements that change what they stand for.

    All that names one comes after the last of them.
    """
    declared = list(_declared(statements))
    found = {name: _changes(statements, name, changed) for name in sorted(changed) if declared.count(name) == 1}
    return {name: steps for name, steps in found.items() if steps}


def _changes(statements: Statements, name: str, changed: frozenset[str]) -> Statements:
    only, others = frozenset((name,)), changed - {name}
    steps = tuple(each for each in statements if name in changed_names((each,), exact=True) and isinstance(each, _RUN))
    last = steps[-1].end if steps else 0
    for each in statements:
        named = free_names(each)
        if each in steps:
            unclear = _escapes(each, only) or not named.isdisjoint(others)
        elif name not in named or name in _declared((each,)):
            unclear = False
        else:
            unclear = each.start < last or name in changed_names((each,)) or _renames(each, name)
        if unclear:
            return ()
    return steps


_RUN = (nodes.Expression, nodes.ForOf, nodes.If, nodes.Switch, nodes.Try, nodes.Block)
"""Statements that are run where they stand, and bind nothing beside them."""


def _renames(statement: nodes.Statement, name: str) -> bool:
    """Whether it gives another name to what `name` stands for."""
    inner = statement.declaration if isinstance(statement, nodes.Exported) else statement
    items = inner.items if isinstance(inner, nodes.Declaration) else ()
    values = (item.value for item in items if isinstance(item, nodes.Assignment))
    return any(isinstance(value, nodes.Name) and value.name == name for value in values)


def _declared(statements: Statements) -> Iterator[str]:
    for statement in statements:
        inner = statement.declaration if isinstance(statement, nodes.Exported) else statement
        for item in inner.items if isinstance(inner, nodes.Declaration) else ():
            yield from _plain_name(item)


def _plain_name(item: nodes.Node) -> Iterator[str]:
    target = item.target if isinstance(item, nodes.Assignment) else item
    if isinstance(target, nodes.Name):
        yield target.name


def is_new(node: nodes.Node, scope: Scope) -> bool:
    """Whether what `node` gives is nothing that there was before."""
    match node:
        case nodes.Object() | nodes.Array():
            return True
        case nodes.Chain(head=nodes.Name(name=name), links=(nodes.Call(),)):
            found = scope.find(name)
            called = found.get() if found is not None else None
            return isinstance(called, Closure) and _gives_new(called.function.body)
        case nodes.Chain(
            head=nodes.Name(name="Object"),
            links=(nodes.Member(name="assign"), nodes.Call(arguments=(nodes.Object(), *_))),
        ):
            return True
        case _:
            return False


def _gives_new(body: object) -> bool:
    """Whether all that a function returns is written out where it returns it."""
    if not isinstance(body, nodes.Block):
        return isinstance(body, nodes.Object | nodes.Array)
    pending: list[object] = list(body.statements)
    while pending:
        node = pending.pop()
        if isinstance(node, nodes.Return) and not isinstance(node.value, nodes.Object | nodes.Array):
            return False
        if not isinstance(node, nodes.Function):
            pending.extend(children(node))
    return True


def change_of(statement: object) -> tuple[str, nodes.Node] | None:
    """The name of what a statement changes, and the expression that does; None where it does something else."""
    expression = statement.value if isinstance(statement, nodes.Expression) else None
    match expression:
        case nodes.Assignment(operator="=", target=nodes.Name(name=name)):
            return name, expression
        case nodes.Assignment(operator="=", target=target) | nodes.Unary(operator="delete", operand=target):
            match target:
                case nodes.Chain(head=nodes.Name(name=name), links=(nodes.Member() | nodes.Index(),)):
                    return name, expression
                case _:
                    return None
        case nodes.Chain(head=nodes.Name(name=name), links=(nodes.Member(name="push"), nodes.Call())):
            return name, expression
        case nodes.Chain() if assigned := assigns(expression):
            return assigned, expression
        case _:
            return None


def assigns(node: nodes.Node) -> str | None:
    """The name that `Object.assign(name, ...)` changes, if this is one."""
    match node:
        case nodes.Chain(
            head=nodes.Name(name="Object"),
            links=(nodes.Member(name="assign"), nodes.Call(arguments=(nodes.Name(name=name), *_))),
        ):
            return name
        case _:
            return None


def _escapes(node: object, names: frozenset[str]) -> bool:
    """Whether one of the names may come to stand for something else, or something else for what it stands for."""
    match node:
        case nodes.Name(name=name):
            return name in names
        case nodes.UnreadStatement():
            return bool(names.intersection(node.names))
        case nodes.Return(value=nodes.Name()) | nodes.Spread(value=nodes.Name()):
            return False
        case nodes.Return(value=nodes.Chain() as value) if assigns(value) in names:
            return any(_escapes(part, names) for part in _operands(value))
        case nodes.Assignment(target=nodes.Chain()) | nodes.Unary(operator="++" | "--" | "delete"):
            return not names.isdisjoint(changed_names((node,)))
        case nodes.Chain(head=nodes.Name(name=name), links=links) if name in names and not _reads(links):
            return True
        case _:
            return any(_escapes(part, names) for part in _parts(node, names))


def _parts(node: object, names: frozenset[str]) -> Iterator[object]:
    """What is to be looked at inside a node."""
    found = change_of(node)
    match node:
        case nodes.Function():
            # It may run at any time: that it names one is enough.
            yield from (nodes.Name(name, node.start, node.end) for name in free_names(node))
        case nodes.Expression() if loop := each_of(node):
            yield from (loop.pattern, loop.value, loop.body)
        case nodes.Expression() if found is not None and found[0] in names:
            yield from _operands(found[1])
        case nodes.Declaration(items=items):
            for item in items:
                if isinstance(item, nodes.Assignment) and isinstance(item.target, nodes.Name):
                    yield item.value
                elif not isinstance(item, nodes.Name):
                    yield item
        case nodes.Chain(head=nodes.Name(name=name), links=links) if name in names:
            yield from links
        case _:
            yield from children(node)


def _operands(change: nodes.Node) -> Iterator[object]:
    """What a change is made of but for the name that it changes."""
    match change:
        case nodes.Assignment(target=nodes.Chain(links=links), value=value):
            yield from (*links, value)
        case nodes.Assignment(target=nodes.Name(), value=value):
            yield value
        case nodes.Chain(head=nodes.Name(name="Object"), links=(_, nodes.Call(arguments=(_, *given)))):
            yield from given
        case nodes.Unary(operand=nodes.Chain(links=links)) | nodes.Chain(links=links):
            yield from links
        case _:
            yield change


def _reads(links: tuple[object, ...]) -> bool:
    first = links[0] if links else None
    if not isinstance(first, nodes.Member | nodes.Index | nodes.Optional):
        return False
    return not any(isinstance(link, nodes.Member) and link.name in CHANGING_METHODS for link in links)


def each_of(statement: object) -> nodes.ForOf | None:
    """The loop that `items.forEach((item) => { ... })` is, if this is one."""
    match statement:
        case nodes.Expression(
            value=nodes.Chain(
                head=head,
                links=(
                    *links,
                    nodes.Member(name="forEach"),
                    nodes.Call(arguments=(nodes.Function(parameters=(item,), body=nodes.Block() as body),)),
                ),
            ) as chain
        ) if not isinstance(item, nodes.Spread):
            value = nodes.Chain(head, tuple(links), chain.start, chain.end) if links else head
            return nodes.ForOf((), item, value, body, chain.start, chain.end)
        case _:
            return None


def change(e: Evaluating, statement: object, scope: Scope) -> None:
    """Give the name that a statement changes what it stands for from there on."""
    found = change_of(statement)
    at = _binding(scope, found[0]) if found is not None and found[0] in scope.followed else None
    if found is None or at is None:
        return
    name, expression = found
    place = scope.span(expression)
    match expression:
        case nodes.Assignment(target=nodes.Name(), value=given):
            value = e.value(given, scope)
            (at.borrowed.discard if is_new(given, scope) else at.borrowed.add)(name)
        case _ if not is_changeable(value := at.names[name].get()):
            return
        case _ if name in at.borrowed:
            value = Opaque(f"`{name}` is changed after its declaration", place)
        case _:
            value = _changed(e, value, expression, scope)
    set_name(scope, name, value, place)


def is_changeable(value: Value) -> bool:
    """Whether a value can be changed in place: tables and columns cannot, as far as a schema is concerned."""
    return isinstance(value, Scalar | Array | Record | Closure | Opaque | Foreign)


def rebinds(node: object, name: str) -> bool:
    """Whether anything in a node gives `name` another value."""
    pending: list[object] = [node]
    while pending:
        match each := pending.pop():
            case nodes.Assignment(target=nodes.Name(name=target)) if target == name:
                return True
            case _:
                pending.extend(children(each))
    return False


def set_name(scope: Scope, name: str, value: Value, place: Span) -> None:
    """Bind a name anew where it is bound."""
    at = _binding(scope, name)
    if at is not None:
        at.names[name] = Lazy(lambda: value, place)


def _binding(scope: Scope, name: str) -> Scope | None:
    at: Scope | None = scope
    while at is not None and name not in at.names:
        at = at.outer
    return at


def _changed(e: Evaluating, value: Value, expression: nodes.Node, scope: Scope) -> Value:
    place = scope.span(expression)
    match value, expression:
        case Opaque(), _:
            return value
        case Record(), nodes.Assignment(target=nodes.Chain(links=(link,)), value=given):
            key, made = _key(e, link, scope), e.value(given, scope)
            if isinstance(key, Opaque):
                return Record(value.entries, value.place, (*value.unread, key))
            return Record({**value.entries, key: Entry(made, place, scope.span(given))}, value.place, value.unread)
        case Record(), nodes.Unary(operand=nodes.Chain(links=(link,))):
            key = _key(e, link, scope)
            if isinstance(key, Opaque):
                return key
            kept = {each: entry for each, entry in value.entries.items() if each != key}
            return Record(kept, value.place, value.unread)
        case Record(), nodes.Chain(links=(nodes.Member(name="assign"), nodes.Call(arguments=(_, *items)))):
            return _merged(e, value, tuple(items), scope)
        case Array(), nodes.Chain(links=(nodes.Member(name="push"), nodes.Call(arguments=items))):
            given_items = e.arguments(items, scope, place)
            unread = (given_items.unread,) if given_items.unread else ()
            return Array((*value.items, *given_items.values), value.place, (*value.unread, *unread))
        case _:
            return Opaque("it is changed after its declaration", place)


def _merged(e: Evaluating, value: Record, items: tuple[nodes.Node, ...], scope: Scope) -> Value:
    entries, unread = dict(value.entries), list(value.unread)
    given = e.arguments(items, scope, value.place)
    for each in (*given.values, *((given.unread,) if given.unread else ())):
        if isinstance(each, Record):
            entries.update(each.entries)
            unread += each.unread
        elif not is_nothing(each):
            unread.append(each if isinstance(each, Opaque) else Opaque("this object is not known", each.place))
    return Record(entries, value.place, tuple(unread))


def _key(e: Evaluating, link: object, scope: Scope) -> str | Opaque:
    if isinstance(link, nodes.Member):
        return link.name
    if not isinstance(link, nodes.Index):
        raise TypeError(link)
    found = e.value(link.key, scope)
    written = spelled(found)
    if written is not None:
        return written
    return found if isinstance(found, Opaque) else Opaque("this key is not known", scope.span(link))
