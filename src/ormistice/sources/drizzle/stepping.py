"""Objects that a function makes and goes on to change, followed statement by statement.

An object is a function's own until it is given away. Where each change of it is a statement of its own, and all else
that names it only reads of it, what it is at each statement is known.
"""

from collections.abc import Iterator
from typing import Protocol

from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.marking import CHANGING_METHODS
from ormistice.sources.drizzle.scope import Lazy, Scope, changed_names, children
from ormistice.sources.drizzle.values import Arguments, Array, Closure, Entry, Opaque, Record, Value, spelled
from ormistice.text import Span


class Evaluating(Protocol):
    """What this module asks of an evaluator."""

    def value(self, node: nodes.Node, scope: Scope) -> Value:
        """What `node` evaluates to."""

    def arguments(self, items: tuple[nodes.Node, ...], scope: Scope, place: Span) -> Arguments:
        """Arguments of a call."""


def followed(body: nodes.Block, changed: frozenset[str]) -> frozenset[str]:
    """`changed`, the names that a function changes, if each is an object that can be followed; else none."""
    declared = [name for name, value in _declared(body) if name in changed and _may_be_new(value)]
    if sorted(declared) != sorted(changed) or any(_escapes(statement, changed) for statement in body.statements):
        return frozenset()
    return changed


def _declared(body: nodes.Block) -> Iterator[tuple[str, nodes.Node]]:
    for statement in body.statements:
        for item in statement.items if isinstance(statement, nodes.Declaration) else ():
            if isinstance(item, nodes.Assignment) and isinstance(item.target, nodes.Name):
                yield item.target.name, item.value


def _may_be_new(node: nodes.Node) -> bool:
    match node:
        case nodes.Object() | nodes.Array():
            return True
        case nodes.Chain(head=nodes.Name(), links=(nodes.Call(),)):
            return True
        case _:
            return False


def is_new(node: nodes.Node, scope: Scope) -> bool:
    """Whether what `node` gives is nothing that there was before."""
    match node:
        case nodes.Object() | nodes.Array():
            return True
        case nodes.Chain(head=nodes.Name(name=name), links=(nodes.Call(),)):
            found = scope.find(name)
            called = found.get() if found is not None else None
            return isinstance(called, Closure) and _gives_new(called.function.body)
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
    match statement:
        case nodes.Expression(
            value=(
                nodes.Assignment(operator="=", target=target) | nodes.Unary(operator="delete", operand=target)
            ) as change
        ):
            match target:
                case nodes.Chain(head=nodes.Name(name=name), links=(nodes.Member() | nodes.Index(),)):
                    return name, change
                case _:
                    return None
        case nodes.Expression(
            value=nodes.Chain(head=nodes.Name(name=name), links=(nodes.Member(name="push"), nodes.Call())) as change
        ):
            return name, change
        case _:
            return None


def _escapes(node: object, names: frozenset[str]) -> bool:
    """Whether one of the names may come to stand for something else, or something else for what it stands for."""
    match node:
        case nodes.Name(name=name):
            return name in names
        case nodes.UnreadStatement():
            return True
        case nodes.Return(value=nodes.Name()) | nodes.Spread(value=nodes.Name()):
            return False
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
            yield from _names_in(node)
        case nodes.Expression() if found is not None and found[0] in names:
            yield from _operands(found[1])
        case nodes.Declaration(items=items):
            plain = [isinstance(item, nodes.Assignment) and isinstance(item.target, nodes.Name) for item in items]
            for item, is_plain in zip(items, plain, strict=True):
                yield item.value if is_plain and isinstance(item, nodes.Assignment) else item
        case nodes.Chain(head=nodes.Name(name=name), links=links) if name in names:
            yield from links
        case _:
            yield from children(node)


def _operands(change: nodes.Node) -> Iterator[object]:
    """What a change is made of but for the name that it changes."""
    match change:
        case nodes.Assignment(target=nodes.Chain(links=links), value=value):
            yield from (*links, value)
        case nodes.Unary(operand=nodes.Chain(links=links)) | nodes.Chain(links=links):
            yield from links
        case _:
            yield change


def _reads(links: tuple[object, ...]) -> bool:
    first = links[0] if links else None
    if not isinstance(first, nodes.Member | nodes.Index | nodes.Optional):
        return False
    return not any(isinstance(link, nodes.Member) and link.name in CHANGING_METHODS for link in links)


def _names_in(node: object) -> Iterator[nodes.Name]:
    pending: list[object] = [node]
    while pending:
        each = pending.pop()
        if isinstance(each, nodes.Name):
            yield each
        pending.extend(children(each))


def change(e: Evaluating, statement: object, scope: Scope) -> None:
    """Give the name that a statement changes what it stands for from there on."""
    found = change_of(statement)
    if found is None:
        return
    name, expression = found
    known = scope.find(name)
    if known is not None:
        place = scope.span(expression)
        set_name(scope, name, _changed(e, known.get(), expression, scope), place)


def set_name(scope: Scope, name: str, value: Value, place: Span) -> None:
    """Bind a name anew where it is bound."""
    at: Scope | None = scope
    while at is not None:
        if name in at.names:
            at.names[name] = Lazy(lambda: value, place)
            return
        at = at.outer


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
        case Array(), nodes.Chain(links=(_, nodes.Call(arguments=items))):
            given_items = e.arguments(items, scope, place)
            unread = (given_items.unread,) if given_items.unread else ()
            return Array((*value.items, *given_items.values), value.place, (*value.unread, *unread))
        case _:
            return Opaque("it is changed after its declaration", place)


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
