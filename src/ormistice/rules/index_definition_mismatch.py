"""Rule `index-definition-mismatch`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, matching, mismatch, rule
from ormistice.model import BUILT_IN_METHODS, Column, Facet, Index, IndexElement, Stated, Table
from ormistice.opclasses import CLASSES_OF_EXTENSIONS, DEFAULT_CLASSES

_USUAL_CLASSES = DEFAULT_CLASSES["btree"] | {"cidr_ops", "varchar_ops"}
"""What a B-tree takes for columns of some type unless told otherwise, and other names of that."""
_TAKEN_FOR_ONE = "Prisma takes B-trees for one whatever their operator class, which it leaves out when it pulls them"
_MIXED = "the operator classes are those of other types than the columns', as drizzle-kit pull mixes them up"


@rule(Index, severity=Severity.WARNING)
def index_definition_mismatch(index: Aligned[Index]) -> Iterator[Violation]:
    """An index is of another definition in another source.

    Queries that were meant to use it may scan the table, and what one side holds unique the other may not. Compared are
    uniqueness, method, the order of the columns and each one's direction, operator class and collation, the predicate
    of a partial index, INCLUDE columns and NULLS NOT DISTINCT, each where both sources have words for it. An operator
    class that is the usual one of another type than the column's, as `drizzle-kit pull` mixes them up, is worth a note:
    PostgreSQL makes no such index. So is one of a B-tree that Prisma does not say, for it takes any for the same.
    """
    authority, expected = next(iter(index.declared.items()))
    mute = {name: index.among.schemas[name].inexpressible for name in index.declared}
    actual = [
        name
        for name, item in index.declared.items()
        if _differ(
            _sayable(_over_what_both_have(item, expected, (name, authority), index), mute[authority] | mute[name]),
            _sayable(expected, mute[authority] | mute[name]),
        )
    ]
    if not actual:
        return
    common = replace(index, declared={name: index.declared[name] for name in (authority, *actual)})
    found = common.disagreement(lambda item: Stated(definition(item), item.place))
    if found:
        violation = mismatch(index, found, str, claim=definition, repair=lambda item, _: _like(item, expected))
        others = [_without_classes(item, _USUAL_CLASSES) for item in common.declared.values()]
        if not any(_differ(other, others[0]) for other in others):
            violation = replace(violation, severity=Severity.INFO, cause=_MIXED)
        elif all(_is_taken_for(expected, common.declared[name], mute[authority], mute[name]) for name in actual):
            violation = replace(violation, severity=Severity.INFO, cause=_TAKEN_FOR_ONE)
        yield violation


def _over_what_both_have(index: Index, expected: Index, sources: tuple[str, str], of: Aligned[Index]) -> Index:
    """The index with the expected element where each of the two elements is of a column that the other source lacks.

    That such a column bears another name there, or is another one, is told of the columns.
    """
    own, other = (of.among.schemas[source].table(of.identity.name) for source in sources)
    if own is None or other is None or len(index.elements) != len(expected.elements):
        return index
    elements = (
        theirs if _is_missing(theirs.column, own) and _is_missing(ours.column, other) else ours
        for ours, theirs in zip(index.elements, expected.elements, strict=True)
    )
    return replace(index, elements=tuple(elements))


def _is_missing(column: str | None, table: Table) -> bool:
    return column is not None and Column not in table.unread and table.column(column) is None


def _is_taken_for(one: Index, other: Index, *mute: frozenset[Facet]) -> bool:
    """Whether a source that says no operator class of a B-tree takes any for the same, and that is all there is."""
    pairs = zip((one, other), mute, strict=True)
    silent = any(
        Facet.TREE_CLASS in lacking and all(element.opclass is None for element in index.elements)
        for index, lacking in pairs
    )
    return silent and not _differ(*(_sayable(_without_classes(each), mute[0] | mute[1]) for each in (one, other)))


def _without_classes(index: Index, usual: frozenset[str] | None = None) -> Index:
    """A B-tree without its operator classes, or without those that are `usual`."""
    if index.method is not None and index.method.value != "btree":
        return index
    elements = (
        replace(element, opclass=None) if usual is None or element.opclass in usual else element
        for element in index.elements
    )
    return replace(index, elements=tuple(elements))


def _like(index: Index, expected: Index) -> Index:
    """The index with the elements of the expected one, and whatever else both sources have words for."""
    alike = matching(expected, "unique", "method", "predicate", "include", "nulls_not_distinct")
    return replace(alike(index, Stated(index, index.place)), elements=expected.elements)


def _differ(actual: Index, expected: Index) -> bool:
    aspects = (
        (actual.unique, expected.unique),
        (actual.method, expected.method),
        (actual.predicate, expected.predicate),
        (actual.include, expected.include),
        (actual.nulls_not_distinct, expected.nulls_not_distinct),
    )
    if any(ours != theirs for ours, theirs in aspects if ours is not None and theirs is not None):
        return True
    actual, expected = _without_lost_order(actual, expected), _without_lost_order(expected, actual)
    return _elements(actual, expected) != _elements(expected, actual)


def _without_lost_order(index: Index, other: Index) -> Index:
    """The index with no order of an element of which either source's tool forgets it."""
    if not any(map(_loses_its_order, (*index.elements, *other.elements))):
        return index
    if len(index.elements) != len(other.elements):
        return index
    pairs = zip(index.elements, other.elements, strict=True)
    elements = (
        replace(one, descending=False, nulls_first=False) if _loses_its_order(one) or _loses_its_order(two) else one
        for one, two in pairs
    )
    return replace(index, elements=tuple(elements))


