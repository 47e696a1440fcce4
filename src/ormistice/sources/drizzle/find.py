"""Nodes found again by their offsets, for edits are made where the text is."""

from collections.abc import Iterator
from dataclasses import dataclass

from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.scope import bound_names, children


@dataclass(frozen=True, slots=True)
class CallAt:
    """A call in a chain: the chain, and the index of the call among its links."""

    chain: nodes.Chain
    index: int

    @property
    def call(self) -> nodes.Call:
        """The call itself."""
        link = self.chain.links[self.index]
        assert isinstance(link, nodes.Call)  # noqa: S101 - that is how it was found
        return link


def around(statements: tuple[nodes.Statement, ...], offset: int) -> list[object]:
    """Every node that `offset` lies in, the outermost first."""
    found: list[object] = []
    inner: list[object] = list(statements)
    while inner:
        node = next((node for node in inner if _holds(node, offset)), None)
        if node is None:
            break
        found.append(node)
        inner = list(children(node))
    return found


def _holds(node: object, offset: int) -> bool:
    start, end = getattr(node, "start", None), getattr(node, "end", None)
    return start is not None and end is not None and start <= offset < end


def method_call(path: list[object], name: str, offset: int) -> CallAt | None:
    """The innermost call of a method `name` whose arguments hold `offset`."""
    for node in reversed(path):
        if isinstance(node, nodes.Chain):
            for i, link in enumerate(node.links):
                before = node.links[i - 1] if i > 0 else None
                named = isinstance(before, nodes.Member) and before.name == name
                if named and isinstance(link, nodes.Call) and _holds(link, offset):
                    return CallAt(node, i)
    return None


def chain_at(path: list[object], start: int, end: int) -> nodes.Chain | None:
    """The chain that stands exactly there."""
    return next(
        (node for node in path if isinstance(node, nodes.Chain) and (node.start, node.end) == (start, end)), None
    )


def shadowing(path: list[object]) -> set[str]:
    """Names that the functions and blocks of `path` bind, and that hide those of the module."""
    found: set[str] = set()
    for node in path:
        if isinstance(node, nodes.Function):
            found.update(name for parameter in node.parameters for name in bound_names(parameter))
        elif isinstance(node, nodes.Block):
            found.update(_declared(node))
    return found


def _declared(block: nodes.Block) -> Iterator[str]:
    for statement in block.statements:
        if isinstance(statement, nodes.Declaration):
            for item in statement.items:
                yield from bound_names(item)
        elif isinstance(statement, nodes.FunctionDeclaration):
            yield statement.name


def entry(node: object, key: str) -> nodes.Property | None:
    """The last entry of an object under `key`."""
    if not isinstance(node, nodes.Object):
        return None
    return next((e for e in reversed(node.entries) if isinstance(e, nodes.Property) and e.key == key), None)
