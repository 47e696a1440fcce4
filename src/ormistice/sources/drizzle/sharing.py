"""Columns that several chains go on from: a method of a column changes the very object that it is called on.

Where `const id = uuid()` is used as `id.notNull()` in one table, it is NOT NULL in every table made after that.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.records import record
from ormistice.sources.drizzle.scope import Scope
from ormistice.sources.drizzle.values import Bound, Builder, Opaque, Record, Step, Table, Value


@record
class _Change:
    step: Step
    with_module: bool
    """Whether it happens while its module is read, and not when a function is called."""
    of_array: bool
    """Whether it is `.array()`, or comes after: up to 0.x that makes another column."""


@dataclass(slots=True)
class Sharing:
    """Methods that were called on columns which had a name before."""

    roots: dict[int, tuple[Builder, Builder]] = field(default_factory=dict)
    """What a call gave and the column that it went on from, by the number of the first, which both keep theirs by."""
    changes: dict[int, list[_Change]] = field(default_factory=dict)
    apart: dict[int, Value] = field(default_factory=dict)
    """What getters give, by its number: another object each time, though it is evaluated once."""

    def leave_apart(self, node: nodes.Node, value: Value) -> None:
        """Note that `node`, if it is a getter, gives its own `value` to each who asks."""
        match node:
            case nodes.Chain(head=nodes.Function(), links=(nodes.Call(start=start, end=end),)) if start == end:
                self._leave(value)
            case _:
                return

    def _leave(self, value: Value) -> None:
        self.apart[id(value)] = value
        for entry in value.entries.values() if isinstance(value, Record) else ():
            if id(entry.value) not in self.apart:
                self._leave(entry.value)

    def note(self, method: Value, given: Value, scope: Scope) -> None:
        """A method was called on something that other expressions may name, and gave `given`."""
        owner = method.owner if isinstance(method, Bound) else None
        if not isinstance(owner, Builder) or not isinstance(given, Builder) or len(given.steps) <= len(owner.steps):
            return
        root = self._root(owner)
        if id(root) in self.apart:
            return
        self.roots[id(given)] = (given, root)
        self.roots[id(root)] = (root, root)
        own = given.steps[len(root.steps) :]
        change = _Change(own[-1], scope.outer is None, any(step.name == "array" for step in own))
        self.changes.setdefault(id(root), []).append(change)

    def seen_by(self, column: Builder, table: Table, *, modern: bool) -> Builder | Opaque:
        """`column` as it is when `table` is made of it, with what other tables said of it by then."""
        others = tuple(change for change in self._others(column) if modern or not change.of_array)
        for change in others:
            if not change.with_module or change.step.place.file != table.place.file:
                return Opaque(f"`.{change.step.name}()` of another table changes it too", change.step.place)
        earlier = tuple(change.step for change in others if change.step.place.start < table.place.end)
        if not earlier:
            return column
        own = len(self._root(column).steps)
        return replace(column, steps=(*column.steps[:own], *earlier, *column.steps[own:]))

    def _others(self, column: Builder) -> Iterator[_Change]:
        """What was said of the same object elsewhere, and is not said here as well."""
        said = {step.name for step in column.steps}
        for change in self.changes.get(id(self._root(column)), ()):
            if change.step.name not in said:
                yield change

    def _root(self, column: Builder) -> Builder:
        known = self.roots.get(id(column))
        return known[1] if known is not None else column
