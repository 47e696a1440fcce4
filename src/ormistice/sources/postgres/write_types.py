"""Changes of enums, domains, sequences and views."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.model import (
    CheckConstraint,
    Column,
    Domain,
    Enum,
    Index,
    Schema,
    Sequence,
    SqlDefault,
    Table,
    View,
)
from ormistice.names import QualifiedName, quoted, quoted_name
from ormistice.sources.postgres import ddl
from ormistice.sources.postgres.statements import BRIEF, READS, REWRITES, alter, kept, literal, noted
from ormistice.types import ColumnType

_TOGETHER = "in one transaction with what follows, up to the DROP TYPE"
_NOT_YET = "the label can be used once this is committed"
_OPTION_DEFAULTS = {
    "AS": "AS bigint",
    "START": "START WITH 1",
    "INCREMENT": "INCREMENT BY 1",
    "MAXVALUE": "NO MAXVALUE",
    "MINVALUE": "NO MINVALUE",
    "CACHE": "CACHE 1",
    "CYCLE": "NO CYCLE",
}
_CHECKS_OFF = """DO $off$
DECLARE
  found record;
BEGIN
  FOR found IN SELECT conname FROM pg_constraint WHERE contypid = {name}::regtype AND contype = 'c'
  LOOP
    EXECUTE format('ALTER DOMAIN %s DROP CONSTRAINT %I', {name}, found.conname);
  END LOOP;
