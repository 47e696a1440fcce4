"""Bodies of functions, run as far as their way is known."""

from enum import Enum

from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.functions import Evaluating, bind, declare, given
from ormistice.sources.drizzle.lexer import words
from ormistice.sources.drizzle.operators import binary
from ormistice.sources.drizzle.scope import Lazy, Scope, bound_names, changed_names, children
from ormistice.sources.drizzle.stepping import (
    Statements,
    assigns,
    change,
    each_of,
    is_changeable,
    is_new,
    rebinds,
    set_name,
)
from ormistice.sources.drizzle.values import Array, Nothing, Opaque, Scalar, Value, truth
from ormistice.text import Span


class _Left(Enum):
    """A way out of a loop or `switch` that gives no value."""

    BREAK = "break"
    CONTINUE = "continue"


_Result = Value | _Left | None
"""What a statement leaves a body with; None where the next one follows."""


def returned(e: Evaluating, statements: Statements, scope: Scope, place: Span) -> Value:
    """What a function with this body returns."""
    result = _run(e, statements, scope)
    return Scalar(Nothing.UNDEFINED, place) if result is None or isinstance(result, _Left) else result


def changed_by(e: Evaluating, initial: tuple[nodes.Node, Scope], name: str, steps: Statements) -> Value:
    """What `name` stands for once statements of its module have changed what it was declared as."""
    node, scope = initial
    inner = scope.inside(followed=frozenset((name,)))
    value = e.value(node, scope)
    inner.names[name] = Lazy(given(value), scope.span(node))
    if not is_new(node, scope):
        inner.borrowed.add(name)
    for step in steps:
        result = _step(e, step, inner)
        if result is not None:
            return Opaque(f"`{name}` is changed after its declaration", scope.span(step))
    return inner.names[name].get()


def _run(e: Evaluating, statements: Statements, scope: Scope) -> _Result:
    declare(e, statements, scope)
    for statement in statements:
        result = _step(e, statement, scope)
        if result is not None:
            return result
    return None


def _step(e: Evaluating, statement: nodes.Statement, scope: Scope) -> _Result:  # noqa: C901, PLR0911 - a case for each
    match statement:
        case nodes.Return(value=node):
            return Scalar(Nothing.UNDEFINED, scope.span(statement)) if node is None else _returned(e, node, scope)
        case nodes.Throw():
            return Opaque("it throws", scope.span(statement))
        case nodes.Jump(what="break" | "continue" as what):
            return _Left(what)
        case nodes.Jump() | nodes.UnreadStatement():
            return Opaque("a loop or `try` of this form is not evaluated", scope.span(statement))
        case nodes.Block(statements=inner):
            return _run(e, inner, scope.inside(scope.changed, scope.followed))
        case nodes.Try(body=body):
            return _step(e, body, scope)
        case nodes.If():
            return _if(e, statement, scope)
        case nodes.ForOf():
            return _for_of(e, statement, scope)
        case nodes.Switch():
            return _switch(e, statement, scope)
        case nodes.Declaration(items=items) if scope.followed:
            _settle(items, scope)
            return None
        case nodes.Expression():
            return _do(e, statement, scope)
        case _:
            return None


_OF_COLUMNS = words("notNull default defaultNow defaultRandom primaryKey unique references generatedAlwaysAs")


def _do(e: Evaluating, statement: nodes.Expression, scope: Scope) -> _Result:
    match statement.value:
        case nodes.Chain(head=nodes.Name(), links=(nodes.Member(name=name), *_)) as chain if name in _OF_COLUMNS:
            # A column takes note of what is called on it.
            e.value(chain, scope)
    loop = each_of(statement) if scope.followed else None
    if loop is None:
        if scope.followed:
            change(e, statement, scope)
        return None
    result = _for_of(e, loop, scope, returns=False)
    return result if isinstance(result, Opaque) else None


