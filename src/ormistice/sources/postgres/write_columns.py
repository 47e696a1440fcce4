"""Changes of columns."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ormistice.model import (
    Column,
    ColumnDefault,
    GeneratedExpression,
    IdentityGeneration,
    Schema,
    SerialDefault,
    SqlDefault,
    Stated,
)
from ormistice.names import QualifiedName, quoted, quoted_name
from ormistice.sources.postgres import ddl
from ormistice.sources.postgres.not_null import set_not_null
from ormistice.sources.postgres.statements import (
    BRIEF,
    REWRITES,
    alter,
    comment_on,
    default_name,
    free_name,
    kept,
    literal,
    noted,
    taken,
)
from ormistice.sources.postgres.widening import conversion, keeps_files, widens
from ormistice.types import ColumnType

SET_EXPRESSION_SINCE = 170000
_INTEGERS = frozenset(ColumnType(name) for name in ("smallint", "integer", "bigint"))
_OPTION_DEFAULTS = {
    "START": "START WITH 1",
    "INCREMENT": "INCREMENT BY 1",
    "MAXVALUE": "NO MAXVALUE",
    "MINVALUE": "NO MINVALUE",
    "CACHE": "CACHE 1",
    "CYCLE": "NO CYCLE",
}


def added_column(column: Column) -> Iterator[str]:
    """ADD COLUMN, and its comment."""
    if column.type is None:
        return
    default = None if column.default is None else column.default.value
    own = replace(column, default=Stated(SerialDefault(), column.place)) if _serial(default) else column
    rewritten = _serial(default) or _value(column.identity) is not None or _stored(_value(column.generated))
    statement = f"{alter(column.table)} ADD COLUMN {ddl.column_definition(own)}"
    yield noted(REWRITES if rewritten or _computed(default) else BRIEF, statement)
    if (comment := _value(column.comment)) is not None:
        yield comment_on(_path(column), comment)


def dropped_column(column: Column) -> Iterator[str]:
    """DROP COLUMN."""
    yield noted(BRIEF, f"{alter(column.table)} DROP COLUMN {quoted(column.name)}")


def changed_column(schema: Schema, before: Column, after: Column, version: int) -> Iterator[str]:
    """Aspect by aspect; a column that is to be generated is made anew."""
    if before.table != after.table:
        return
    wanted = replace(kept(before, after), name=before.name)
    if _made_anew(before, wanted, version):
        yield from _anew(schema, before, wanted)
    else:
        yield from _altered(schema, before, wanted)
    if (text := _value(wanted.comment)) != _value(before.comment):
        yield comment_on(_path(before), text)
    if after.name != before.name:
        yield noted(BRIEF, f"{alter(before.table)} RENAME COLUMN {quoted(before.name)} TO {quoted(after.name)}")


def loses(before: Column, after: Column) -> bool:
    """Whether rows, or what the application counts on, may be lost, or rows that are there may stand against it."""
    if any(_differ(old, new) for old, new in ((before.generated, after.generated), (before.identity, after.identity))):
        return True
    narrower = _differ(before.nullable, after.nullable) and _value(after.nullable) is False
    if before.type is None or after.type is None or before.type == after.type:
        return narrower or before.name != after.name
    return narrower or before.name != after.name or not widens(before.type.value, after.type.value)


def needs_a_value(column: Column) -> bool:
    """Whether a row that does not name the column would be refused."""
    sources = (column.default, column.identity, column.generated)
    return _value(column.nullable) is False and all(_value(source) is None for source in sources)


def _altered(schema: Schema, before: Column, after: Column) -> Iterator[str]:
    start = f"{alter(before.table)} ALTER COLUMN {quoted(before.name)}"
    steps = _Steps(before, after, start)
    yield from steps.expression()
    yield from steps.identity_gone()
    yield from steps.type()
    yield from _default(schema, before, after, start)
    if _differ(before.nullable, after.nullable):
        required = _value(after.nullable) is False
        yield from set_not_null(schema, before) if required else (noted(BRIEF, f"{start} DROP NOT NULL"),)
    yield from steps.identity_there()


@dataclass(frozen=True, slots=True)
class _Steps:
    """What ALTER COLUMN says on the way from `before` to `after`; `start` stands in front of it."""

    before: Column
    after: Column
    start: str

    def expression(self) -> Iterator[str]:
        """Another generating expression, or none; what has been generated stays."""
        if not _differ(self.before.generated, self.after.generated):
            return
        generated = _value(self.after.generated)
        if generated is None:
            yield noted(BRIEF, f"{self.start} DROP EXPRESSION")
        else:
            note = REWRITES if generated.stored else BRIEF
            yield noted(note, f"{self.start} SET EXPRESSION AS ({generated.expression})")

    def identity_gone(self) -> Iterator[str]:
        """DROP IDENTITY."""
        if _value(self.before.identity) is not None and _value(self.after.identity) is None:
            yield noted(BRIEF, f"{self.start} DROP IDENTITY")

    def identity_there(self) -> Iterator[str]:
        """ADD GENERATED, which draws what no row has yet, or SET of what is another."""
        old, new = _value(self.before.identity), _value(self.after.identity)
        if new is None or old == new:
            return
        if old is not None:
            yield noted(BRIEF, f"{self.start} {_set_identity(old, new)}")
            return
        yield noted(BRIEF, f"{self.start} ADD {new}")
        yield _drawn_on(self.before, f"pg_get_serial_sequence({_texts(self.before)})")

    def type(self) -> Iterator[str]:
        """TYPE ... USING; a default is taken off meanwhile, for it may not be converted."""
        before, after = self.before, self.after
        collated = _differ(before.collation, after.collation)
        if before.type is None or after.type is None or not (before.type != after.type or collated):
            return
        old, new = before.type.value, after.type.value
        words = [f"TYPE {ddl.type_text(new)}"]
        if collated:
            words.append(f"COLLATE {quoted(_value(after.collation) or 'default')}")
        if old != new:
            words.append(f"USING {conversion(quoted(before.name), old, new, ddl.type_text(new))}")
        actions = [f"ALTER COLUMN {quoted(before.name)} {' '.join(words)}"]
        default = _value(before.default)
        if isinstance(default, SqlDefault) and old != new:
            name = quoted(before.name)
            again = f"ALTER COLUMN {name} SET DEFAULT {_recast(default.expression)}"
            same = default == _value(after.default)
            actions = [f"ALTER COLUMN {name} DROP DEFAULT", *actions, *([again] if same else [])]
        yield noted(BRIEF if keeps_files(old, new) else REWRITES, f"{alter(before.table)} {', '.join(actions)}")
        sequence = default.sequence if isinstance(default, SerialDefault) else None
        if sequence is not None and old != new and new in _INTEGERS:
            yield f"ALTER SEQUENCE {quoted_name(sequence)} AS {ddl.type_text(new)}"


def _default(schema: Schema, before: Column, after: Column, start: str) -> Iterator[str]:
    old: ColumnDefault | None = _value(before.default)
    new: ColumnDefault | None = _value(after.default)
    if old == new:
        return
    match new:
        case None:
            # Where the type changes too, its statement has taken the default off; once more does no harm.
            yield noted(BRIEF, f"{start} DROP DEFAULT")
        case SqlDefault(expression=expression):
            yield noted(BRIEF, f"{start} SET DEFAULT {expression}")
        case SerialDefault():
            yield from _drawn(schema, after, start)
    if isinstance(old, SerialDefault) and old.sequence is not None:
        yield f"DROP SEQUENCE {quoted_name(old.sequence)}"


def _drawn(schema: Schema, column: Column, start: str) -> Iterator[str]:
    """A sequence of the column's own, behind all that its rows have; one that lost its default may be there still."""
    name = free_name(default_name(column.table, (column.name,), "seq"), taken(schema, column.table))
    sequence = QualifiedName(column.table.schema, name)
    kind = column.type.value.name if column.type is not None else "bigint"
    text = literal(quoted_name(sequence))
    owner = f"{quoted_name(column.table)}.{quoted(column.name)}"
    yield f"CREATE SEQUENCE IF NOT EXISTS {quoted_name(sequence)} AS {kind}"
    yield f"ALTER SEQUENCE {quoted_name(sequence)} OWNED BY {owner}"
    yield _drawn_on(column, text)
    yield noted(BRIEF, f"{start} SET DEFAULT nextval({text}::regclass)")


