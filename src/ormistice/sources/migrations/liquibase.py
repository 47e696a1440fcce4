"""Liquibase: the SQL files that a change log in XML or YAML includes, in its order.

Changes that it describes itself are no SQL: for them the change log stands in their place.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ormistice.sources.migrations.foreign import is_change_log

_LEVELS = 8
_LOGS = (".xml", ".yaml", ".yml")
_MAIN = ("master", "root", "main")
_FILES = frozenset({"include", "includeAll", "sqlFile"})
# What of a change log, and of a change set, changes nothing.
_ELSE = frozenset(
    {"databaseChangeLog", "changeSet", "property", "preConditions", "comment", "rollback", "validCheckSum"}
)
_CHANGES_NOTHING = frozenset({"tagDatabase", "empty", "output", "removeChangeSetProperty", "modifySql"})
_ENTRY = re.compile(r"^(\s*)-\s*(\w+)\s*:(.*)$")
_KEY = re.compile(r"\b(file|path|relativeToChangelogFile|dbms)\s*:\s*['\"]?([^'\"\s,}]+)")
_ROLLBACK = re.compile(r"^(\s*)(?:-\s*)?rollback\s*:")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A part of a change log: what it is, the path that it names, and whether that starts beside the change log."""

    kind: str
    path: str = ""
    beside: bool = False


def main_log(folder: Path) -> Path | None:
    """The change log that is run of those that lie in a folder; None where that cannot be told."""
    found = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in _LOGS and is_change_log(path)]
    named = [path for path in found if any(word in path.stem.lower() for word in _MAIN)] or found
    return named[0] if len(named) == 1 else None


def listed(log: Path) -> list[Path]:
    """What a change log leads to, each once: SQL files, and change logs that change something themselves."""
    return list(dict.fromkeys(_listed(log, frozenset())))


def _listed(log: Path, above: frozenset[Path]) -> Iterator[Path]:
    for entry in _entries(log):
        found = _found(entry, log) if entry.kind in _FILES else None
        if found is None:
            yield log
        elif entry.kind == "includeAll":
            for path in sorted(found.rglob("*")):
                yield from _included(path, above | {log})
        elif entry.kind == "sqlFile":
            yield found
        else:
            yield from _included(found, above | {log})


def _included(path: Path, above: frozenset[Path]) -> Iterator[Path]:
    if path.suffix.lower() == ".sql":
        yield path
    elif path.suffix.lower() in _LOGS and path not in above and is_change_log(path):
        yield from _listed(path, above)


def _found(entry: _Entry, log: Path) -> Path | None:
    """Where a path leads: beside the change log, or from a folder above, which some are on the search path."""
    name = entry.path.removeprefix("classpath:").replace("\\", "/").lstrip("/")
    above = log.absolute().parents[: 1 if entry.beside else _LEVELS]
    return next((path for place in above if name and (path := place / name).exists()), None)


def _entries(log: Path) -> list[_Entry]:
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
        found = _of_xml(text) if log.suffix.lower() == ".xml" else _of_yaml(text)
        return list(found)
    except (OSError, ET.ParseError):
        return [_Entry("unreadable")]


def _of_xml(text: str) -> Iterator[_Entry]:
    for part in ET.fromstring(text.encode()):  # noqa: S314 - a file of the project itself
        inside = list(part) if _local(part) == "changeSet" else [part]
        if not _is_for_us(part.get("dbms")):
            continue
        for change in inside:
            kind = _local(change)
            if kind not in _ELSE | _CHANGES_NOTHING and _is_for_us(change.get("dbms")):
                beside = change.get("relativeToChangelogFile", "").lower() == "true"
                yield _Entry(kind, change.get("file") or change.get("path") or "", beside)


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _is_for_us(said: str | None) -> bool:
    names = [name.strip().lower() for name in (said or "").split(",") if name.strip()]
    return not names or "postgresql" in names or "all" in names or names[0].startswith("!") != ("!postgresql" in names)


def _of_yaml(text: str) -> Iterator[_Entry]:
    """The items of lists that are named for a change or a file, in the usual way of writing them."""
    kind, keys = "", dict[str, str]()
    back: int | None = None
    for line in text.splitlines():
        bare = line.partition(" #")[0]
        depth = len(bare) - len(bare.lstrip())
        if not bare.strip() or bare.lstrip().startswith("#") or (back is not None and depth > back):
            continue
        rollback = _ROLLBACK.match(bare)
        back = len(rollback[1]) if rollback is not None else None
        found = _ENTRY.match(bare)
        if found is not None and (found[2][0].islower() or found[2] in _FILES) and rollback is None:
            yield from _ended(kind, keys)
            kind, keys = found[2], dict(_KEY.findall(found[3]))
        elif rollback is None:
            keys |= dict(_KEY.findall(bare))
    yield from _ended(kind, keys)


def _ended(kind: str, keys: dict[str, str]) -> Iterator[_Entry]:
    if kind in _FILES:
        beside = keys.get("relativeToChangelogFile", "").lower() == "true"
        yield _Entry(kind, keys.get("file") or keys.get("path") or "", beside)
    elif kind and kind not in _ELSE | _CHANGES_NOTHING and kind not in {"id", "author", "logicalFilePath"}:
        yield _Entry(kind)