def _returned(e: Evaluating, node: nodes.Node, scope: Scope) -> Value:
    name = assigns(node) if scope.followed else None
    found = scope.find(name) if name is not None and name in scope.followed else None
    if name is None or found is None:
        return e.value(node, scope)
    change(e, nodes.Expression(node, node.start, node.end), scope)
    return e.value(nodes.Name(name, node.start, node.end), scope)


def _settle(items: tuple[nodes.Node, ...], scope: Scope) -> None:
    """Evaluate what is declared before anything that it is made of is changed."""
    for item in items:
        for name in bound_names(item):
            scope.names[name].get()
        if isinstance(item, nodes.Assignment) and isinstance(item.target, nodes.Name):
            name = item.target.name
            if name in scope.followed and not is_new(item.value, scope):
                scope.borrowed.add(name)


def _if(e: Evaluating, statement: nodes.If, scope: Scope) -> _Result:
    known = truth(e.value(statement.test, scope))
    if known is None and _only_throws(statement.consequent):
        known = False
    if known is None:
        return _unknown(statement, "the condition is not known", scope.span(statement.test), scope)
    branch = statement.consequent if known else statement.alternate
    return None if branch is None else _run(e, (branch,), scope.inside(scope.changed, scope.followed))


def _unknown(statement: nodes.Statement, reason: str, place: Span, scope: Scope) -> _Result:
    """What a statement leaves behind of which it is not known whether it runs, or how often."""
    if _may_leave(statement):
        return Opaque(reason, place)
    for name in scope.followed & changed_names((statement,), exact=True):
        known = scope.find(name)
        if known is None or is_changeable(known.get()) or rebinds(statement, name):
            set_name(scope, name, Opaque(f"`{name}` is changed where {reason}", place), place)
    return None


def _for_of(e: Evaluating, loop: nodes.ForOf, scope: Scope, *, returns: bool = True) -> _Result:
    changed = scope.followed & changed_names((loop.body,), exact=True)
    if not changed and not _may_leave(loop.body):
        return None
    items = e.value(loop.value, scope)
    if not isinstance(items, Array) or items.unread:
        return _unknown(loop, "what a loop walks is not known", scope.span(loop.value), scope)
    for item in items.items:
        if e.spent():
            return Opaque("evaluating it takes too long", scope.span(loop))
        inner = scope.inside(scope.changed, scope.followed)
        bind(e, loop.pattern, given(item), inner)
        result = _run(e, (loop.body,), inner)
        if result is _Left.BREAK:
            break
        if result is not None and result is not _Left.CONTINUE and (returns or isinstance(result, Opaque)):
            return result
    return None


def _switch(e: Evaluating, switch: nodes.Switch, scope: Scope) -> _Result:
    value = e.value(switch.value, scope)
    first = next((i for i, clause in enumerate(switch.clauses) if clause.test is None), len(switch.clauses))
    for i, clause in enumerate(switch.clauses):
        if clause.test is None:
            continue
        same = truth(binary("===", value, e.value(clause.test, scope), scope.span(clause)))
        if same is None:
            return _unknown(switch, "the condition is not known", scope.span(switch.value), scope)
        if same:
            first = i
            break
    statements = tuple(statement for clause in switch.clauses[first:] for statement in clause.statements)
    result = _run(e, statements, scope.inside(scope.changed, scope.followed))
    return None if result is _Left.BREAK else result


def _only_throws(statement: nodes.Statement) -> bool:
    """Whether no schema comes of it: what throws is a test that a program which works has passed."""
    match statement:
        case nodes.Throw():
            return True
        case nodes.Block(statements=(*before, nodes.Throw())):
            return not any(_may_leave(inner) for inner in before)
        case _:
            return False


def _may_leave(statement: nodes.Statement) -> bool:
    pending: list[object] = [statement]
    while pending:
        node = pending.pop()
        if isinstance(node, nodes.Return | nodes.Throw | nodes.Jump | nodes.UnreadStatement):
            return True
        if not isinstance(node, nodes.Function):
            pending.extend(children(node))
    return False
