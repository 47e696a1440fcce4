"""Tools that write down what they apply, or keep it in a folder of its own: Atlas, Sqitch, graphile-migrate."""

import configparser
import re
from collections.abc import Iterator
from pathlib import Path

from ormistice.errors import AuditError
from ormistice.sources.migrations.loose import undoes

_SUM = "atlas.sum"
_CHECKPOINT = "-- atlas:checkpoint"
_PLAN = "sqitch.plan"
_COMMITTED = re.compile(r"^[0-9]{6}(?:-.*)?\.sql$")
# Neither a cast nor a slice, and no part of a time of day.
_PLACEHOLDER = re.compile(r"(?<![:\w\[]):(?=[A-Z][A-Z0-9_]{2,}\b)")


def is_atlas(folder: Path) -> bool:
    """Whether Atlas applies the folder, whoever has written it: every file, by name."""
    return (folder / _SUM).is_file()


def atlas(folder: Path) -> list[Path]:
    """What Atlas applies to an empty database: from the last checkpoint on, and none of another tool's ways back."""
    files = sorted(folder.glob("*.sql"))
    listed = {line.rpartition(" h1:")[0] for line in _text(folder / _SUM).splitlines()}
    names = {path.name for path in files}
    files = [path for path in files if path.name in listed or not undoes(path.name, names)]
    checkpoints = [at for at, path in enumerate(files) if _text(path).startswith(_CHECKPOINT)]
    return files[checkpoints[-1] :] if checkpoints else files


def graphile(folder: Path) -> list[Path]:
    """What graphile-migrate has committed; the migration that is being written is beside it."""
    committed = folder if folder.name == "committed" else folder / "committed"
    return sorted(path for path in committed.glob("*.sql") if _COMMITTED.match(path.name))


def filled(text: str) -> str:
    """A migration of graphile-migrate with the names of its placeholders for their values, all where it stood."""
    return _PLACEHOLDER.sub(" ", text)


def sqitch_plan(folder: Path) -> Path | None:
    """The plan of Sqitch that a folder is applied by: its own, or that of a folder above its scripts."""
    above = folder.absolute().parents[:2] if folder.name == "deploy" else ()
    return next((found for place in (folder, *above) if (found := _plan_of(place)) is not None), None)


def _plan_of(folder: Path) -> Path | None:
    settings = configparser.ConfigParser(strict=False, allow_no_value=True, interpolation=None)
    try:
        settings.read_string("\n".join(line.strip() for line in _text(folder / "sqitch.conf").splitlines()))
    except configparser.Error:
        settings.clear()
    core = settings["core"] if settings.has_section("core") else {}
    places = (core.get("plan_file"), f"{core.get('top_dir') or '.'}/{_PLAN}", _PLAN)
    return next((found for place in places if place and (found := folder / place).is_file()), None)


def sqitch(plan: Path) -> list[Path]:
    """The scripts that a plan deploys; one that was reworked later bears the tag that it was released under."""
    inside = (path for path in sorted(plan.parent.glob("*/deploy")) if path.is_dir())
    folder = next((path for path in (plan.parent / "deploy", *inside) if path.is_dir()), plan.parent)
    entries = list(_entries(plan))
    paths = []
    for at, name in enumerate(entries):
        if name.startswith("@"):
            continue
        again = entries.index(name, at + 1) if name in entries[at + 1 :] else None
        tags = (entry for entry in entries[at + 1 : again] if entry.startswith("@"))
        paths.append(folder / f"{name}{'' if again is None else next(tags, '')}.sql")
    if missing := [path for path in paths if not path.is_file()]:
        raise AuditError(f"{plan}: there is no script {missing[0]}", "Sqitch deploys every change of its plan")
    return paths


def _entries(plan: Path) -> Iterator[str]:
    """The names of changes, and tags with their sign."""
    for line in _text(plan).splitlines():
        words = line.partition("#")[0].split()
        if words and not words[0].startswith("%"):
            yield words[0]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
