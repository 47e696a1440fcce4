"""The environment that the application's modules are imported in: no credential gets there unless it is named."""

import json
import os
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

# Where things lie and which language is spoken: what an interpreter needs to start and to find its packages.
_KEPT = frozenset(
    (
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "SHELL",
        "LANG",
        "LANGUAGE",
        "TZ",
        "TERM",
        "TMPDIR",
        "TEMP",
        "TMP",
        "PWD",
        "VIRTUAL_ENV",
        "CONDA_PREFIX",
        "PYTHONPATH",
        "PYTHONHOME",
        "LD_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH",
        "SYSTEMROOT",
        "SYSTEMDRIVE",
        "WINDIR",
        "COMSPEC",
        "PATHEXT",
        "APPDATA",
        "LOCALAPPDATA",
        "USERPROFILE",
    )
)
_SECRET = (
    "KEY",
    "SECRET",
    "TOKEN",
    "PASS",
    "PWD",
    "CREDENTIAL",
    "AUTH",
    "DSN",
    "COOKIE",
    "SALT",
    "PRIVATE",
    "SIGN",
)
PLACEHOLDER = "removed"
_LONGEST_PLAIN = 16


def scrubbed(environment: Mapping[str, str], passed: Collection[str] = ()) -> dict[str, str]:
    """`environment` with every value removed that may be a credential, but for the names in `passed`.

    A name stays set, to a value of the same shape: modules that only ask for it on import can then be imported.
    """
    kept = {name: value if name in passed else _scrubbed(name, value) for name, value in environment.items()}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", "PYTHONHASHSEED": "0"}


def _scrubbed(name: str, value: str) -> str:
    upper = name.upper()
    if upper in _KEPT or upper.startswith("LC_"):
        return value
    shaped = _shaped(value)
    if shaped is not None:
        return shaped
    if any(word in upper for word in _SECRET):
        return PLACEHOLDER if value else value
    plain = len(value) <= _LONGEST_PLAIN and (
        value.isalpha() or value.removeprefix("-").replace(".", "", 1).isdecimal()
    )
    return value if value == "" or plain or os.path.exists(value) else PLACEHOLDER


def _shaped(value: str) -> str | None:
    """What stands for a URL, an address of mail, or JSON that holds such; None for what has no shape of its own."""
    if value.startswith(("[", "{")):
        try:
            return json.dumps(_shaped_within(json.loads(value)))
        except (ValueError, RecursionError):
            return None
    if "://" in value:
        return f"{_scheme(value)}://{PLACEHOLDER}:{PLACEHOLDER}@localhost/0"
    mailbox, at, domain = value.partition("@")
    return f"{PLACEHOLDER}@example.com" if at and mailbox and "." in domain and value.isprintable() else None


def _shaped_within(value: object) -> object:
    match value:
        case str():
            return _shaped(value) or PLACEHOLDER
        case list():
            return [_shaped_within(item) for item in value]
        case dict():
            return {name: _shaped_within(item) for name, item in value.items()}
        case _:
            return value


def _scheme(value: str) -> str:
    try:
        return urlsplit(value).scheme or "http"
    except ValueError:
        return "http"
