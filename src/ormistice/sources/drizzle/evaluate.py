"""Expressions to values, lazily and within bounds; what cannot be known becomes `Opaque`, and no more than it must."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.functions import apply
from ormistice.sources.drizzle.members import member, set_of
from ormistice.sources.drizzle.operators import PRECEDENCE, binary, unary
from ormistice.sources.drizzle.regexes import regex
from ormistice.sources.drizzle.scope import Lazy, Scope, changed_names
from ormistice.sources.drizzle.sharing import Sharing
from ormistice.sources.drizzle.stepping import followed
from ormistice.sources.drizzle.values import (
    LARGEST,
    Arguments,
    Array,
    Bound,
    Builder,
    Closure,
    Entry,
    Enum,
    Foreign,
    Native,
    Nothing,
    Opaque,
    Record,
    Scalar,
    SqlText,
    Symbol,
    Value,
    Whole,
    is_nothing,
    object_of,
    spelled,
    truth,
)
from ormistice.text import Span

MOST_STEPS = 100_000
DEEPEST = 100
_PG_CORE = "drizzle-orm/pg-core"


@dataclass(slots=True)
class Evaluator:
    """What an evaluation needs from outside, and how much of its budget is left.

    `construct` is what drizzle makes of a call of one of its functions; `exports` gives the exports of a module,
    `missed` what it may export besides.
    """

    construct: Callable[["Evaluator", Value, Arguments, Span], Value]
    exports: Callable[[str], Mapping[str, Lazy]]
    missed: Callable[[str], tuple[Opaque, ...]]
    globals: Callable[[str, Span], Value | None]
    steps: int = MOST_STEPS
    depth: int = 0
    statements: list[Span] = field(default_factory=list)
    changed: dict[int, tuple[nodes.Block, frozenset[str]]] = field(default_factory=dict)
    followed: dict[int, frozenset[str]] = field(default_factory=dict)
    sharing: Sharing = field(default_factory=Sharing)

    def value(self, node: nodes.Node, scope: Scope) -> Value:
        """What `node` evaluates to."""
        self.steps -= 1
        if self.steps < 0 or self.depth > DEEPEST:
            return Opaque(
                "evaluating it takes too long" if self.steps < 0 else "it is nested too deeply", scope.span(node)
            )
        self.depth += 1
        try:
            return _RULES[type(node)](self, node, scope)
        except RecursionError:
            return Opaque("it is nested too deeply", scope.span(node))
        finally:
            self.depth -= 1

    def call(self, function: Value, arguments: Arguments, place: Span) -> Value:
        """What calling `function` gives."""
        self.steps -= 1
        return apply(self, function, arguments, place)

    def opened(self, whole: Whole) -> Record:
        """All exports of a module as an object of their values."""
        entries = {key: Entry(exported.get(), exported.place) for key, exported in self.exports(whole.path).items()}
        return Record(entries, whole.place, self.missed(whole.path))

    def changed_in(self, body: nodes.Block) -> frozenset[str]:
        """Names that are changed in a function's body, found once for each."""
        known = self.changed.get(id(body))
        if known is None:
            # The body is held, so that no other takes its number.
            known = self.changed[id(body)] = (body, changed_names((body,)))
        return known[1]

    def followed_in(self, function: nodes.Function) -> frozenset[str]:
        """Those of them that can be followed through it, found once for each."""
        body = function.body
        if not isinstance(body, nodes.Block) or not self.changed_in(body):
            return frozenset()
        known = self.followed.get(id(body))
        if known is None:
            known = self.followed[id(body)] = followed(function, changed_names((body,), exact=True))
        return known

    def spent(self) -> bool:
        """Whether an evaluation has taken too long, now that it takes one more step."""
        self.steps -= 1
        return self.steps < 0

    def arguments(self, items: tuple[nodes.Node, ...], scope: Scope, place: Span) -> Arguments:
        """Arguments of a call, spread ones opened."""
        listed = _items(self, items, scope)
        return Arguments(listed[0], place, listed[1][0] if listed[1] else None)


