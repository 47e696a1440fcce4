"""A whole schema as the statements that create it, in an order in which each finds what it needs."""

from collections.abc import Iterable, Iterator

from ormistice.model import (
    CheckConstraint,
    Column,
    Deferrability,
    Domain,
    Enum,
    ExclusionConstraint,
    ForeignKey,
    Index,
    IndexElement,
    MatchType,
    PrimaryKey,
    ReferentialAction,
    Schema,
    Sequence,
    SerialDefault,
    SqlDefault,
    Stated,
    Table,
    UniqueConstraint,
    View,
)
from ormistice.names import DEFAULT_SCHEMA, QualifiedName, quoted, quoted_name
from ormistice.sources.postgres.statements import literal
from ormistice.types import ColumnType

_SERIAL = {"smallint": "smallserial", "integer": "serial", "bigint": "bigserial"}


def creation(schema: Schema, prelude: Iterable[str] = ()) -> Iterator[str]:
    """Statements that create `schema` in an empty database; `prelude` runs when the schemas are there, before all else.

    What a source cannot say is left to PostgreSQL; a column whose type is not known is left out.
    """
    yield from _schemas(schema)
    yield from prelude
    yield from map(create_enum, schema.enums)
    yield from (create_domain(domain) for domain in schema.domains if domain.type is not None)
    yield from map(create_sequence, schema.sequences)
    for table in schema.tables:
        yield from create_table(table)
    for table in schema.tables:
        yield from _constraints(table)
        yield from map(create_index, table.indexes)
    for table in schema.tables:
        yield from (add_constraint(key) for key in table.foreign_keys)
    for table in schema.tables:
        yield from _row_security(table)
        yield from _comments(table)
    yield from (create_view(view) for view in schema.views if view.definition is not None)


def switching_off(schema: Schema) -> Iterator[str]:
    """Statements, for a superuser, that disable the triggers of those foreign keys that are not enforced."""
    for table in schema.tables:
        for key in table.foreign_keys:
            if key.enforced is not None and not key.enforced.value and key.name is not None:
                yield switch_off(key)


def switch_off(key: ForeignKey) -> str:
    """The statement, for a superuser, that disables the triggers of a key."""
    name = key.name.value if key.name is not None else ""
    return _SWITCH_OFF.format(table=literal(quoted_name(key.table)), name=literal(name))


_SWITCH_OFF = """DO $off$
DECLARE
  found record;
BEGIN
  FOR found IN
    SELECT g.tgrelid::regclass AS table_name, g.tgname
    FROM pg_trigger AS g
    JOIN pg_constraint AS c ON c.oid = g.tgconstraint
    WHERE c.conrelid = {table}::regclass AND c.conname = {name} AND c.contype = 'f'
  LOOP
    EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', found.table_name, found.tgname);
  END LOOP;
END
$off$"""


def type_text(kind: ColumnType) -> str:
    """A type as it stands in SQL that is to be executed."""
    name = kind.user_defined
    return str(kind) if name is None else quoted_name(name) + "[]" * kind.array


def names(columns: Iterable[str]) -> str:
    """Column names with commas between them."""
    return ", ".join(map(quoted, columns))


def create_enum(enum: Enum) -> str:
    """CREATE TYPE ... AS ENUM."""
    return f"CREATE TYPE {quoted_name(enum.name)} AS ENUM ({', '.join(literal(label.value) for label in enum.labels)})"


def create_domain(domain: Domain) -> str:
    """CREATE DOMAIN, whose type has to be known."""
    words = [f"CREATE DOMAIN {quoted_name(domain.name)}"]
    if domain.type is not None:
        words.append(f"AS {type_text(domain.type.value)}")
    if domain.default is not None and domain.default.value is not None:
        words.append(f"DEFAULT {domain.default.value}")
    if _false(domain.nullable):
        words.append("NOT NULL")
    words += [f"CONSTRAINT {name} CHECK ({expression})" for name, expression in domain_checks(domain)]
    return " ".join(words)


def domain_checks(domain: Domain) -> Iterator[tuple[str, str]]:
    """The checks of a domain, with names that keep their order."""
    expressions = domain.checks.value if domain.checks is not None else ()
    for at, expression in enumerate(expressions):
        yield quoted(f"{domain.name.name}_check{at or ''}"), expression


def create_view(view: View) -> str:
    """CREATE VIEW, whose definition has to be known."""
    columns = "" if view.columns is None else f" ({names(view.columns.value)})"
    query = "" if view.definition is None else view.definition.value.rstrip().removesuffix(";")
    return f"CREATE {'MATERIALIZED ' * view.materialized}VIEW {quoted_name(view.name)}{columns} AS {query}"


