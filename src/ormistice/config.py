"""ormistice.toml, or `[tool.ormistice]` in pyproject.toml: which sources there are and who has business with what."""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ormistice.errors import AuditError
from ormistice.findings import Severity
from ormistice.model import ProblemKind
from ormistice.names import Scope
from ormistice.rules import rules
from ormistice.sources import SourceKind, SourceRequest, kind_of, shown

FILE_NAME = "ormistice.toml"
SEVERITIES = (*(severity.value for severity in Severity), "off")
FAIL_ON = (*(severity.value for severity in Severity), "never")
_MOST_LISTED = 20
"""Keys that a hint lists; those of the severities are the rules."""


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A source as the user names it: `locations` with or without a prefix, all of one kind.

    `options` are those of the kind: `static`, `pass_env`, `timeout` (seconds) and `memory` (mebibytes) of SQLAlchemy's.
    """

    locations: tuple[str, ...]
    name: str | None = None
    scope: Scope = field(default_factory=Scope)
    python: str | None = None
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ownership:
    """Tables of `owner`. Only `sources` (None: all) have business with them; `authority` decides on them."""

    owner: str
    tables: tuple[str, ...]
    sources: tuple[str, ...] | None = None
    authority: str | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration; `base` is the folder that locations start from.

    `names` are tables that bear another name in some source, by that name: `names["User"] == "users"`.
    """

    base: Path
    sources: tuple[SourceEntry, ...] = ()
    ownership: tuple[Ownership, ...] = ()
    authority: str | None = None
    fail_on: str = "error"
    python: str | None = None
    static: bool = False
    scratch_url: str | None = None
    severity: Mapping[str, Severity | None] = field(default_factory=dict)
    baseline: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)


def find_config(folder: Path) -> Path | None:
    """The configuration of `folder`, if it has one."""
    own = folder / FILE_NAME
    if own.is_file():
        return own
    project = folder / "pyproject.toml"
    tools = _toml(project)[1].get("tool") if project.is_file() else None
    return project if isinstance(tools, dict) and "ormistice" in tools else None


def read_config(path: Path) -> Config:
    """Read and check a configuration; raises AuditError that names file, line, column and key."""
    content: object
    text, content = _toml(path)
    inside = ("tool", "ormistice") if path.name == "pyproject.toml" else ()
    for key in inside:
        content = content.get(key, {}) if isinstance(content, dict) else content
    keys = {"sources": _list(_source), "ownership": _list(_ownership), "authority": _text, "python": _text}
    keys |= {"fail_on": _one_of(FAIL_ON), "severity": _severities, "baseline": _text, "scratch_url": _text}
    keys |= {"names": _names}
    try:
        found = _table(content, inside, keys)
    except _Mistake as mistake:
        at = mistake.at.removeprefix("tool.ormistice").removeprefix(".")
        line, column = _position(text, mistake.path)
        where = f"{shown(path)}:{line}:{column}: " + (f"{at}: " if at else "")
        raise AuditError(where + mistake.message, mistake.hint) from None
    return Config(path.parent, **found)


def requests(config: Config) -> tuple[SourceRequest, ...]:
    """What is to be opened; sources without a name are called by their kind, and numbered where that is not unique."""
    kinds = [_kind_of(entry, config.base) for entry in config.sources]
    prefixes = Counter(prefix for _, prefix, _ in kinds)
    seen: Counter[str] = Counter()
    made = []
    for entry, (_, prefix, _) in zip(config.sources, kinds, strict=True):
        seen[prefix] += 1
        numbered = prefix if prefixes[prefix] == 1 else f"{prefix}{seen[prefix]}"
        targets = tuple(kind_of(location, config.base)[2] for location in entry.locations)
        options = dict(entry.options) | ({"static": True} if config.static else {})
        python = entry.python or config.python
        name = entry.name or numbered
        among = len(config.sources) > 1
        made.append(SourceRequest(name, prefix, targets, config.base, python, config.scratch_url, options, among))
    doubled = [name for name, count in Counter(request.name for request in made).items() if count > 1]
    if doubled:
        raise AuditError(f"two sources are named {doubled[0]}", "give each a name of its own: name=location")
    return tuple(made)


def _kind_of(entry: SourceEntry, base: Path) -> tuple[SourceKind, str, str]:
    """What `kind_of` says of the first location of a source; the others have to be of its kind."""
    found = [kind_of(location, base) for location in entry.locations]
    for location, (kind, _, target) in zip(entry.locations, found, strict=True):
        # Without more, a database is the one that libpq's own environment names.
        if not target and kind.name != "database":
            raise AuditError(f"{location}: names no source", "is a variable not set?")
    names = list(dict.fromkeys(kind.name for kind, _, _ in found))
    if len(names) > 1:
        raise AuditError(
            f"{', '.join(entry.locations)}: one source of several kinds, {' and '.join(names)}",
            "make a source of each kind",
        )
    return found[0]


def scopes(config: Config, names: Sequence[str]) -> dict[str, Scope]:
    """The scope of each source, from its own entry and from ownership; `names` are those of `requests`."""
    found = {name: entry.scope for name, entry in zip(names, config.sources, strict=True)}
    for owned in config.ownership:
        for named in (*(owned.sources or ()), *filter(None, [owned.authority])):
            if named not in names:
                raise AuditError(
                    f"ownership of {owned.owner}: no source is named {named}", f"sources are {', '.join(names)}"
                )
        for name in names:
            if owned.sources is not None and name not in owned.sources:
                found[name] = replace(found[name], exclude=(*found[name].exclude, *owned.tables))
    return found


