"""Format `text`: for a terminal, grouped by table, each finding led by a place to click on.

What is one thing of several objects is said once, and then a line for each of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tabulate import tabulate

from ormistice.findings import Finding, Report, Severity, Site, SuggestedFix
from ormistice.fixes import Applicability, Patch, Script
from ormistice.names import QualifiedName
from ormistice.places import printed
from ormistice.reporters.parts.content import counted, counts, subject, table_name
from ormistice.reporters.parts.groups import Group, groups, told_at
from ormistice.reporters.parts.missing import needs
from ormistice.reporters.parts.setting import Setting
from ormistice.reporters.parts.terminal import Style, Terminal, shown_width
from ormistice.reporters.parts.visible import visible

ENDINGS = (".txt",)
INDENT = "    "
LEAST_CLAIM = 24
"""Characters that a claim is given at least, however narrow the terminal is."""

STYLES = {Severity.ERROR: (Style.RED, Style.BOLD), Severity.WARNING: (Style.YELLOW,), Severity.INFO: (Style.DIM,)}
DIFF_STYLES = {"+++": Style.BOLD, "---": Style.BOLD, "@@": Style.CYAN, "+": Style.GREEN, "-": Style.RED}
ALL_OF_THEM = {Applicability.SAFE: "ormistice fix", Applicability.UNSAFE: "ormistice fix --unsafe"}


def render(report: Report) -> str:
    """The report as plain text."""
    return render_in(Setting(), report)


def render_in(setting: Setting, report: Report) -> str:
    """The report as the terminal can show it."""
    return "\n".join(_Drawing(setting.terminal, report).lines()) + "\n"


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What every line depends on."""

    terminal: Terminal
    report: Report

    def lines(self) -> Iterator[str]:
        for title, told in _blocks(self.report.findings):
            yield from () if title is None else (self.terminal.styled(visible(title), Style.BOLD),)
            for group in told:
                yield from self.together(group) if group.several else self.alone(group.first)
            yield ""
        yield from self.at_large()
        yield from self.missing()
        yield from self.summary()

    def alone(self, finding: Finding) -> Iterator[str]:
        yield f"  {self.head(finding)}"
        if finding.severity is Severity.INFO:
            yield from indented(self.why(_told_anew(finding.violation.cause, finding), ""), INDENT)
        else:
            yield from indented(self.details(finding), INDENT)

    def details(self, finding: Finding) -> Iterator[str]:
        yield from self.claims(finding, finding.violation.claims, placed=True)
        yield from self.why(finding.violation.cause, finding.impact)
        for asked in finding.rows:
            yield f"{visible(asked.source)}: {visible(asked.answer)}"
            yield from (f"  {visible(line)}" for line in asked.query.splitlines())
        for fix in finding.fixes:
            yield from self.fix(fix)

    def together(self, group: Group) -> Iterator[str]:
        """What is said of all, then a line for each that is found by its place, severity, rule or name."""
        yield f"{self.terminal.styled(group.count, Style.BOLD)}: {visible(group.words)}"
        if group.first.severity is Severity.INFO:
            yield from indented(self.why(_told_anew(group.cause, group.first), ""), "  ")
            yield from self.members(group)
            return
        unsaid = any(claim not in group.words for claim in group.claims.values())
        yield from indented(self.claims(group.first, group.claims if unsaid else {}, placed=False), "  ")
        yield from indented(self.why(group.cause, group.first.impact), "  ")
        yield from self.members(group)
        yield from indented(self.examples(group), "  ")

    def members(self, group: Group) -> Iterator[str]:
        rows = []
        for findings, own in _lines_of(group):
            first, *others = [self.place(site) for site in told_at(findings[0])]
            name = own if findings[0].identity is None else _named(findings)
            more = [own] * bool(own and name != own)
            more += [f"{asked.source}: {asked.answer}" for asked in findings[0].rows]
            told = [*map(visible, more), *(f"also {place}" for place in others)]
            rows.append(
                (f"{first}:", f"{self.rule(findings[0])}{f': {visible(name)}' if name else ''}", "; ".join(told))
            )
        widths = [max(shown_width(row[number]) for row in rows) for number in (0, 1)]
        for where, what, more_of_it in rows:
            left = f"{where}{' ' * (widths[0] - shown_width(where))} {what}"
            yield f"  {left}{' ' * (widths[1] - shown_width(what))}  {more_of_it}" if more_of_it else f"  {left}"

    def rule(self, finding: Finding) -> str:
        severity = self.terminal.styled(finding.severity.value, *STYLES[finding.severity])
        return f"{severity} {self.terminal.styled(finding.rule, Style.BOLD)}"

    def head(self, finding: Finding) -> str:
        """One line for a finding, led by its place."""
        columns = ", ".join(finding.identity.columns) if finding.identity else ""
        of = f" ({visible(columns)})" if columns else ""
        place = self.place(finding.violation.sites[0])
        return f"{place}: {self.rule(finding)}{of}: {visible(finding.violation.message)}"

    def place(self, site: Site) -> str:
        place = printed(site.place, self.report.among.schemas[site.source])
        text = visible(str(place))
        if place.file is None or place.start is None:
            return text
        return self.terminal.linked(text, place.file, place.start.line, place.start.column)

    def claims(self, finding: Finding, claims: Mapping[str, str], *, placed: bool) -> Iterator[str]:
        rows = [self.claim(finding, name, claim, placed=placed) for name, claim in claims.items()]
        others = sum(max(shown_width(row[number]) for row in rows) for number in (0, 1, 3)) if rows else 0
        room = None if self.terminal.width is None else max(self.terminal.width - others - len(INDENT) - 6, LEAST_CLAIM)
        table = tabulate(rows, tablefmt="plain", disable_numparse=True, maxcolwidths=[None, None, room, None])
        yield from (line.rstrip() for line in table.splitlines())

    def claim(self, finding: Finding, name: str, claim: str, *, placed: bool) -> tuple[str, str, str, str]:
        mark = self.terminal.styled("✗", Style.RED) if name in finding.violation.outliers else ""
        sites = (site for site in finding.violation.sites if placed and site.source == name)
        return visible(name), mark, visible(claim), next(map(self.place, sites), "")

    def why(self, cause: str | None, impact: str) -> Iterator[str]:
        if cause is not None:
            yield f"cause: {visible(cause)}"
        if impact:
            yield f"impact: {visible(impact)}"

    def examples(self, group: Group) -> Iterator[str]:
        """The first fix of each sort, and where the others are to be had."""
        sorts: dict[tuple[str, Applicability, bool], dict[object, SuggestedFix]] = {}
        for fix in (fix for finding in group.findings for fix in finding.fixes):
            sorts.setdefault((fix.fix.source, fix.fix.applicability, fix.verified), {})[fix] = fix
        for (_, applicability, verified), fixes in sorts.items():
            everywhere = ALL_OF_THEM.get(applicability) if verified else None
            shown = f", 1 of {len(fixes)} (all: {everywhere or '--format markdown'})" if len(fixes) > 1 else ""
            yield from self.fix(next(iter(fixes.values())), shown)

    def fix(self, suggested: SuggestedFix, more: str = "") -> Iterator[str]:
        state = "verified" if suggested.verified else "not verified"
        yield f"fix for {visible(suggested.fix.source)} ({suggested.fix.applicability.value}, {state}){more}:"
        if isinstance(suggested.fix, Script):
            for statement in suggested.fix.statements:
                yield from (self.terminal.styled(visible(line), Style.GREEN) for line in statement.splitlines())
        else:
            yield from map(self.changed, (suggested.diff or "").split("\n")[:-1])

    def changed(self, line: str) -> str:
        """A line of a diff."""
        style = next((style for start, style in DIFF_STYLES.items() if line.startswith(start)), None)
        shown = visible(line.rstrip("\r"))
        return shown if style is None else self.terminal.styled(shown, style)

    def at_large(self) -> Iterator[str]:
        """What is of no single object: sources as a whole, then what could not be read."""
        for title, unread in (("at large", False), ("not understood", True)):
            found = [item for item in self.report.findings if item.identity is None and item.unread is unread]
            told = groups(found)
            if found:
                yield self.terminal.styled(title, Style.BOLD)
            for group in told:
                yield from self.together(group) if group.several else (f"  {self.head(group.first)}",)
                impact = "" if unread or group.first.severity is Severity.INFO else group.first.impact
                yield from () if group.several else indented(self.why(group.cause, impact), INDENT)
            yield from [""] * bool(found)

    def missing(self) -> Iterator[str]:
        """The missing tables in an order to create them in, with what each needs and what needs it."""
        if not self.report.missing:
            return
        yield self.terminal.styled("missing tables, in an order to create them in", Style.BOLD)
        for number, table in enumerate(self.report.missing, 1):
            place = self.place(Site(table.source, table.place, ""))
            yield f"  {number}. {visible(str(table.table))}  {place}"
            yield from (f"{INDENT}{visible(line)}" for line in needs(table, self.report))
        yield ""

    def summary(self) -> Iterator[str]:
        report = self.report
        sources = [
            (visible(item.name), counted(item.tables, "table"), counted(item.enums, "enum"), visible(item.location))
            for item in report.sources
        ]
        yield tabulate(sources, tablefmt="plain", disable_numparse=True)
        yield from (f"not compared: {visible(item)}" for item in report.not_compared)
        if report.suppressed:
            yield f"{report.suppressed} more that you allow"
        if not report.findings:
            yield self.terminal.styled(f"no {'other ' * bool(report.suppressed)}differences found", Style.GREEN)
        else:
            fixable = sum(any(fix.verified for fix in finding.fixes) for finding in report.findings)
            worst = min((item.severity for item in report.findings), key=lambda severity: severity.rank)
            told = self.terminal.styled(counts(report.findings), *STYLES[worst])
            yield f"{told}; verified fixes for {fixable}{_next(report)}"


