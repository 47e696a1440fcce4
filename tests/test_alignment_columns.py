"""Columns under other names are one column, told once a table; other columns never are."""

from dataclasses import replace
from itertools import permutations

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from building import HERE, column, compare, foreign_key, name, schema, schemas, table, told
from ormistice.alignment import Sources
from ormistice.fixes import Change
from ormistice.model import CheckConstraint, Column, Index, IndexElement, Schema, Stated, Table, UniqueConstraint
from ormistice.names import ColumnName, Names
from ormistice.pairing import letters
from ormistice.renaming import RESERVED, renamed, renamed_columns, reversed_names

RULE = "column-name-mismatch"
CAMEL = {"user_id": "userId", "is_active": "isActive"}


def of(owner: str, *columns: str, **types: str) -> Table:
    return table(owner, *(column(owner, each, types.get(each, "integer")) for each in columns), primary="")


def under(item: Schema, spelling: dict[str, str]) -> Schema:
    """The schema with every column that the spelling has under its other name."""
    every = [(owner.name, each.name) for owner in item.tables for each in owner.columns if each.name in spelling]
    names: Names = {ColumnName(owner, own): ColumnName(owner, spelling[own]) for owner, own in every}
    return renamed(item, names)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("isActive", "is_active"),
        ("isActive", "isactive"),
        ("IsActive", "IS_ACTIVE"),
        ("userID", "user_id"),
        ("userIDs", "user_ids"),
        ("address2", "address_2"),
        ("line1Address", "line_1_address"),
        ("metadata_", "metadata"),
        ("First Name", "first_name"),
        ("größeInCm", "größe_in_cm"),
    ],
)
def test_spellings_of_one_column(one: str, other: str) -> None:
    assert letters(one) == letters(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("user_name", "email"),
        ("tag", "tags"),
        ("address", "addr"),
        ("_status", "status"),
        ("version_1_1", "version_11"),
        ("total1", "total2"),
        ("price$", "price"),
    ],
)
def test_names_of_other_columns(one: str, other: str) -> None:
    assert letters(one) != letters(other)


def test_one_finding_a_table_names_every_pair() -> None:
    (found,) = compare(
        schema("a", of("t", "id", "is_active", "user_id")), schema("b", of("t", "id", "isActive", "userId"))
    )

    assert (found.rule, found.violation.authority, found.violation.outliers) == (RULE, "a", ("b",))
    assert found.violation.claims == {"a": "is_active, user_id", "b": "isActive, userId"}
    assert "isActive is is_active" in found.violation.message
    assert "userId is user_id" in found.violation.message


def test_the_first_source_in_order_of_authority_names_the_column() -> None:
    one, two = schema("orm", of("t", "userId")), schema("db", of("t", "user_id"))

    assert told(compare(one, two, databases=frozenset({"db"}))) == {(RULE, "t", ("orm",))}
    assert told(compare(one, two, authorities=(("*", "orm"),))) == {(RULE, "t", ("db",))}


def test_a_column_that_the_authority_lacks_is_missing_there_and_told_once() -> None:
    found = compare(
        schema("db", of("t", "id")), schema("a", of("t", "id", "userId")), schema("b", of("t", "id", "user_id"))
    )

    assert told(found) == {("missing-column", "t.userId", ("db",)), (RULE, "t", ("b",))}


def test_every_source_of_another_spelling_is_out_of_line() -> None:
    (found,) = compare(
        schema("a", of("t", "user_id", "x")),
        schema("b", of("t", "userId", "x")),
        schema("c", of("t", "userid", "x")),
        schema("d", of("t", "user_id", "x")),
    )

    assert (found.rule, found.violation.outliers) == (RULE, ("b", "c"))
    assert found.violation.claims == {"a": "user_id", "b": "userId", "c": "userid", "d": "user_id"}


@pytest.mark.parametrize("others", [("total1", "total_1"), ("total_1", "Total1")])
def test_two_columns_of_one_source_are_two(others: tuple[str, ...]) -> None:
    found = compare(schema("a", of("t", "id", "TOTAL1")), schema("b", of("t", "id", *others)))

    assert {item.rule for item in found} == {"missing-column"}
    assert len(found) == 3


def test_a_third_source_that_has_both_tells_them_apart() -> None:
    sources = [
        schema("a", of("t", "userId")),
        schema("b", of("t", "user_id")),
        schema("c", of("t", "userId", "user_id")),
    ]
    for order in permutations(sources):
        assert {item.rule for item in compare(*order)} == {"missing-column"}


@pytest.mark.parametrize(
    ("other", "kind", "rules"),
    [
        ("user_id", "integer", {RULE}),
        ("userid", "integer", {"missing-column"}),
        ("user_id", "text", {"missing-column"}),
    ],
)
def test_what_could_not_be_read_may_be_the_other_column(other: str, kind: str, rules: set[str]) -> None:
    """Then both have to be the same: the words and the types."""
    partly = replace(of("t", "id", "userId"), unread=frozenset({Column}))
    found = compare(schema("a", partly), schema("b", of("t", "id", other, **{other: kind})))

    assert {item.rule for item in found} == rules


def test_names_of_the_same_letters_alone_need_like_types() -> None:
    """A login called userid is no key called user_id; what is called userId is, of whatever type."""
    key = schema("a", of("t", "id", "user_id", user_id="bigint"))

    assert {item.rule for item in compare(key, schema("b", of("t", "id", "userid", userid="text")))} == {
        "missing-column"
    }
    assert {item.rule for item in compare(key, schema("b", of("t", "id", "userid", userid="bigint")))} == {RULE}
    assert {item.rule for item in compare(key, schema("b", of("t", "id", "userId", userId="text")))} == {
        RULE,
        "column-type-mismatch",
    }


