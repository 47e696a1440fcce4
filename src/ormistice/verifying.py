"""What sources make of the changes that rules ask for, each tried out before it is offered.

A finding and a source out of line make a pair; a fix of that source is verified when the pair is gone from a second
audit and no pair is new. Some may follow from a fix: a column that is added comes behind the others, and may be one
that only another source's client fills or whose key references a table that is not declared, which is worth a note; a
table that is added may have an index that its source has no words for, one that goes may leave an enum that no column
is of, and a key that goes may leave a relation.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from difflib import SequenceMatcher
from functools import reduce
from threading import Lock
from typing import Any, Protocol, runtime_checkable

from ormistice.alignment import Sources, as_constraint, as_declared
from ormistice.diffing import unified
from ormistice.errors import AuditError
from ormistice.findings import Finding, Severity, SuggestedFix
from ormistice.fixes import Applicability, Change, Edit, Fix, Occupied, Patch, Script, edited
from ormistice.model import Column, Declared, Index, Schema, Stated, UniqueConstraint, constraints
from ormistice.names import QualifiedName
from ormistice.renaming import renamed
from ormistice.sources import Source, kinds
from ormistice.text import Document, Span
from ormistice.threads import side_by_side

_MOST_TRIES = 40
"""How often a source is loaded to verify its fixes; what is not tried is only displayed."""

Pair = tuple[str, str]
Schemas = Mapping[str, Schema]
Found = Mapping[Pair, Finding]
Judgment = Callable[[Schema, frozenset[QualifiedName]], Found]
"""What is found with this schema for what its source was: in the tables of these names, and in all that changed."""


@runtime_checkable
class Tries(Protocol):
    """A source that can tell for less than loading costs what it would be with fixes applied."""

    def tried(self, fixes: tuple[Fix, ...]) -> Schema:
        """What `load` gives, but for the places. Raises AuditError as it does."""


_FOLLOWING = frozenset({"column-order-mismatch", "inexpressible-index", "relation-without-foreign-key"})
_FOLLOWING_AS_NOTES = frozenset({"client-side-default", "missing-foreign-key"})


def pairs(findings: Iterable[Finding]) -> Found:
    """The findings by (fingerprint, outlier)."""
    return {(item.fingerprint, outlier): item for item in findings for outlier in item.violation.outliers}


def added(after: Found, before: Found) -> list[Finding]:
    """What was not there before, and does not merely follow from what was mended."""
    return [after[pair] for pair in after.keys() - before.keys() if not _follows(after[pair])]


def _follows(finding: Finding) -> bool:
    left_behind = finding.rule == "missing-enum" and "missing" in finding.violation.claims.values()
    noted = finding.severity is Severity.INFO and finding.rule in _FOLLOWING_AS_NOTES
    return finding.rule in _FOLLOWING or left_behind or noted


def affected(before: Sources, after: Sources, about: frozenset[QualifiedName]) -> frozenset[QualifiedName] | None:
    """The tables that may have other findings `after` than `before`, those `about` among them; None: any may.

    They are those that are not what they were in some source, and those that keys tie to one that is not.
    """
    changed = set(about)
    for name, schema in after.schemas.items():
        was = before.schemas[name]
        if schema is was:
            continue
        if any(getattr(schema, part) != getattr(was, part) for part in _BESIDE_TABLES):
            return None
        changed |= {table.name for table in schema.tables if was.table(table.name) != table}
        changed |= {table.name for table in was.tables if schema.table(table.name) is None}
    schemas = {id(schema): schema for sources in (before, after) for schema in sources.schemas.values()}
    ends = (ends for schema in schemas.values() for ends in _keys(schema))
    return frozenset(changed.union(*(pair for pair in ends if not changed.isdisjoint(pair))))


_BESIDE_TABLES = ("enums", "sequences", "views", "domains", "expresses", "inexpressible", "unread", "scope")


def _keys(schema: Schema) -> Iterator[tuple[QualifiedName, QualifiedName]]:
    """The referencing and the referenced table of every key and relation."""
    for table in schema.tables:
        for key in table.foreign_keys:
            if key.references is not None:
                yield table.name, key.references.value.table
        for relation in table.relations:
            yield table.name, relation.references.table


def with_fixes(
    findings: list[Finding],
    sources: Iterable[Source],
    among: Sources,
    judged: Judgment,
    before: Found,
    *,
    most: int | None = None,
) -> list[Finding]:
    """The findings with what each source would write; `judged` audits what that makes, `before` is what it found.

    Each source writes for `most` findings, the first that it has to do with; None: for all.
    """
    turn = Lock()

    def in_turn(schema: Schema, about: frozenset[QualifiedName]) -> Found:
        """Sources load side by side, which costs most; of two comparisons at a time there would be more in memory."""
        with turn:
            return judged(schema, about)

    def of(source: Source) -> dict[Pair, Fix]:
        own = [item for item in findings if any(change.source == source.name for change in item.violation.changes)]
        trial = _Trial(source, in_turn, before, iter(range(_MOST_TRIES)))
        return _verified(_written(own[:most], source, among), trial)

    # What is tried in another process is asked for first, so that there is something to do until it is told.
    elsewhere = {kind.name for kind in kinds() if kind.begins}
    every = sorted(sources, key=lambda source: source.kind not in elsewhere)
    with side_by_side(len(every)) as pool:
        fixes = {pair: fix for verified in pool.map(of, every) for pair, fix in verified.items()}
    return [replace(finding, fixes=_suggested(finding, fixes, among.schemas)) for finding in findings]


def _written(findings: Iterable[Finding], source: Source, among: Sources) -> dict[Pair, Fix]:
    """What the source makes of the changes that are asked of it, under the names that it has for its tables."""
    written: dict[Pair, Fix] = {}
    names = among.own_names.get(source.name, {})
    schema = renamed(among.schemas[source.name], names)
    for finding in findings:
        changes = asked_of(finding, source.name, among)
        ways = (changes, _in_two(changes), _with_dependents(changes, schema))
        tried = [way for number, way in enumerate(ways) if way and way not in ways[:number]]
        fix = next((found for way in tried if (found := _together(way, source, schema)) is not None), None)
        if fix is not None:
            written[finding.fingerprint, source.name] = fix
    return written


def asked_of(finding: Finding, source: str, among: Sources) -> list[Change]:
    """What a finding asks of a source, in its own terms and names."""
    asked = (change for change in finding.violation.changes if change.source == source)
    return [renamed(_in_kind(change, among.schemas), among.own_names.get(source, {})) for change in asked]


def found_in(schema: Schema, item: Declared) -> Declared | None:
    """The same object as another reading of its source has it."""
    return next((other for other in _objects(schema) if other.key() == item.key()), None)


def _in_two(changes: list[Change]) -> list[Change]:
    """The changes, where an object is to be one of another kind as that it goes and that the other comes."""
    parts: list[Change] = []
    for change in changes:
        match change:
            case Change(source=source, before=before, after=after) if (
                before and after and type(before) is not type(after)
            ):
                parts += (Change(source, before, None), Change(source, None, after))
            case _:
                parts.append(change)
    return parts


def _with_dependents(changes: list[Change], schema: Schema) -> list[Change]:
    """The changes, where a column goes behind the keys, unique constraints and indexes over it, which go with it."""
    wider: list[Change] = []
    for change in changes:
        match change:
            case Change(before=Column(table=name, name=column), after=None) if table := schema.table(name):
                over: list[Declared] = [item for item in table.foreign_keys if column in item.columns]
                over += [item for item in table.unique_constraints if column in item.columns]
                over += [item for item in table.indexes if any(each.column == column for each in item.elements)]
                wider += [Change(change.source, item, None) for item in over]
        wider.append(change)
    return wider


def _together(changes: list[Change], source: Source, original: Schema) -> Fix | None:
    """One fix of all the changes, each written on top of the one before; None where one of them cannot be written."""
    schema = original
    done: list[Fix] = []
    for number, change in enumerate(changes):
        if done and _is_so(change, schema):
            continue
        fix = source.write(schema, _rebased(change, schema) if done else change)
        if fix is None:
            return None
        done.append(fix)
        if number + 1 < len(changes):
            try:
                schema = source.load((_joined(done, original),))
            except AuditError:
                return None
    return _joined(done, original)


def _is_so(change: Change, schema: Schema) -> bool:
    """Whether the changes before brought it along: an enum of SQLAlchemy's goes with the last column of its type."""
    match change:
        case Change(before=before, after=None) if before is not None:
            return found_in(schema, before) is None
        case Change(before=None, after=after) if after is not None:
            return found_in(schema, after) is not None
    return False


