"""Models after many changes, one on top of the other: PostgreSQL creates what they say, and nothing differs."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.sources.sqlalchemy.writing import (
    HERE,
    ORDERS,
    STYLES,
    USERS,
    Ask,
    added,
    another_of,
    asked,
    column_of,
    meaning,
    said,
    source_of,
)

from ormistice.audit import Settings, audit
from ormistice.fixes import Change, edited
from ormistice.model import (
    CheckConstraint,
    Deferrability,
    Enum,
    ExclusionConstraint,
    ForeignKey,
    GeneratedExpression,
    IdentityGeneration,
    Index,
    IndexElement,
    MatchType,
    PrimaryKey,
    Reference,
    ReferentialAction,
    Schema,
    SerialDefault,
    SqlDefault,
    Table,
    UniqueConstraint,
)
from ormistice.names import QualifiedName
from ormistice.sources import SourceRequest, kinds
from ormistice.types import parse_type

ITEMS = QualifiedName("public", "order_items")


def index(table: QualifiedName, *elements: IndexElement, name: str, where: str | None = None) -> Index:
    return Index(
        table, elements, HERE, said(value=False), said("btree"), said(where), said(()), said(value=False), said(name)
    )


def unique(table: QualifiedName, *columns: str, name: str) -> UniqueConstraint:
    return UniqueConstraint(
        table, columns, HERE, said(value=False), said(Deferrability.NOT_DEFERRABLE), said(()), said(name)
    )


def key(table: QualifiedName, column: str, *, of: str = "id", **aspects: Any) -> ForeignKey:
    values = {
        "on_delete": ReferentialAction.NO_ACTION,
        "on_update": ReferentialAction.NO_ACTION,
        "deferrability": Deferrability.NOT_DEFERRABLE,
        "match_type": MatchType.SIMPLE,
        "validated": True,
    } | aspects
    stated = {name: said(value) for name, value in values.items()}
    return ForeignKey(table, (column,), HERE, said(Reference(USERS, (of,))), **stated)


def labelled(schema: Schema) -> Change:
    before = schema.enums[0]
    first, *rest = [label.value for label in before.labels]
    return Change("models", before, replace(before, labels=tuple(map(said, (first, "between", *rest)))))


def rekeyed(schema: Schema) -> Change:
    table = schema.table(ORDERS)
    assert table is not None
    assert table.primary_key is not None
    return Change("models", table.primary_key, replace(table.primary_key, columns=said(("id", "user_id"))))


NEW_TABLE = Table(
    ITEMS,
    HERE,
    (
        column_of(ITEMS, "id", "integer", nullable=False, default=SerialDefault()),
        column_of(ITEMS, "buyer_id", "integer"),
        column_of(ITEMS, "sku", "varchar(40)", nullable=False),
        column_of(ITEMS, "price", "numeric(10,2)", nullable=False, default=SqlDefault("0")),
        column_of(ITEMS, "tags", "text[]"),
        column_of(ITEMS, "payload", "jsonb", nullable=False, default=SqlDefault("'{\"a\":1}'::jsonb")),
        column_of(ITEMS, "created_at", "timestamptz", nullable=False, default=SqlDefault("now()")),
        column_of(ITEMS, "changed_at", "timestamp(3)", nullable=False),
        column_of(ITEMS, "date", "date"),
        column_of(ITEMS, "metadata", "jsonb", comment="More of it"),
        column_of(ITEMS, "class", "text", collation="C"),
    ),
    PrimaryKey(ITEMS, said(("id",)), HERE),
    (key(ITEMS, "buyer_id", on_delete=ReferentialAction.SET_NULL, on_update=ReferentialAction.CASCADE),),
    (unique(ITEMS, "sku", name="order_items_sku_key"), unique(ITEMS, "buyer_id", "sku", name="one_of_each")),
    (index(ITEMS, IndexElement("buyer_id"), name="ix_order_items_buyer_id"),),
    (CheckConstraint(ITEMS, said("price >= 0::numeric"), HERE, said(value=True), said("no_gifts")),),
    comment=said("What is in an order"),
)
CHANGES: dict[str, Ask] = {
    "length": another_of(USERS, "name", type=parse_type("varchar(50)")),
    "not null": another_of(USERS, "name", nullable=False),
    "default": another_of(USERS, "name", default=SqlDefault("'it''s'")),
    "comment": another_of(USERS, "name", comment='a "name", it\'s'),
    "other type": another_of(USERS, "bio", type=parse_type("jsonb")),
    "json default": another_of(USERS, "bio", default=SqlDefault("'{\"a\":1}'::jsonb")),
    "wider": another_of(USERS, "age", type=parse_type("bigint"), default=SqlDefault("18")),
    "zone": another_of(USERS, "created_at", type=parse_type("timestamptz(3)")),
    "collation": another_of(USERS, "email", collation="C"),
    "new date": added(column_of(USERS, "born", "date", comment="When")),
    "new text": added(column_of(USERS, "text", "text", nullable=False, default=SqlDefault("'x'::text"))),
    "new uuid": added(column_of(USERS, "public id", "uuid", nullable=False, default=SqlDefault("gen_random_uuid()"))),
    "new range": added(column_of(ORDERS, "during", "int4range")),
    "generated": added(column_of(ORDERS, "doubled", "numeric", generated=GeneratedExpression("total * 2"))),
    "unique": added(unique(USERS, "name", "born", name="one_a_day")),
    "expression": added(index(USERS, IndexElement(None, "lower(name)"), name="by_lower")),
    "partial": added(
        index(USERS, IndexElement("age", descending=True, nulls_first=True), name="by_age", where="name <> ':x'")
    ),
    "check": added(CheckConstraint(USERS, said("name <> ':y'"), HERE, said(value=True), said("not_y"))),
    "exclusion": added(
        ExclusionConstraint(ORDERS, said("EXCLUDE USING gist (during WITH &&)"), HERE, said("no_overlap"))
    ),
    "new key": added(
        key(
            ORDERS,
            "code",
            of="email",
            on_delete=ReferentialAction.CASCADE,
            on_update=ReferentialAction.CASCADE,
            deferrability=Deferrability.INITIALLY_DEFERRED,
        )
    ),
    "composite": rekeyed,
    "identity": another_of(
        USERS, "id", identity=IdentityGeneration(always=True, options=("START WITH 5",)), default=None
    ),
    "new table": added(NEW_TABLE),
    "new enum": added(Enum(QualifiedName("public", "size"), (said("small"), said("large")), HERE)),
    "of enum": another_of(USERS, "text", type=replace(parse_type("size"), schema="public"), default=None),
}


def test_postgresql_creates_what_is_written(tmp_path: Path, database: str) -> None:
    assert differences(tmp_path, database, STYLES["sqlmodel"]) == []


@pytest.mark.conformance
@pytest.mark.parametrize("style", ["mapped", "flask", "core", "windows"])
def test_postgresql_creates_what_is_written_in_every_style(tmp_path: Path, database: str, style: str) -> None:
    assert differences(tmp_path, database, STYLES[style]) == []


def differences(base: Path, database: str, text: str) -> list[tuple[str, str]]:
    """What is told of the models after every change, and the database that SQLAlchemy makes of them."""
    asks = dict(CHANGES)
    if "Enum(" in text or "(enum.Enum)" in text:
        asks["label"] = labelled
    for name, ask in asks.items():
        text = changed(base, text, name, ask)
    imported = source_of(base, text, static=False)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(ddl(base).encode())
    reflected = next(kind for kind in kinds() if kind.name == "database").open(
        SourceRequest("database", "database", (database,), base)
    )

    report = audit([reflected, imported], Settings(databases=frozenset({"database"})))
    return [(finding.rule, finding.violation.message) for finding in report.findings]


def changed(base: Path, text: str, name: str, ask: Ask) -> str:
    """The text after a change, read back from it alone."""
    source = source_of(base, text)
    schema = source.load()
    change = ask(schema)
    patch = source.write(schema, change)
    assert patch is not None, (name, text)
    (document,) = schema.documents
    new = edited(document.path, document.text, (patch,))
    # A type without a column is none to the reader; its text alone does not tell what an exclusion constraint is.
    if name not in ("exclusion", "new enum", "of enum"):
        assert meaning(source.load((patch,))) == meaning(asked(schema, change)), (name, new)
    return new


DDL = """
import sqlalchemy as sa
import models

out = []
engine = sa.create_mock_engine("postgresql+psycopg://", lambda made, *_, **__: out.append(made))
found = next(
    getattr(value, "metadata", value)
    for value in vars(models).values()
    if isinstance(getattr(value, "metadata", value), sa.MetaData) and getattr(value, "metadata", value).tables
)
found.create_all(engine, checkfirst=False)
print(";\\n".join(str(made.compile(dialect=engine.dialect)).replace("%%", "%") for made in out))
"""


def ddl(base: Path) -> str:
    """What SQLAlchemy itself would run to create the models."""
    return subprocess.run([sys.executable, "-c", DDL], cwd=base, capture_output=True, text=True, check=True).stdout
