"""Missing tables, with what each needs and what needs it, as lines of plain text."""

from collections.abc import Iterator

from ormistice.findings import MissingTable, Report, listed
from ormistice.places import printed
from ormistice.reporters.parts.content import counted


def needs(table: MissingTable, report: Report) -> Iterator[str]:
    """What comes first, which code uses it, which migrations wait for it."""
    if table.references:
        yield f"references {listed(str(name) for name in table.references)}"
    if table.together:
        yield f"in a circle with {listed(str(name) for name in table.together)}: its keys come after the tables"
    layers: dict[str, list[str]] = {}
    for use in table.uses:
        layers.setdefault(use.layer, []).append(f"{use.file}:{use.line}")
    yield from (f"used in {layer}: {', '.join(lines)}" for layer, lines in layers.items())
    for source, place in table.waiting:
        yield f"waited for by what is commented out at {printed(place, report.among.schemas[source])}"


def checklist(report: Report) -> str:
    """The plan as a list to tick off, in Markdown."""
    if not report.missing:
        return "No table is missing.\n"
    lacking = sorted({name for table in report.missing for name in table.lacking})
    verb = "is" if len(report.missing) == 1 else "are"
    lines = [f"# {counted(len(report.missing), 'table')} {verb} missing in {listed(lacking)}", ""]
    for number, table in enumerate(report.missing, 1):
        place = printed(table.place, report.among.schemas[table.source])
        lines.append(f"{number}. [ ] create `{table.table}` ({table.source}: {place})")
        lines += [f"   - {line}" for line in needs(table, report)]
    waiting = sorted({str(printed(p, report.among.schemas[s])) for t in report.missing for s, p in t.waiting})
    lines += ["", *(f"- [ ] take up again what is commented out at {place}" for place in waiting)]
    towards = report.missing[0].source
    lines += [f"- [ ] write the migration: `ormistice fix --towards {towards} --as alembic|prisma|drizzle|sql`"]
    lines += ["- [ ] run it, and `ormistice audit` again"]
    return "\n".join(lines) + "\n"
