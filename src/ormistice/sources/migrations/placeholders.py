"""The values that Flyway puts in the place of placeholders before a migration is SQL."""

import re
from collections.abc import Callable
from pathlib import Path

from ormistice.names import DEFAULT_SCHEMA
from ormistice.sources.migrations.configured import flyways_schema, flyways_settings, with_defaults

_NAMED = "placeholders."
_ITSELF = "flyway:"
_BOOKS = "flyway_schema_history"


def filling(folder: Path) -> Callable[[str], str]:
    """What makes of a text of Flyway's in `folder` the SQL that is run; what nobody is set up with is left as it is."""
    given: dict[str, str] = {}
    for key, value in flyways_settings(folder):
        given.setdefault(key.replace("-", ""), _plain(value))
    if given.get("placeholderreplacement", "true").lower() == "false":
        return lambda text: text
    values = {key.removeprefix(_NAMED): value for key, value in given.items() if key.startswith(_NAMED)}
    values = {name: value for name, value in values.items() if "${" not in value and "\n" not in value}
    schema = flyways_schema(folder)
    values |= {f"{_ITSELF}defaultschema": DEFAULT_SCHEMA if schema is None else schema}
    values |= {f"{_ITSELF}table": given.get("table", _BOOKS)}
    before, behind = given.get("placeholderprefix", "${"), given.get("placeholdersuffix", "}")
    pattern = re.compile(rf"{re.escape(before)}\s*([^\s{{}}\[\]#$]+?)\s*{re.escape(behind)}")
    return lambda text: pattern.sub(lambda found: values.get(_name(found[1]), found.group()), text)


def _plain(value: str) -> str:
    """A value without the quotes and the variables of its file."""
    stripped = value.strip()
    quoted = len(stripped) > 1 and stripped[0] == stripped[-1] and stripped[0] in "\"'"
    return with_defaults(stripped[1:-1] if quoted else stripped)


def _name(text: str) -> str:
    return text.lower().replace("-", "")
