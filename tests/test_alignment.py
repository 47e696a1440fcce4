"""Who should declare what, and whose word counts."""

from dataclasses import replace

from building import EXPRESSES, HERE, column, compare, enum, foreign_key, name, schema, table, told
from ormistice.findings import Severity
from ormistice.model import Column, Enum, ForeignKey, ReferentialAction, Stated, Table, View
from ormistice.names import QualifiedName, Scope, matches
from ormistice.rules import rules
from ormistice.settling import cheap
from ormistice.types import ColumnType

USERS = table("users")
ORDERS = table("orders", column("orders", "id", "integer"), column("orders", "user_id", "integer"))
KEY = foreign_key("orders", "user_id", "users")


def with_key(**aspects: object) -> Table:
    return replace(ORDERS, foreign_keys=(replace(KEY, **aspects),))


def test_presence_is_a_union() -> None:
    """A source that lacks what another declares is out of line, were it the authority itself."""
    assert told(compare(schema("db", USERS), schema("orm", USERS, ORDERS), databases=frozenset({"db"}))) == {
        ("missing-table", "orders", ("db",))
    }


def test_a_table_that_only_the_database_has_is_no_more_than_a_warning() -> None:
    findings = compare(schema("orm", USERS), schema("db", USERS, ORDERS), databases=frozenset({"db"}))

    assert told(findings) == {("unmanaged-table", "orders", ("orm",))}
    assert [finding.severity for finding in findings] == [Severity.WARNING]


def test_a_value_has_an_authority_and_no_vote() -> None:
    """Two sources against the database are two outliers, not a majority."""
    cascade = Stated(ReferentialAction.CASCADE, HERE)
    found = compare(
        schema("a", USERS, with_key(on_delete=cascade)),
        schema("b", USERS, with_key(on_delete=cascade)),
        schema("db", USERS, with_key()),
        databases=frozenset({"db"}),
    )

    assert told(found) == {("on-delete-mismatch", "orders.user_id", ("a", "b"))}
    assert found[0].violation.authority == "db"


def test_without_a_database_the_first_source_is_the_authority() -> None:
    one = schema("one", table("t", column("t", "x", "integer", nullable=False), primary=""))
    two = schema("two", table("t", column("t", "x", "integer"), primary=""))

    assert told(compare(one, two)) == {("nullability-mismatch", "t.x", ("two",))}
    assert told(compare(two, one)) == {("nullability-mismatch", "t.x", ("one",))}


def test_an_authority_can_be_named_for_some_tables() -> None:
    one = schema("one", table("t", column("t", "x", "integer", nullable=False), primary=""))
    two = schema("two", table("t", column("t", "x", "integer"), primary=""))

    assert told(compare(one, two, authorities=(("t*", "two"),))) == {("nullability-mismatch", "t.x", ("one",))}
    assert told(compare(one, two, authorities=(("u*", "two"),))) == {("nullability-mismatch", "t.x", ("two",))}


def test_what_is_not_a_sources_business_is_neither_missing_nor_compared() -> None:
    scopes = {"orm": Scope(exclude=("users",))}
    other = replace(USERS, columns=(column("users", "id", "text"),))

    assert compare(schema("db", USERS, ORDERS), schema("orm", ORDERS), scopes=scopes) == []
    assert compare(schema("db", USERS, ORDERS), schema("orm", other, ORDERS), scopes=scopes) == []


def test_what_a_schema_holds_goes_with_it() -> None:
    mood = Enum(QualifiedName("auth", "mood"), (Stated("sad", HERE),), HERE)
    account = replace(USERS, name=QualifiedName("auth", "account"))
    seen = View(QualifiedName("auth", "seen"), HERE)
    full = replace(schema("db", account, USERS), enums=(mood,), views=(seen,))
    near = replace(account, name=QualifiedName("auth", "near"))
    orm = schema("orm", USERS, near, expresses=EXPRESSES | {Enum, View})

    assert {kind for kind, *_ in told(compare(full, orm))} >= {"missing-table", "missing-enum", "missing-view"}
    assert compare(full, orm, scopes={"orm": Scope(exclude=("auth.*",))}) == []


def test_a_source_that_limits_itself_has_no_business_elsewhere() -> None:
    limited = replace(schema("orm", ORDERS), scope=Scope(include=("public.ord*",)))

    assert compare(schema("db", USERS, ORDERS), limited) == []
    assert compare(schema("db", USERS, with_key()), limited) == []
    assert compare(schema("db", USERS, ORDERS), replace(limited, scope=Scope())) != []


def test_a_key_to_a_table_out_of_scope_is_not_missing() -> None:
    scopes = {"orm": Scope(exclude=("users",))}

    assert compare(schema("db", USERS, with_key()), schema("orm", ORDERS), scopes=scopes) == []