END
$off$"""


def changed_enum(schema: Schema, before: Enum, after: Enum) -> Iterator[str]:
    """Labels are added at their places; for one that goes or moves, the whole type is replaced."""
    yield from moved("TYPE", before.name, after.name)
    old = [label.value for label in before.labels]
    new = [label.value for label in after.labels]
    if [label for label in new if label in old] == old:
        yield from _added_labels(after, old, new)
    else:
        yield from _replaced(schema, before, after)


def removes_labels(before: Enum, after: Enum) -> bool:
    """Whether a label goes, or stands elsewhere."""
    new = [label.value for label in after.labels]
    old = [label.value for label in before.labels]
    return [label for label in new if label in old] != old


def _added_labels(enum: Enum, old: list[str], new: list[str]) -> Iterator[str]:
    for at, label in enumerate(new):
        if label not in old:
            where = f"AFTER {literal(new[at - 1])}" if at else f"BEFORE {literal(old[0])}" if old else ""
            statement = f"ALTER TYPE {quoted_name(enum.name)} ADD VALUE {literal(label)} {where}".rstrip()
            yield noted(_NOT_YET, statement)


def _replaced(schema: Schema, before: Enum, after: Enum) -> Iterator[str]:
    """The type made anew under its name, and each column moved to it with its default."""
    aside = QualifiedName(after.name.schema, f"{after.name.name}_old")
    kinds = (before.name, after.name)
    columns = [column for table in schema.tables for column in table.columns if _is_of(column, kinds)]
    tables = [table for table in schema.tables if any(column.table == table.name for column in columns)]
    yield noted(_TOGETHER, f"ALTER TYPE {quoted_name(after.name)} RENAME TO {quoted(aside.name)}")
    yield ddl.create_enum(after)
    speaking = [item for table in tables for item in _speaking(table, after.name)]
    yield from (_taken_off(item) for item in speaking)
    for column in columns:
        yield noted(REWRITES, f"{alter(column.table)} {', '.join(_moved_column(column, after))}")
    for item in speaking:
        yield ddl.create_index(item) if isinstance(item, Index) else ddl.add_constraint(item)
    yield f"DROP TYPE {quoted_name(aside)}"


def _is_of(column: Column, kinds: tuple[QualifiedName, ...]) -> bool:
    return column.type is not None and column.type.value.user_defined in kinds


def _moved_column(column: Column, enum: Enum) -> Iterator[str]:
    name = quoted(column.name)
    array = column.type is not None and column.type.value.array
    kind = ddl.type_text(ColumnType(enum.name.name, (), array, enum.name.schema))
    default = column.default.value if column.default is not None else None
    if isinstance(default, SqlDefault):
        yield f"ALTER COLUMN {name} DROP DEFAULT"
    yield f"ALTER COLUMN {name} TYPE {kind} USING {name}::text{'[]' * array}::{kind}"
    if isinstance(default, SqlDefault):
        yield f"ALTER COLUMN {name} SET DEFAULT {default.expression}"


def _speaking(table: Table, name: QualifiedName) -> Iterator[CheckConstraint | Index]:
    """Checks and indexes whose expressions name the type: they would not be converted."""
    words = (str(name), quoted_name(name), name.name)
    for check in table.checks:
        if any(word in check.expression.value for word in words) and check.name is not None:
            yield check
    for index in table.indexes:
        texts = [element.expression or "" for element in index.elements]
        texts.append((index.predicate.value if index.predicate is not None else None) or "")
        if any(word in text for text in texts for word in words) and index.name is not None:
            yield index


def _taken_off(item: CheckConstraint | Index) -> str:
    name = quoted(item.name.value if item.name is not None else "")
    match item:
        case CheckConstraint(table=table):
            return f"{alter(table)} DROP CONSTRAINT {name}"
        case Index(table=table):
            return f"DROP INDEX {quoted(table.schema)}.{name}"


def moved(kind: str, before: QualifiedName, after: QualifiedName) -> Iterator[str]:
    """Another schema, another name."""
    here = before
    if before.schema != after.schema:
        yield f"CREATE SCHEMA IF NOT EXISTS {quoted(after.schema)}"
        yield noted(BRIEF, f"ALTER {kind} {quoted_name(before)} SET SCHEMA {quoted(after.schema)}")
        here = QualifiedName(after.schema, before.name)
    if before.name != after.name:
        yield noted(BRIEF, f"ALTER {kind} {quoted_name(here)} RENAME TO {quoted(after.name)}")


def changed_sequence(before: Sequence, after: Sequence) -> Iterator[str]:
    """ALTER SEQUENCE; the number that it has come to stays."""
    yield from moved("SEQUENCE", before.name, after.name)
    options = [option for option in after.options if option not in before.options]
    said = {option.split()[0] for option in after.options}
    gone = [word for option in before.options if (word := option.split()[0]) not in said]
    options += [_OPTION_DEFAULTS[word] for word in gone]
    if options:
        yield " ".join((f"ALTER SEQUENCE {quoted_name(after.name)}", *options))


def changed_domain(before: Domain, after: Domain) -> Iterator[str]:
    """Its default, NOT NULL and checks; the type of a domain cannot be changed."""
    wanted = kept(before, after)
    if before.type != wanted.type:
        return
    yield from moved("DOMAIN", before.name, after.name)
    start = f"ALTER DOMAIN {quoted_name(after.name)}"
    if wanted.default is not None and before.default != wanted.default:
        text = wanted.default.value
        yield f"{start} DROP DEFAULT" if text is None else f"{start} SET DEFAULT {text}"
    if wanted.nullable is not None and before.nullable != wanted.nullable:
        yield f"{start} {'DROP' if wanted.nullable.value else 'SET'} NOT NULL"
    if wanted.checks is not None and before.checks != wanted.checks:
        yield _CHECKS_OFF.format(name=literal(quoted_name(after.name)))
        for name, expression in ddl.domain_checks(wanted):
            yield f"{start} ADD CONSTRAINT {name} CHECK ({expression}) NOT VALID"
            yield noted(READS, f"{start} VALIDATE CONSTRAINT {name}")


def changed_view(before: View, after: View) -> Iterator[str]:
    """Renamed, or made anew."""
    wanted = kept(before, after)
    kind = "MATERIALIZED VIEW" if before.materialized else "VIEW"
    if wanted == replace(before, name=wanted.name):
        yield from moved(kind, before.name, wanted.name)
    elif wanted.definition is not None and wanted.definition != before.definition:
        yield f"DROP {kind} {quoted_name(before.name)}"
        yield ddl.create_view(wanted)
