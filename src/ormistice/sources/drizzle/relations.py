"""`relations()` and `defineRelations()`: what drizzle's client follows, with a foreign key behind it or not."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ormistice.model import Relation
from ormistice.model import Table as ModelTable
from ormistice.names import QualifiedName
from ormistice.sources.drizzle.following import Followed, Junction, resolved
from ormistice.sources.drizzle.parts import Reading
from ormistice.sources.drizzle.values import (
    Arguments,
    Array,
    Builder,
    ColumnOf,
    Entry,
    Native,
    Opaque,
    Record,
    Table,
    Value,
    Whole,
    is_nothing,
    known_or_opaque,
    text_of,
)
from ormistice.text import Span


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a relation: columns of a table, and those of the table between that stand for them."""

    columns: tuple[str, ...]
    between: tuple[str, ...]
    table: QualifiedName | None


def lower_relations(
    reading: Reading, declared: Iterable[Builder], tables: Iterable[ModelTable]
) -> Mapping[QualifiedName, tuple[Relation, ...]]:
    """Relations by their referencing table; those that no columns are known of are none."""
    followed: list[Followed] = []
    for builder in declared:
        found = _of_table(reading, builder) if builder.kind == "relations" else _of_schema(reading, builder)
        followed += found
    return resolved(followed, {table.name: table for table in tables})


def _of_table(reading: Reading, builder: Builder) -> Iterator[Followed]:
    """`relations(table, ({ one, many }) => ({ ... }))`."""
    table = _argument(builder, 0)
    if not isinstance(table, Table):
        _unknown(reading, table, "relations")
        return
    place = builder.place
    helpers = Record({kind: Entry(_maker(kind, None, place), place) for kind in ("one", "many")}, place)
    made = reading.evaluator.call(_argument(builder, 1), Arguments((helpers,), place), place)
    yield from _listed(reading, table, made)


def _of_schema(reading: Reading, builder: Builder) -> Iterator[Followed]:
    """`defineRelations(schema, (r) => ({ table: { ... } }))`."""
    if len(builder.arguments) < 2:  # noqa: PLR2004 - a schema and what is said of it
        return
    entries, unread = _schema_entries(reading, builder.arguments[0])
    place = builder.place
    tables = {key: entry.value for key, entry in entries.items() if isinstance(entry.value, Table)}
    given = {key: Entry(table, place) for key, table in tables.items()}
    for kind in ("one", "many"):
        makers = {key: Entry(_maker(kind, table, place), place) for key, table in tables.items()}
        given[kind] = Entry(Record(makers, place, unread), place)
    helpers = Record(given, place, unread)
    made = reading.evaluator.call(builder.arguments[1], Arguments((helpers,), place), place)
    if not isinstance(made, Record):
        _unknown(reading, made, "relations")
        return
    for missed in made.unread:
        _unknown(reading, missed, "relations")
    for key, entry in made.entries.items():
        table = given[key].value if key in tables else helpers.get(key)
        if isinstance(table, Table):
            yield from _listed(reading, table, entry.value)
        else:
            _unknown(reading, table or Opaque(f"there is no table `{key}`", entry.place), "relations")


def _schema_entries(reading: Reading, schema: Value) -> tuple[Mapping[str, Entry], tuple[Opaque, ...]]:
    match schema:
        case Whole():
            opened = reading.evaluator.opened(schema)
            return opened.entries, opened.unread
        case Record(entries=entries, unread=unread):
            return entries, unread
        case Opaque():
            return {}, (schema,)
        case _:
            return {}, (Opaque("the tables of this are not known", schema.place),)


def _maker(kind: str, table: Table | None, place: Span) -> Native:
    """`one` or `many`, which is given its table first unless that is known."""

    def make(arguments: Arguments, where: Span) -> Value:
        unread = () if arguments.unread is None else (arguments.unread,)
        return Builder(kind, (*(() if table is None else (table,)), *arguments.values, *unread), where)

    return Native(kind, make, place)


def _argument(builder: Builder, index: int) -> Value:
    if index < len(builder.arguments):
        return known_or_opaque(builder.arguments[index])
    return Opaque("an argument is missing", builder.place)


