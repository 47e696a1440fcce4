"""Rules: what should hold between sources. Each module here is one rule, a function of the module's name."""

import pkgutil
from functools import cache
from importlib import import_module

from ormistice.findings import Rule, first_sentence

# Findings that no rule yields: what could not be read, and what the user allowed in vain.
RESERVED = {
    "syntax-error": (
        "error",
        """A part of a file is not of its language.

The part is left out of the comparison, and nothing that it may hold counts as missing.""",
    ),
    "unsupported-construct": (
        "info",
        """A construct is not understood.

It is never guessed: what it hides is not compared, and nothing that it may hold counts as missing.""",
    ),
    "import-fails": (
        "warning",
        """Python models cannot be imported, or an Alembic env.py cannot be run.

The text of the models was read in place of them, the migrations were run without the env.py. What only running them
tells is not compared. The exception is the module's own, at the line that raised it. A source of models that
stands alone is refused instead; `--static` reads the text without trying.""",
    ),
    "migration-fails": (
        "error",
        """A migration does not run on what the migrations before it have made.

A new database cannot be built from the history. What the failing statement lacks is told, with the later migration that
makes it where there is one. A warning where it presupposes an extension that no migration creates.""",
    ),
    "commented-out-migration": (
        "warning",
        """An operation of a migration is commented out.

The table that it waited for may be there by now, and the operation still is not done.""",
    ),
    "several-migration-heads": (
        "warning",
        """The history of migrations has several heads.

Alembic refuses to upgrade to the head until they are merged. Heads of branches that each have a label are meant.""",
    ),
    "migration-out-of-order": (
        "warning",
        """A migration is passed over by its tool.

It is dated before one that comes before it, where a tool applies what is newer than the newest applied. Or it lies
among the migrations and is none to the tool: drizzle-kit applies what its journal lists, Supabase's CLI what has a
number in front of its name.""",
    ),
    "migration-drops-data": (
        "info",
        """A migration drops a table or column that an earlier one created.

The rows that were in it are gone. It may be meant, and it may have been generated from a schema file that did not know
of it. It is an error where another source still declares what is dropped and the history does not bring it back, a
warning where a later migration fails for want of it, else a note.""",
    ),
    "irreversible-migration": (
        "info",
        """A migration cannot be undone, or what undoes it does not bring back what was there.""",
    ),
    "unused-allowance": (
        "warning",
        """A comment allows a finding that is not there, or has expired.

`ormistice: allow RULE` belongs on the line that a finding points at, or alone on the line above it.""",
    ),
}


def impact(reserved: str) -> str:
    """What a finding of a reserved rule leads to, in one sentence."""
    return first_sentence(" ".join(RESERVED[reserved][1].split("\n")[2:]))


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule that compares, by name."""
    modules = (import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    return tuple(getattr(module, module.__name__.rpartition(".")[2]) for module in modules)