def _loses_its_order(element: IndexElement) -> bool:
    # What is not said is ascending, with NULLs last: where that is meant, nothing is forgotten.
    return element.order_lost and (element.descending or element.nulls_first)


def _elements(index: Index, other: Index) -> tuple[IndexElement, ...]:
    """Its elements, without an order where both are unique: what they hold apart does not depend on it."""
    if is_unique(index) and is_unique(other):
        return tuple(sorted(index.elements, key=lambda element: (element.column or "", element.expression or "")))
    return index.elements


def _sayable(index: Index, inexpressible: frozenset[Facet]) -> Index:
    """The index with that put at PostgreSQL's default which one of the two sources has no words for."""
    # What an operator class is given changes the size of the index, and nothing that it finds.
    # A tree's are told apart, for drizzle-kit pull mixes them up.
    method = "btree" if index.method is None else index.method.value
    of_server, of_extensions = (known.get(method, frozenset()) for known in (DEFAULT_CLASSES, CLASSES_OF_EXTENSIONS))
    usual = of_server | of_extensions if method != "btree" else frozenset[str]()
    classes = (_bare(element.opclass) for element in index.elements)
    elements = tuple(
        replace(element, opclass=None if opclass in usual else opclass)
        for element, opclass in zip(index.elements, classes, strict=True)
    )
    if Facet.INDEX_NULLS_ORDER in inexpressible:
        elements = tuple(replace(element, nulls_first=element.descending) for element in elements)
    if Facet.INDEX_COLLATION in inexpressible:
        elements = tuple(replace(element, collation=None) for element in elements)
    foreign = index.method is not None and index.method.value not in BUILT_IN_METHODS
    if Facet.INDEX_METHOD in inexpressible and foreign:
        elements = tuple(replace(element, opclass=None) for element in elements)
    return replace(
        index,
        elements=elements,
        method=None if Facet.INDEX_METHOD in inexpressible and foreign else index.method,
        predicate=None if Facet.INDEX_PREDICATE in inexpressible else index.predicate,
        include=None if Facet.INDEX_INCLUDE in inexpressible else index.include,
        nulls_not_distinct=None if Facet.NULLS_NOT_DISTINCT in inexpressible else index.nulls_not_distinct,
    )


def _bare(opclass: str | None) -> str | None:
    return opclass if opclass is None else opclass.partition("(")[0]


def is_unique(index: Index) -> bool:
    """Whether it is known to hold its columns unique."""
    return index.unique is not None and index.unique.value


def definition(index: Index) -> str:
    """The index in words of SQL, without names; defaults are left out."""
    words = ["UNIQUE" if is_unique(index) else "INDEX"]
    if index.method is not None and index.method.value != "btree":
        words.append(f"USING {index.method.value}")
    words.append(f"({', '.join(_element(element) for element in index.elements)})")
    if index.include is not None and index.include.value:
        words.append(f"INCLUDE ({', '.join(index.include.value)})")
    if index.nulls_not_distinct is not None and index.nulls_not_distinct.value:
        words.append("NULLS NOT DISTINCT")
    if index.predicate is not None and index.predicate.value is not None:
        words.append(f"WHERE {index.predicate.value}")
    return " ".join(words)


def _element(element: IndexElement) -> str:
    words = [element.column or element.expression or "?"]
    if element.collation is not None:
        words.append(f"COLLATE {element.collation}")
    if element.opclass is not None:
        words.append(element.opclass)
    if element.descending:
        words.append("DESC")
    if element.nulls_first != element.descending:
        words.append("NULLS FIRST" if element.nulls_first else "NULLS LAST")
    return " ".join(words)
