"""The command line: what the user asked for, handed on; no logic of its own.

Exit codes: 0 nothing at or above `--fail-on`, 1 findings, 2 not audited.
"""

import atexit
import io
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, NoReturn, TextIO

import typer

from ormistice.audit import audit, load
from ormistice.config import FILE_NAME, Config
from ormistice.errors import AuditError
from ormistice.findings import Report, Severity
from ormistice.fixes import Patch, Script
from ormistice.model import ProblemKind
from ormistice.options import (
    ApplyOption,
    AuthorityOption,
    BaselineOption,
    BaseOption,
    CheckDataOption,
    FailOnOption,
    FolderOption,
    FormatOption,
    KeyOption,
    MigrationOption,
    NumberOption,
    OutputOption,
    OutputsOption,
    Reading,
    SeverityOption,
    ShowFormatOption,
    SourceArgument,
    SourcesArgument,
    SuggestOption,
    TowardsOption,
    UnsafeOption,
    UpdateBaselineOption,
    WhenCleanOption,
    reading_command,
)
from ormistice.places import printed
from ormistice.preparing import baseline_of, configured, settings_of, several, single
from ormistice.preparing import opened as opened_sources
from ormistice.progress import progress
from ormistice.reporters import deliveries, format_of, reporter
from ormistice.reporters.parts.setting import Fails, Setting, failing
from ormistice.reporters.parts.terminal import PLAIN, Terminal, terminal_of
from ormistice.rules import RESERVED, rules
from ormistice.sources import shown
from ormistice.suppressing import baseline as write_baseline
from ormistice.suppressing import baseline_told, read_baseline

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Audit the several descriptions of one PostgreSQL database. Begin with: ormistice init",
)

MOST_FIXES = 100
"""Fixes that an audit tries for each source, the gravest first; `ormistice fix` tries all."""


def main() -> NoReturn:
    """Run the command, and end the process."""
    # A stream that is closed is None.
    sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        # What a terminal or a pipe cannot take is written as an escape, not as a traceback.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    status = _status()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        sys.exit(status)
    # Taking a large schema apart object by object, as an interpreter does that ends, takes longer than comparing it.
    atexit._run_exitfuncs()  # noqa: SLF001 - the public way to run them is to end the slow way
    os._exit(status)


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")


def _status() -> int:
    """What the command exits with; the only place that catches AuditError."""
    try:
        app()
    except AuditError as error:
        sys.stderr.write(f"ormistice: {error.message}\n")
        if error.hint:
            sys.stderr.write(f"  hint: {error.hint}\n")
        return 2
    except BrokenPipeError:
        # The reader has seen enough (`ormistice audit | head`); what it did not read is not an error of ours.
        sys.stderr.close()
        return 1
    except OSError as error:
        # What may not be looked at, or cannot be written, wherever it was met.
        sys.stderr.write(f"ormistice: {error.filename or 'stdout'}: {(error.strerror or str(error)).lower()}\n")
        return 2
    except RuntimeError as error:
        # What resolving a path raises before Python 3.13 where a link leads to itself.
        if not str(error).startswith("Symlink loop"):
            raise
        sys.stderr.write(f"ormistice: {str(error)[0].lower()}{str(error)[1:]}\n")
        return 2
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


