"""The source: files found, exports collected, tables and enums lowered."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module

from ormistice.errors import AuditError
from ormistice.excerpts import Reading, tried
from ormistice.fixes import Change, Fix
from ormistice.model import (
    EVERY_KIND,
    Domain,
    ExclusionConstraint,
    Facet,
    Problem,
    ProblemKind,
    Schema,
    Sequence,
    View,
)
from ormistice.model import Enum as ModelEnum
from ormistice.model import Table as ModelTable
from ormistice.names import Scope
from ormistice.sources import SourceRequest
from ormistice.sources.drizzle.collect import Collected, collect
from ormistice.sources.drizzle.locate import Located, locate
from ormistice.sources.drizzle.lower import lower_enum, lower_sequence, lower_table, unexported_enums
from ormistice.sources.drizzle.modules import Loaded, Project
from ormistice.sources.drizzle.names import Names
from ormistice.sources.drizzle.naming import Rules
from ormistice.sources.drizzle.parts import Reading as Lowering
from ormistice.sources.drizzle.pieces import pieces
from ormistice.sources.drizzle.relations import lower_relations
from ormistice.sources.drizzle.repeated import last_ones, order_of_exports
from ormistice.sources.drizzle.resolve import resolver
from ormistice.sources.drizzle.version import is_modern
from ormistice.sources.drizzle.views import lower_view
from ormistice.text import Document, Span

EXPRESSES = EVERY_KIND - {ExclusionConstraint, Domain}
_EXPORTED = frozenset((ModelTable, ModelEnum, Sequence, View))
INEXPRESSIBLE = frozenset((Facet.INDEX_INCLUDE, Facet.INDEX_COLLATION, Facet.FORCED_ROW_SECURITY, Facet.VIRTUAL_COLUMN))


@dataclass(frozen=True, slots=True)
class DrizzleSource:
    """Drizzle schema modules at the targets of `request`."""

    request: SourceRequest
    _projects: list[tuple[Project, Rules]] = field(default_factory=list, compare=False, repr=False)
    _on_disk: list[tuple[Project, Located, Schema]] = field(default_factory=list, compare=False, repr=False)

    @property
    def name(self) -> str:
        """What the user calls it."""
        return self.request.name

    @property
    def kind(self) -> str:
        """`drizzle`."""
        return "drizzle"

    @property
    def location(self) -> str:
        """Where its targets lie."""
        return self.request.shown_targets()

    def load(self, fixes: tuple[Fix, ...] = ()) -> Schema:
        """Read every module at the targets, and what they import."""
        with _uncollected():
            return self._load(fixes)

    def _load(self, fixes: tuple[Fix, ...]) -> Schema:
        located = locate(self.request, fixes)
        project = Project(fixes, resolver())
        rules = _read(project, located)
        found = collect(project.roots)
        self._refuse(found)
        schema = _schema(self.name, project, rules, located, found)
        if project.whole:
            # Edits fit the text they are made for, and no other: the text on disk, or the last one tried.
            self._keep(project, rules, first=not fixes)
            if not fixes:
                self._on_disk[:] = [(project, located, schema)]
        return schema

    def _keep(self, project: Project, rules: Rules, *, first: bool) -> None:
        kept = slice(0, 1) if first or not self._projects else slice(1, None)
        self._projects[kept] = [(project, rules)]

    def tried(self, fixes: tuple[Fix, ...]) -> Schema:
        """What `load` gives, but for the places, where excerpts tell it."""
        for project, located, schema in self._on_disk:
            with _uncollected():
                found = tried(_reading(project, schema), fixes, partial(self._excerpt, located))
            if found is not None:
                return found
        return self.load(fixes)

    def _excerpt(self, located: Located, documents: tuple[Document, ...]) -> Reading:
        project = Project((), resolver(), documents)
        rules = _read(project, located)
        return _reading(project, _schema(self.name, project, rules, located, collect(project.roots)))

    def prepare(self) -> None:
        """Import what it writes with, and see how files are written: an audit without differences needs none of it."""
        import_module("ormistice.sources.drizzle.write")
        from ormistice.sources.drizzle.write_draft import hand_of

        for project, _ in self._projects:
            for loaded in project.by_path.values():
                hand_of(loaded)

    def write(self, schema: Schema, change: Change) -> Fix | None:
        """`change` as edits of TypeScript."""
        from ormistice.sources.drizzle.write import write_change

        for project, rules in self._projects:
            if project.documents() == schema.documents:
                return write_change(project, rules, schema, change)
        with _uncollected():
            project = Project((), resolver(), schema.documents)
            rules = _read(project, locate(self.request, ()))
        if project.documents() != schema.documents:
            return None
        self._keep(project, rules, first=False)
        return write_change(project, rules, schema, change)

    def _refuse(self, found: Collected) -> None:
        if found.other_dialect and not found.tables:
            raise AuditError(
                f"{self.location}: a schema for {found.other_dialect}, and only PostgreSQL is compared",
                "name the files that use drizzle-orm/pg-core",
            )


def _reading(project: Project, schema: Schema) -> Reading:
    return Reading(schema, {path: pieces(loaded) for path, loaded in project.by_path.items()})


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector away: trees hold no cycles, and going through them again and again takes long."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            if gc.get_freeze_count() == 0:
                # Everything there is counts as old, for else it is all gone through as soon as the next object is made.
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def _read(project: Project, located: Located) -> Rules:
    """Read the files of a schema; gives the rules that they are to be read by."""
    project.roots += [project.load(file) for file in located.files]
    if located.config is not None and located.filters is not None and located.filters.unread:
        project.load(located.config)
    return Rules(is_modern(located.files, project.roots), located.casing)


def _schema(name: str, project: Project, rules: Rules, located: Located, found: Collected) -> Schema:
    reading = Lowering(project.evaluator, rules, Names(rules), project.written_order)
    order = order_of_exports(project.roots)
    lowered = ((table, lower_table(reading, table, found.policies)) for table in found.tables)
    tables = last_ones(reading, "table", lowered, order)
    enums = last_ones(reading, "enum", ((enum, lower_enum(reading, enum)) for enum in found.enums), order)
    enums += tuple(unexported_enums(reading, found.tables, enums))
    sequences = tuple(one for one in (lower_sequence(reading, made) for made in found.sequences) if one is not None)
    views = tuple(view for view in (lower_view(reading, made) for made in found.views) if view is not None)
    relations = lower_relations(reading, found.relations, tables) if found.relations else {}
    tables = tuple(replace(t, relations=relations[t.name]) if t.name in relations else t for t in tables)
    scope = _scope(reading, located, tables)
    for opaque, what in found.unread:
        reading.unknown(opaque, what)
        reading.unread.update(_EXPORTED)
    problems = [*_syntax_errors(project.roots), *reading.problems]
    if any(module.module.failures for module in project.roots):
        reading.unread.update(_EXPORTED)
    return Schema(
        name,
        tables,
        enums,
        EXPRESSES,
        sequences,
        tuple(sorted(problems, key=_order)),
        frozenset(reading.unread),
        INEXPRESSIBLE,
        views=views,
        scope=scope,
        documents=project.documents(),
    )


def _scope(reading: Lowering, located: Located, tables: tuple[ModelTable, ...]) -> Scope:
    if located.filters is None:
        return Scope()
    for unread in located.filters.unread:
        reading.unknown(unread, "filters of the configuration")
    return located.filters.scope([table.name for table in tables], modern=reading.rules.modern)


def _order(problem: Problem) -> tuple[str, int, str]:
    place = problem.place
    return (place.file, place.start, problem.message) if isinstance(place, Span) else ("", 0, problem.message)


def _syntax_errors(modules: list[Loaded]) -> list[Problem]:
    return [
        Problem(ProblemKind.SYNTAX_ERROR, failure.message, Span(loaded.document.path, failure.start, failure.end))
        for loaded in modules
        for failure in loaded.module.failures
    ]
