"""What a second audit has to look at again, and when it is worse than the first."""

from dataclasses import replace

from building import column, compare, enum, foreign_key, name, schema, table
from ormistice.alignment import Sources
from ormistice.model import Schema, Table
from ormistice.names import QualifiedName
from ormistice.verifying import added, affected, pairs

USERS, ITEMS = table("users"), table("items")
OF_USERS = (column("orders", "id", "integer", nullable=False), column("orders", "of", "integer"))
ORDERS = replace(table("orders", *OF_USERS), foreign_keys=(foreign_key("orders", "of", "users"),))
WIDE = table("users", column("users", "id", "bigint", nullable=False))


def sources(*tables: Table) -> Sources:
    return Sources({"a": schema("a", *tables), "b": schema("b", *tables)})


def with_b(b: Schema) -> Sources:
    return Sources({"a": schema("a", USERS, ORDERS, ITEMS), "b": b})


def looked_at(b: Schema, about: frozenset[QualifiedName] = frozenset()) -> frozenset[QualifiedName] | None:
    return affected(sources(USERS, ORDERS, ITEMS), with_b(b), about)


def test_only_what_has_changed_and_what_keys_tie_to_it_is_looked_at_again() -> None:
    assert looked_at(schema("b", USERS, ORDERS, ITEMS)) == frozenset()
    assert looked_at(schema("b", USERS, ORDERS, ITEMS), frozenset({name("items")})) == {name("items")}
    assert looked_at(schema("b", WIDE, ORDERS, ITEMS)) == {name("users"), name("orders")}
    assert looked_at(schema("b", USERS, ORDERS, ITEMS, table("new"))) == {name("new")}
    assert looked_at(schema("b", USERS, ORDERS)) == {name("items")}


def test_a_key_that_is_gone_ties_its_tables_all_the_same() -> None:
    keyless = replace(ORDERS, foreign_keys=())

    assert looked_at(schema("b", USERS, keyless, ITEMS)) == {name("users"), name("orders")}


def test_all_is_looked_at_again_where_more_than_tables_has_changed() -> None:
    assert looked_at(schema("b", USERS, ORDERS, ITEMS, enums=(enum("mood", "sad"),))) is None


def test_what_is_new_is_worse_and_what_merely_follows_is_not() -> None:
    plain = table("users", column("users", "id", "integer", nullable=False), column("users", "age"))
    turned = replace(plain, columns=plain.columns[::-1])
    first = schema("a", plain)
    none, order = (pairs(compare(first, schema("b", other))) for other in (plain, turned))
    kind = pairs(compare(first, schema("b", WIDE)))

    assert {finding.rule for finding in order.values()} == {"column-order-mismatch"}
    assert not added(order, none)
    assert added(kind, none)
    assert not added(kind, kind)
    assert not added(none, kind)
