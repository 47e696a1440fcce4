"""Reporters: each module here turns a report into one form, by a function `render`."""

import pkgutil
from collections.abc import Callable
from functools import cache
from importlib import import_module

from ormistice.findings import Report

Render = Callable[[Report], str]


@cache
def formats() -> tuple[str, ...]:
    """The names that `--format` takes."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")))


def reporter(name: str) -> Render:
    """The function that writes format `name`, one of `formats()`."""
    render: Render = import_module(f"{__name__}.{name}").render
    return render