def _told_anew(cause: str | None, finding: Finding) -> str | None:
    """The cause, but for a default that the message names already: of what is harmless that is enough."""
    default = "" if cause is None else cause.rpartition(", which means ")[2]
    return None if default != cause and default in finding.violation.message else cause


def indented(lines: Iterable[str], by: str) -> Iterator[str]:
    """Lines with blanks in front, but for empty ones."""
    return (f"{by}{line}" if line else "" for line in lines)


def _blocks(findings: Iterable[Finding]) -> Iterator[tuple[str | None, list[Group]]]:
    """(table or enum, what is told of it), that with the gravest finding first.

    What is told of several objects at once stands where its first finding would, and has no title.
    """
    blocks: dict[object, list[Group]] = {}
    places: dict[object, tuple[int, QualifiedName, bool]] = {}
    for group in groups(finding for finding in findings if finding.identity is not None):
        named = [finding.identity.name for finding in group.findings if finding.identity is not None]
        # Findings come with the gravest first, and so the first group of a table tells where the table stands.
        key: object = id(group) if group.several else named[0]
        places.setdefault(key, (group.first.severity.rank, min(named), not group.several))
        blocks.setdefault(key, []).append(group)
    for key in sorted(blocks, key=places.__getitem__):
        yield (str(key) if isinstance(key, QualifiedName) else None), blocks[key]


