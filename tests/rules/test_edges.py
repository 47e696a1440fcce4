"""What a case page shows badly: sources that cannot say an aspect, that could not be read, or of which none is a database."""

from dataclasses import replace

import pytest

from building import EXPRESSES, HERE, column, compare, enum, foreign_key, name, schema, table
from ormistice.alignment import Sources
from ormistice.audit import check
from ormistice.findings import Finding, Severity
from ormistice.model import (
    Column,
    Enum,
    Facet,
    ForeignKey,
    Index,
    IndexElement,
    Reference,
    ReferentialAction,
    Relation,
    Schema,
    Stated,
    Table,
)

CASCADE, SET_NULL = ReferentialAction.CASCADE, ReferentialAction.SET_NULL
ID = column("users", "id", "integer", nullable=False)
AGE = column("users", "age", "integer")
HEIGHT = column("users", "height", "integer")


def found(rule: str, *schemas: Schema, databases: frozenset[str] = frozenset()) -> list[Finding]:
    return [item for item in compare(*schemas, databases=databases) if item.rule == rule]


def grave(rule: str, *schemas: Schema, databases: frozenset[str] = frozenset()) -> list[tuple[Severity, str | None]]:
    """Severity and cause of each finding of a rule."""
    return [(item.severity, item.violation.cause) for item in found(rule, *schemas, databases=databases)]


def added(finding: Finding) -> list[type]:
    """The kinds of what the outliers would have to add."""
    return [type(change.after) for change in finding.violation.changes]


def test_a_column_in_the_place_of_a_missing_one_may_be_the_same() -> None:
    """It is said, never taken for granted: of both, both ways, and where the type and the neighbours are the same."""
    size, length = column("users", "size", "integer"), column("users", "length", "text")
    first, second = schema("first", table("users", ID, AGE, HEIGHT)), schema("second", table("users", ID, AGE, size))
    elsewhere, other = schema("b", table("users", ID, size, AGE)), schema("c", table("users", ID, AGE, length))
    causes = {cause for _, cause in grave("missing-column", first, second)}

    assert causes == {
        "first has height in its place: the one may be the other, renamed",
        "second has size in its place: the one may be the other, renamed",
    }
    assert {cause for _, cause in grave("missing-column", first, elsewhere)} == {None}
    assert {cause for _, cause in grave("missing-column", first, other)} == {None}


def test_a_column_that_the_authority_lacks_is_an_error_were_it_no_database() -> None:
    without, having = schema("first", table("users", ID)), schema("second", table("users", ID, AGE))

    assert grave("missing-column", without, having) == [(Severity.ERROR, None)]
    assert grave("missing-column", having, without) == [(Severity.WARNING, None)]


def test_a_column_whose_default_could_not_be_read_is_not_taken_for_required() -> None:
    required = replace(AGE, nullable=Stated(value=False, place=HERE))
    unread = replace(required, default=None)
    without = schema("orm", table("users", ID))

    for item, severity in ((required, Severity.ERROR), (unread, Severity.WARNING)):
        having = schema("db", table("users", ID, item))
        assert grave("missing-column", having, without, databases=frozenset({"db"})) == [(severity, None)]


def test_a_column_is_added_with_no_key_that_needs_more_than_it() -> None:
    key = foreign_key("users", "age height", "users", "id id")
    having = schema("db", replace(table("users", ID, AGE, HEIGHT), foreign_keys=(key,)))

    assert [added(item) for item in found("missing-column", having, schema("orm", table("users", ID)))] == [
        [Column],
        [Column],
    ]
    half = schema("orm", table("users", ID, HEIGHT))
    assert [added(item) for item in found("missing-column", having, half)] == [[Column, ForeignKey]]


def test_a_column_is_added_with_no_index_that_its_source_has_no_words_for() -> None:
    index = Index(
        name("users"),
        (IndexElement("age"),),
        HERE,
        unique=Stated(value=False, place=HERE),
        predicate=Stated("age > 1", HERE),
    )
    having = schema("db", replace(table("users", ID, AGE), indexes=(index,)))
    speaking = schema("orm", table("users", ID))
    silent = replace(speaking, inexpressible=frozenset({Facet.INDEX_PREDICATE}))

    assert [added(item) for item in found("missing-column", having, speaking)] == [[Column, Index]]
    assert [added(item) for item in found("missing-column", having, silent)] == [[Column]]