def _name(e: Evaluator, node: nodes.Name, scope: Scope) -> Value:
    found = scope.find(node.name)
    if found is not None:
        value = found.get()
        # What is imported stands where it is used, for the import says nothing wrong.
        if isinstance(value, Symbol):
            return Symbol(value.package, value.name, scope.span(node), value.path)
        return value
    known = e.globals(node.name, scope.span(node))
    return known if known is not None else Opaque(f"`{node.name}` is not defined", scope.span(node))


def _literal(_e: Evaluator, node: nodes.Literal, scope: Scope) -> Value:
    return Scalar(Nothing.NULL if node.value is None else node.value, scope.span(node))


def _template(e: Evaluator, node: nodes.Template, scope: Scope) -> Value:
    pieces = [node.strings[0]]
    for inner, text in zip(node.values, node.strings[1:], strict=True):
        value = e.value(inner, scope)
        written = spelled(value)
        if written is None:
            return value if isinstance(value, Opaque) else Opaque("part of this text is not known", scope.span(inner))
        pieces += (written, text)
        if sum(map(len, pieces)) > LARGEST:
            return Opaque("the text is too long", scope.span(node))
    return Scalar("".join(pieces), scope.span(node))


def _items(e: Evaluator, items: tuple[nodes.Node, ...], scope: Scope) -> tuple[tuple[Value, ...], tuple[Opaque, ...]]:
    found: list[Value] = []
    unread: list[Opaque] = []
    for item in items:
        if isinstance(item, nodes.Hole):
            found.append(Scalar(Nothing.UNDEFINED, scope.span(item)))
        elif not isinstance(item, nodes.Spread):
            found.append(e.value(item, scope))
        else:
            inner = e.value(item.value, scope)
            if isinstance(inner, Array) and len(found) + len(inner.items) <= LARGEST:
                found += inner.items
                unread += inner.unread
            else:
                unread.append(_not_spread(inner, scope.span(item)))
    return tuple(found), tuple(unread)


def _not_spread(value: Value, place: Span) -> Opaque:
    return value if isinstance(value, Opaque) else Opaque("what is spread here is not known", place)


def _array(e: Evaluator, node: nodes.Array, scope: Scope) -> Value:
    found, unread = _items(e, node.items, scope)
    return Array(found, scope.span(node), unread)


def _object(e: Evaluator, node: nodes.Object, scope: Scope) -> Value:
    entries: dict[str, Entry] = {}
    unread: list[Opaque] = []
    for entry in node.entries:
        place = scope.span(entry)
        if isinstance(entry, nodes.Spread):
            value = e.value(entry.value, scope)
            _spread_into(entries, unread, e.opened(value) if isinstance(value, Whole) else value, place)
            continue
        key = entry.key if isinstance(entry.key, str) else _computed_key(e, entry.key, scope)
        value = e.value(entry.value, scope)
        e.sharing.leave_apart(entry.value, value)
        if isinstance(key, Opaque):
            unread.append(key)
        else:
            # As in JavaScript, a key that is there already keeps its place in the order.
            entries[key] = Entry(value, place, scope.span(entry.value))
    return Record(entries, scope.span(node), tuple(unread))


def _computed_key(e: Evaluator, node: nodes.Node, scope: Scope) -> str | Opaque:
    value = e.value(node, scope)
    written = spelled(value)
    if written is not None:
        return written
    return value if isinstance(value, Opaque) else Opaque("this key is not known", scope.span(node))


def _spread_into(entries: dict[str, Entry], unread: list[Opaque], value: Value, place: Span) -> None:
    match value:
        case Record():
            entries.update(value.entries)
            unread += value.unread
        case Array():
            entries.update({str(i): Entry(item, place) for i, item in enumerate(value.items)})
        case Scalar() if not isinstance(value.value, str):
            return
        case Closure():
            # A function that nobody calls has no keys of its own.
            return
        case _:
            unread.append(_not_spread(value, place))


