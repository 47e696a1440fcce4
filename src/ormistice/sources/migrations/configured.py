"""What a tool is set up with beside its migrations: schemas that it looks in, scripts that it runs ahead of them."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from ormistice.names import quoted
from ormistice.sources.migrations.loose import uses_flyway

# A string of JSON as a whole, or else a comment of JSON5.
_STRING_OR_COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_STRING_OR_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])', re.DOTALL)
_DEFAULT = re.compile(r"\$\{[\w.]+:([\w-]*)\}")
_NAME = re.compile(r"[^\W\d][\w$-]*")
_LEVELS = 6
_OF_FLYWAY = (("flyway.toml", "flyway.conf", "conf/flyway.conf"), ("flyway.",))
_OF_SPRING = (
    ("application.properties", "application.yml", "application.yaml"),
    ("spring.flyway.", "quarkus.flyway."),
)
_TOPS = (".git", "pom.xml", "build.gradle", "build.gradle.kts")
_FLYWAYS = ("default-schema", "defaultschema", "schemas")
_SPRINGS = ("default-schema", "defaultschema", "default_schema", "schemas")


def settings(folder: Path) -> tuple[str, ...]:
    """Statements that a tool executes when it connects, before each of the migrations in `folder`."""
    if uses_flyway(folder):
        return _of_flyway(folder)
    path = _graphiles(folder).get("pgSettings")
    said = path.get("search_path") if isinstance(path, dict) else None
    names = [name.strip(' "') for name in said.split(",")] if isinstance(said, str) else []
    return (f"SET search_path = {', '.join(map(quoted, names))}",) if all(map(_NAME.fullmatch, names)) and names else ()


def ahead(folder: Path) -> tuple[Path, ...]:
    """Scripts that graphile-migrate runs when it makes the database anew, before the first migration."""
    place = folder.parent if folder.name == "committed" else folder
    listed = _graphiles(folder).get("afterReset")
    actions = listed if isinstance(listed, list) else [listed]
    names = [action.get("file") if isinstance(action, dict) else action for action in actions]
    paths = (place / name.removeprefix("!") for name in names if isinstance(name, str))
    return tuple(path for path in paths if path.is_file())


def _graphiles(folder: Path) -> Mapping[str, object]:
    place = folder.parent if folder.name == "committed" else folder
    found = next((file for above in (place, place.parent) if (file := above / ".gmrc").is_file()), None)
    text = _STRING_OR_COMMENT.sub(lambda match: match[1] or " ", _text(found)) if found is not None else ""
    try:
        content = json.loads(_STRING_OR_COMMA.sub(lambda match: match[1] or " ", text))
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _of_flyway(folder: Path) -> tuple[str, ...]:
    """The schema that Flyway makes and looks in; it is the first of several."""
    name = flyways_schema(folder)
    if name is None or name == "public":
        return ()
    return (f"CREATE SCHEMA IF NOT EXISTS {quoted(name)}", f"SET search_path = {quoted(name)}")


def flyways_schema(folder: Path) -> str | None:
    """The schema that Flyway is set up with; None where that is not known."""
    said = next((value for key, value in flyways_settings(folder) if key in (*_FLYWAYS, *_SPRINGS) and value), "public")
    name = with_defaults(said.split(",")[0]).strip(" \"'[]")
    return name if _NAME.fullmatch(name) is not None else None


def with_defaults(value: str) -> str:
    """A value of Spring's in which variables that have a default stand for that."""
    return _DEFAULT.sub(r"\1", value)


def flyways_settings(folder: Path) -> Iterator[tuple[str, str]]:
    """What Flyway is set up with: its own files above its migrations, then Spring's beside the folder they lie in.

    What is found first counts. The names are in lower case.
    """
    above = list(_above(folder.absolute()))
    for names, prefixes in (_OF_FLYWAY, _OF_SPRING):
        for path in (place / name for place in above for name in names):
            for key, value in _properties(path):
                start = next((prefix for prefix in prefixes if key.startswith(prefix)), None)
                if start is not None:
                    yield key.removeprefix(start), value


def _above(folder: Path) -> Iterator[Path]:
    """The folder and those that it lies in, as far as its project goes."""
    for place in (folder, *folder.parents[:_LEVELS]):
        yield place
        if any((place / mark).exists() for mark in _TOPS):
            return


def _properties(path: Path) -> Iterator[tuple[str, str]]:
    """What a file of settings says, under keys in lower case that are joined by dots."""
    text = _text(path) if path.is_file() else ""
    match path.suffix:
        case ".toml":
            yield from _tables(text)
        case ".yml" | ".yaml":
            yield from _indented(text)
        case _:
            for line in text.splitlines():
                key, _, value = line.partition("=")
                if not line.lstrip().startswith("#"):
                    yield key.strip().lower(), value.strip()


def _tables(text: str) -> Iterator[tuple[str, str]]:
    try:
        flyway = tomllib.loads(text).get("flyway", {})
    except ValueError:
        return
    given = flyway if isinstance(flyway, dict) else {}
    placeholders = given.get("placeholders")
    if isinstance(placeholders, dict):
        given = {**given, **{f"placeholders.{name}": value for name, value in placeholders.items()}}
    for key, value in given.items():
        named = value[0] if isinstance(value, list) and value else value
        if isinstance(named, str):
            yield f"flyway.{key.lower()}", named


def _indented(text: str) -> Iterator[tuple[str, str]]:
    """Mappings within mappings, of the first document; all else is passed over."""
    within: list[tuple[int, str]] = []
    for line in text.splitlines():
        if line.startswith("---") and within:
            return
        if line.lstrip().startswith("- ") and within:
            yield ".".join(name for _, name in within), line.strip(" -")
        key, colon, value = line.partition(":")
        if not colon or not key.strip() or key.lstrip().startswith(("#", "-")):
            continue
        depth = len(key) - len(key.lstrip())
        within = [(other, name) for other, name in within if other < depth]
        within.append((depth, key.strip().lower()))
        yield ".".join(name for _, name in within), value.partition(" #")[0].strip()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
