"""Names that PostgreSQL cuts: what the database keeps of them is what they are."""

from collections.abc import Callable

from ormistice.model import Schema
from ormistice.names import QualifiedName

TEXT = """import { integer, pgEnum, pgSequence, pgTable, pgView, text } from "drizzle-orm/pg-core";
const long = "ä_with_a_name_that_is_longer_than_the_sixty_three_bytes_of_postgres";
export const kinds = pgEnum(`e${long}`, ["a"]);
export const s = pgSequence(`s${long}`);
export const t = pgTable(`t${long}`, { kind: kinds(), c: text(`c${long}`).primaryKey() });
export const u = pgTable("u", { t: text().references(() => t.c) });
export const v = pgView(`v${long}`, { c: text(`c${long}`) }).existing();
"""
KEPT = "ä_with_a_name_that_is_longer_than_the_sixty_three_bytes_of_po"


def test_names_are_what_postgresql_keeps_of_them(read: Callable[..., Schema]) -> None:
    schema = read(TEXT)
    table, other = schema.tables
    (reference,) = (key.references for key in other.foreign_keys)

    assert [item.name for item in (*schema.enums, *schema.sequences, table, *schema.views)] == [
        QualifiedName("public", start + KEPT) for start in "estv"
    ]
    assert [(column.name, column.type and column.type.value.name) for column in table.columns] == [
        ("kind", f"e{KEPT}"),
        (f"c{KEPT}", "text"),
    ]
    assert reference is not None
    assert (reference.value.table.name, reference.value.columns) == (f"t{KEPT}", (f"c{KEPT}",))
    assert schema.views[0].columns is not None
    assert schema.views[0].columns.value == (f"c{KEPT}",)
    assert schema.problems == ()
