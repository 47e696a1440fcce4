"""Foreign keys: a column's `.references()`, and `foreignKey()` of a table."""

from dataclasses import dataclass

from ormistice.model import ForeignKey, Reference, ReferentialAction, Stated, paired
from ormistice.names import QualifiedName
from ormistice.sources.drizzle.nodes import Block
from ormistice.sources.drizzle.parts import Parts
from ormistice.sources.drizzle.values import (
    Arguments,
    Array,
    Builder,
    Closure,
    ColumnOf,
    Opaque,
    Record,
    Step,
    Value,
    is_nothing,
    text_of,
)
from ormistice.text import Span

ACTIONS = {action.value.lower(): action for action in ReferentialAction}
SPELLINGS = {action: spelling for spelling, action in ACTIONS.items()}


@dataclass(frozen=True, slots=True)
class _Actions:
    on_delete: Stated[ReferentialAction] | None
    on_update: Stated[ReferentialAction] | None


@dataclass(frozen=True, slots=True)
class _Said:
    """What a key says besides its columns: where its target stands, its actions, its name, and its own place."""

    at: Span
    actions: _Actions
    name: Value | None
    place: Span


def inline_key(parts: Parts, column: str, step: Step, place: Span) -> None:
    """`.references(() => table.column, actions)` of the column `column`."""
    target = step.arguments[0] if step.arguments else Opaque("what it references is missing", step.place)
    at = Span(step.place.file, target.place.end, target.place.end)
    actions = _actions(parts, step.arguments[1] if len(step.arguments) > 1 else None, at)
    if isinstance(target, Closure):
        body = target.function.body
        at = target.place if isinstance(body, Block) else Span(target.place.file, body.start, body.end)
        target = parts.reading.evaluator.call(target, Arguments((), target.place), target.place)
    else:
        at = target.place
    _add(parts, (column,), (target,), _Said(at, actions, None, place))


def table_key(parts: Parts, builder: Builder) -> None:
    """`foreignKey({ columns, foreignColumns, name })`, with `.onDelete()` and `.onUpdate()`."""
    config = builder.arguments[0] if builder.arguments else None
    if isinstance(config, Closure):
        config = parts.reading.evaluator.call(config, Arguments((), config.place), config.place)
    if not isinstance(config, Record):
        unknown = config if isinstance(config, Opaque) else Opaque("its columns are not known", builder.place)
        parts.unknown(unknown, "foreign key", ForeignKey)
        return
    columns = own_columns(parts, config.get("columns"), builder.place)
    targets = config.get("foreignColumns")
    if isinstance(columns, Opaque):
        parts.unknown(columns, "foreign key", ForeignKey)
        return
    name = config.get("name")
    if isinstance(name, Opaque):
        parts.unknown(name, "name of a foreign key")
    listed = targets.items if isinstance(targets, Array) and not targets.unread else ()
    at = targets.place if targets is not None else builder.place
    if not listed:
        unknown = targets if isinstance(targets, Opaque) else Opaque("what it references is not known", at)
        listed = (unknown,)
    parts.reading.written_order[builder.place] = columns
    _add(parts, columns, listed, _Said(at, _chained_actions(parts, builder), name, builder.place))


def own_columns(parts: Parts, value: Value | None, place: Span) -> tuple[str, ...] | Opaque:
    """Names of the columns in an array of them."""
    if not isinstance(value, Array) or value.unread:
        return value if isinstance(value, Opaque) else Opaque("its columns are not known", place)
    found: list[str] = []
    for item in value.items:
        if not isinstance(item, ColumnOf):
            return item if isinstance(item, Opaque) else Opaque("this is not a column that is known", item.place)
        name = parts.reading.names.column(item.table, item.key)
        if isinstance(name, Opaque):
            return name
        found.append(name)
    return tuple(found)