def _function(_e: Evaluator, node: nodes.Function, scope: Scope) -> Value:
    return Closure(node, scope, scope.span(node))


def _chain(e: Evaluator, node: nodes.Chain, scope: Scope) -> Value:
    return _followed(e, e.value(node.head, scope), node, 0, scope)


def _followed(e: Evaluator, value: Value, node: nodes.Chain, first: int, scope: Scope) -> Value:
    """What the links of `node` from the `first` on make of `value`."""
    made_here = False
    for i, link in enumerate(node.links[first:], first):
        if isinstance(value, Opaque):
            return value
        if isinstance(link, nodes.Optional):
            if is_nothing(value):
                return Scalar(Nothing.UNDEFINED, scope.span(node))
            continue
        if isinstance(value, Builder) and isinstance(link, nodes.Member):
            own = value.own.get(link.name) if value.own is not None else None
            if own is not None:
                value = own
                continue
            # Nearly always it is called at once.
            called = node.links[i + 1] if i + 1 < len(node.links) else link
            end = called.end if isinstance(called, nodes.Call) else link.end
            value = Bound(value, link.name, Span(scope.path, link.start, end))
        else:
            before = value
            value = _linked(e, before, link, scope, Span(scope.path, node.start, link.end))
            if not isinstance(before, Bound):
                made_here = isinstance(before, Symbol | Enum) and isinstance(link, nodes.Call)
            elif not made_here:
                e.sharing.note(before, value, scope)
    return value


def _linked(e: Evaluator, value: Value, link: nodes.Step, scope: Scope, place: Span) -> Value:
    own = scope.span(link)
    match link:
        case nodes.Call(arguments=arguments):
            return e.call(value, e.arguments(arguments, scope, own), place)
        case nodes.Member(name=name):
            return member(e, value, name, place, own)
        case nodes.Index(key=key):
            found = _computed_key(e, key, scope)
            return found if isinstance(found, Opaque) else member(e, value, found, place, own)
        case nodes.Tagged():
            return _tagged(e, value, link, scope, place)


def _tagged(e: Evaluator, tag: Value, tagged: nodes.Tagged, scope: Scope, place: Span) -> Value:
    template = tagged.template
    if isinstance(tag, Native) and tag.name == "String.raw":
        return _template(e, nodes.Template(tagged.raw, template.values, tagged.start, tagged.end), scope)
    values = [e.value(inner, scope) for inner in template.values]
    if isinstance(tag, Symbol) and (tag.name, tag.path) == ("sql", ()) and tag.package.startswith("drizzle-orm"):
        parts: list[str | Value] = [template.strings[0]]
        for value, text in zip(values, template.strings[1:], strict=True):
            parts += (value, text)
        return SqlText(tuple(part for part in parts if part != ""), place)
    if isinstance(tag, Symbol | Foreign):
        return Foreign("a template's tag", tuple(values), place)
    return Opaque("this template's tag is not evaluated", place)


def _unary(e: Evaluator, node: nodes.Unary, scope: Scope) -> Value:
    if node.operator == "new":
        return _new(e, node, scope)
    return unary(node.operator, e.value(node.operand, scope), scope.span(node))


def _new(e: Evaluator, node: nodes.Unary, scope: Scope) -> Value:
    match node.operand:
        case nodes.Chain(head=nodes.Name(name=name), links=(nodes.Call(arguments=arguments),)) if (
            scope.find(name) is None
        ):
            found = e.arguments(arguments, scope, scope.span(node))
            distinct = set_of(found) if name == "Set" else None
            return distinct or Foreign(f"new {name}", found.values, scope.span(node))
        case nodes.Chain(head=nodes.Name() as head, links=(nodes.Call(), *_)) as chain if _is_query_builder(
            e.value(head, scope)
        ):
            return _followed(e, Builder("QueryBuilder", (), scope.span(node)), chain, 1, scope)
        case nodes.Chain(head=nodes.Name(name=name)) as chain if scope.find(name) is not None:
            return _of_class(e, name, chain, scope, scope.span(node))
        case _:
            return Foreign("new", (), scope.span(node))


