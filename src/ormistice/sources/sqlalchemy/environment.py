"""The environment that the application's modules are imported in: no credential gets there unless it is named."""

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
    if "://" in value:
        return f"{_scheme(value)}://{PLACEHOLDER}:{PLACEHOLDER}@localhost/0"
    if any(word in upper for word in _SECRET):
        return PLACEHOLDER if value else value
    plain = len(value) <= _LONGEST_PLAIN and (value.isalpha() or value.isdecimal())
    return value if value == "" or plain or os.path.exists(value) else PLACEHOLDER


def _scheme(value: str) -> str:
    try:
        return urlsplit(value).scheme or "http"
    except ValueError:
        return "http"