def test_unsayable_is_not_missing() -> None:
    mute = schema("orm", USERS, ORDERS, expresses=EXPRESSES - {ForeignKey})

    assert compare(schema("db", USERS, with_key()), mute) == []


def test_unread_is_not_missing() -> None:
    partial = replace(ORDERS, columns=ORDERS.columns[:1], unread=frozenset({Column}))

    assert compare(schema("db", USERS, ORDERS), schema("orm", USERS, partial)) == []


def test_a_schema_whose_tables_were_not_all_read_misses_none() -> None:
    partial = replace(schema("orm", USERS), unread=frozenset({Table}))

    assert compare(schema("db", USERS, ORDERS), partial) == []


def test_an_aspect_that_is_not_known_is_not_compared() -> None:
    """Nor does it silence the others: the next source that states it sets what is expected."""
    unknown = replace(ORDERS, columns=(ORDERS.columns[0], replace(ORDERS.columns[1], type=None)))
    bigint = replace(ORDERS, columns=(ORDERS.columns[0], column("orders", "user_id", "bigint")))

    assert compare(schema("a", ORDERS), schema("b", unknown)) == []
    assert told(compare(schema("a", unknown), schema("b", ORDERS), schema("c", bigint))) == {
        ("column-type-mismatch", "orders.user_id", ("c",))
    }


def test_a_missing_column_takes_its_key_along() -> None:
    """One cause, one finding: a source without the column cannot have the key."""
    less = replace(ORDERS, columns=ORDERS.columns[:1])

    assert told(compare(schema("db", USERS, with_key()), schema("orm", USERS, less))) == {
        ("missing-column", "orders.user_id", ("orm",))
    }


def test_the_order_of_a_keys_columns_means_nothing() -> None:
    columns = (column("t", "a"), column("t", "b"))
    one = table("t", *columns, keys=(foreign_key("t", "a b", "r", "x y"),), primary="")
    two = table("t", *columns, keys=(foreign_key("t", "b a", "r", "y x"),), primary="")
    crossed = table("t", *columns, keys=(foreign_key("t", "a b", "r", "y x"),), primary="")

    assert compare(schema("one", one), schema("two", two)) == []
    assert told(compare(schema("one", one), schema("two", crossed))) == {
        ("foreign-key-target-mismatch", "t.a.b", ("two",))
    }


def test_two_keys_on_one_column_are_two_keys() -> None:
    to_users, to_people = KEY, foreign_key("orders", "user_id", "people")
    both = replace(ORDERS, foreign_keys=(to_users, to_people))
    turned = replace(ORDERS, foreign_keys=(to_people, to_users))
    people = table("people")

    assert compare(schema("a", USERS, people, both), schema("b", USERS, people, turned)) == []
    assert told(compare(schema("a", USERS, people, both), schema("b", USERS, people, with_key()))) == {
        ("missing-foreign-key", "orders.user_id", ("b",))
    }


def test_target_and_action_are_one_defect() -> None:
    elsewhere = foreign_key("orders", "user_id", "people", on_delete=ReferentialAction.CASCADE)
    people = table("people")
    findings = compare(
        schema("db", USERS, people, with_key()),
        schema("orm", USERS, people, replace(ORDERS, foreign_keys=(elsewhere,))),
    )
    (change,) = findings[0].violation.changes

    assert told(findings) == {("foreign-key-target-mismatch", "orders.user_id", ("orm",))}
    assert (change.before, change.after) == (elsewhere, KEY)


def mood(source: str, kind: str, *enums: Enum) -> object:
    typed = ColumnType(kind, schema="public") if enums else kind
    return schema(source, table("t", column("t", "mood", typed), primary=""), enums=enums)


def test_enums_of_two_names_in_one_column_are_one_enum() -> None:
    one, two = mood("one", "mood", enum("mood", "a", "b")), mood("two", "Mood", enum("Mood", "a"))

    assert told(compare(one, two)) == {
        ("enum-label-mismatch", "mood", ("two",)),
        ("enum-name-mismatch", "mood", ("two",)),
    }


def test_an_enum_that_a_source_lacks_is_told_once() -> None:
    """Its columns are of another type there, which is the same defect."""
    one, two = mood("one", "mood", enum("mood", "a", "b")), mood("two", "integer")

    assert told(compare(one, two)) == {("missing-enum", "mood", ("two",))}
    assert told(compare(two, one)) == {("missing-enum", "mood", ("two",))}


def test_an_enum_that_is_text_in_a_source_is_told_at_its_column() -> None:
    one, two = mood("one", "mood", enum("mood", "a", "b")), mood("two", "text")

    assert told(compare(one, two)) == {("enum-stored-as-text", "t.mood", ("two",))}
    assert told(compare(two, one)) == {("enum-stored-as-text", "t.mood", ("one",))}


