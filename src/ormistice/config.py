"""ormistice.toml, or `[tool.ormistice]` in pyproject.toml: which sources there are and who has business with what."""

import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ormistice.alignment import Scope
from ormistice.errors import AuditError
from ormistice.findings import Severity
from ormistice.model import ProblemKind
from ormistice.rules import rules
from ormistice.sources import SourceRequest, kind_of, shown

FILE_NAME = "ormistice.toml"
SEVERITIES = (*(severity.value for severity in Severity), "off")
FAIL_ON = (*(severity.value for severity in Severity), "never")


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
    """A configuration; `base` is the folder that locations start from."""

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


def find_config(folder: Path) -> Path | None:
    """The configuration of `folder`, if it has one."""
    own = folder / FILE_NAME
    if own.is_file():
        return own
    project = folder / "pyproject.toml"
    return project if project.is_file() and "ormistice" in _toml(project).get("tool", {}) else None


def read_config(path: Path) -> Config:
    """Read and check a configuration; raises AuditError that names the file and the key."""
    content = _toml(path)
    if path.name == "pyproject.toml":
        content = content.get("tool", {}).get("ormistice", {})
    place = shown(path)
    keys = {"sources": _list(_source), "ownership": _list(_ownership), "authority": _text, "python": _text}
    keys |= {"fail_on": _one_of(FAIL_ON), "severity": _severities, "baseline": _text, "scratch_url": _text}
    found = _table(content, place, keys)
    return Config(path.parent, **found)


def requests(config: Config) -> tuple[SourceRequest, ...]:
    """What is to be opened; sources without a name are called by their kind, and numbered where that is not unique."""
    kinds = [kind_of(location, config.base) for entry in config.sources for location in entry.locations[:1]]
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


def scopes(config: Config, names: Sequence[str]) -> dict[str, Scope]:
    """The scope of each source, from its own entry and from ownership; `names` are those of `requests`."""
    found = {name: entry.scope for name, entry in zip(names, config.sources, strict=True)}
    for owned in config.ownership:
        for unknown in set(owned.sources or ()) - set(names):
            raise AuditError(
                f"ownership of {owned.owner}: no source is named {unknown}", f"sources are {', '.join(names)}"
            )
        for name in names:
            if owned.sources is not None and name not in owned.sources:
                found[name] = replace(found[name], exclude=(*found[name].exclude, *owned.tables))
    return found


Reader = Callable[[Any, str], Any]


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise AuditError(f"{shown(path)}: {(error.strerror or str(error)).lower()}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AuditError(f"{shown(path)}: not valid TOML: {error}") from error


def _table(content: object, place: str, keys: Mapping[str, Reader]) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise AuditError(f"{place}: a table is expected, not {content!r}")
    for key in content:
        if key not in keys:
            near = get_close_matches(key, keys, n=1)
            raise AuditError(
                f"{place}: unknown key `{key}`", f"did you mean `{near[0]}`?" if near else f"keys are {', '.join(keys)}"
            )
    return {key: keys[key](value, f"{place}: {key}") for key, value in content.items()}


def _text(value: object, place: str) -> str:
    if not isinstance(value, str) or not value:
        raise AuditError(f"{place}: a string is expected, not {value!r}")
    return value


def _texts(value: object, place: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        return (_text(value, place),)
    return tuple(_text(item, place) for item in value)


def _is(kind: type) -> Reader:
    def read(value: object, place: str) -> object:
        if type(value) is not kind:
            raise AuditError(f"{place}: {'true or false' if kind is bool else 'a number'} is expected, not {value!r}")
        return value

    return read


def _one_of(words: Sequence[str]) -> Reader:
    def read(value: object, place: str) -> str:
        if value not in words:
            raise AuditError(f"{place}: one of {', '.join(words)} is expected, not {value!r}")
        return str(value)

    return read


def _list(item: Reader) -> Reader:
    def read(value: object, place: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise AuditError(f"{place}: an array of tables is expected, [[...]]")
        return tuple(item(entry, f"{place}[{number}]") for number, entry in enumerate(value))

    return read


def _severities(value: object, place: str) -> dict[str, Severity | None]:
    names = (*(rule.name for rule in rules()), *(kind.value for kind in ProblemKind))
    levels = dict.fromkeys(names, _one_of(SEVERITIES))
    found = _table(value, place, levels)
    return {name: None if level == "off" else Severity(level) for name, level in found.items()}


def _source(value: object, place: str) -> SourceEntry:
    keys: dict[str, Reader] = {"name": _text, "location": _texts, "include": _texts, "exclude": _texts, "python": _text}
    options = {"static": _is(bool), "pass_env": _texts, "timeout": _is(int), "memory": _is(int)}
    found = _table(value, place, keys | options)
    if not found.get("location"):
        raise AuditError(
            f"{place}: `location` is missing",
            'say where it lies, as on the command line: location = "prisma:schema.prisma"',
        )
    scope = Scope(found.get("include", ()), found.get("exclude", ()))
    stated = {key: found[key] for key in options if key in found}
    return SourceEntry(found["location"], found.get("name"), scope, found.get("python"), stated)


def _ownership(value: object, place: str) -> Ownership:
    keys: dict[str, Reader] = {"owner": _text, "tables": _texts, "sources": _texts, "authority": _text}
    found = _table(value, place, keys)
    for key in ("owner", "tables"):
        if key not in found:
            raise AuditError(f"{place}: `{key}` is missing")
    return Ownership(**found)
