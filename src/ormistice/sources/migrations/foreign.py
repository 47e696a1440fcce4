"""Migrations that are no SQL: programs and change logs, which are told of and never run."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ormistice.model import Problem, ProblemKind
from ormistice.text import Document, Span

_LANGUAGES = {
    ".go": "Go",
    ".js": "JavaScript",
    ".cjs": "JavaScript",
    ".mjs": "JavaScript",
    ".ts": "TypeScript",
    ".cts": "TypeScript",
    ".mts": "TypeScript",
    ".py": "Python",
    ".rb": "Ruby",
    ".rs": "Rust",
    ".java": "Java",
    ".kt": "Kotlin",
    ".groovy": "Groovy",
    ".scala": "Scala",
    ".clj": "Clojure",
    ".php": "PHP",
    ".exs": "Elixir",
    ".cs": "C#",
    ".xml": "XML",
    ".yaml": "YAML",
    ".yml": "YAML",
    ".json": "JSON",
}
_OF_DATA = frozenset({"XML", "YAML", "JSON"})
# TypeORM, knex, goose, Rails, Django; Flyway's in Java; SeaORM, MikroORM, Doctrine.
_MIGRATIONS_NAME = re.compile(r"^(?:[VvMm]|Migration|Version)?[0-9]+[-_.A-Za-z0-9]*$")
_NONE = re.compile(r"(?i)(\.(d|test|spec|designer)|_(test|spec))$")
_INCLUDE = re.compile(r"(?m)^[ \t]*\\(?:i|ir|include|include_relative)[ \t]+'?([^\s';]+)")
_CHANGE_LOG = "databaseChangeLog"
_NAMED_AT_MOST = 3


def language(path: Path) -> str | None:
    """What a file is written in, if that is known and is not SQL."""
    return _LANGUAGES.get(path.suffix.lower())


def is_program(path: Path) -> bool:
    """Whether a file is a migration that its tool would execute, by its name, or else a change log of Liquibase."""
    written = language(path)
    if written is None or not path.is_file():
        return False
    if written in _OF_DATA:
        return is_change_log(path)
    return _MIGRATIONS_NAME.match(path.stem) is not None and _NONE.search(path.stem) is None


def is_change_log(path: Path) -> bool:
    """Whether Liquibase is told by a file what to apply, in which order."""
    try:
        return _CHANGE_LOG in path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def languages(paths: Iterable[Path]) -> str:
    """The languages of several files, in words."""
    return " and ".join(sorted({found for path in paths if (found := language(path)) is not None}))


def not_run(documents: Sequence[Document]) -> Iterator[Problem]:
    """That migrations are none that can be run here, all at once."""
    if not documents:
        return
    names = [f"`{Path(document.path).name}`" for document in documents]
    left = len(names) - _NAMED_AT_MOST
    *listed, last = names if left <= 1 else (*names[:_NAMED_AT_MOST], f"{left} more")
    together = f"{', '.join(listed)} and {last}" if listed else last
    are = "a migration is" if len(names) == 1 else f"{len(names)} migrations are"
    written = languages(Path(document.path) for document in documents)
    message = f"{are} written in {written} and not run here, so nobody knows what else they do: {together}"
    if len(names) == 1:
        message = f"{are} written in {written} and not run here, so nobody knows what else it does: {together}"
    place, *others = (Span(document.path, 0, 0) for document in documents)
    yield Problem(
        ProblemKind.UNSUPPORTED_CONSTRUCT, message, place, tuple((other, "not run, either") for other in others)
    )


def includes(document: Document) -> Iterator[Problem]:
    """What psql would run in the midst of a migration, which is not followed."""
    if language(Path(document.path)) is not None:
        return
    for found in _INCLUDE.finditer(document.text):
        message = f"psql runs `{found[1]}` here, which is not followed, so nobody knows what else there is"
        yield Problem(ProblemKind.UNSUPPORTED_CONSTRUCT, message, Span(document.path, found.start(), found.end()))


def words(text: str) -> frozenset[str]:
    """Every word in a text, strings and comments included."""
    return frozenset(re.findall(r"\w+", text))