def _listed(reading: Reading, table: Table, made: Value) -> Iterator[Followed]:
    """The relations of `table` that an object lists."""
    name = reading.names.table(table)
    if isinstance(name, Opaque):
        _unknown(reading, name, "relations")
        return
    if not isinstance(made, Record):
        _unknown(reading, made, f"relations of table `{name.name}`")
        return
    for missed in made.unread:
        _unknown(reading, missed, f"relations of table `{name.name}`")
    for key, entry in made.entries.items():
        found = _followed(reading, name, entry)
        if isinstance(found, Followed):
            yield found
        elif found is not None:
            _unknown(reading, found, f"relation `{key}` of table `{name.name}`")


def _followed(reading: Reading, owner: QualifiedName, entry: Entry) -> Followed | Opaque | None:
    """One relation; None where it is of a view, or only of rows that fulfil a condition."""
    made = entry.value
    if not isinstance(made, Builder) or made.kind not in ("one", "many"):
        return made if isinstance(made, Opaque) else Opaque("this is no relation that is known", made.place)
    target = _argument(made, 0)
    if isinstance(target, Builder):
        return None
    if not isinstance(target, Table):
        return target if isinstance(target, Opaque) else Opaque("its table is not known", target.place)
    config = _argument(made, 1) if len(made.arguments) > 1 else None
    if config is not None and is_nothing(config):
        config = None
    if config is not None and (not isinstance(config, Record) or config.unread):
        return config if isinstance(config, Opaque) else Opaque("what it says is not known", config.place)
    return _configured(reading, owner, target, config, Followed(owner, owner, made.kind == "many", entry.place))


def _configured(
    reading: Reading, owner: QualifiedName, target: Table, config: Record | None, bare: Followed
) -> Followed | Opaque | None:
    name = reading.names.table(target)
    if isinstance(name, Opaque):
        return name
    if config is None:
        return Followed(owner, name, bare.many, bare.place)
    if not is_nothing(config.get("where")):
        return None
    alias = config.get("relationName") or config.get("alias")
    if alias is not None and text_of(alias) is None and not is_nothing(alias):
        return alias if isinstance(alias, Opaque) else Opaque("its name is not known", alias.place)
    near = _side(reading, config.get("fields") or config.get("from"))
    far = _side(reading, config.get("references") or config.get("to"))
    if isinstance(near, Opaque):
        return near
    if isinstance(far, Opaque):
        return far
    junction = None if near.table is None else Junction(near.table, near.between, far.between)
    if (near.table is None) != (far.table is None) or (len(near.columns) != len(far.columns) and junction is None):
        return Opaque("it does not reference as many columns as it has", config.place)
    return Followed(owner, name, bare.many, bare.place, text_of(alias), near.columns, far.columns, junction)


def _side(reading: Reading, value: Value | None) -> _Side | Opaque:
    if value is None or is_nothing(value):
        return _Side((), (), None)
    between: list[Value] = []
    columns = value.items if isinstance(value, Array) and not value.unread else (value,)
    for column in columns:
        if isinstance(column, ColumnOf):
            between += [step.arguments[0] for step in column.steps if step.name == "through" and step.arguments]
    own, others = _names(reading, columns), _names(reading, between)
    if isinstance(own, Opaque):
        return own
    if isinstance(others, Opaque):
        return others
    if others and len(others) != len(own):
        return Opaque("`.through()` stands behind some of its columns alone", value.place)
    tables = [reading.names.table(column.table) for column in between if isinstance(column, ColumnOf)]
    table = tables[0] if tables else None
    return table if isinstance(table, Opaque) else _Side(own, others, table)


def _names(reading: Reading, columns: Iterable[Value]) -> tuple[str, ...] | Opaque:
    found: list[str] = []
    for column in columns:
        if not isinstance(column, ColumnOf):
            return column if isinstance(column, Opaque) else Opaque("this is not a column that is known", column.place)
        name = reading.names.column(column.table, column.key)
        if isinstance(name, Opaque):
            return name
        found.append(name)
    return tuple(found)


def _unknown(reading: Reading, value: Value, what: str) -> None:
    reading.unknown(value if isinstance(value, Opaque) else Opaque("this is not known", value.place), what)
    reading.unread.add(Relation)
