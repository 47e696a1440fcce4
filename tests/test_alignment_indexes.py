"""Which indexes of several sources are one index."""

from dataclasses import replace

from building import HERE, column, compare, name, schema, table
from ormistice.findings import Severity
from ormistice.model import Index, IndexElement, Schema, Stated

COLUMNS = (column("users", "id", "integer", nullable=False), column("users", "x"), column("users", "y"))


def index(*keys: str, unique: bool = False, predicate: str | None = None, called: str | None = None) -> Index:
    """An index on columns, and on expressions where a key has parentheses."""
    elements = [IndexElement(None, key) if "(" in key else IndexElement(key) for key in keys]
    return Index(
        name("users"),
        tuple(elements),
        HERE,
        unique=Stated(unique, HERE),
        method=Stated("btree", HERE),
        predicate=Stated(predicate, HERE),
        name=None if called is None else Stated(called, HERE),
    )


def having(source: str, *indexes: Index) -> Schema:
    return schema(source, replace(table("users", *COLUMNS), indexes=indexes))


def rules(one: Schema, other: Schema) -> list[str]:
    return sorted(item.rule for item in compare(one, other))


def test_of_several_indexes_on_the_same_columns_those_most_alike_meet() -> None:
    whole, part = index("x"), index("x", predicate="y IS NULL")

    assert rules(having("a", whole, part), having("b", part, whole)) == []
    assert rules(having("a", whole, part), having("b", part)) == ["missing-index"]


def test_two_indexes_of_one_source_are_never_one() -> None:
    """Not even where each holds the same columns unique, for which two sources are taken to mean one."""
    there, back = index("x", "y", unique=True), index("y", "x", unique=True)

    assert rules(having("a", there, back), having("b", there)) == ["missing-unique-constraint"]
    assert rules(having("a", there, back), having("b", there, back)) == []


def test_unique_indexes_on_other_expressions_are_two() -> None:
    one, other = index("lower(x)", unique=True), index("lower(y)", unique=True)

    assert len(rules(having("a", one), having("b", other))) == 2
    assert rules(having("a", one), having("b", one)) == []


def test_what_the_primary_key_does_already_is_missed_as_little_as_a_second_index() -> None:
    for item in (index("id"), index("id", unique=True)):
        assert [found.severity for found in compare(having("a", item), having("b"))] == [Severity.INFO]
    assert [found.severity for found in compare(having("a", index("id", "x")), having("b"))] == [Severity.WARNING]


def test_a_name_is_what_postgresql_keeps_of_it() -> None:
    long = "users_" + "x" * 57

    assert rules(having("a", index("x", called=long)), having("b", index("y", called=f"{long}_and_more"))) == [
        "index-definition-mismatch"
    ]
    assert len(rules(having("a", index("x", called="one")), having("b", index("y", called="other")))) == 2