def _add(parts: Parts, columns: tuple[str, ...], targets: tuple[Value, ...], said: _Said) -> None:
    reference = _reference(parts, targets, len(columns))
    if isinstance(reference, Opaque):
        parts.unknown(reference, f"foreign key on ({', '.join(columns)})")
        stated, listed = None, columns
    else:
        listed, referenced = paired(columns, reference.columns)
        stated = Stated(Reference(reference.table, referenced), said.at)
    name, written = said.name, text_of(said.name)
    made_up = (
        _name(parts, columns, reference, said.at) if is_nothing(name) and isinstance(reference, Reference) else None
    )
    key = ForeignKey(
        parts.name,
        tuple(sorted(listed)),
        said.place,
        stated,
        said.actions.on_delete,
        said.actions.on_update,
        name=Stated(written, name.place) if written is not None and name is not None else made_up,
    )
    # Of two keys that have one name drizzle-kit knows the last.
    parts.foreign_keys[:] = [other for other in parts.foreign_keys if key.name is None or other.name != key.name]
    parts.foreign_keys.append(key)


def _name(parts: Parts, columns: tuple[str, ...], reference: Reference, at: Span) -> Stated[str]:
    made_up = parts.reading.rules.foreign_key(parts.name.name, columns, reference.table.name, reference.columns)
    return Stated(made_up, at, implicit=True)


def _reference(parts: Parts, targets: tuple[Value, ...], count: int) -> Reference | Opaque:
    table: QualifiedName | None = None
    columns: list[str] = []
    for target in targets:
        if not isinstance(target, ColumnOf):
            return target if isinstance(target, Opaque) else Opaque("what it references is not known", target.place)
        owner = parts.reading.names.table(target.table)
        column = parts.reading.names.column(target.table, target.key)
        if isinstance(owner, Opaque):
            return owner
        if isinstance(column, Opaque):
            return column
        table = table or owner
        columns.append(column)
    if table is None or len(columns) != count:
        return Opaque("it does not reference as many columns as it has", targets[0].place)
    return Reference(table, tuple(columns))


def _actions(parts: Parts, options: Value | None, at: Span) -> _Actions:
    """Actions out of the object behind the target; left out, they would stand at `at`."""
    if options is None or is_nothing(options):
        return _Actions(_unsaid(at), _unsaid(at))
    if not isinstance(options, Record):
        unknown = options if isinstance(options, Opaque) else Opaque("these actions are not known", options.place)
        parts.unknown(unknown, "actions of a foreign key")
        return _Actions(None, None)
    end = options.place.end - 1
    at = Span(options.place.file, end, end)
    return _Actions(_option(parts, options, "onDelete", at), _option(parts, options, "onUpdate", at))


def _option(parts: Parts, options: Record, key: str, at: Span) -> Stated[ReferentialAction] | None:
    found = _action(parts, options.get(key), at)
    entry = options.entries.get(key)
    if found is None or found.implicit or entry is None or entry.written is None:
        return found
    return Stated(found.value, entry.written)


def _chained_actions(parts: Parts, builder: Builder) -> _Actions:
    end = Span(builder.place.file, builder.place.end, builder.place.end)
    found: dict[str, Stated[ReferentialAction] | None] = {"onDelete": _unsaid(end), "onUpdate": _unsaid(end)}
    for step in builder.steps:
        if step.name in found:
            found[step.name] = _action(parts, step.arguments[0] if step.arguments else None, end)
        else:
            parts.unknown(Opaque(f"`.{step.name}()` is not known", step.place), "foreign key")
    return _Actions(found["onDelete"], found["onUpdate"])


def _unsaid(at: Span) -> Stated[ReferentialAction]:
    return Stated(ReferentialAction.NO_ACTION, at, implicit=True)


def _action(parts: Parts, value: Value | None, at: Span) -> Stated[ReferentialAction] | None:
    if value is None or is_nothing(value):
        return _unsaid(at)
    action = ACTIONS.get(text_of(value) or "")
    if action is None:
        unknown = value if isinstance(value, Opaque) else Opaque("this is no action of a foreign key", value.place)
        parts.unknown(unknown, "action of a foreign key")
        return None
    return Stated(action, value.place)