def _drawn_on(column: Column, sequence: str) -> str:
    name = quoted(column.name)
    table = quoted_name(column.table)
    return f"SELECT setval({sequence}, coalesce(max({name}), 0) + 1, false) FROM {table}"  # noqa: S608 - quoted


def _texts(column: Column) -> str:
    return f"{literal(quoted_name(column.table))}, {literal(column.name)}"


def _set_identity(old: IdentityGeneration, new: IdentityGeneration) -> str:
    words = [] if old.always == new.always else [f"SET GENERATED {'ALWAYS' if new.always else 'BY DEFAULT'}"]
    words += [f"SET {option}" for option in new.options if option not in old.options]
    said = {option.split()[0] for option in new.options}
    gone = [option.split()[0] for option in old.options if option.split()[0] not in said]
    return " ".join(words + [f"SET {_OPTION_DEFAULTS[option]}" for option in gone if option in _OPTION_DEFAULTS])


def _made_anew(before: Column, after: Column, version: int) -> bool:
    """Whether no ALTER COLUMN leads from one to the other."""
    if not _differ(before.generated, after.generated):
        return False
    old, new = _value(before.generated), _value(after.generated)
    if new is None:
        return old is not None and not old.stored
    return old is None or old.stored != new.stored or version < SET_EXPRESSION_SINCE