def test_what_else_differs_is_found_on_the_one_column() -> None:
    loose = table("t", column("t", "id", "integer"), column("t", "userId", "uuid"), primary="id userId")
    strict = table("t", column("t", "id", "integer"), column("t", "user_id", "text", nullable=False), primary="id")

    assert told(compare(schema("a", strict), schema("b", loose))) == {
        (RULE, "t", ("b",)),
        ("column-type-mismatch", "t.user_id", ("b",)),
        ("nullability-mismatch", "t.user_id", ("b",)),
        ("primary-key-mismatch", "t", ("b",)),
    }


def whole() -> Schema:
    """Columns that are in everything which names columns."""
    users = replace(
        table("users", column("users", "id", "integer"), column("users", "is_active", "boolean"), primary="id"),
        unique_constraints=(UniqueConstraint(name("users"), ("is_active", "id"), HERE),),
        checks=(CheckConstraint(name("users"), Stated("is_active OR (id > 0)", HERE), HERE),),
    )
    orders = replace(
        table(
            "orders",
            column("orders", "is_active", "boolean"),
            column("orders", "user_id", "integer"),
            keys=(foreign_key("orders", "is_active user_id", "users", "is_active id"),),
            primary="user_id is_active",
        ),
        indexes=(
            Index(
                name("orders"),
                (IndexElement("user_id", descending=True), IndexElement(None, "(lower('is_active') || user_id)")),
                HERE,
                predicate=Stated("(is_active IS NOT TRUE)", HERE),
                include=Stated(("is_active",), HERE),
                name=Stated("orders_user_id_idx", HERE, implicit=True),
            ),
        ),
    )
    return schema("a", users, orders)


def test_keys_indexes_and_checks_that_name_them_follow() -> None:
    other = under(replace(whole(), source="b"), CAMEL)

    assert other.table(name("orders")).indexes[0].predicate.value == '("isActive" IS NOT TRUE)'  # type: ignore[union-attr]
    assert other.table(name("orders")).indexes[0].elements[1].expression == "(lower('is_active') || \"userId\")"  # type: ignore[union-attr]
    assert other.table(name("orders")).indexes[0].name.value == "orders_userId_idx"  # type: ignore[union-attr]
    assert under(other, {own: name for name, own in CAMEL.items()}) == replace(whole(), source="b")
    assert told(compare(whole(), other)) == {(RULE, "users", ("b",)), (RULE, "orders", ("b",))}


SPELLING = {"x": "X", "userId": "user_id", "z": "Z_"}


@given(schemas("a"), st.sets(st.sampled_from(sorted(SPELLING))))
def test_columns_spelled_otherwise_are_the_one_finding_of_their_table(one: Schema, which: set[str]) -> None:
    other = under(replace(one, source="b"), {own: SPELLING[own] for own in which})
    expected = {
        (RULE, owner.name.name, ("b",)) for owner in one.tables if which & {each.name for each in owner.columns}
    }

    assert told(compare(one, other)) == expected
    assert {(rule, of) for rule, of, _ in told(compare(other, one))} == {(rule, of) for rule, of, _ in expected}


@given(schemas("a"), schemas("b"), schemas("c"), st.sets(st.sampled_from(sorted(SPELLING))))
def test_the_order_of_sources_changes_nothing(a: Schema, b: Schema, c: Schema, which: set[str]) -> None:
    authority = (("*", "a"), ("*", "b"), ("*", "c"))
    spelled = under(b, {own: SPELLING[own] for own in which})

    def found(*order: Schema) -> dict[str, frozenset[str]]:
        return {item.fingerprint: frozenset(item.violation.outliers) for item in compare(*order, authorities=authority)}

    assert found(a, spelled, c) == found(c, spelled, a) == found(spelled, a, c)


@given(schemas("a"), st.sets(st.sampled_from(sorted(SPELLING))))
def test_what_is_asked_of_a_source_is_in_its_own_names_but_for_those_it_is_to_have(
    one: Schema, which: set[str]
) -> None:
    other = under(replace(one, source="b"), {own: SPELLING[own] for own in which})
    among = Sources({"a": one, "b": other}).scoped()
    own = among.own_names.get("b", {})

    assert renamed(among.schemas["b"], own) == other
    assert renamed(other, reversed_names(own)) == among.schemas["b"]
    for asked in (change for item in compare(one, other) for change in item.violation.changes):
        change = renamed(asked, own)
        assert isinstance(change, Change)
        assert change.before == other.table(asked.before.name)  # type: ignore[union-attr]
        wanted = {old.name: new for old, new in renamed_columns(change.before, change.after)}
        assert wanted == {old: SPELLING_BACK[old] for old in wanted}
        assert set(wanted) == {each.name for each in change.before.columns if each.name in SPELLING_BACK}  # type: ignore[union-attr]


SPELLING_BACK = {other: own for own, other in SPELLING.items()}


def test_words_that_have_to_be_quoted_are_those_of_the_server(database: str) -> None:
    with psycopg.connect(database) as connection:
        words = connection.execute("SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')").fetchall()

    assert frozenset(word for (word,) in words) == RESERVED


def test_columns_in_another_order_are_not_renamed() -> None:
    before = of("t", "a", "b")
    after = replace(before, columns=before.columns[::-1])

    assert renamed_columns(before, after) == ()
    assert [new for _, new in renamed_columns(before, of("t", "a", "c"))] == ["c"]
    assert renamed_columns(before, of("t", "a", "c", c="text")) == ()
