"""Rules: what should hold between sources. Each module here is one rule, a function of the module's name."""

import pkgutil
from functools import cache
from importlib import import_module

from ormistice.findings import Rule

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
    "unused-allowance": (
        "warning",
        """A comment allows a finding that is not there, or has expired.

`ormistice: allow RULE` belongs on the line that a finding points at, or alone on the line above it.""",
    ),
}


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule that compares, by name."""
    modules = (import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    return tuple(getattr(module, module.__name__.rpartition(".")[2]) for module in modules)
