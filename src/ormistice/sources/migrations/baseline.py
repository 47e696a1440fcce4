"""What `drizzle-kit pull` writes for a database that was there first: its tables, in comments so that none is run."""

from dataclasses import replace

from ormistice.model import Enum, Problem, ProblemKind, Schema, Sequence, Table
from ormistice.sources.migrations.folders import Migration
from ormistice.sources.migrations.replay import Step
from ormistice.sources.postgres.scripts import comment_lines, split
from ormistice.text import Document, Span

_SENTENCE = "Current sql file was generated after introspecting the database"
_HEAD = (_SENTENCE, "If you want to run this migration please uncomment this code before executing migrations")
_BREAKPOINT = "> statement-breakpoint"


def opened(migration: Migration, document: Document) -> tuple[Migration, Document]:
    """A first migration of Drizzle with what its comments describe as statements, all where they stand in the file.

    One in which anything is run, or that says nothing of introspection, stays as it is.
    """
    if not migration.first_of_drizzle or _SENTENCE not in document.text or any(split(document.text)):
        return migration, document
    shown = [character if character in "\r\n" else " " for character in document.text]
    for line in comment_lines(document.text):
        if line.text.strip() not in _HEAD and not line.text.startswith(_BREAKPOINT):
            shown[line.start : line.end] = line.text
    return replace(migration, baseline=True), replace(document, text="".join(shown))


def unwritten(step: Step) -> bool:
    """Whether a migration stands for what a database held, and no longer says what that was."""
    return step.migration.baseline and not any(split(step.document.text))


def with_baseline(schema: Schema, steps: tuple[Step, ...]) -> Schema:
    """`schema`, in which nothing is missing where the migrations begin from what is not written in them."""
    places = [Span(step.document.path, 0, 0) for step in steps if unwritten(step)]
    message = "the migrations begin with what the database held when it was introspected, and that is not written here"
    found = tuple(Problem(ProblemKind.UNSUPPORTED_CONSTRUCT, message, place) for place in places)
    unread = schema.unread | {Table, Enum, Sequence} if found else schema.unread
    return replace(schema, problems=found + schema.problems, unread=unread)