Steps = tuple[str | int, ...]
"""Where something stands in a TOML document: keys, and positions in arrays."""
Reader = Callable[[Any, Steps], Any]


class _Mistake(Exception):  # noqa: N818 - it leaves this module as an AuditError, with a position
    """What is wrong at a path of the document; `inner` is a key below it that is none."""

    def __init__(self, path: Steps, message: str, hint: str | None = None, *, inner: str | None = None) -> None:
        super().__init__(message)
        self.at = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
        self.path = path if inner is None else (*path, inner)
        self.message, self.hint = message, hint


def _toml(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        return text, tomllib.loads(text)
    except OSError as error:
        raise AuditError(f"{shown(path)}: {(error.strerror or str(error)).lower()}") from error
    except UnicodeDecodeError as error:
        raise AuditError(f"{shown(path)}: not valid TOML: it is not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        found = _AT.search(str(error))
        end = (text.count("\n") + 1, len(text) - text.rfind("\n"))
        line, column = (found["line"], found["column"]) if found and found["line"] else end
        raise AuditError(f"{shown(path)}:{line}:{column}: not valid TOML: {_AT.sub('', str(error))}") from error


_AT = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")


def _position(text: str, path: Steps) -> tuple[int, int]:
    """Line and column of a path: the line that completes it is the last of the shortest beginning which has it.

    tomllib tells no positions, but it reads the first lines of a document as well as all of them.
    """
    lines = text.split("\n")
    start = 0
    for end in range(1, len(lines) + 1):
        try:
            content = tomllib.loads("\n".join(lines[:end]))
        except tomllib.TOMLDecodeError:
            continue
        if _has(content, path):
            key = next((step for step in reversed(path) if isinstance(step, str)), "")
            first = next((number for number in range(start, end) if key in lines[number]), end - 1)
            return first + 1, max(lines[first].find(key), 0) + 1
        start = end
    return 1, 1


def _has(content: Any, path: Steps) -> bool:
    for step in path:
        match content, step:
            case dict(), str() if step in content:
                content = content[step]
            case list(), int() if step < len(content):
                content = content[step]
            case _:
                return False
    return True


def _table(content: object, path: Steps, keys: Mapping[str, Reader]) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise _Mistake(path, f"a table is expected, not {content!r}")
    for key in content:
        if key not in keys:
            near = get_close_matches(key, keys, n=1)
            listed = f"keys are {', '.join(keys)}" if len(keys) <= _MOST_LISTED else "ormistice rules lists them"
            raise _Mistake(path, f"unknown key `{key}`", f"did you mean `{near[0]}`?" if near else listed, inner=key)
    return {key: keys[key](value, (*path, key)) for key, value in content.items()}


def _text(value: object, path: Steps) -> str:
    if not isinstance(value, str) or not value:
        raise _Mistake(path, f"a string is expected, not {value!r}")
    return value


def _texts(value: object, path: Steps) -> tuple[str, ...]:
    if not isinstance(value, list):
        return (_text(value, path),)
    return tuple(_text(item, (*path, number)) for number, item in enumerate(value))


def _names(value: object, path: Steps) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _Mistake(path, f"a table is expected, not {value!r}")
    found = {key: _text(name, (*path, key)) for key, name in value.items()}
    for key, name in found.items():
        if name in found:
            raise _Mistake((*path, key), f"`{name}` stands for another table itself", f"map {key} to {found[name]}")
    return found


def _flag(value: object, path: Steps) -> bool:
    if not isinstance(value, bool):
        raise _Mistake(path, f"true or false is expected, not {value!r}")
    return value


def _amount(value: object, path: Steps) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _Mistake(path, f"a whole number above 0 is expected, not {value!r}")
    return value


def _one_of(words: Sequence[str]) -> Reader:
    def read(value: object, path: Steps) -> str:
        if value not in words:
            raise _Mistake(path, f"one of {', '.join(words)} is expected, not {value!r}")
        return str(value)

    return read


def _list(item: Reader) -> Reader:
    def read(value: object, path: Steps) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise _Mistake(path, f"an array of tables is expected: [[{path[-1]}]]")
        return tuple(item(entry, (*path, number)) for number, entry in enumerate(value))

    return read


def _severities(value: object, path: Steps) -> dict[str, Severity | None]:
    names = (*(rule.name for rule in rules()), *(kind.value for kind in ProblemKind))
    levels = dict.fromkeys(names, _one_of(SEVERITIES))
    found = _table(value, path, levels)
    return {name: None if level == "off" else Severity(level) for name, level in found.items()}


def _source(value: object, path: Steps) -> SourceEntry:
    keys: dict[str, Reader] = {"name": _text, "location": _texts, "include": _texts, "exclude": _texts, "python": _text}
    options = {"static": _flag, "pass_env": _texts, "timeout": _amount, "memory": _amount}
    found = _table(value, path, keys | options)
    if not found.get("location"):
        hint = 'say where it lies, as on the command line: location = "prisma:schema.prisma"'
        raise _Mistake(path, "`location` is missing", hint)
    scope = Scope(found.get("include", ()), found.get("exclude", ()))
    stated = {key: found[key] for key in options if key in found}
    return SourceEntry(found["location"], found.get("name"), scope, found.get("python"), stated)


def _ownership(value: object, path: Steps) -> Ownership:
    keys: dict[str, Reader] = {"owner": _text, "tables": _texts, "sources": _texts, "authority": _text}
    found = _table(value, path, keys)
    for key in ("owner", "tables"):
        if key not in found:
            raise _Mistake(path, f"`{key}` is missing")
    return Ownership(**found)
