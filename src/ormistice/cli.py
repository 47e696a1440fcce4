"""The command line: what the user asked for, handed on; no logic of its own.

Exit codes: 0 nothing at or above `--fail-on`, 1 findings, 2 not audited.
"""

import gc
import io
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from ormistice.audit import audit, load
from ormistice.config import FAIL_ON, FILE_NAME, Config
from ormistice.errors import AuditError
from ormistice.findings import Report, Severity
from ormistice.model import ProblemKind
from ormistice.places import printed
from ormistice.preparing import baseline_of, configured, settings_of, several, single
from ormistice.preparing import opened as opened_sources
from ormistice.progress import progress
from ormistice.reporters import deliveries, format_of, formats, reporter
from ormistice.reporters.parts.setting import Fails, Setting, failing
from ormistice.reporters.parts.terminal import PLAIN, terminal_of
from ormistice.rules import RESERVED, rules
from ormistice.sources import shown
from ormistice.suppressing import baseline as write_baseline
from ormistice.suppressing import read_baseline

F = TypeVar("F", bound=Callable[..., None])

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Audit the several descriptions of one PostgreSQL database.",
)
WHEN_CLEAN = ("resolve", "delete")
SHOW_FORMATS = ("text", "markdown", "json", "mermaid")

SEVERITIES = tuple(item.value for item in Severity)
MIGRATIONS = ("sql", "alembic", "prisma", "drizzle")
AS_HELP = f"Write what the database lacks as a migration: {', '.join(MIGRATIONS)}."
MOST_FIXES = 100
"""Fixes that an audit tries for each source, the gravest first; `ormistice fix` tries all."""
FAIL_ON_HELP = f"Least severity that exits with 1: {', '.join(FAIL_ON)}. Default: error."


def _one_of(words: tuple[str, ...]) -> Callable[[str | None], str | None]:
    """A check of an option's value; typer's own needs an Enum, and these words are discovered."""

    def check(value: str | None) -> str | None:
        if value is not None and value not in words:
            near = get_close_matches(value, words, n=1)
            raise typer.BadParameter(f"{value!r} is none of {', '.join(words)}" + (f"; {near[0]}?" if near else ""))
        return value

    return check


def _word(value: str | None) -> str | None:
    """A check of a name that becomes part of a comment that is not seen."""
    if value is not None and not value.replace("-", "").replace("_", "").replace(".", "").isalnum():
        raise typer.BadParameter(f"{value!r} is not made of letters, digits, dots, hyphens and underscores alone")
    return value


SourcesArgument = Annotated[list[str] | None, typer.Argument(metavar="SOURCE", help="[NAME=]LOCATION")]
BaselineOption = Annotated[Path | None, typer.Option("--baseline", help="Findings of this file are known already.")]
UPDATE_HELP = "Write the baseline: all findings if there is none yet, else those of it that are left."
OutputOption = Annotated[Path | None, typer.Option("--output", help="Write to this file, not to stdout.")]
OutputsOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--output", help="Write to this file, not to stdout. Several: each in the format that its name tells."
    ),
]
FormatOption = Annotated[str | None, typer.Option(callback=_one_of(formats()), help=f"{', '.join(formats())}.")]
FailOnOption = Annotated[str | None, typer.Option(callback=_one_of(FAIL_ON), help=FAIL_ON_HELP)]
CheckDataOption = Annotated[
    bool,
    typer.Option("--check-data", help="Count the rows of live databases that stand in the way of a fix; only reads."),
]
AuthorityOption = Annotated[str | None, typer.Option(help="The source whose word counts.")]


@dataclass(frozen=True, slots=True)
class Reading:
    """The options of every command that reads sources: where they are named, and how they are read."""

    config: Annotated[Path | None, typer.Option("--config", help="Default: ormistice.toml here.")] = None
    python: Annotated[str | None, typer.Option("--python", help="Interpreter that imports the models.")] = None
    static: Annotated[bool, typer.Option("--static", help="Read Python models without importing them.")] = False
    scratch_url: Annotated[
        str | None,
        typer.Option("--scratch-url", help="PostgreSQL server to make databases on, in place of the embedded one."),
    ] = None

    def over(self, config: Config) -> Config:
        """The configuration with what the command line sets."""
        return replace(
            config,
            python=self.python or config.python,
            static=self.static or config.static,
            scratch_url=self.scratch_url or config.scratch_url,
        )


