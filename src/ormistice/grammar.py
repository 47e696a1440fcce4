"""Grammars: where they lie, and how their tables are built once and kept."""

import hashlib
import os
import pickle
import sys
import tempfile
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from lark import Lark


def load_grammar(name: str, **options: Any) -> Lark:
    """The LALR parser of `grammars/<name>.lark`.

    Its table is kept below the user's cache folder, since building it costs more than parsing most schemas. `options`
    are Lark's, and must be the same at every call for one name.
    """
    grammar = files("ormistice").joinpath("grammars", f"{name}.lark").read_text(encoding="utf-8")
    digest = hashlib.sha256(repr((grammar, sorted(map(str, options)), version("lark"), sys.version_info[:2])).encode())
    stored = _cache_folder() / f"{name}-{digest.hexdigest()[:16]}.lark-table"
    try:
        with stored.open("rb") as file:
            return Lark.load(file)
    except (OSError, EOFError, ValueError, KeyError, AttributeError, TypeError, pickle.UnpicklingError):
        parser = Lark(grammar, parser="lalr", **options)
        _keep(parser, stored)
        return parser


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "ormistice"


def _keep(parser: Lark, path: Path) -> None:
    # A cache that cannot be written costs time, never the audit.
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            parser.save(file)
        os.replace(file.name, path)
    except (OSError, TypeError, pickle.PicklingError):
        return
