"""The probe's answer as a `Schema`: values from the imported classes, places from the text."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ormistice.model import (
    EVERY_KIND,
    Column,
    Domain,
    Enum,
    Facet,
    PrimaryKey,
    Problem,
    ProblemKind,
    Relation,
    RowSecurity,
    Schema,
    Sequence,
    Stated,
    Table,
    View,
)
from ormistice.names import DEFAULT_SCHEMA, QualifiedName
from ormistice.sources.sqlalchemy import lower_columns, lower_constraints
from ormistice.sources.sqlalchemy.enums import lower_enum
from ormistice.sources.sqlalchemy.lower_relations import lower_relations
from ormistice.sources.sqlalchemy.places import Answer, Places
from ormistice.text import Span

EXPRESSES = EVERY_KIND - {RowSecurity, View, Domain}


def lower(
    source: str, answer: Answer, places: Places, problems: Iterable[Problem] = (), ahead: tuple[Table, ...] = ()
) -> Schema:
    """All tables, enums and sequences of an answer.

    `problems` are those that were met before; `ahead` are the first of its tables, as `lower_ahead` gives them.
    """
    for file in answer["modules"]:
        places.module(file)
    for table in answer["tables"][len(ahead) :]:
        places.table(table)
    alone = (*ahead, *(lower_table(table, places) for table in answer["tables"][len(ahead) :]))
    tables = tuple(_related(alone, answer["relations"], places))
    enums = tuple(lower_enum(enum, answer["tables"], places) for enum in answer["enums"])
    told = [
        *problems,
        *(problem for table in answer["tables"] for problem in lower_constraints.problems(table, places)),
    ]
    told += [lower_problem(problem, answer["tables"], places) for problem in by_cause(answer["problems"])]
    return Schema(
        source=source,
        tables=tables,
        enums=enums,
        expresses=EXPRESSES,
        # A type belongs to the columns that are of it; it comes and goes with them.
        inexpressible=frozenset({Facet.UNUSED_ENUM}),
        sequences=tuple(
            Sequence(qualified(each), lower_columns.sequence_options(each["options"], "bigint"), places.fallback)
            for each in answer["sequences"]
        ),
        problems=tuple(dict.fromkeys(told)),
        unread=unread(answer, tables),
        documents=tuple(module.document for module in places.modules),
    )


def lower_ahead(parts: Iterable[Answer], places: Places) -> tuple[Table, ...]:
    """Tables as parts of an answer tell them, each without its relations: these are told last."""
    tables: list[Table] = []
    for part in parts:
        for file in part.get("modules", ()):
            places.module(file)
        tables += (lower_table(table, places) for table in part.get("tables", ()))
    return tuple(tables)


def _related(tables: Iterable[Table], told: list[Answer] | None, places: Places) -> Iterator[Table]:
    """Tables with their relations."""
    relations = None if told is None else lower_relations(told, places)
    for table in tables:
        if relations is None:
            yield replace(table, unread=table.unread | {Relation})
        elif table.name in relations:
            yield replace(table, relations=relations[table.name])
        else:
            yield table


def unread(answer: Answer, tables: Iterable[Table]) -> frozenset[type]:
    """The kinds of which whole objects may have been missed: enums too, where not every column's type is told."""
    kinds: set[type] = {Table, Enum} if answer.get("missed") else set()
    if any(Column in table.unread or any(column.type is None for column in table.columns) for table in tables):
        kinds.add(Enum)
    if "versions" not in answer:  # nothing was run, and what a Sequence is an argument of is not looked through
        kinds.add(Sequence)
    return frozenset(kinds)


def qualified(item: Answer) -> QualifiedName:
    """The name of a table, enum or sequence."""
    return QualifiedName(item["schema"] or DEFAULT_SCHEMA, item["name"])


def lower_table(table: Answer, places: Places) -> Table:
    """One table, without relations."""
    name = qualified(table)
    declared = places.table(table)
    place = declared.span if declared else places.line(table["file"], table["line"])
    uniques, key = lower_constraints.merged(table)
    unread = lower_constraints.unread(table)
    return Table(
        name=name,
        place=place,
        columns=tuple(lower_columns.lower_column(column, table, places, place) for column in table["columns"]),
        primary_key=None if PrimaryKey in unread else lower_constraints.lower_primary_key(key, table, places, place),
        foreign_keys=tuple(
            lower_constraints.lower_foreign_key(each, table, places, place) for each in table["foreign_keys"]
        ),
        unique_constraints=tuple(lower_constraints.lower_unique(each, table, places, place) for each in uniques),
        indexes=tuple(
            lower_constraints.lower_index(each, table, places, place)
            for each in table["indexes"]
            if lower_constraints.whole(each)
        ),
        checks=tuple(
            lower_constraints.lower_check(each, table, places, place)
            for each in table["checks"]
            if each["expression"] is not None
        ),
        exclusions=tuple(
            lower_constraints.lower_exclusion(each, table, places, place)
            for each in table["exclusions"]
            if each["definition"] is not None
        ),
        # An empty comment takes the comment away.
        comment=Stated(table["comment"] or None, place, implicit=table["comment"] is None),
        unread=unread,
    )


def by_cause(problems: Iterable[Answer]) -> list[Answer]:
    """Problems, all modules that one line keeps from being imported as one."""
    kept: list[Answer] = []
    alike: dict[tuple[object, ...], list[str]] = {}
    for problem in problems:
        if problem["kind"] != "import":
            kept.append(problem)
            continue
        modules = alike.setdefault(tuple(problem[name] for name in ("file", "line", "class", "message")), [])
        modules.append(problem["module"])
        if len(modules) == 1:
            kept.append({**problem, "modules": modules})
    return kept


def lower_problem(problem: Answer, tables: list[Answer], places: Places) -> Problem:
    """What the probe could not read, at the place of its table or column."""
    place: Span = places.fallback
    message = problem["message"]
    if problem["kind"] == "static":
        return Problem(ProblemKind.UNSUPPORTED_CONSTRUCT, message, places.line(problem["file"], problem["line"]))
    if problem["kind"] == "import":
        place = places.line(problem["file"], problem["line"])
        first, *others = problem["modules"]
        more = f" (and {len(others)} more)" if others else ""
        message = f"module `{first}`{more} was left out: it raises {problem['class']} on import: {message}"
    for table in tables:
        if problem.get("table") == table["name"]:
            column = places.column(table, problem["column"]) if problem.get("column") else None
            declared = column or places.table(table)
            place = declared.span if declared else places.line(table["file"], table["line"])
    return Problem(ProblemKind.UNSUPPORTED_CONSTRUCT, message, place)
