"""Laws of comparison, on random schemas."""

from dataclasses import replace
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from building import ACTIONS, compare, schemas, told
from ormistice.findings import Violation
from ormistice.model import Schema, Stated


@given(schemas())
def test_a_schema_does_not_contradict_itself(one: Schema) -> None:
    assert compare(one, replace(one, source="b")) == []


@given(schemas("a"), schemas("b"), schemas("c"))
def test_the_order_of_sources_changes_nothing_but_order(a: Schema, b: Schema, c: Schema) -> None:
    authority = (("*", "a"), ("*", "b"), ("*", "c"))

    def found(*order: Schema) -> dict[str, frozenset[str]]:
        return {item.fingerprint: frozenset(item.violation.outliers) for item in compare(*order, authorities=authority)}

    assert found(a, b, c) == found(c, b, a) == found(b, a, c)


@given(schemas("a"), schemas("b"), st.randoms(use_true_random=False))
def test_the_order_of_tables_keys_and_enums_changes_nothing(a: Schema, b: Schema, random: Random) -> None:
    def shuffled(items: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(random.sample(items, len(items)))

    tables = tuple(replace(item, foreign_keys=shuffled(item.foreign_keys)) for item in b.tables)
    other = replace(b, tables=shuffled(tables), enums=shuffled(b.enums))

    def said(*schemas: Schema) -> list[tuple[str, Violation]]:
        """What is told; what is asked for holds whole tables, with their keys in the order of the source."""
        return [(item.fingerprint, replace(item.violation, changes=())) for item in compare(*schemas)]

    assert said(a, b) == said(a, other)


@given(schemas("a"), st.data())
def test_one_changed_aspect_is_one_finding_on_that_object(one: Schema, data: st.DataObject) -> None:
    keys = [(item, key) for item in one.tables for key in item.foreign_keys]
    assume(keys)
    owner, key = data.draw(st.sampled_from(keys))
    action = data.draw(ACTIONS.filter(lambda action: action is not key.on_delete.value))
    changed = replace(key, on_delete=Stated(action, key.on_delete.place))
    swapped = tuple(changed if item is key else item for item in owner.foreign_keys)
    tables = tuple(replace(item, foreign_keys=swapped) if item is owner else item for item in one.tables)

    findings = compare(one, replace(one, source="b", tables=tables))

    assert told(findings) == {("on-delete-mismatch", f"{owner.name.name}.{key.columns[0]}", ("b",))}


@given(schemas("a"), st.data())
def test_a_table_taken_away_is_told_once_and_its_contents_not_at_all(one: Schema, data: st.DataObject) -> None:
    assume(one.tables)
    gone = data.draw(st.sampled_from(one.tables))
    less = replace(one, source="db", tables=tuple(item for item in one.tables if item is not gone))

    findings = compare(one, less, databases=frozenset({"db"}))

    assert told(findings) == {("missing-table", gone.name.name, ("db",))}