def create_sequence(sequence: Sequence) -> str:
    """CREATE SEQUENCE."""
    return " ".join(("CREATE SEQUENCE", quoted_name(sequence.name), *sequence.options))


def create_table(table: Table) -> Iterator[str]:
    """CREATE TABLE with its columns alone, between the sequences that its columns own."""
    owned = [(column, name) for column in table.columns if (name := _sequence(column)) is not None]
    for column, name in owned:
        yield f"CREATE SEQUENCE {quoted_name(name)}{_sequence_type(column)}"
    inside = ",\n".join(f"  {column_definition(column)}" for column in table.columns if column.type is not None)
    yield (
        f"CREATE TABLE {quoted_name(table.name)} (\n{inside}\n)"
        if inside
        else f"CREATE TABLE {quoted_name(table.name)} ()"
    )
    for column, name in owned:
        yield f"ALTER SEQUENCE {quoted_name(name)} OWNED BY {quoted_name(table.name)}.{quoted(column.name)}"


def _sequence(column: Column) -> QualifiedName | None:
    default = column.default.value if column.default is not None else None
    return default.sequence if isinstance(default, SerialDefault) else None


def _sequence_type(column: Column) -> str:
    known = column.type is not None and column.type.value.name in _SERIAL
    return f" AS {column.type.value.name}" if column.type is not None and known else ""


def column_definition(column: Column) -> str:
    """A column as it stands in CREATE TABLE or behind ADD COLUMN."""
    words = [quoted(column.name), _type_word(column)]
    if column.collation is not None and column.collation.value is not None:
        words.append(f"COLLATE {quoted(column.collation.value)}")
    if column.nullable is not None and not column.nullable.value:
        words.append("NOT NULL")
    if column.generated is not None and column.generated.value is not None:
        words.append(str(column.generated.value))
    elif column.identity is not None and column.identity.value is not None:
        words.append(str(column.identity.value))
    elif (default := default_text(column)) is not None:
        words.append(f"DEFAULT {default}")
    return " ".join(words)


def _type_word(column: Column) -> str:
    if column.type is None:
        return ""
    drawn = isinstance(column.default and column.default.value, SerialDefault) and _sequence(column) is None
    kind = column.type.value
    return _SERIAL.get(kind.name, type_text(kind)) if drawn else type_text(kind)


def default_text(column: Column) -> str | None:
    """The expression behind DEFAULT; None where there is none, or `serial` brings it."""
    default = column.default.value if column.default is not None else None
    match default:
        case SqlDefault(expression):
            return expression
        case SerialDefault(sequence) if sequence is not None:
            return f"nextval({literal(quoted_name(sequence))}::regclass)"
        case _:
            return None


Constraint = PrimaryKey | UniqueConstraint | CheckConstraint | ExclusionConstraint | ForeignKey


def add_constraint(constraint: Constraint, *, validate: bool = True) -> str:
    """ALTER TABLE ... ADD CONSTRAINT; without `validate` the rows that are there are not looked at."""
    named = "" if constraint.name is None else f"CONSTRAINT {quoted(constraint.name.value)} "
    text = f"ALTER TABLE {quoted_name(constraint.table)} ADD {named}{definition(constraint)}"
    if isinstance(constraint, CheckConstraint | ForeignKey) and (_false(constraint.validated) or not validate):
        text += " NOT VALID"
    return text


def _false(value: Stated[bool] | None) -> bool:
    return value is not None and not value.value


def definition(constraint: Constraint) -> str:
    """A constraint without its name."""
    match constraint:
        case PrimaryKey(columns=columns):
            return f"PRIMARY KEY ({names(columns.value)})"
        case UniqueConstraint():
            return _unique(constraint)
        case CheckConstraint(expression=expression):
            return f"CHECK ({expression.value})"
        case ExclusionConstraint(definition=text):
            return text.value
        case ForeignKey():
            return _foreign_key(constraint)


def _unique(constraint: UniqueConstraint) -> str:
    distinct = (
        " NULLS NOT DISTINCT"
        if constraint.nulls_not_distinct is not None and constraint.nulls_not_distinct.value
        else ""
    )
    words = [f"UNIQUE{distinct} ({names(constraint.columns)})"]
    if constraint.include is not None and constraint.include.value:
        words.append(f"INCLUDE ({names(constraint.include.value)})")
    return " ".join(words + deferrable(constraint.deferrability))