def _command(name: str) -> Callable[[F], F]:
    """Make a function a command, its parameter `reading` an option for each field of it."""

    def register(function: F) -> F:
        own, options = signature(function, eval_str=True), signature(Reading).parameters

        @wraps(function)
        def called(**given: Any) -> None:
            reading = Reading(**{option: given.pop(option) for option in options})
            function(reading=reading, **given)

        parameters: list[Parameter] = []
        for parameter in own.parameters.values():
            of_reading = (option.replace(kind=Parameter.KEYWORD_ONLY) for option in options.values())
            parameters += of_reading if parameter.name == "reading" else (parameter,)
        vars(called)["__signature__"] = own.replace(parameters=parameters)
        app.command(name)(called)
        return function

    return register


def main() -> None:
    """Entry point; the only place that catches AuditError."""
    # Most of what is built is kept until the process ends; looking for garbage in it often takes a third of the time.
    gc.set_threshold(100_000)
    for stream in (sys.stdout, sys.stderr):
        # What a terminal or a pipe cannot take is written as an escape, not as a traceback.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except AuditError as error:
        sys.stderr.write(f"ormistice: {error.message}\n")
        if error.hint:
            sys.stderr.write(f"  hint: {error.hint}\n")
        sys.exit(2)
    except BrokenPipeError:
        # The reader has seen enough (`ormistice audit | head`); what it did not read is not an error of ours.
        sys.stderr.close()
        sys.exit(1)


@app.callback(invoke_without_command=True)
def _root(*, show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if show_version:
        from importlib.metadata import version

        sys.stdout.write(f"ormistice {version('ormistice')}\n")
        raise typer.Exit


@_command("audit")
def audit_command(  # noqa: PLR0913 - options of a command line
    sources: SourcesArgument = None,
    *,
    reading: Reading,
    authority: AuthorityOption = None,
    format: FormatOption = None,  # noqa: A002 - the option's name
    output: OutputsOption = None,
    baseline: BaselineOption = None,
    update_baseline: Annotated[bool, typer.Option("--update-baseline", help=UPDATE_HELP)] = False,
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
        report = audit(opened, settings, note)
    _tell_of_imports(report)
    if update_baseline:
        _write(write_baseline(report.findings, known), known_in)
        return
    fails = failing(fail_on or settled.fail_on)
    for form, path in deliveries(format, output or ()):
        terminal = terminal_of(sys.stdout, os.environ, os.getcwd()) if path is None else PLAIN
        _write(reporter(form, Setting(terminal, fails))(report), path)
    raise typer.Exit(int(any(map(fails, report.findings))))


@_command("report")
def report_command(
    sources: SourcesArgument = None,
    *,
    reading: Reading,
    authority: AuthorityOption = None,
    output: OutputsOption = None,
    baseline: BaselineOption = None,
    fail_on: FailOnOption = None,
) -> None:
    """Audit, and write the whole report as Markdown; with several outputs, each in the format that its name tells."""
    audit_command(
        sources,
        reading=reading,
        authority=authority,
        format=None if output and any(map(format_of, output)) else "markdown",
        output=output,
        baseline=baseline,
        fail_on=fail_on,
    )


@_command("fix")
def fix(  # noqa: PLR0913 - options of a command line
    sources: SourcesArgument = None,
    *,
    reading: Reading,
    towards: Annotated[str | None, typer.Option(help="The source that all others are made to agree with.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Write the files; without it, print a diff.")] = False,
    unsafe: Annotated[
        bool, typer.Option("--unsafe", help="Fixes as well that may lose data or change behaviour.")
    ] = False,
    severity: Annotated[
        str, typer.Option(callback=_one_of(SEVERITIES), help="Fix what is at least as grave: error, warning or info.")
    ] = "info",
    form: Annotated[str | None, typer.Option("--as", callback=_one_of(MIGRATIONS), help=AS_HELP)] = None,
    to: Annotated[Path | None, typer.Option(help="The folder of migrations that --as writes to.")] = None,
) -> None:
    """Print the verified fixes as a diff, or apply them. Databases are never changed; their statements are printed."""
    from ormistice.fixing import Limits, as_diff
    from ormistice.fixing import apply as apply_fixes
    from ormistice.migrating import migrate

    settled = reading.over(configured(sources, reading.config))
    opened = opened_sources(settled)
    settings = replace(settings_of(settled, opened, None), towards=towards)
    limits = Limits(Severity(severity), unsafe)
    with progress() as note:
        if form is not None:
            report = audit(opened, settings, note)
            _write_migration(migrate(report, opened, limits, form, to, settled.base))
            return
        if not apply:
            sys.stdout.write(as_diff(audit(opened, settings, note), limits))
            return
        done = apply_fixes(opened, settings, limits, note)
    sys.stdout.write("".join(f"{file}\n" for file in done.files))
    sys.stderr.write(f"{done.fixes} fixes applied\n")


def _write_migration(files: tuple[tuple[Path, str], ...]) -> None:
    for path, text in files:
        if path == Path("-"):
            sys.stdout.write(text)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(text, path)
        sys.stdout.write(f"{shown(path)}\n")
    if not files:
        sys.stderr.write("nothing to migrate\n")


@_command("plan")
def plan_command(
    sources: SourcesArgument = None,
    *,
    reading: Reading,
    output: OutputOption = None,
) -> None:
    """List the missing tables in an order to create them in, with what needs each and what to do."""
    from ormistice.reporters import checklist

    settled = reading.over(configured(sources, reading.config))
    opened = opened_sources(settled)
    with progress() as note:
        report = audit(opened, replace(settings_of(settled, opened), most_fixes=0), note)
    _write(checklist(report), output)


@_command("show")
def show(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="[NAME=]LOCATION, or a name of the configuration")],
    *,
    reading: Reading,
    format: Annotated[str, typer.Option(callback=_one_of(SHOW_FORMATS), help=", ".join(SHOW_FORMATS))] = "text",  # noqa: A002 - the option's name
    output: OutputOption = None,
) -> None:
    """Print the model of one source as ormistice reads it."""
    from ormistice.views import view

    with progress() as note:
        opened = opened_sources(reading.over(single(source, reading.config)))
        schema = load(opened, note)[opened[0].name]
    _write_pieces(view(schema, format), output)


