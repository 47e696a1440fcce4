"""The options of the command line, those that several commands share said once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from ormistice.config import FAIL_ON, Config
from ormistice.findings import Severity
from ormistice.reporters import formats
from ormistice.sources import kinds

F = TypeVar("F", bound=Callable[..., None])

WHEN_CLEAN = ("resolve", "delete")
SHOW_FORMATS = ("text", "markdown", "json", "mermaid")
SEVERITIES = tuple(item.value for item in Severity)
MIGRATIONS = ("sql", "alembic", "prisma", "drizzle")


def one_of(words: tuple[str, ...]) -> Callable[[str | None], str | None]:
    """A check of an option's value; typer's own needs an Enum, and these words are discovered."""

    def check(value: str | None) -> str | None:
        if value is not None and value not in words:
            near = get_close_matches(value, words, n=1)
            raise typer.BadParameter(f"{value!r} is none of {', '.join(words)}" + (f"; {near[0]}?" if near else ""))
        return value

    return check


def word(value: str | None) -> str | None:
    """A check of a name that becomes part of a comment that is not seen."""
    if value is not None and not value.replace("-", "").replace("_", "").replace(".", "").isalnum():
        raise typer.BadParameter(f"{value!r} is not made of letters, digits, dots, hyphens and underscores alone")
    return value


_KINDS = ", ".join(prefix for kind in kinds() for prefix in kind.prefixes)
_LOCATION = (
    f"LOCATION or KIND:LOCATION, with NAME= in front if you like: a file, folder, module or URL. Kinds: {_KINDS}."
)
_OUTPUT = "Write to this file, not to stdout."
SourcesArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="SOURCE", help=f"{_LOCATION} Without any source, those of the configuration."),
]
SourceArgument = Annotated[str, typer.Argument(metavar="SOURCE", help=f"{_LOCATION} Or a name of the configuration.")]
BaselineOption = Annotated[
    Path | None, typer.Option("--baseline", metavar="FILE", help="Tell nothing of the findings that this file lists.")
]
UpdateBaselineOption = Annotated[
    bool,
    typer.Option(
        "--update-baseline",
        help="Write that file: all findings if there is none yet, else those of it that are left.",
    ),
]
OutputOption = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help=_OUTPUT)]
OutputsOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help=f"{_OUTPUT} Can be repeated: each is in the format that its name tells.",
    ),
]
FormatOption = Annotated[
    str | None,
    typer.Option(metavar="FORMAT", callback=one_of(formats()), help=f"{', '.join(formats())}. Default: text."),
]
ShowFormatOption = Annotated[
    str, typer.Option(metavar="FORMAT", callback=one_of(SHOW_FORMATS), help=f"{', '.join(SHOW_FORMATS)}.")
]
FailOnOption = Annotated[
    str | None,
    typer.Option(
        metavar="SEVERITY",
        callback=one_of(FAIL_ON),
        help=f"Exit with 1 if a finding is at least as grave: {', '.join(FAIL_ON)}. Default: error.",
    ),
]
CheckDataOption = Annotated[
    bool,
    typer.Option("--check-data", help="Count the rows of live databases that stand in the way of a fix; only reads."),
]
AuthorityOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="The source whose word counts. Default: the database, live, of DDL or of migrations, or else the first.",
    ),
]
TowardsOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="The source that all others are made to agree with.")
]
ApplyOption = Annotated[bool, typer.Option("--apply", help="Write the files; without it, print a diff.")]
UnsafeOption = Annotated[
    bool, typer.Option("--unsafe", help="Also the fixes that may lose data or change what the application does.")
]
SeverityOption = Annotated[
    str,
    typer.Option(
        metavar="SEVERITY", callback=one_of(SEVERITIES), help="Fix what is at least as grave: error, warning or info."
    ),
]
MigrationOption = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="TOOL",
        callback=one_of(MIGRATIONS),
        help=f"Write what the database lacks as a migration: {', '.join(MIGRATIONS)}.",
    ),
]
FolderOption = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="Where --as writes to. Default: where the tool's migrations lie already."),
]
NumberOption = Annotated[
    int | None, typer.Option("--pr", metavar="NUMBER", min=1, help="Number of the pull or merge request.")
]
BaseOption = Annotated[
    str | None, typer.Option(metavar="REF", help="Branch or commit to compare with. Default: the job's own.")
]
WhenCleanOption = Annotated[
    str,
    typer.Option(
        metavar="WORD",
        callback=one_of(WHEN_CLEAN),
        help="What becomes of the comment with nothing left to tell: resolve (it says so) or delete.",
    ),
]
SuggestOption = Annotated[
    bool, typer.Option("--suggest", help="Besides, suggest the fixes on the lines that were changed.")
]
KeyOption = Annotated[
    str | None,
    typer.Option(metavar="WORD", callback=word, help="Tells this comment from others that ormistice writes there."),
]


@dataclass(frozen=True, slots=True)
class Reading:
    """The options of every command that reads sources: where they are named, and how they are read."""

    config: Annotated[
        Path | None,
        typer.Option(
            "--config", metavar="FILE", help="Default: ormistice.toml here, or [tool.ormistice] of pyproject.toml."
        ),
    ] = None
    python: Annotated[
        str | None,
        typer.Option(
            "--python",
            metavar="PATH",
            help="Interpreter that imports Python models. Default: that of the .venv beside them.",
        ),
    ] = None
    static: Annotated[bool, typer.Option("--static", help="Read Python models without importing them.")] = False
    scratch_url: Annotated[
        str | None,
        typer.Option(
            "--scratch-url",
            metavar="URL",
            help="PostgreSQL server to make databases on, in place of the embedded one.",
        ),
    ] = None

    def over(self, config: Config) -> Config:
        """The configuration with what the command line sets."""
        return replace(
            config,
            python=self.python or config.python,
            static=self.static or config.static,
            scratch_url=self.scratch_url or config.scratch_url,
        )


def reading_command(app: typer.Typer, name: str) -> Callable[[F], F]:
    """Make a function a command of `app`, its parameter `reading` an option for each field of it."""

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
