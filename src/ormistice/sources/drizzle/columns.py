"""Columns, and the constraints that a column's own methods declare."""

from dataclasses import dataclass, field

from ormistice.model import (
    Column,
    ColumnDefault,
    GeneratedExpression,
    IdentityGeneration,
    PrimaryKey,
    SerialDefault,
    SqlDefault,
    Stated,
    UniqueConstraint,
)
from ormistice.settling import is_null
from ormistice.sources.drizzle.columntypes import SERIALS, column_type, custom_definition
from ormistice.sources.drizzle.defaults import default_text
from ormistice.sources.drizzle.keys import inline_key
from ormistice.sources.drizzle.parts import OF_COLUMN, Parts
from ormistice.sources.drizzle.pgcore import COLUMNS
from ormistice.sources.drizzle.sequences import identity_options
from ormistice.sources.drizzle.sqltext import rendered
from ormistice.sources.drizzle.values import (
    Arguments,
    Builder,
    Closure,
    Entry,
    Nothing,
    Opaque,
    Record,
    Scalar,
    Step,
    Value,
    is_nothing,
    text_of,
)
from ormistice.text import Span
from ormistice.types import ColumnType

_ON_INSERT = ("$default", "$defaultFn")
_ON_UPDATE = ("$onUpdate", "$onUpdateFn")
_CLIENT = frozenset((*_ON_INSERT, *_ON_UPDATE))
_SILENT = frozenset(("$type", "as", "mapWith"))
_IDENTITIES = {"generatedAlwaysAsIdentity": True, "generatedByDefaultAsIdentity": False}


def lower_columns(parts: Parts) -> None:
    """Every column of the table, with its constraints."""
    columns = parts.table.columns
    if isinstance(columns, Opaque):
        parts.unknown(columns, "columns", *OF_COLUMN)
        return
    if not isinstance(columns, Record):
        return
    for unread in columns.unread:
        parts.unknown(unread, "columns", *OF_COLUMN)
    for key, entry in columns.entries.items():
        _lower_column(parts, key, entry)


def _lower_column(parts: Parts, key: str, entry: Entry) -> None:
    value = entry.value
    if not isinstance(value, Builder) or value.kind not in COLUMNS | {"enum", "custom"}:
        unknown = value if isinstance(value, Opaque) else Opaque("this is not a column that is known", value.place)
        parts.unknown(unknown, f"column `{key}`", *OF_COLUMN)
        return
    reading = parts.reading
    name = reading.names.column_of(value, key, parts.table.casing)
    seen = reading.evaluator.sharing.seen_by(value, parts.table, modern=reading.rules.modern)
    if isinstance(name, Opaque):
        parts.unknown(name, f"column `{key}`", *OF_COLUMN)
        return
    if isinstance(seen, Opaque):
        parts.unknown(seen, f"column `{name}`", *OF_COLUMN)
        return
    draft = _Draft(parts, key, name, seen, entry.place)
    draft.read_type()
    for step in _last_of_each(draft.steps):
        draft.read(step)
    draft.read_custom()
    _add(parts, draft.finished())


def _add(parts: Parts, column: Column) -> None:
    """One more column; one that has its name already is what drizzle takes no notice of."""
    for i, other in enumerate(parts.columns):
        if other.name == column.name:
            if isinstance(other.place, Span):
                parts.unknown(Opaque("a later column has its name", other.place), f"column `{column.name}`")
            parts.columns[i] = column
            return
    parts.columns.append(column)