def _lines_of(group: Group) -> Iterator[tuple[tuple[Finding, ...], str]]:
    """Findings that share a line of a group: those of severity info by table, for they are many and matter little."""
    lines: dict[object, list[Finding]] = {}
    says: dict[object, str] = {}
    for finding, own in zip(group.findings, group.own, strict=True):
        shared = finding.severity is Severity.INFO and finding.identity is not None and finding.identity.columns
        key: object = (finding.identity.name, own) if shared and finding.identity is not None else id(finding)
        lines.setdefault(key, []).append(finding)
        says[key] = own
    yield from ((tuple(found), says[key]) for key, found in lines.items())


def _named(findings: tuple[Finding, ...]) -> str:
    """The object of a line, or the columns of its table: `orders.id`, `orders (id, user_id)`."""
    first = findings[0].identity
    if first is None or len(findings) == 1:
        return subject(findings[0])
    columns = (", ".join(finding.identity.columns) for finding in findings if finding.identity is not None)
    return f"{table_name(first.name)} ({', '.join(columns)})"


def _next(report: Report) -> str:
    """What to do next, as the end of the last line."""
    verified = [fix.fix for item in report.findings for fix in item.fixes if fix.verified]
    for level, option in ((Applicability.SAFE, ""), (Applicability.UNSAFE, " --unsafe")):
        kinds = {type(fix) for fix in verified if fix.applicability is level}
        if Patch in kinds:
            return f"; next: ormistice fix{option}, then ormistice fix{option} --apply"
        if Script in kinds:
            # What is for a database is run by nobody but the user.
            return f"; next: ormistice fix{option} prints the statements, with --as it makes a migration of them"
    grave = next((item.rule for item in report.findings if item.severity is not Severity.INFO), None)
    return f"; next: ormistice explain {grave}" if grave else ""