def _in_kind(change: Change, schemas: Schemas) -> Change:
    """The change in terms of what was declared: comparison takes a unique constraint for its index."""
    schema = schemas[change.source]
    before, after = change.before, change.after
    if isinstance(before, Index):
        before = as_declared(before, schema)
        after = as_constraint(after) if isinstance(before, UniqueConstraint) and isinstance(after, Index) else after
    elif isinstance(after, Index) and UniqueConstraint in schema.expresses:
        originals = (as_declared(after, other) for other in schemas.values())
        after = next((item for item in originals if isinstance(item, UniqueConstraint)), after)
    return replace(change, before=before, after=after)


def _rebased(change: Change, schema: Schema) -> Change:
    """The change to the same object as another reading of the source has it."""
    before, after = change.before, change.after
    if before is None:
        return change
    found: Any = found_in(schema, before) or before
    if after is None:
        return replace(change, before=found)
    asked = {
        field.name: _placed(getattr(after, field.name), getattr(found, field.name))
        for field in fields(after)
        if getattr(after, field.name) != getattr(before, field.name)
    }
    return replace(change, before=found, after=replace(found, **asked))


def _placed(wanted: Any, actual: Any) -> Any:
    match wanted, actual:
        case Stated(), Stated(place=place):
            return replace(wanted, place=place)
        case _:
            return wanted


