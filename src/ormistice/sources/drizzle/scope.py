"""Names and what they are bound to; a binding is evaluated when it is first asked for."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Protocol

from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.marking import CHANGING_METHODS
from ormistice.sources.drizzle.values import Opaque, Value
from ormistice.text import Span


class Placed(Protocol):
    """What stands somewhere in a text: every node does."""

    @property
    def start(self) -> int:
        """The offset that it begins at."""

    @property
    def end(self) -> int:
        """The offset behind it."""


@dataclass(slots=True)
class Lazy:
    """A value that is computed once, when it is first asked for; `source` is what it is computed from, where known."""

    compute: Callable[[], Value] | None
    place: Span
    source: "tuple[nodes.Node, Scope] | None" = None
    exported: "Callable[[], Lazy | None] | None" = None
    """Gives what an imported name stands for where that is another module's."""
    _value: Value | None = None
    _running: bool = False

    def get(self) -> Value:
        """The value; unknown where it is asked for while it is being computed."""
        if self._value is None:
            if self._running or self.compute is None:
                return Opaque("its value depends on itself", self.place)
            self._running = True
            try:
                self._value = self.compute()
            finally:
                self._running = False
            # Trees take more room than values; they go where nothing else holds them.
            self.compute = None
            if not isinstance(self._value, Opaque):
                self.source = None
        return self._value


@dataclass(slots=True)
class Scope:
    """Bindings of one module, function call or block, and the scope around it."""

    path: str
    outer: "Scope | None" = None
    names: dict[str, Lazy] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()
    followed: frozenset[str] = frozenset()
    """Names around it whose changes are followed, statement by statement."""
    borrowed: set[str] = field(default_factory=set)
    """Those of its own names that stand for what others may name too."""
    shift: int = 0
    """How much further on nodes stand than the text of the file has them."""

    def find(self, name: str) -> Lazy | None:
        """The binding of `name` that is nearest."""
        scope: Scope | None = self
        while scope is not None:
            found = scope.names.get(name)
            if found is not None:
                return found
            scope = scope.outer
        return None

    def inside(self, changed: frozenset[str] = frozenset(), followed: frozenset[str] = frozenset()) -> "Scope":
        """A new scope within this one."""
        return Scope(self.path, self, changed=changed, followed=followed)

    def span(self, node: Placed) -> Span:
        """Where `node` of this scope's file stands."""
        if self.shift:
            return Span(self.path, node.start - self.shift, node.end - self.shift)
        return Span(self.path, node.start, node.end)


_LEAVES = frozenset(
    ("start", "end", "name", "names", "module", "operator", "operators", "strings", "raw", "constant", "what")
)
_PARTS: dict[type, tuple[str, ...]] = {}


def children(node: object) -> Iterator[object]:
    """The nodes that `node` is made of."""
    kind = type(node)
    parts = _PARTS.get(kind)
    if parts is None:
        parts = tuple(field.name for field in fields(kind) if field.name not in _LEAVES) if is_dataclass(kind) else ()
        _PARTS[kind] = parts
    for name in parts:
        part = getattr(node, name)
        if type(part) is tuple:
            yield from part
        elif type(part) is not str and part is not None:
            yield part


def bound_names(pattern: object) -> tuple[str, ...]:
    """Names that a pattern binds, in order."""
    match pattern:
        case nodes.Name(name=name):
            return (name,)
        case nodes.Assignment(target=inner) | nodes.Spread(value=inner) | nodes.Property(value=inner):
            return bound_names(inner)
        case nodes.Object(entries=parts) | nodes.Array(items=parts):
            return tuple(name for part in parts for name in bound_names(part))
        case _:
            return ()