def _foreign_key(key: ForeignKey) -> str:
    words = [f"FOREIGN KEY ({names(key.columns)})"]
    if key.references is not None:
        words.append(f"REFERENCES {quoted_name(key.references.value.table)} ({names(key.references.value.columns)})")
    if key.match_type is not None and key.match_type.value is not MatchType.SIMPLE:
        words.append(key.match_type.value.value)
    for verb, action in (("ON DELETE", key.on_delete), ("ON UPDATE", key.on_update)):
        if action is not None and action.value is not ReferentialAction.NO_ACTION:
            words.append(f"{verb} {action.value.value}")
    return " ".join(words + deferrable(key.deferrability))


def deferrable(deferrability: Stated[Deferrability] | None) -> list[str]:
    """DEFERRABLE and when, if it is."""
    if deferrability is None or deferrability.value is Deferrability.NOT_DEFERRABLE:
        return []
    return [deferrability.value.value]


def create_index(index: Index, *, concurrently: bool = False) -> str:
    """CREATE INDEX."""
    words = ["CREATE UNIQUE INDEX" if index.unique is not None and index.unique.value else "CREATE INDEX"]
    words += ["CONCURRENTLY"] * concurrently
    if index.name is not None:
        words.append(quoted(index.name.value))
    words.append(f"ON {quoted_name(index.table)}")
    if index.method is not None:
        words.append(f"USING {index.method.value}")
    ordered = index.method is None or index.method.value == "btree"
    words.append(f"({', '.join(_element(element, ordered=ordered) for element in index.elements)})")
    if index.include is not None and index.include.value:
        words.append(f"INCLUDE ({names(index.include.value)})")
    if index.nulls_not_distinct is not None and index.nulls_not_distinct.value:
        words.append("NULLS NOT DISTINCT")
    if index.predicate is not None and index.predicate.value is not None:
        words.append(f"WHERE {index.predicate.value}")
    return " ".join(words)


def _element(element: IndexElement, *, ordered: bool) -> str:
    words = [quoted(element.column) if element.column is not None else _expression(element.expression or "")]
    if element.collation is not None:
        words.append(f"COLLATE {quoted(element.collation)}")
    if element.opclass is not None:
        words.append(element.opclass)
    if ordered:
        words += ["DESC"] * element.descending
        words += ["NULLS FIRST" if element.nulls_first else "NULLS LAST"] * (element.nulls_first != element.descending)
    return " ".join(words)


def _expression(text: str) -> str:
    # More parentheses than needed do no harm, and a bare cast would be a syntax error.
    return f"({text})"


def in_its_schema(name: QualifiedName, statement: str) -> Iterator[str]:
    """What creates something, behind what creates its schema where that may be missing."""
    yield from _create_schemas({name.schema})
    yield statement


def _schemas(schema: Schema) -> Iterator[str]:
    kinds = (schema.tables, schema.enums, schema.sequences, schema.domains, schema.views)
    yield from _create_schemas({item.name.schema for kind in kinds for item in kind})


def _create_schemas(names: Iterable[str]) -> Iterator[str]:
    for name in sorted(set(names) - {DEFAULT_SCHEMA}):
        yield f"CREATE SCHEMA IF NOT EXISTS {quoted(name)}"


def _constraints(table: Table) -> Iterator[str]:
    if table.primary_key is not None:
        yield add_constraint(table.primary_key)
    for kind in (table.unique_constraints, table.checks, table.exclusions):
        yield from map(add_constraint, kind)


def _row_security(table: Table) -> Iterator[str]:
    if table.row_security is None:
        return
    security = table.row_security.value
    for policy in security.policies:
        yield f"CREATE POLICY {quoted(policy.name)} ON {quoted_name(table.name)} {policy.definition}"
    if security.enabled:
        yield f"ALTER TABLE {quoted_name(table.name)} ENABLE ROW LEVEL SECURITY"
    if security.forced:
        yield f"ALTER TABLE {quoted_name(table.name)} FORCE ROW LEVEL SECURITY"


def _comments(table: Table) -> Iterator[str]:
    if table.comment is not None and table.comment.value is not None:
        yield f"COMMENT ON TABLE {quoted_name(table.name)} IS {literal(table.comment.value)}"
    for column in table.columns:
        if column.comment is not None and column.comment.value is not None:
            target = f"{quoted_name(table.name)}.{quoted(column.name)}"
            yield f"COMMENT ON COLUMN {target} IS {literal(column.comment.value)}"
