"""Rules: what should hold between sources. Each module here is one rule, a function of the module's name."""

import pkgutil
from functools import cache
from importlib import import_module

from ormistice.findings import Rule


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule that compares, by name."""
    modules = (import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    return tuple(getattr(module, module.__name__.rpartition(".")[2]) for module in modules)