def _anew(schema: Schema, before: Column, after: Column) -> Iterator[str]:
    """Dropped and added in one statement; what stands on the column goes with it, and is made again."""
    add = f"ADD COLUMN {ddl.column_definition(after)}"
    yield noted(REWRITES, f"{alter(before.table)} DROP COLUMN {quoted(before.name)}, {add}")
    table = schema.table(before.table)
    if table is None:
        return
    yield from (ddl.add_constraint(item) for item in table.unique_constraints if before.name in item.columns)
    yield from (ddl.add_constraint(item) for item in table.foreign_keys if before.name in item.columns)
    for index in table.indexes:
        if any(element.column == before.name for element in index.elements):
            yield ddl.create_index(index)
    if (comment := _value(after.comment)) is not None and comment == _value(before.comment):
        yield comment_on(_path(before), comment)


def _recast(expression: str) -> str:
    """A default for another type: a literal without its cast to the old one."""
    if not expression.startswith("'"):
        return expression
    end = expression.replace("''", "  ").find("'", 1)
    return expression[: end + 1] if expression[end + 1 :].startswith("::") else expression


def _path(column: Column) -> str:
    return f"COLUMN {quoted_name(column.table)}.{quoted(column.name)}"


def _value(stated: Stated[Any] | None) -> Any:
    return None if stated is None else stated.value


def _differ(before: Stated[Any] | None, after: Stated[Any] | None) -> bool:
    return before is not None and after is not None and before.value != after.value


def _serial(default: ColumnDefault | None) -> bool:
    return isinstance(default, SerialDefault)


def _stored(generated: GeneratedExpression | None) -> bool:
    return generated is not None and generated.stored


def _computed(default: ColumnDefault | None) -> bool:
    """Whether each row may get another value, as far as one can see; the time of the statement is one for all."""
    return isinstance(default, SqlDefault) and "(" in default.expression and default.expression.lower() != "now()"