@app.callback(invoke_without_command=True)
def _root(*, show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if show_version:
        from importlib.metadata import version

        _write(f"ormistice {version('ormistice')}\n", None)
        raise typer.Exit


@reading_command(app, "audit")
def audit_command(  # noqa: PLR0913 - options of a command line
    sources: SourcesArgument = None,
    *,
    reading: Reading,
    authority: AuthorityOption = None,
    format: FormatOption = None,  # noqa: A002 - the option's name
    output: OutputsOption = None,
    baseline: BaselineOption = None,
    update_baseline: UpdateBaselineOption = False,
    fail_on: FailOnOption = None,
    check_data: CheckDataOption = False,
) -> None:
    """Compare the sources and report where they contradict each other."""
    settled = several(reading.over(configured(sources, reading.config)))
    known_in = baseline or baseline_of(settled)
    known = _known(known_in, may_be_new=update_baseline)
    with progress() as note:
        opened = opened_sources(settled)
        hidden = frozenset() if update_baseline else known or frozenset()
        settings = replace(settings_of(settled, opened, authority), baseline=hidden, most_fixes=MOST_FIXES)
        settings = replace(settings, check_data=check_data)
        fails = failing(fail_on or settled.fail_on)
        # Writers are imported while there is time: a source is being read by now.
        wanted = deliveries(format, output or ())
        written = [(path, reporter(form, Setting(_terminal(path), fails))) for form, path in wanted]
        report = audit(opened, settings, note)
    _tell_of_imports(report)
    if update_baseline:
        _write(write_baseline(report.findings, known), known_in)
        _tell(*baseline_told(report.findings, known))
        return
    for path, render in written:
        _write(render(report), path)
    raise typer.Exit(int(any(map(fails, report.findings))))


def _terminal(path: Path | None) -> Terminal:
    """What shows an output: nothing shows a file."""
    return terminal_of(sys.stdout, os.environ, os.getcwd()) if path is None else PLAIN


@reading_command(app, "report")
def report_command(
    sources: SourcesArgument = None,
    *,
    reading: Reading,
    authority: AuthorityOption = None,
    output: OutputsOption = None,
    baseline: BaselineOption = None,
    fail_on: FailOnOption = None,
) -> None:
    """Compare, and write the long report, as Markdown.

    Where the name of an output tells another format, that is written instead.
    """
    audit_command(
        sources,
        reading=reading,
        authority=authority,
        format=None if output and any(map(format_of, output)) else "markdown",
        output=output,
        baseline=baseline,
        fail_on=fail_on,
    )


@reading_command(app, "fix")
def fix(  # noqa: PLR0913 - options of a command line
    sources: SourcesArgument = None,
    *,
    reading: Reading,
    towards: TowardsOption = None,
    apply: ApplyOption = False,
    unsafe: UnsafeOption = False,
    severity: SeverityOption = "info",
    form: MigrationOption = None,
    to: FolderOption = None,
) -> None:
    """Print the verified fixes as a diff, or write them.

    Databases are never changed: the statements for them are printed.
    """
    from ormistice.fixing import Limits, as_diff, left_out, refusals
    from ormistice.fixing import apply as apply_fixes
    from ormistice.migrating import migrate

    if to is not None and form is None:
        raise AuditError("--to goes with --as, which says what is to be written there")
    settled = several(reading.over(configured(sources, reading.config)))
    opened = opened_sources(settled)
    settings = replace(settings_of(settled, opened, None), towards=towards)
    limits = Limits(Severity(severity), unsafe)
    with progress() as note:
        done = apply_fixes(opened, settings, limits, note) if apply and form is None else None
        report = audit(opened, settings, note) if done is None else done.report
        files = () if form is None else migrate(report, opened, limits, form, to, settled.base)
    if done is not None:
        _write("".join(f"{file}\n" for file in done.files), None)
        applied = f"{done.fixes} {'fix' if done.fixes == 1 else 'fixes'} applied"
        _tell(applied, *refusals(done), *left_out(report, limits, Patch))
    elif form is not None:
        _write_migration(files)
        _tell("" if files else "nothing to migrate", *left_out(report, limits, Script))
    else:
        text = as_diff(report, limits)
        _write(text, None)
        _tell("" if text else "no verified fix", *left_out(report, limits, Patch, Script))


def _tell(*lines: str) -> None:
    sys.stderr.write("".join(f"{line}\n" for line in lines if line))


def _write_migration(files: tuple[tuple[Path, str], ...]) -> None:
    for path, text in files:
        if path == Path("-"):
            _write(text, None)
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise AuditError(f"{shown(path.parent)}: {(error.strerror or str(error)).lower()}") from error
        _write(text, path)
        _write(f"{shown(path)}\n", None)


@reading_command(app, "plan")
def plan_command(
    sources: SourcesArgument = None,
    *,
    reading: Reading,
    output: OutputOption = None,
) -> None:
    """List the tables that are missing, in an order to create them in.

    With each are the code that needs it and what to do.
    """
    from ormistice.reporters import checklist

    settled = several(reading.over(configured(sources, reading.config)))
    opened = opened_sources(settled)
    with progress() as note:
        report = audit(opened, replace(settings_of(settled, opened), most_fixes=0), note)
    _write(checklist(report), output)


@reading_command(app, "show")
def show(
    source: SourceArgument,
    *,
    reading: Reading,
    format: ShowFormatOption = "text",  # noqa: A002 - the option's name
    output: OutputOption = None,
) -> None:
    """Print what one source says, as it is read."""
    from ormistice.views import view

    with progress() as note:
        opened = opened_sources(reading.over(single(source, reading.config)))
        schema = load(opened, note)[opened[0].name]
    _write_pieces(view(schema, format), output)


@reading_command(app, "comment")
def comment(  # noqa: PLR0913 - options of a command line
    sources: SourcesArgument = None,
    *,
    pr: NumberOption = None,
    base: BaseOption = None,
    reading: Reading,
    authority: AuthorityOption = None,
    baseline: BaselineOption = None,
    when_clean: WhenCleanOption = "resolve",
    suggest: SuggestOption = False,
    key: KeyOption = None,
    output: OutputsOption = None,
    fail_on: FailOnOption = None,
) -> None:
    """Comment on a pull request what it introduces.

    With a base to compare with, that alone makes the check fail. Repository, token and address of the API are those of
    the environment, as GitHub Actions and GitLab CI set it.
    """
    from ormistice.bot.command import Wishes, told
    from ormistice.bot.surroundings import surroundings

    def settled() -> Config:
        own = reading.over(configured(sources, reading.config))
        known = own.baseline if baseline is None else str(baseline.absolute())
        return replace(own, authority=authority or own.authority, baseline=known)

    def write(report: Report, fails: Fails) -> None:
        for form, path in deliveries(None, output) if output else ():
            _write(reporter(form, Setting(fails=fails))(report), path)

    wishes = Wishes(base, when_clean, suggest, fail_on, key, MOST_FIXES, bool(sources))
    around = surroundings(os.environ, pr)
    with progress() as note:
        failed = told(around, settled, wishes, note, write)
    raise typer.Exit(int(failed))


@app.command()
def init() -> None:
    """Look for sources in this folder, and write ormistice.toml."""
    from ormistice.surveying import configuration, survey

    path = Path.cwd() / FILE_NAME
    if path.exists():
        raise AuditError(f"{FILE_NAME}: there is one already, and it is left as it is")
    found = survey(Path.cwd())
    _write(configuration(found), path)
    _write("".join(f"{', '.join(item.locations())}  {item.why}\n" for item in found), None)
    sys.stderr.write(_written(len(found)))


def _written(sources: int) -> str:
    """What to do next, after a configuration was written with so many sources."""
    match sources:
        case 0:
            return f"{FILE_NAME} written, but no source was found here; name two in it, then: ormistice audit\n"
        case 1:
            return f"{FILE_NAME} written with 1 source; name another in it, then: ormistice audit\n"
        case _:
            return f"{FILE_NAME} written with {sources} sources; look through it, then: ormistice audit\n"


@app.command("rules")
def rules_command() -> None:
    """List what is compared."""
    from tabulate import tabulate

    rows = [(rule.name, rule.severity.value, rule.summary) for rule in rules()]
    _write(tabulate(rows, tablefmt="plain") + "\n", None)


@app.command()
def explain(rule: Annotated[str, typer.Argument(metavar="RULE")]) -> None:
    """Tell what a rule finds, and why it matters."""
    known = {item.name: (item.severity.value, item.documentation) for item in rules()} | RESERVED
    if rule not in known:
        near = get_close_matches(rule, known, n=1)
        raise AuditError(
            f"no rule is named {rule}", f"did you mean {near[0]}?" if near else "ormistice rules lists them"
        )
    severity, documentation = known[rule]
    _write(f"{rule} ({severity})\n\n{documentation}\n", None)


def _known(path: Path | None, *, may_be_new: bool) -> frozenset[str] | None:
    """The fingerprints of a baseline; None where there is none yet."""
    if path is None:
        if may_be_new:
            raise AuditError("no baseline is named", "ormistice audit --baseline FILE --update-baseline")
        return None
    return None if may_be_new and not os.path.lexists(path) else read_baseline(path)


def _tell_of_imports(report: Report) -> None:
    """What could not be imported, on stderr as well: it says how this run read, whatever becomes of the report."""
    for finding in report.findings:
        if finding.rule == ProblemKind.IMPORT_FAILS.value:
            site = finding.violation.sites[0]
            place = printed(site.place, report.among.schemas[site.source])
            sys.stderr.write(f"ormistice: {site.source}: {place}: {finding.violation.message}\n")


def _write(text: str, output: Path | None) -> None:
    _write_pieces((text,), output)


def _write_pieces(pieces: Iterable[str], output: Path | None) -> None:
    try:
        if output is None:
            sys.stdout.writelines(pieces)
            sys.stdout.flush()
        else:
            with output.open("w", encoding="utf-8", errors="backslashreplace") as file:
                file.writelines(pieces)
    except BrokenPipeError:
        raise
    except OSError as error:
        if output is None:
            # What is left in its buffer would fail again when the process ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise AuditError(f"{output or 'stdout'}: {(error.strerror or str(error)).lower()}") from error
