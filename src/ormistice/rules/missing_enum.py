"""Rule `missing-enum`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned, align
from ormistice.findings import Severity, Site, Violation, absence, matching, rule
from ormistice.fixes import Change
from ormistice.model import Column, Enum, Facet
from ormistice.rules.enum_stored_as_text import text_for_enum


@rule(Enum, severity=Severity.ERROR)
def missing_enum(enum: Aligned[Enum]) -> Iterator[Violation]:
    """An enum type that one source declares is missing in another.

    Where the database lacks it, statements that name the type fail; where a source lacks it, the values it writes are
    refused or never checked. A type that no column of any source uses is a note where the database has it: what was
    left behind harms nobody. A source that has none of the columns which use the enum is not asked; where they are text
    in it, each is `enum-stored-as-text`.
    """
    if not enum.missing:
        return
    columns = [column for column in align(Column, enum.among) if _uses(column, enum)]
    mute = {name for name, schema in enum.among.schemas.items() if Facet.UNUSED_ENUM in schema.inexpressible}
    asked = enum.missing if columns else [name for name in enum.missing if name not in mute]
    missing = [name for name in asked if not columns or any(_needs(name, column, enum) for column in columns)]
    if not missing:
        return
    violation = absence(enum, f"enum {enum.identity.name}", claim=_claim, missing=missing)
    claims = dict(violation.claims)
    sites = list(violation.sites)
    for column in columns:
        for name in missing:
            item = column.declared.get(name)
            if item is not None and item.type is not None:
                claims[name] = f"{column.identity.columns[0]} {item.type.value}"
                sites.insert(0, Site(name, item.type.place, "its column"))
    harmless = not columns and enum.authority not in missing
    changes = [*violation.changes, *(_typed(column, name, enum) for column in columns for name in missing)]
    yield replace(
        violation,
        claims=claims,
        sites=tuple(sites),
        severity=Severity.INFO if harmless else None,
        changes=tuple(change for change in changes if change is not None),
    )


def _needs(source: str, column: Aligned[Column], enum: Aligned[Enum]) -> bool:
    """Whether a source has the column, and not as text."""
    item = column.declared.get(source)
    if item is None:
        return False
    kinds = {name: own.type.value for name, own in column.declared.items() if own.type and name in enum.declared}
    if item.type is None or not kinds:
        return True
    mine = (item.type.value, source)
    return not any(text_for_enum(mine, (kind, name), column) for name, kind in kinds.items())


def _typed(column: Aligned[Column], source: str, enum: Aligned[Enum]) -> Change | None:
    """What a source that lacks the enum has to say of a column that is of it elsewhere; nothing where it must go."""
    item = column.declared.get(source)
    other = next((own for name, own in column.declared.items() if name in enum.declared and own.type), None)
    if item is None or item.type is None or other is None or enum.among.towards in enum.missing:
        return None
    return Change(source, item, matching(other, "type", "default")(item, other.type)) if other.type else None


def _uses(column: Aligned[Column], enum: Aligned[Enum]) -> bool:
    names = {item.name for item in enum.declared.values()}
    return any(item.type is not None and item.type.value.user_defined in names for item in column.declared.values())


def _claim(enum: Enum) -> str:
    return f"ENUM ({', '.join(label.value for label in enum.labels)})"