@_command("comment")
def comment(  # noqa: PLR0913 - options of a command line
    sources: SourcesArgument = None,
    *,
    pr: Annotated[int | None, typer.Option("--pr", min=1, help="Number of the pull or merge request.")] = None,
    base: Annotated[str | None, typer.Option(help="Branch or commit to compare with. Default: the job's own.")] = None,
    reading: Reading,
    authority: AuthorityOption = None,
    baseline: BaselineOption = None,
    when_clean: Annotated[
        str, typer.Option(callback=_one_of(WHEN_CLEAN), help=f"With nothing left to tell: {' or '.join(WHEN_CLEAN)}.")
    ] = "resolve",
    suggest: Annotated[bool, typer.Option("--suggest", help="Fixes as suggestions on the changed lines.")] = False,
    key: Annotated[str | None, typer.Option(callback=_word, help="Tells this comment from another of ours.")] = None,
    output: OutputsOption = None,
    fail_on: FailOnOption = None,
) -> None:
    """Audit, and tell in a comment of the pull request what it introduces; with a base, that alone fails."""
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
    """Look through this folder for sources, and write an ormistice.toml to start from."""
    from ormistice.surveying import configuration, survey

    path = Path.cwd() / FILE_NAME
    if path.exists():
        raise AuditError(f"{FILE_NAME}: there is one already, and it is left as it is")
    found = survey(Path.cwd())
    _write(configuration(found), path)
    sys.stdout.write("".join(f"{', '.join(item.locations())}  {item.why}\n" for item in found))
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
    """List the rules."""
    from tabulate import tabulate

    rows = [(rule.name, rule.severity.value, rule.summary) for rule in rules()]
    sys.stdout.write(tabulate(rows, tablefmt="plain") + "\n")


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
    sys.stdout.write(f"{rule} ({severity})\n\n{documentation}\n")


def _known(path: Path | None, *, may_be_new: bool) -> frozenset[str] | None:
    """The fingerprints of a baseline; None where there is none yet."""
    if path is None:
        if may_be_new:
            raise AuditError("no baseline is named", "ormistice audit --baseline FILE --update-baseline")
        return None
    return None if may_be_new and not path.exists() else read_baseline(path)


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