def test_what_a_client_fills_is_no_burden_where_some_source_takes_null() -> None:
    filled = replace(AGE, nullable=Stated(value=False, place=HERE), client_default=Stated("now()", HERE))
    plain = replace(filled, client_default=None)
    unread = replace(plain, default=None)
    rule = "client-side-default"

    assert len(found(rule, schema("a", table("users", ID, filled)), schema("b", table("users", ID, plain)))) == 1
    assert found(rule, schema("a", table("users", ID, filled)), schema("b", table("users", ID, AGE))) == []
    assert found(rule, schema("a", table("users", ID, filled)), schema("b", table("users", ID, unread))) == []


def test_a_second_key_on_the_same_columns_that_references_something_else_is_not_held() -> None:
    users, people = table("users"), table("people")
    columns = (column("orders", "id", "integer", nullable=False), column("orders", "of", "integer"))
    to_users, to_people = foreign_key("orders", "of", "users"), foreign_key("orders", "of", "people")
    two = schema("db", users, people, replace(table("orders", *columns), foreign_keys=(to_users, to_people)))
    one = schema("orm", users, people, replace(table("orders", *columns), foreign_keys=(to_users,)))
    twice = schema("db", users, people, replace(table("orders", *columns), foreign_keys=(to_users, to_users)))

    assert grave("missing-foreign-key", two, one) == [(Severity.ERROR, None)]
    assert grave("missing-foreign-key", twice, one) == [(Severity.INFO, None)]


def test_a_default_that_a_tool_supplies_is_the_cause_only_where_all_who_differ_leave_it_unsaid() -> None:
    def action(value: ReferentialAction, *, implicit: bool) -> Table:
        columns = (column("orders", "id", "integer", nullable=False), column("orders", "of", "integer"))
        key = replace(foreign_key("orders", "of", "users"), on_update=Stated(value, HERE, implicit=implicit))
        return replace(table("orders", *columns), foreign_keys=(key,))

    users, restrict = table("users"), ReferentialAction.SET_DEFAULT
    db = schema("db", users, action(CASCADE, implicit=False))
    silent, loud = (schema(word, users, action(restrict, implicit=word == "silent")) for word in ("silent", "loud"))

    assert grave("on-update-mismatch", db, silent) == [
        (Severity.WARNING, "silent leaves it unsaid, which means ON UPDATE SET DEFAULT")
    ]
    assert grave("on-update-mismatch", db, silent, loud) == [(Severity.WARNING, None)]


def test_towards_a_source_that_lacks_it_those_that_declare_an_object_are_out_of_line() -> None:
    schemas = {"a": schema("a", table("users", ID, AGE)), "b": schema("b", table("users", ID))}
    outliers = {
        towards: [item.violation.outliers for item in check(Sources(schemas, towards=towards).scoped())]
        for towards in (None, "a", "b")
    }

    assert outliers == {None: [("b",)], "a": [("b",)], "b": [("a",)]}


def test_that_a_migration_was_not_run_explains_more_than_that_a_table_is_not_there() -> None:
    columns = (column("orders", "id", "integer", nullable=False), column("orders", "of", "integer"))
    orders = replace(table("orders", *columns), foreign_keys=(foreign_key("orders", "of", "users"),))
    live, lacking = schema("live", table("users"), orders), schema("test", table("orders", *columns))
    behind = "live has it, test not: a migration was not run"

    assert grave("missing-foreign-key", live, lacking, databases=frozenset({"live", "test"})) == [
        (Severity.INFO, behind)
    ]
    assert grave("missing-foreign-key", live, lacking, databases=frozenset({"live"})) == [
        (Severity.INFO, "test declares no table public.users")
    ]


