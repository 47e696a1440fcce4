"""Tables meet under other names only where their columns do; sources of two databases are told apart."""

from dataclasses import replace

import pytest

from building import column, compare, foreign_key, schema, table, told
from ormistice.model import ReferentialAction, Schema, Table
from ormistice.names import QualifiedName
from ormistice.pairing import Pairing, folded, pairings


def with_columns(name: str, *columns: str) -> Table:
    return table(name, *(column(name, each) for each in columns), primary="")


@pytest.mark.parametrize(
    "name", ["UserProfile", "userProfile", "user_profile", "users_profiles", "UserProfiles", "user-profile"]
)
def test_spellings_of_one_name(name: str) -> None:
    assert folded(name) == ("user", "profile")


@pytest.mark.parametrize(
    ("one", "other"), [("status", "statu"), ("address", "addres"), ("users", "user2"), ("UserProfile", "Profile")]
)
def test_names_of_other_words(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@pytest.mark.parametrize(
    ("plural", "singular"),
    [("categories", "category"), ("boxes", "box"), ("addresses", "address"), ("orders", "order")],
)
def test_plurals(plural: str, singular: str) -> None:
    assert folded(plural) == folded(singular)


def test_tables_of_one_name_in_two_spellings_meet_by_their_columns() -> None:
    one = schema("one", with_columns("User", "id", "emailAddress", "name"))
    two = schema("two", with_columns("users", "id", "email_address", "age"))
    other = schema("other", with_columns("users", "uid", "karma", "streak"))

    (met,) = pairings({"one": one, "two": two})
    assert [(str(ours), str(theirs)) for ours, theirs in met.names] == [('public."User"', "public.users")]
    assert pairings({"one": one, "other": other}) == ()


def test_tables_of_another_schema_meet_where_none_of_the_same_does() -> None:
    public, app = with_columns("users", "id", "email"), with_columns("User", "id", "email")
    one = schema("one", public)
    two = schema("two", replace(app, name=QualifiedName("app", "User")))
    both = schema("both", replace(app, name=QualifiedName("app", "users")), with_columns("user", "id", "email"))

    (met,) = pairings({"one": one, "two": two})
    assert [(str(ours), str(theirs)) for ours, theirs in met.names] == [("public.users", 'app."User"')]
    (met,) = pairings({"one": one, "both": both})
    assert [(str(ours), str(theirs)) for ours, theirs in met.names] == [("public.users", "public.user")]


def test_two_databases_are_told_once_and_no_table_is_missing() -> None:
    """That both have users and accounts, as most databases have, does not make them one."""
    one = schema("one", *(with_columns(name, "a", "b") for name in ("User", "Account", "Post", "Tag")))
    two = schema("two", *(with_columns(name, "x", "y") for name in ("user", "account", "job", "queue")))

    assert pairings({"one": one, "two": two}) == (Pairing("one", "two", (), unrelated=True),)
    assert {item.rule for item in compare(one, two)} == {"unrelated-schemas"}


def test_two_that_were_not_read_in_full_may_be_of_one_database() -> None:
    one = schema("one", *(with_columns(name, "a", "b") for name in ("User", "Account", "Post", "Tag")))
    two = schema("two", *(with_columns(name, "x", "y") for name in ("user", "account", "job", "queue")))

    (found,) = compare(one, replace(two, unread=frozenset({Table})), databases=frozenset({"two"}))
    assert (found.rule, found.severity.value) == ("unrelated-schemas", "info")
    assert found.violation.cause == "not all tables of two could be read"


def test_an_empty_database_is_no_other_database() -> None:
    one = schema("one", *(with_columns(name, "a") for name in ("a", "b", "c")))

    assert {item.rule for item in compare(one, schema("db"), databases=frozenset({"db"}))} == {"missing-table"}


def test_what_is_not_the_business_of_both_tells_nothing_of_them() -> None:
    """Two sources that share a database, each with a schema of its own, are not two databases."""
    one = schema("one", *(table(name) for name in ("a", "b", "c")))
    two = schema("two", *(table(name) for name in ("x", "y", "z")))

    assert [pairing.unrelated for pairing in pairings({"one": one, "two": two})] == [True]
    assert pairings({"one": one, "two": two}, lambda source, name: (source == "one") == (name.name < "m")) == ()


def test_a_table_of_another_name_is_no_other_target() -> None:
    """What references the table is told by the pair of names; what else its key says is compared all the same."""
    cascade = ReferentialAction.CASCADE
    users = with_columns("users", "id", "email")
    people = with_columns("User", "id", "email")
    one = schema("one", users, table("post", column("post", "author"), keys=(foreign_key("post", "author", "users"),)))
    two_key = foreign_key("post", "author", "User", on_delete=cascade)
    two = schema("two", people, table("post", column("post", "author"), keys=(two_key,)))

    assert told(compare(one, two)) == {
        ("table-name-mismatch", "", ("two",)),
        ("on-delete-mismatch", "post.author", ("two",)),
    }


def test_another_column_of_a_table_of_another_name_is_another_target() -> None:
    one_key, two_key = foreign_key("post", "author", "users", "id"), foreign_key("post", "author", "User", "email")
    one = schema("one", with_columns("users", "id", "email"), table("post", column("post", "author"), keys=(one_key,)))
    two = schema("two", with_columns("User", "id", "email"), table("post", column("post", "author"), keys=(two_key,)))

    assert ("foreign-key-target-mismatch", "post.author", ("two",)) in told(compare(one, two))


def test_tables_that_one_source_names_otherwise_than_all_others_are_told_once() -> None:
    def named(source: str, *names: str) -> Schema:
        return schema(source, *(with_columns(name, "id", "email") for name in names))

    sources = (named("a", "users", "tags"), named("b", "User", "Tag"), named("c", "users", "tags"))
    (found,) = compare(*sources, databases=frozenset({"c"}))

    assert found.violation.outliers == ("b",)
    assert found.violation.authority == "c"
    assert found.violation.message == (
        '2 tables bear other names in a and c than in b: public.tags = public."Tag", public.users = public."User"'
    )
    assert found.violation.claims["c"] == "public.tags, public.users"
