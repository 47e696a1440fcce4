"""Laws of comparison, on random schemas."""

from dataclasses import fields, replace
from random import Random
from typing import Any, TypeVar

from hypothesis import assume, given
from hypothesis import strategies as st

from building import ACTIONS, EXPRESSES, HERE, TYPES, compare, name, schemas, told
from ormistice.alignment import Sources, align
from ormistice.audit import check
from ormistice.findings import Violation
from ormistice.model import (
    Domain,
    Facet,
    Index,
    IndexElement,
    Reference,
    Relation,
    Schema,
    SqlDefault,
    Stated,
    Table,
    View,
    paired,
)
from ormistice.rules import rules
from ormistice.types import parse_type
from ormistice.verifying import affected, pairs

T = TypeVar("T")
STATED = st.booleans().map(lambda value: Stated(value, HERE))


@st.composite
def described(draw: st.DrawFn, source: str) -> Schema:
    """A schema with relations as well, that foreign keys stand behind or not, and with views and domains or none."""
    plain = draw(schemas(source))
    names = [item.name.name for item in plain.tables]
    tables = tuple(replace(item, relations=draw(_relations(item, names))) for item in plain.tables)
    called = draw(st.lists(st.sampled_from(["recent", "orders", "Tags"]), unique=True))
    columns = st.none() | st.lists(st.sampled_from(["x", "y"]), unique=True).map(lambda each: Stated(tuple(each), HERE))
    views = tuple(View(name(each), HERE, draw(columns), draw(st.booleans())) for each in called if each not in names)
    typed = TYPES.map(lambda text: Stated(parse_type(text), HERE))
    emails = st.builds(Domain, st.just(name("email")), st.just(HERE), typed, st.none() | STATED)
    domains = tuple(draw(st.lists(emails, max_size=1)))
    sayable = EXPRESSES | draw(st.frozensets(st.sampled_from([View, Domain])))
    return replace(plain, tables=tables, views=views, domains=domains, expresses=sayable)


@st.composite
def _relations(draw: st.DrawFn, owner: Table, names: list[str]) -> tuple[Relation, ...]:
    texts = [item.name for item in owner.columns]
    found = []
    for text, target in draw(st.lists(st.tuples(st.sampled_from(texts), st.sampled_from(names)), unique=True)):
        ours, theirs = paired((text,), ("id",))
        acting = draw(st.none() | ACTIONS.map(lambda action: Stated(action, HERE)))
        single = draw(st.none() | STATED)
        reference = Reference(name(target), theirs)
        found.append(Relation(owner.name, ours, reference, HERE, single, acting, draw(st.booleans())))
    return tuple(found)


def unsaid(data: st.DataObject, item: T) -> T:
    """The object, of which some aspects are not said."""
    whole: Any = item
    optional = [each.name for each in fields(whole) if each.default is None]
    gone = data.draw(st.sets(st.sampled_from(optional))) if optional else ()
    less: T = replace(whole, **dict.fromkeys(gone))
    return less


@given(schemas())
def test_a_schema_does_not_contradict_itself(one: Schema) -> None:
    assert compare(one, replace(one, source="b")) == []


@given(described("a"), described("b"), described("c"))
def test_the_order_of_sources_changes_nothing_but_order(a: Schema, b: Schema, c: Schema) -> None:
    authority = (("*", "a"), ("*", "b"), ("*", "c"))

    def found(*order: Schema) -> dict[str, frozenset[str]]:
        return {item.fingerprint: frozenset(item.violation.outliers) for item in compare(*order, authorities=authority)}

    assert found(a, b, c) == found(c, b, a) == found(b, a, c)


@given(described("a"), described("b"), st.randoms(use_true_random=False))
def test_the_order_of_declarations_changes_nothing(a: Schema, b: Schema, random: Random) -> None:
    def shuffled(items: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(random.sample(items, len(items)))

    keys = [{"foreign_keys": shuffled(item.foreign_keys), "relations": shuffled(item.relations)} for item in b.tables]
    tables = tuple(replace(item, **own) for item, own in zip(b.tables, keys, strict=True))
    other = replace(b, tables=shuffled(tables), enums=shuffled(b.enums), views=shuffled(b.views))

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


@given(described("a"), described("b"), described("a"), st.data())
def test_what_a_change_does_not_affect_has_the_findings_that_it_had(
    a: Schema, b: Schema, other: Schema, data: st.DataObject
) -> None:
    named = {item.name: item for item in other.tables}
    swapped = tuple(named[item.name] if item.name in named and data.draw(st.booleans()) else item for item in a.tables)
    changed = replace(a, tables=swapped[data.draw(st.integers(0, 1)) :])
    before, after = (Sources({"a": one, "b": b}) for one in (a, changed))

    within = affected(before, after, frozenset())

    whole, part = pairs(check(after)), pairs(check(after, within))
    assert part.keys() <= whole.keys()
    assert whole.keys() - part.keys() <= pairs(check(before)).keys()
    assert pairs(check(before)).keys() - whole.keys() <= pairs(check(before, within)).keys()


@st.composite
def _said_more(draw: st.DrawFn, schema: Schema) -> Schema:
    """The schema with defaults of database and client, keys that hold little and partial indexes."""
    defaults = st.sampled_from([None, Stated(None, HERE), Stated(SqlDefault("0"), HERE)])
    client = st.sampled_from([None, Stated("cuid()", HERE)])
    whole = st.none() | STATED

    def more(table: Table) -> Table:
        columns = [
            replace(item, default=draw(defaults), client_default=draw(client), nullable=draw(STATED))
            for item in table.columns
        ]
        keys = [replace(item, validated=draw(whole), enforced=draw(whole)) for item in table.foreign_keys]
        element = IndexElement(columns[-1].name)
        partial = Index(table.name, (element,), HERE, predicate=Stated(draw(st.sampled_from([None, "id > 0"])), HERE))
        return replace(table, columns=tuple(columns), foreign_keys=tuple(keys), indexes=(partial,) * draw(STATED).value)

    return replace(schema, tables=tuple(map(more, schema.tables)))


@given(described("a").flatmap(_said_more), described("b"), st.data())
def test_of_what_all_agree_on_only_those_rules_tell_that_are_asked(a: Schema, b: Schema, data: st.DataObject) -> None:
    tables = tuple(
        replace(
            table,
            columns=tuple(unsaid(data, item) for item in table.columns),
            foreign_keys=tuple(unsaid(data, item) for item in table.foreign_keys),
            indexes=tuple(unsaid(data, item) for item in table.indexes),
        )
        for table in a.tables
    )
    copy = replace(a, source="copy", tables=tables)
    mute = replace(b, inexpressible=frozenset({Facet.INDEX_PREDICATE}))
    among = Sources({"a": a, "copy": copy, "b": mute}, frozenset({"copy"})).scoped()

    found = [
        (rule.name, violation.message)
        for rule in rules()
        for subject in rule.subjects
        for aligned in align(subject, among)
        if aligned.agreed and not rule.even_agreed
        for violation in rule.check(aligned)
    ]
    assert found == []