def changed_names(statements: Iterable[object], *, exact: bool = False) -> frozenset[str]:
    """Names that are assigned to, or whose value is changed in place, anywhere in these nodes.

    What a function in them declares for itself is no name of theirs. `exact` leaves out those that a loop only might
    change by what it calls.
    """
    found: set[str] = set()
    every: set[str] = set()
    same: list[tuple[str, str]] = []
    pending: list[tuple[object, frozenset[str]]] = [(statement, frozenset()) for statement in statements]
    while pending:
        node, own = pending.pop()
        changed = () if exact and isinstance(node, _STRUCTURED) else tuple(_changed_by(node))
        every.update(changed)
        found.update(name for name in changed if name not in own)
        if isinstance(node, nodes.Function):
            own = own.union(_own_names(node))
        elif isinstance(node, nodes.Declaration) and node.constant:
            same += _other_names(node)
        pending.extend((child, own) for child in children(node))
    while more := {of for name, of in same if name in every} - found:
        every |= more
        found |= more
    return frozenset(found)


def free_names(node: object) -> frozenset[str]:
    """Names that are said anywhere in a node, but for those that a function in it binds itself."""
    found: set[str] = set()
    pending: list[tuple[object, frozenset[str]]] = [(node, frozenset())]
    while pending:
        each, own = pending.pop()
        if isinstance(each, nodes.Name):
            if each.name not in own:
                found.add(each.name)
            continue
        if isinstance(each, nodes.Function):
            own = own.union(_own_names(each))
        pending.extend((child, own) for child in children(each))
    return frozenset(found)


_STRUCTURED = (nodes.ForOf, nodes.Switch, nodes.Try)


def _other_names(declaration: nodes.Declaration) -> Iterator[tuple[str, str]]:
    """Names that are declared to stand for what another does, and that other."""
    for item in declaration.items:
        match item:
            case nodes.Assignment(target=nodes.Name(name=name), value=nodes.Name(name=of)):
                yield name, of
            case _:
                pass


def _own_names(function: nodes.Function) -> Iterator[str]:
    for parameter in function.parameters:
        yield from bound_names(parameter)
    for statement in function.body.statements if isinstance(function.body, nodes.Block) else ():
        for item in statement.items if isinstance(statement, nodes.Declaration) else ():
            yield from bound_names(item)


def assigned_values(statements: Iterable[object], name: str) -> Iterator[nodes.Node]:
    """What `name` is declared as, and all that is assigned to it."""
    pending: list[object] = list(statements)
    while pending:
        node = pending.pop()
        if isinstance(node, nodes.Assignment) and name in _root(node.target):
            yield node.value
        pending.extend(children(node))


def _changed_by(node: object) -> Iterator[str]:
    match node:
        case nodes.Expression(value=nodes.Assignment(target=target)):
            yield from _root(target)
        case nodes.UnreadStatement() | nodes.ForOf() | nodes.Switch() | nodes.Try():
            yield from node.names
        case nodes.Unary(operator="++" | "--" | "delete", operand=operand):
            yield from _root(operand)
        case nodes.Assignment(target=target, operator=operator) if operator != "=":
            yield from _root(target)
        case nodes.Assignment(target=nodes.Chain() as target):
            yield from _root(target)
        case nodes.Chain(
            head=nodes.Name(name="Object"),
            links=(nodes.Member(name="assign" | "defineProperty"), nodes.Call(arguments=arguments), *_),
        ):
            if arguments:
                yield from _root(arguments[0])
        case nodes.Chain(head=nodes.Name(name=name), links=links):
            if any(isinstance(link, nodes.Member) and link.name in CHANGING_METHODS for link in links):
                yield name
        case _:
            return


def _root(target: object) -> Iterator[str]:
    match target:
        case nodes.Name(name=name):
            yield name
        case nodes.Chain(head=head):
            yield from _root(head)
        case nodes.Array(items=items):
            for item in items:
                yield from _root(item)
        case nodes.Object(entries=entries):
            for entry in entries:
                yield from _root(entry.value)
        case nodes.Spread(value=value) | nodes.Assignment(target=value):
            yield from _root(value)
        case _:
            return
