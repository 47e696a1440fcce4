"""Reporters: each module here turns a report into one form, by a function `render`; `parts` is what they share.

A module may hold `ENDINGS`, ends of names by which a file asks for its form, and `render_in`, which takes besides what
the report is written for.
"""

import pkgutil
from collections.abc import Callable, Sequence
from functools import cache, partial
from importlib import import_module
from pathlib import Path

from ormistice.findings import Report
from ormistice.reporters.parts.setting import Setting

Render = Callable[[Report], str]

DEFAULT = "text"


@cache
def formats() -> tuple[str, ...]:
    """The names that `--format` takes."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.ispkg))


def reporter(name: str, setting: Setting | None = None) -> Render:
    """The function that writes format `name`, one of `formats()`; with a setting, as it is fit for that."""
    module = import_module(f"{__name__}.{name}")
    render_in: Callable[[Setting, Report], str] | None = getattr(module, "render_in", None)
    if setting is not None and render_in is not None:
        return partial(render_in, setting)
    render: Render = module.render
    return render


def checklist(report: Report) -> str:
    """What to do about missing tables, in order, as a list to tick off."""
    from ormistice.reporters.parts.missing import checklist as listed

    return listed(report)


def format_of(path: Path) -> str | None:
    """The format that a file's name asks for, by the longest ending that is known; None if it asks for none."""
    endings = {end: name for name in formats() for end in getattr(import_module(f"{__name__}.{name}"), "ENDINGS", ())}
    fitting = [end for end in endings if path.name.lower().endswith(end)]
    return endings[max(fitting, key=len)] if fitting else None


def deliveries(form: str | None, outputs: Sequence[Path]) -> tuple[tuple[str, Path | None], ...]:
    """Which format goes where, None being stdout.

    One output is in the form that is asked for. Several are in the forms that their names ask for, and the form that is
    asked for then goes to stdout.
    """
    if form is not None and len(outputs) == 1:
        return ((form, outputs[0]),)
    files = tuple((format_of(output) or DEFAULT, output) for output in outputs)
    return files if outputs and form is None else (*files, (form or DEFAULT, None))