def _of_class(e: Evaluator, name: str, chain: nodes.Chain, scope: Scope, place: Span) -> Value:
    """An object of a class that the program declares or imports, or what is taken of it."""
    for at, link in enumerate(chain.links):
        if isinstance(link, nodes.Call):
            made = Foreign(object_of(name), e.arguments(link.arguments, scope, place).values, place)
            return _followed(e, made, chain, at + 1, scope)
        if not isinstance(link, nodes.Member):
            break
        name = f"{name}.{link.name}"
    return Foreign("new", (), place)


def _is_query_builder(made: Value) -> bool:
    return isinstance(made, Symbol) and (made.package, made.name, made.path) == (_PG_CORE, "QueryBuilder", ())


def _binary(e: Evaluator, node: nodes.Binary, scope: Scope) -> Value:
    """Groups the flat list by precedence; what a known left side makes superfluous is not evaluated."""
    return _grouped(e, node, scope, 0, len(node.operators))


def _grouped(e: Evaluator, node: nodes.Binary, scope: Scope, first: int, behind: int) -> Value:
    if first == behind:
        return e.value(node.operands[first], scope)
    lowest = min(PRECEDENCE.get(node.operators[i], 0) for i in range(first, behind))
    splits = [i for i in range(first, behind) if PRECEDENCE.get(node.operators[i], 0) == lowest]
    if node.operators[splits[0]] == "**":
        splits = splits[:1]
    left = _grouped(e, node, scope, first, splits[0])
    for split, following in zip(splits, [*splits[1:], behind], strict=True):
        operator = node.operators[split]
        place = Span(scope.path, node.operands[first].start, node.operands[following].end)
        kept = _decided(operator, left)
        if kept is not None:
            left = kept
            continue
        right = _grouped(e, node, scope, split + 1, following)
        left = right if operator in ("??", "||", "&&") else binary(operator, left, right, place)
    return left


def _decided(operator: str, left: Value) -> Value | None:
    """What `left operator ...` is where the left side decides it."""
    if operator not in ("??", "||", "&&"):
        return None
    known = truth(left)
    if known is None:
        return left if isinstance(left, Opaque) else Opaque("the left side is not known", left.place)
    if operator == "??":
        return None if is_nothing(left) else left
    return left if known == (operator == "||") else None


def _conditional(e: Evaluator, node: nodes.Conditional, scope: Scope) -> Value:
    test = e.value(node.test, scope)
    known = truth(test)
    if known is None:
        return Opaque("the condition is not known", scope.span(node.test))
    return e.value(node.consequent if known else node.alternate, scope)


def _assignment(_e: Evaluator, node: nodes.Assignment, scope: Scope) -> Value:
    return Opaque("an assignment is not evaluated", scope.span(node))


def _comma(e: Evaluator, node: nodes.Comma, scope: Scope) -> Value:
    return e.value(node.items[-1], scope)


def _unread(_e: Evaluator, node: nodes.Unread, scope: Scope) -> Value:
    return Opaque(f"{node.what} is not evaluated", scope.span(node))


def _stray(_e: Evaluator, node: nodes.Node, scope: Scope) -> Value:
    return Opaque("this is not evaluated", scope.span(node))


_RULES: dict[type, Callable[..., Value]] = {
    nodes.Name: _name,
    nodes.Literal: _literal,
    nodes.Regex: regex,
    nodes.Template: _template,
    nodes.Array: _array,
    nodes.Object: _object,
    nodes.Function: _function,
    nodes.Chain: _chain,
    nodes.Unary: _unary,
    nodes.Binary: _binary,
    nodes.Conditional: _conditional,
    nodes.Assignment: _assignment,
    nodes.Comma: _comma,
    nodes.Unread: _unread,
    nodes.Spread: _stray,
    nodes.Hole: _stray,
}
