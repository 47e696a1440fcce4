"""Keys, constraints and indexes of a table."""

from collections.abc import Iterator, Sequence
from typing import Any

from ormistice.model import (
    CheckConstraint,
    Column,
    Deferrability,
    ExclusionConstraint,
    ForeignKey,
    Index,
    IndexElement,
    MatchType,
    PrimaryKey,
    Problem,
    ProblemKind,
    Reference,
    ReferentialAction,
    Relation,
    Stated,
    UniqueConstraint,
    paired,
)
from ormistice.names import DEFAULT_SCHEMA, QualifiedName
from ormistice.sources.sqlalchemy import keys
from ormistice.sources.sqlalchemy.elements import names, read_element, tokens
from ormistice.sources.sqlalchemy.places import Answer, Places, Written, WrittenCall
from ormistice.text import Span

_UNREAD: dict[str, type] = {
    "relations": Relation,
    "columns": Column,
    "primary_key": PrimaryKey,
    "foreign_keys": ForeignKey,
    "uniques": UniqueConstraint,
    "checks": CheckConstraint,
    "indexes": Index,
    "exclusions": ExclusionConstraint,
}
_ACTIONS = {action.value: action for action in ReferentialAction}


def owner(table: Answer) -> QualifiedName:
    """The table's name."""
    return QualifiedName(table["schema"] or DEFAULT_SCHEMA, table["name"])


def name_of(item: Answer, call: WrittenCall | None, place: Span) -> Stated[str] | None:
    """A constraint's name; None where SQLAlchemy leaves it to PostgreSQL."""
    if item["name"] is None:
        return None
    return Stated(item["name"], (call.keyword("name") if call else None) or place, implicit=item["derived"])


def action(text: str | None, columns: Sequence[str]) -> ReferentialAction | None:
    """A referential action of a key as SQLAlchemy would emit it; None: not one that PostgreSQL has, or of some columns.

    `SET NULL (a, b)` is `SET NULL` where these are all the columns that the key has.
    """
    if text is None:
        return ReferentialAction.NO_ACTION
    words = tokens(text)
    if words and words[-1].kind == "group" and set(names(words[-1])) >= set(columns):
        words = words[:-1]
    return _ACTIONS.get(" ".join(word.text.upper() for word in words))


def sets_some(text: str | None) -> bool:
    """Whether the action is one of some columns of its key alone."""
    words = tokens(text or "")
    named = bool(words) and words[-1].kind == "group"
    return named and " ".join(word.text.upper() for word in words[:-1]) in ("SET NULL", "SET DEFAULT")


def problems(table: Answer, places: Places) -> Iterator[Problem]:
    """What is said of a table's keys and indexes and means nothing to PostgreSQL."""
    for key in table["foreign_keys"]:
        for words, value in (("ON DELETE", key["on_delete"]), ("ON UPDATE", key["on_update"])):
            if action(value, key["columns"]) is None:
                declared = keys.reference(places, table, key)[0] or places.table(table)
                what = "sets only some of the key's columns" if sets_some(value) else "is not understood"
                if declared:
                    yield Problem(ProblemKind.UNSUPPORTED_CONSTRUCT, f"{words} {value} {what}", declared.span)
    for index in table["indexes"]:
        declared = places.table(table)
        if declared and not index["elements"]:
            yield Problem(ProblemKind.UNSUPPORTED_CONSTRUCT, f"index `{index['name']}` has no columns", declared.span)


def unread(table: Answer) -> frozenset[type]:
    """The kinds of which something was not understood."""
    kinds: set[type] = {_UNREAD[kind] for kind in table.get("unread", ())}
    if not all(whole(index) for index in table["indexes"]):
        kinds.add(Index)
    if any(each["expression"] is None for each in table["checks"]):
        kinds.add(CheckConstraint)
    if any(each["definition"] is None for each in table["exclusions"]):
        kinds.add(ExclusionConstraint)
    return frozenset(kinds)


def whole(index: Answer) -> bool:
    """Whether every element of an index was read."""
    return bool(index["elements"]) and all(element is not None for element in index["elements"])