def _objects(schema: Schema) -> Iterable[Declared]:
    yield from schema.enums
    yield from schema.sequences
    yield from schema.views
    yield from schema.domains
    for table in schema.tables:
        yield table
        yield from (*table.columns, *constraints(table), *table.indexes)


def _joined(fixes: list[Fix], schema: Schema) -> Fix:
    """Fixes that were written one on top of the other, as one fix of what was there before the first."""
    unsafe = any(fix.applicability is Applicability.UNSAFE for fix in fixes)
    applicability = Applicability.UNSAFE if unsafe else Applicability.SAFE
    if len(fixes) == 1:
        return fixes[0]
    scripts = [fix for fix in fixes if isinstance(fix, Script)]
    if scripts:
        return Script(scripts[0].source, tuple(line for script in scripts for line in script.statements), applicability)
    patches = [fix for fix in fixes if isinstance(fix, Patch)]
    paths = sorted({edit.span.file for patch in patches for edit in patch.edits})
    documents = [document for path in paths if (document := schema.document(path)) is not None]
    return Patch(schema.source, tuple(edit for item in documents for edit in _edits(item, patches)), applicability)


def _edits(document: Document, patches: list[Patch]) -> Iterable[Edit]:
    """What the patches do to a file, in turn, as edits of its text; by lines, which is where they part."""
    after = reduce(lambda text, patch: edited(document.path, text, (patch,)), patches, document.text)
    old, new = document.text.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    for tag, first, last, begin, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Edit(Span(document.path, starts[first], starts[last]), "".join(new[begin:end]))


@dataclass(frozen=True, slots=True)
class _Trial:
    """What fixes of one source are tried against; `tries` runs out."""

    source: Source
    judged: Judgment
    before: Found
    tries: Iterator[int]

    def holding(self, batch: Mapping[Pair, Fix], given: tuple[Fix, ...] = ()) -> dict[Pair, Fix]:
        """The batch on top of `given`; where it does not hold, what seems to be to blame is tried behind the rest."""
        if next(self.tries, None) is not None:
            suspects = self.suspects(batch, given)
            if not suspects:
                return dict(batch)
            if len(batch) > 1:
                order = sorted(batch, key=suspects.__contains__)
                parting = len(batch) - len(suspects) or len(batch) // 2
                rest = self.holding({pair: batch[pair] for pair in order[:parting]}, given)
                good = tuple(fix for fix in rest.values() if fix.applicability is not Applicability.DISPLAY)
                return rest | self.holding({pair: batch[pair] for pair in order[parting:]}, (*given, *good))
        return {pair: replace(fix, applicability=Applicability.DISPLAY) for pair, fix in batch.items()}

    def suspects(self, batch: Mapping[Pair, Fix], given: tuple[Fix, ...]) -> frozenset[Pair]:
        """The fixes of a batch that leave their finding, or touch what has a new one; all where that tells nothing."""
        everything = frozenset(batch)
        try:
            read = self.source.tried if isinstance(self.source, Tries) else self.source.load
            schema = read((*given, *batch.values()))
        except AuditError:
            return everything
        about = frozenset(of.name for pair in batch if (of := self.before[pair].identity) is not None)
        after = self.judged(schema, about)
        new = added(after, self.before)
        names = {item.identity.name for item in new if item.identity is not None}
        near = {pair for pair in batch if (of := self.before[pair].identity) is not None and of.name in names}
        return frozenset(near | (after.keys() & batch.keys())) or (everything if new else frozenset())


def _verified(written: Mapping[Pair, Fix], trial: _Trial) -> dict[Pair, Fix]:
    """Every fix, those that do not hold as DISPLAY. All that fit together are tried at once, since loading costs."""
    verified: dict[Pair, Fix] = {}
    waiting = dict(written)
    while waiting:
        batch = _compatible(waiting)
        waiting = {pair: fix for pair, fix in waiting.items() if pair not in batch}
        verified |= trial.holding(batch)
    return verified


def _compatible(waiting: Mapping[Pair, Fix]) -> dict[Pair, Fix]:
    batch: dict[Pair, Fix] = {}
    occupied = Occupied()
    for pair, fix in waiting.items():
        if occupied.fits(fix):
            occupied.take(fix)
            batch[pair] = fix
    return batch


def _suggested(finding: Finding, fixes: Mapping[Pair, Fix], schemas: Schemas) -> tuple[SuggestedFix, ...]:
    found = (fixes.get((finding.fingerprint, outlier)) for outlier in finding.violation.outliers)
    return tuple(
        SuggestedFix(fix, fix.applicability is not Applicability.DISPLAY, diff(fix, schemas[fix.source]))
        for fix in found
        if fix is not None
    )


def diff(fix: Fix, schema: Schema) -> str | None:
    """A patch as a unified diff that `git apply` and `patch -p1` take; None for a script."""
    match fix:
        case Script():
            return None
        case Patch(edits=edits):
            paths = sorted({edit.span.file for edit in edits})
            documents = [document for path in paths if (document := schema.document(path)) is not None]
            return "".join(unified(item.path, item.text, edited(item.path, item.text, (fix,))) for item in documents)
