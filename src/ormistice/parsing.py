"""Files read as text, and Python texts as trees."""

import ast
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TypeVar

from ormistice.errors import AuditError
from ormistice.fixes import Fix, edited
from ormistice.text import Document

T = TypeVar("T")
# CPython counts how deep a tree is for all threads together, and fails with SystemError where two build one at a time.
_PYTHON = Lock()


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