def merged(table: Answer) -> tuple[list[Answer], Answer | None]:
    """Unique constraints and primary key as PostgreSQL keeps them: of two on the same columns in order, one.

    The first that has a name gives it to the one that is kept, which is the primary key if it is among them.
    """
    key: dict[str, Any] | None = table["primary_key"]
    kept: list[Answer] = []
    for unique in table["uniques"]:
        plain = (
            not unique["include"]
            and not unique["nulls_not_distinct"]
            and not unique["deferrable"]
            and not unique["initially"]
        )
        same = [each for each in kept if each["columns"] == unique["columns"] and plain]
        if key is not None and plain and key["columns"] == unique["columns"]:
            key = key if key["name"] else {**key, "name": unique["name"], "derived": unique["derived"]}
        elif same:
            first = same[0]
            kept[kept.index(first)] = first if first["name"] else unique
        else:
            kept.append(unique)
    return kept, key


def lower_primary_key(key: Answer | None, table: Answer, places: Places, place: Span) -> PrimaryKey | None:
    """The primary key, at its constraint, or at its first column."""
    if key is None:
        return None
    call = keys.constraint(places, table, key, "PrimaryKeyConstraint")
    column = places.column(table, key["columns"][0])
    constructor = column.constructor if column else None
    own = call.span if call else column.span if column else place
    stated = call.span if call else (constructor.keyword("primary_key") if constructor else None) or own
    return PrimaryKey(owner(table), Stated(tuple(key["columns"]), stated), own, name_of(key, call, own))


def lower_foreign_key(key: Answer, table: Answer, places: Places, place: Span) -> ForeignKey:
    """A foreign key with the places of its target and of its actions."""
    written, call, target = keys.reference(places, table, key)
    own = written.span if written else place
    columns, referenced = paired(tuple(key["columns"]), tuple(key["target"]["columns"]))
    reference = Reference(QualifiedName(key["target"]["schema"] or DEFAULT_SCHEMA, key["target"]["table"]), referenced)
    at_target = own if target is None or written is None else (call or written).at(target)
    by_field = call is not None and call.name == "Field"
    said = field_words(table, key["columns"][0])
    behind = unsaid(call, written, place)
    return ForeignKey(
        table=owner(table),
        columns=columns,
        place=own,
        references=Stated(reference, at_target),
        on_delete=None if said is False else stated_action(key, "ondelete", call, own, behind),
        on_update=None if said is not None or by_field else stated_action(key, "onupdate", call, own, behind),
        deferrability=None if said is not None or by_field else deferrability(key, call, own, behind),
        match_type=None if said is not None or by_field else match_type(key, call, own, behind),
        validated=Stated(not key["not_valid"], own, implicit=not key["not_valid"]),
        name=name_of(key, call, own),
    )


def unsaid(call: WrittenCall | None, written: Written | None, place: Span) -> Span:
    """Where another argument of a foreign key would be written."""
    if call is not None:
        target = next((each.value for each in call.call.keywords if each.arg == "foreign_key"), None)
        return call.after(target)
    return written.end if written else place


def field_words(table: Answer, column: str) -> bool | None:
    """Whether the SQLModel Field that states a key could say ON DELETE; None: no Field states it."""
    for mapped in table["classes"]:
        attribute = mapped["attributes"].get(column, column)
        if attribute in mapped["fields"]:
            return bool(mapped["fields"][attribute])
    return None


def stated_action(
    key: Answer, keyword: str, call: WrittenCall | None, own: Span, behind: Span
) -> Stated[ReferentialAction] | None:
    """A referential action at the argument that states it, or where it would stand."""
    text = key[f"on_{keyword.removeprefix('on')}"]
    found = action(text, key["columns"])
    if found is None:
        return None
    value = call.keyword(keyword) if call else None
    if text is None:
        return Stated(found, value or behind, implicit=True)
    return Stated(found, value or own)


def deferrability(item: Answer, call: WrittenCall | None, own: Span, behind: Span) -> Stated[Deferrability]:
    """When a constraint is checked; INITIALLY DEFERRED alone makes it deferrable."""
    if (item["initially"] or "").upper() == "DEFERRED":
        value = Deferrability.INITIALLY_DEFERRED
    else:
        value = Deferrability.INITIALLY_IMMEDIATE if item["deferrable"] else Deferrability.NOT_DEFERRABLE
    place = (call.keyword("deferrable") or call.keyword("initially")) if call else None
    if item["deferrable"] is None and item["initially"] is None:
        return Stated(value, place or behind, implicit=True)
    return Stated(value, place or own)