def _last_of_each(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Steps of which each undoes what an earlier one of its name said; references add up."""
    last = {step.name: i for i, step in enumerate(steps)}
    return tuple(step for i, step in enumerate(steps) if last[step.name] == i or step.name == "references")


def _dimension(step: Step, *, modern: bool) -> bool | Opaque:
    """Whether `.array()` makes an array: 1.0 wants its dimensions as text, and takes no notice of a number."""
    given = step.arguments[0] if step.arguments else None
    if not modern or is_nothing(given):
        return True
    return given if isinstance(given, Opaque) else text_of(given) is not None


@dataclass(slots=True)
class _Draft:
    """A column while its methods are read, one after another."""

    parts: Parts
    key: str
    name: str
    builder: Builder
    place: Span
    steps: tuple[Step, ...] = ()
    type: Stated[ColumnType] | None = None
    nullable: Stated[bool] | None = None
    default: Stated[ColumnDefault | None] | None = None
    client: dict[str, Stated[str]] = field(default_factory=dict)
    identity: Stated[IdentityGeneration | None] | None = None
    generated: Stated[GeneratedExpression | None] | None = None
    primary: bool = False

    def read_type(self) -> None:
        modern = self.parts.reading.rules.modern
        steps = self.builder.steps
        arrays = [i for i, step in enumerate(steps) if step.name == "array"]
        # Up to 0.x an array is a new column, to which nothing of what stands before `.array()` is handed on.
        self.steps = steps if modern or not arrays else steps[arrays[-1] + 1 :]
        dimensions = [_dimension(steps[i], modern=modern) for i in arrays]
        unknown = next((one for one in dimensions if isinstance(one, Opaque)), None)
        evaluator = self.parts.reading.evaluator
        found = unknown or column_type(evaluator, self.builder, array=True in dimensions, modern=modern)
        head = self.builder.head or self.builder.place
        end = Span(self.place.file, self.place.end, self.place.end)
        if isinstance(found, Opaque):
            self.parts.unknown(found, f"type of column `{self.name}`")
        else:
            self.type = Stated(found, head)
        serial = self.builder.kind in SERIALS
        self.nullable = Stated(not serial, head if serial else end, implicit=not serial)
        self.default = Stated(SerialDefault() if serial else None, head if serial else end, implicit=not serial)
        self.identity = Stated(None, end, implicit=True)
        self.generated = Stated(None, end, implicit=True)

    def read_custom(self) -> None:
        """What a custom type's own text says of the column, which stands before all that the methods say."""
        found = custom_definition(self.parts.reading.evaluator, self.builder)
        if found is None or self.type is None:
            return
        place = self.type.place
        if found.not_null:
            self.nullable = Stated(False, place)  # noqa: FBT003 - the model's own form
        if found.generated is not None:
            # A column has no default beside.
            self.generated = Stated(GeneratedExpression(found.generated), place)
            self.default = Stated(None, place, implicit=True)
        if found.unread and isinstance(place, Span):
            self.parts.unknown(Opaque(f"`{found.unread}` is not known", place), f"type of column `{self.name}`")
            self.default = None

    def read(self, step: Step) -> None:
        name = step.name
        if name in _SILENT or name == "array":
            return
        if name in _CLIENT:
            self.client.setdefault(name, Stated(f"{name}()", step.place))
        elif name == "notNull":
            self.nullable = Stated(False, step.place)  # noqa: FBT003 - the model's own form
        elif name == "primaryKey":
            self.primary = True
            self.nullable = Stated(False, step.place)  # noqa: FBT003 - the model's own form
            self._primary_key(step)
        elif name in ("default", "defaultNow", "defaultRandom"):
            self._default(step)
        elif name == "unique":
            self._unique(step)
        elif name == "references":
            inline_key(self.parts, self.name, step, self.place)
        elif name in _IDENTITIES:
            self._identity(step)
        elif name == "generatedAlwaysAs":
            self._generated(step)
        else:
            unknown = Opaque(f"`.{name}()` is not known", step.place)
            self.parts.unknown(unknown, f"column `{self.name}`", *OF_COLUMN)

    def _primary_key(self, step: Step) -> None:
        existing = self.parts.primary_key
        if existing is not None and self.parts.reading.rules.modern:
            # 1.0 takes the first column that is one.
            return
        columns = (*existing.columns.value, self.name) if existing else (self.name,)
        self.parts.primary_key = PrimaryKey(self.parts.name, Stated(columns, step.place), self.place)

    def _default(self, step: Step) -> None:
        fixed = {"defaultNow": "now()", "defaultRandom": "gen_random_uuid()"}.get(step.name)
        value = step.arguments[0] if step.arguments else None
        if fixed is None and self._says_nothing(value):
            return
        found = fixed or default_text(self.parts.reading, self.builder, value, self.type)
        if isinstance(found, Opaque):
            self.parts.unknown(found, f"default of column `{self.name}`")
            self.default = None
        elif not is_null(found):
            self.default = Stated(SqlDefault(found), value.place if value is not None else step.place)

    def _says_nothing(self, value: Value | None) -> bool:
        # JSON has a null of its own, which is no NULL.
        if isinstance(value, Scalar) and value.value is Nothing.NULL and self.builder.kind in ("json", "jsonb"):
            return any(step.name == "array" for step in self.builder.steps)
        return is_nothing(value)

    def _unique(self, step: Step) -> None:
        rules, table = self.parts.reading.rules, self.parts.name
        named = step.arguments[0] if step.arguments else None
        options = step.arguments[1] if len(step.arguments) > 1 else None
        given = text_of(named)
        name = Stated(given, named.place) if given and named is not None else None
        if isinstance(named, Opaque):
            self.parts.unknown(named, f"name of a unique constraint on `{self.name}`")
        elif name is None:
            part = self.parts.reading.names.unique_part(self.parts.table, self.builder, self.key)
            unnamed = rules.unique(table.name, (part,))
            name = Stated(unnamed, step.place, implicit=True) if unnamed is not None else None
        nulls = options.get("nulls") if isinstance(options, Record) else options
        same: Stated[bool] | None = Stated(text_of(nulls) == "not distinct", step.place, implicit=is_nothing(nulls))
        if isinstance(nulls, Opaque):
            self.parts.unknown(nulls, f"options of a unique constraint on `{self.name}`")
            same = None
        self.parts.unique_constraints.append(
            UniqueConstraint(table, (self.name,), self.place, nulls_not_distinct=same, name=name)
        )

    def _identity(self, step: Step) -> None:
        options = identity_options(self.type, step.arguments[0] if step.arguments else None)
        self.nullable = Stated(False, step.place)  # noqa: FBT003 - the model's own form
        if isinstance(options, Opaque):
            self.parts.unknown(options, f"identity of column `{self.name}`")
            self.identity = None
        else:
            self.identity = Stated(IdentityGeneration(_IDENTITIES[step.name], options), step.place)

    def _generated(self, step: Step) -> None:
        value: Value = step.arguments[0] if step.arguments else Opaque("its expression is missing", step.place)
        if isinstance(value, Closure):
            value = self.parts.reading.evaluator.call(value, Arguments((), value.place), value.place)
        found = text_of(value) or rendered(value, self.parts.reading.names)
        if isinstance(found, Opaque):
            self.parts.unknown(found, f"expression of column `{self.name}`")
            self.generated = None
        else:
            self.generated = Stated(GeneratedExpression(found), value.place)

    def _client_default(self) -> Stated[str] | None:
        # What is filled in on update is on insert, too, unless the column says that the database fills it.
        fills = self.default is None or isinstance(self.default.value, SqlDefault)
        names = _ON_INSERT if fills else (*_ON_INSERT, *_ON_UPDATE)
        return next((self.client[name] for name in names if name in self.client), None)

    def finished(self) -> Column:
        return Column(
            self.parts.name,
            self.name,
            self.place,
            self.type,
            self.nullable,
            self.default,
            self._client_default(),
            self.identity,
            self.generated,
        )