def test_globs_name_tables() -> None:
    assert matches("auth_*", name("auth_users"))
    assert matches("public.users", name("users"))
    assert not matches("billing.*", name("users"))
    assert not matches("user", name("users"))


def test_a_default_that_is_left_unsaid_is_told_as_the_cause() -> None:
    silent = Stated(ReferentialAction.CASCADE, HERE, implicit=True)
    (found,) = compare(
        schema("a", USERS, with_key(on_delete=silent)), schema("db", USERS, with_key()), databases=frozenset({"db"})
    )

    assert found.violation.cause == "a leaves it unsaid, which means ON DELETE CASCADE"


def test_a_value_that_is_said_has_no_cause_that_shows() -> None:
    said = Stated(ReferentialAction.CASCADE, HERE)
    (found,) = compare(
        schema("a", USERS, with_key(on_delete=said)), schema("db", USERS, with_key()), databases=frozenset({"db"})
    )

    assert found.violation.cause is None


def test_what_one_database_has_and_another_lacks_is_a_migration_that_was_not_run() -> None:
    (found,) = compare(
        schema("db", USERS), schema("migrations", USERS, ORDERS), databases=frozenset({"db", "migrations"})
    )

    assert found.violation.cause == "migrations has it, db not: a migration was not run"


def test_labels_that_differ_in_case_alone_are_names_against_values() -> None:
    one, two = mood("one", "mood", enum("mood", "OPEN")), mood("two", "mood", enum("mood", "open"))
    (found,) = compare(one, two)

    assert found.violation.cause == "the labels differ in case alone, as names of members and their values do"


def test_every_finding_says_what_it_leads_to() -> None:
    (found,) = compare(schema("db", USERS), schema("orm", USERS, ORDERS), databases=frozenset({"db"}))

    assert found.impact == "Every query to it fails at run time."
    assert all(rule.impact.endswith(".") for rule in rules())


def test_blanks_in_strings_are_no_spelling() -> None:
    assert cheap("'a  b'::text", None) != cheap("'a b'::text", None)
    assert cheap("lower(x)   ||  'a'", None) == cheap("lower(x) || 'a'", None)


def test_the_schema_of_every_database_is_every_sources_business() -> None:
    """A source that declares nothing in `public` is still asked for what lies there, and of no other schema."""
    elsewhere = replace(USERS, name=QualifiedName("shop", "users"))
    orm = schema("orm", elsewhere)
    there = [replace(ORDERS, name=QualifiedName(part, "orders")) for part in ("public", "shop", "audit")]
    findings = compare(orm, schema("db", elsewhere, *there), databases=frozenset({"db"}))

    assert {str(item.identity.name): item.severity for item in findings if item.identity} == {
        "public.orders": Severity.WARNING,
        "shop.orders": Severity.WARNING,
        "audit.orders": Severity.INFO,
    }


def test_an_authority_that_is_named_goes_before_the_database() -> None:
    orm = schema("orm", table("users", column("users", "id", "bigint", nullable=False)))
    db = schema("db", table("users", column("users", "id", "integer", nullable=False)))
    outliers = {
        authorities: {
            item.violation.outliers for item in compare(orm, db, databases=frozenset({"db"}), authorities=authorities)
        }
        for authorities in ((), (("*", "orm"),), (("users", "orm"),), (("orders", "orm"),))
    }

    assert outliers == {
        (): {("orm",)},
        (("*", "orm"),): {("db",)},
        (("users", "orm"),): {("db",)},
        (("orders", "orm"),): {("orm",)},
    }


def test_a_table_whose_name_could_not_be_read_is_missing_nowhere() -> None:
    unsure = replace(ORDERS, unread=frozenset({Table}))

    assert told(compare(schema("a", USERS), schema("b", USERS, ORDERS))) != set()
    assert told(compare(schema("a", USERS), schema("b", USERS, unsure))) == set()


def test_an_enum_that_both_sources_know_is_no_other_name_of_one_that_one_knows() -> None:
    mood, feeling = enum("mood", "sad", "glad"), enum("feeling", "sad", "glad")

    def typed(label: str) -> Table:
        return table("users", column("users", "now", ColumnType(label, schema="public")), primary="")

    first = schema("a", typed("mood"), enums=(mood, feeling))
    alone = schema("a", typed("mood"), enums=(mood,))
    other = schema("b", typed("feeling"), enums=(feeling,))

    assert told(compare(first, other)) == {("missing-enum", "mood", ("b",))}
    assert {rule for rule, *_ in told(compare(alone, other))} == {"enum-name-mismatch"}
