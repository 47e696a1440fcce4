"""Small schemas for tests, said in one line each, and hypothesis strategies that make any."""

from dataclasses import replace

from hypothesis import strategies as st

from ormistice.alignment import Sources
from ormistice.audit import check
from ormistice.findings import Finding
from ormistice.model import (
    CatalogRow,
    CheckConstraint,
    Column,
    Enum,
    ForeignKey,
    Index,
    PrimaryKey,
    Reference,
    ReferentialAction,
    Schema,
    Stated,
    Table,
    UniqueConstraint,
    paired,
)
from ormistice.names import QualifiedName, Scope
from ormistice.types import ColumnType, parse_type

HERE = CatalogRow("test", "here")
EXPRESSES = frozenset({Table, Column, PrimaryKey, ForeignKey, UniqueConstraint, Index, CheckConstraint, Enum})


def name(text: str) -> QualifiedName:
    return QualifiedName("public", text)


def column(table: str, text: str, kind: str | ColumnType = "text", *, nullable: bool = True) -> Column:
    typed = parse_type(kind) if isinstance(kind, str) else kind
    return Column(name(table), text, HERE, Stated(typed, HERE), Stated(nullable, HERE), Stated(None, HERE))


def foreign_key(
    table: str,
    columns: str,
    referenced: str,
    referenced_columns: str = "id",
    on_delete: ReferentialAction = ReferentialAction.NO_ACTION,
    on_update: ReferentialAction = ReferentialAction.NO_ACTION,
) -> ForeignKey:
    ours, theirs = paired(tuple(columns.split()), tuple(referenced_columns.split()))
    return ForeignKey(
        name(table),
        ours,
        HERE,
        Stated(Reference(name(referenced), theirs), HERE),
        Stated(on_delete, HERE),
        Stated(on_update, HERE),
    )


def table(text: str, *columns: Column, keys: tuple[ForeignKey, ...] = (), primary: str = "id") -> Table:
    own = columns or (column(text, "id", "integer", nullable=False),)
    key = PrimaryKey(name(text), Stated(tuple(primary.split()), HERE), HERE) if primary else None
    return Table(name(text), HERE, own, key, keys)


def enum(text: str, *labels: str) -> Enum:
    return Enum(name(text), tuple(Stated(label, HERE) for label in labels), HERE)


def schema(source: str, *tables: Table, enums: tuple[Enum, ...] = (), expresses: frozenset[type] = EXPRESSES) -> Schema:
    return Schema(source, tables, enums, expresses)


def compare(
    *schemas: Schema,
    databases: frozenset[str] = frozenset(),
    scopes: dict[str, Scope] | None = None,
    authorities: tuple[tuple[str, str], ...] = (),
) -> list[Finding]:
    return check(Sources({item.source: item for item in schemas}, databases, scopes or {}, authorities).scoped())


def told(findings: list[Finding]) -> set[tuple[str, str, tuple[str, ...]]]:
    """Rule, object and outliers of each finding."""
    return {
        (
            item.rule,
            ".".join([item.identity.name.name, *item.identity.columns]) if item.identity else "",
            item.violation.outliers,
        )
        for item in findings
    }


TYPES = st.sampled_from(
    ["integer", "bigint", "text", "character varying(20)", "timestamp(3)", "numeric(12,2)", "uuid[]"]
)
ACTIONS = st.sampled_from(ReferentialAction)


@st.composite
def schemas(draw: st.DrawFn, source: str = "a") -> Schema:
    """A schema of up to four tables that reference each other, and up to two enums."""
    names = draw(st.lists(st.sampled_from(["orders", "users", "items", "Tags"]), unique=True, max_size=4))
    tables = [draw(_tables(item, names)) for item in names]
    labels = st.lists(st.sampled_from(["a", "b", "C", "d e"]), unique=True, min_size=1)
    enums = [enum(item, *draw(labels)) for item in draw(st.lists(st.sampled_from(["mood", "Kind"]), unique=True))]
    return schema(source, *tables, enums=tuple(enums))


@st.composite
def _tables(draw: st.DrawFn, own: str, names: list[str]) -> Table:
    texts = draw(st.lists(st.sampled_from(["x", "y", "userId", "z"]), unique=True))
    referencing = draw(st.lists(st.sampled_from(texts), unique=True)) if texts else []
    # A key that sets a NOT NULL column to NULL is a finding of its own.
    nullable = {text: text in referencing or draw(st.booleans()) for text in texts}
    columns = [column(own, "id", "integer", nullable=False)]
    columns += [column(own, text, draw(TYPES), nullable=nullable[text]) for text in texts]
    keys = [
        foreign_key(own, text, draw(st.sampled_from(names)), "id", draw(ACTIONS), draw(ACTIONS)) for text in referencing
    ]
    return replace(table(own, *columns), foreign_keys=tuple(keys))