def match_type(key: Answer, call: WrittenCall | None, own: Span, behind: Span) -> Stated[MatchType] | None:
    """How NULLs match; None for MATCH PARTIAL, which PostgreSQL does not have."""
    if key["match"] is None:
        return Stated(MatchType.SIMPLE, behind, implicit=True)
    found = {kind.value: kind for kind in MatchType}.get(f"MATCH {key['match'].upper()}")
    return None if found is None else Stated(found, (call.keyword("match") if call else None) or own)


def lower_unique(unique: Answer, table: Answer, places: Places, place: Span) -> UniqueConstraint:
    """A unique constraint, at its call or its column."""
    call = keys.constraint(places, table, unique, "UniqueConstraint")
    column = places.column(table, unique["columns"][0]) if len(unique["columns"]) == 1 else None
    own = call.span if call else column.span if column else place
    behind = call.after() if call else own
    return UniqueConstraint(
        table=owner(table),
        columns=tuple(unique["columns"]),
        place=own,
        nulls_not_distinct=Stated(unique["nulls_not_distinct"], behind, implicit=not unique["nulls_not_distinct"]),
        deferrability=deferrability(unique, call, own, behind),
        include=Stated(tuple(unique["include"]), behind, implicit=not unique["include"]),
        name=name_of(unique, call, own),
    )


def lower_index(index: Answer, table: Answer, places: Places, place: Span) -> Index:
    """An index, at its call or its column."""
    call = keys.constraint(places, table, index, "Index")
    columns = [element.get("column") for element in index["elements"]]
    column = places.column(table, columns[0]) if call is None and len(columns) == 1 and columns[0] else None
    own = call.span if call else column.span if column else place

    def stated(keyword: str, value: Any, *, implicit: bool) -> Stated[Any]:
        found = call.keyword(keyword) if call else None
        return Stated(value, found or (call.after() if call and implicit else own), implicit=implicit)

    predicate = stated("postgresql_where", index["predicate"], implicit=not index["partial"])
    return Index(
        table=owner(table),
        elements=tuple(lower_element(element, table) for element in index["elements"]),
        place=own,
        unique=stated("unique", index["unique"], implicit=not index["unique"]),
        method=stated("postgresql_using", (index["method"] or "btree").lower(), implicit=index["method"] is None),
        predicate=None if index["partial"] and index["predicate"] is None else predicate,
        include=stated("postgresql_include", tuple(index["include"]), implicit=not index["include"]),
        nulls_not_distinct=stated(
            "postgresql_nulls_not_distinct", index["nulls_not_distinct"], implicit=not index["nulls_not_distinct"]
        ),
        name=name_of(index, call, own),
    )


def lower_element(element: Answer, table: Answer) -> IndexElement:
    """One key of an index; NULLS FIRST is PostgreSQL's default for DESC, NULLS LAST for ASC."""
    if "text" in element:
        return read_element(element["text"])
    # `desc("name")` is compiled as an expression, and is the column of that name.
    alone = read_element(element["expression"]).column if "expression" in element else element["column"]
    column = alone if any(each["name"] == alone for each in table["columns"]) else element.get("column")
    modifiers = element["modifiers"]
    descending = "desc_op" in modifiers
    first = any("first" in modifier for modifier in modifiers)
    last = any("last" in modifier for modifier in modifiers)
    return IndexElement(
        column=column,
        expression=None if column else element.get("expression"),
        descending=descending,
        nulls_first=first or (descending and not last),
        opclass=element["opclass"],
        collation=element["collation"],
    )


def lower_check(check: Answer, table: Answer, places: Places, place: Span) -> CheckConstraint:
    """A check constraint; the name that a convention makes of a stated one is as good as stated."""
    call = keys.constraint(places, table, check, "CheckConstraint")
    own = call.span if call else place
    name = None if check["name"] is None else Stated(check["name"], (call.keyword("name") if call else None) or own)
    valid = not check["not_valid"]
    return CheckConstraint(
        owner(table), Stated(check["expression"], own), own, Stated(valid, own, implicit=valid), name
    )


def lower_exclusion(exclusion: Answer, table: Answer, places: Places, place: Span) -> ExclusionConstraint:
    """An exclusion constraint."""
    call = keys.constraint(places, table, exclusion, "ExcludeConstraint")
    own = call.span if call else place
    return ExclusionConstraint(owner(table), Stated(exclusion["definition"], own), own, name_of(exclusion, call, own))