def test_the_names_of_tables_are_those_of_the_database_whichever_source_is_named_first() -> None:
    names = ("UserProfile", "OrderItem", "LineItem")
    camel = schema("orm", *(table(text) for text in names))
    snake = schema("db", *(table(text) for text in ("user_profile", "order_item", "line_item")))
    (told,) = found("table-name-mismatch", camel, snake, databases=frozenset({"db"}))

    assert (told.violation.authority, told.violation.outliers) == ("db", ("orm",))


def test_a_table_that_one_of_two_databases_lacks_is_missing_whosever_word_counts() -> None:
    databases = frozenset({"live", "test"})
    live, test = schema("live", table("users"), table("orders")), schema("test", table("users"))

    assert [item.violation.outliers for item in found("missing-table", live, test, databases=databases)] == [("test",)]


@pytest.mark.parametrize(
    ("enums", "expresses", "kinds"),
    [
        ((), EXPRESSES, [Enum, Table]),
        ((enum("mood", "sad", "glad"),), EXPRESSES, [Table]),
        ((), EXPRESSES - {Enum}, [Table]),
    ],
    ids=["lacking", "having", "without a word for it"],
)
def test_a_table_is_added_behind_the_enums_that_it_needs(
    enums: tuple[Enum, ...], expresses: frozenset[type], kinds: list[type]
) -> None:
    mood = enum("mood", "sad", "glad")
    typed = column("users", "mood", replace(AGE.type.value, name="mood", schema="public"))
    having = schema("orm", table("users", ID, typed), enums=(mood,))
    lacking = schema("db", enums=enums, expresses=expresses)
    (missing,) = found("missing-table", having, lacking, databases=frozenset({"db"}))

    assert added(missing) == kinds


def test_on_update_set_null_meets_not_null_as_well() -> None:
    columns = (column("orders", "id", "integer", nullable=False), column("orders", "of", "integer", nullable=False))
    keys = {
        actions: foreign_key("orders", "of", "orders", "id", *actions)
        for actions in ((SET_NULL, CASCADE), (CASCADE, SET_NULL), (CASCADE, CASCADE))
    }
    told = {
        actions: len(
            found("set-null-on-not-null-column", schema("a", replace(table("orders", *columns), foreign_keys=(key,))))
        )
        for actions, key in keys.items()
    }

    assert told == {(SET_NULL, CASCADE): 1, (CASCADE, SET_NULL): 1, (CASCADE, CASCADE): 0}


@pytest.mark.parametrize(("passive", "count"), [(False, 1), (True, 0)])
def test_a_client_that_leaves_the_rows_to_the_database_does_not_contradict_it(passive: bool, count: int) -> None:  # noqa: FBT001 - a parameter of the test
    columns = (column("orders", "id", "integer", nullable=False), column("orders", "of", "integer"))
    key = foreign_key("orders", "of", "users", "id", CASCADE)
    relation = Relation(
        name("orders"),
        ("of",),
        Reference(name("users"), ("id",)),
        HERE,
        on_delete=Stated(SET_NULL, HERE),
        passive=passive,
    )
    orm = schema("orm", table("users"), replace(table("orders", *columns), foreign_keys=(key,), relations=(relation,)))

    assert len(found("orm-cascade-mismatch", orm)) == count


def test_the_action_is_that_of_the_first_source_to_state_one() -> None:
    """The authority's key is there, and what it does could not be read."""
    columns = (column("orders", "id", "integer", nullable=False), column("orders", "of", "integer"))
    key = foreign_key("orders", "of", "users", "id", CASCADE)
    relation = Relation(
        name("orders"), ("of",), Reference(name("users"), ("id",)), HERE, on_delete=Stated(SET_NULL, HERE)
    )
    orm = schema("orm", table("users"), replace(table("orders", *columns), foreign_keys=(key,), relations=(relation,)))
    unread = replace(table("orders", *columns), foreign_keys=(replace(key, on_delete=None),))
    (told,) = found("orm-cascade-mismatch", schema("db", table("users"), unread), orm, databases=frozenset({"db"}))

    assert [site.source for site in told.violation.sites] == ["orm", "orm"]
