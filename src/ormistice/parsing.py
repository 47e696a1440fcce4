"""Grammars: where they lie, how their tables are built once and kept, and files read as text."""

import ast
import hashlib
import os
import pickle
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from lark import Lark

from ormistice.errors import AuditError
from ormistice.fixes import Fix, edited
from ormistice.text import Document

T = TypeVar("T")
# CPython counts how deep a tree is for all threads together, and fails with SystemError where two build one at a time.
_PYTHON = Lock()


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


def python_module(text: str) -> ast.Module:
    """A Python text as a tree. Raises SyntaxError or ValueError."""
    return _built(lambda: ast.parse(text))


def python_expression(text: str) -> ast.expr:
    """The tree of one expression. Raises SyntaxError or ValueError."""
    return _built(lambda: ast.parse(text, mode="eval")).body


def _built(build: Callable[[], T]) -> T:
    with _PYTHON:
        try:
            return build()
        except SystemError:
            # Some library's thread builds trees outside of the lock; at the next try CPython counts from the start.
            return build()


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


def read_document(path: Path, display: str, fixes: tuple[Fix, ...] = ()) -> Document:
    """The file at `path` as text, with the edits of `fixes` made; `display` is how spans and reports name it.

    Bytes that are not UTF-8 become U+FFFD, so that one bad character costs no more than itself. Line breaks are kept as
    they are, for offsets must fit the file. Raises AuditError where the file cannot be read at all.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise AuditError(f"{display}: {(error.strerror or str(error)).lower()}") from error
    return Document(display, edited(display, raw.decode("utf-8", errors="replace"), fixes))
