"""How a module is laid out, and text in the same layout: quotation marks, line breaks, indentation, long calls."""

import ast
from functools import lru_cache

from ormistice.fixes import Edit
from ormistice.sources.sqlalchemy import arguments
from ormistice.sources.sqlalchemy.syntax import Module, parse
from ormistice.text import Document, Span

_WIDTH = 88
_WIDEST = 120
_ESCAPED = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


@lru_cache(maxsize=1024)
def module_of(document: Document) -> Module:
    """A document as a module; kept, since one audit asks for many changes of the same files."""
    return parse(document)


def snippet(text: str) -> Module:
    """A statement or an expression as a module of its own."""
    return parse(Document("", text))


@lru_cache(maxsize=64)
def newline(document: Document) -> str:
    """The line break in use."""
    return "\r\n" if "\r\n" in document.text else "\n"


@lru_cache(maxsize=64)
def width(document: Document) -> int:
    """How long lines may be: what formatters allow by default, more where the file's own lines are longer."""
    longest = max(map(len, document.text.splitlines()), default=0)
    return _WIDTH if longest <= _WIDTH else min(longest, _WIDEST)


@lru_cache(maxsize=64)
def mark(document: Document) -> str:
    """The quotation mark of most strings."""
    return "'" if document.text.count("'") > document.text.count('"') else '"'


@lru_cache(maxsize=64)
def unit(document: Document) -> str:
    """One step of indentation."""
    for line in document.text.splitlines():
        blank = line[: len(line) - len(line.lstrip(" \t"))]
        if blank and line.strip():
            return "\t" if blank[0] == "\t" else blank
    return "    "


def string(value: str, quote: str) -> str:
    """A string literal; in the other quotation marks where that saves escapes."""
    other = "'" if quote == '"' else '"'
    if quote in value and other not in value:
        quote = other
    body = "".join(_ESCAPED.get(character, character) for character in value)
    return quote + body.replace(quote, "\\" + quote) + quote


def line_start(text: str, at: int) -> int:
    """Where the line of an offset starts."""
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def line_end(text: str, at: int) -> int:
    """Where the line of an offset ends, before its line break."""
    ends = [end for mark in "\r\n" if (end := text.find(mark, at)) >= 0]
    return min(ends, default=len(text))


def line_before(document: Document, start: int) -> int:
    """Where the line before the one that starts there starts."""
    return line_start(document.text, max(start - len(newline(document)), 0))


def indentation(module: Module, node: ast.AST) -> str:
    """The blanks that the line of a node starts with."""
    text, start = module.document.text, module.span(node).start
    line = text[line_start(text, start) : start]
    return line[: len(line) - len(line.lstrip(" \t"))]


def replaced(module: Module, node: ast.AST, text: str) -> Edit | None:
    """A node's text made another, broken into lines where it grew too long; None where it is the same."""
    span, document = module.span(node), module.document
    before = document.text[span.start : span.end]
    if text == before:
        return None
    start, end = line_start(document.text, span.start), line_end(document.text, span.end)
    length = span.start - start + len(text) + end - span.end
    room = width(document)
    if "\n" not in text and "\n" not in before and end - start <= room < length:
        outer = module.span(_of_line(module, node))
        head, tail = document.text[outer.start : span.start], document.text[span.end : outer.end]
        whole = broken(document, head + text + tail, indentation(module, node))
        return trimmed(outer, head + before + tail, whole)
    return trimmed(Span(span.file, span.start, span.end), before, text)


def _of_line(module: Module, node: ast.AST) -> ast.AST:
    """The outermost of what a node is part of and that stands on its line alone: a statement, an argument."""
    kinds = (ast.Assign, ast.AnnAssign, ast.Expr, ast.Return, ast.keyword, ast.Call, ast.Tuple, ast.List)
    line, span = getattr(node, "lineno", 0), module.span(node)
    for each in module.nodes:  # outer ones first
        if isinstance(each, kinds) and each.lineno == line == each.end_lineno:
            outer = module.span(each)
            if outer.start <= span.start and span.end <= outer.end:
                return each
    return node


def trimmed(span: Span, before: str, after: str) -> Edit:
    """The edit without what both texts begin and end with."""
    shorter = min(len(before), len(after))
    head = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    rest = shorter - head
    tail = next((at for at in range(rest) if before[-1 - at] != after[-1 - at]), rest)
    return Edit(Span(span.file, span.start + head, span.end - tail), after[head : len(after) - tail])


def broken(document: Document, text: str, indent: str) -> str:
    """A statement or an expression on several lines: the arguments of its call on one of their own, or each on one."""
    module = snippet(text)
    display = _outermost(module)
    if display is None:
        return text
    span, items = module.span(display), arguments.of(module, display)
    open_at = items[0].start if items else span.end
    while open_at > span.start and text[open_at - 1] not in "([{":
        open_at -= 1
    close_at = span.end - 1
    inner = [text[item.start : item.end] for item in items]
    single = isinstance(display, ast.Call)
    return text[:open_at] + spread(document, inner, indent, text[close_at:], single=single)


def spread(document: Document, items: list[str], indent: str, tail: str, *, single: bool = True) -> str:
    """What stands between brackets, with a line for each item, or on one line of its own, up to `tail`."""
    line, inner = newline(document), indent + unit(document)
    one = ", ".join(items)
    if single and items and len(inner) + len(one) <= width(document):
        return f"{line}{inner}{one}{line}{indent}{tail}"
    lines = "".join(f"{inner}{fitted(document, item, inner, 1)},{line}" for item in items)
    return f"{line}{lines}{indent}{tail}"


def fitted(document: Document, text: str, indent: str, more: int = 0) -> str:
    """A text that stands behind an indentation, broken where it does not fit on its line with `more` behind it."""
    if "\n" in text or len(indent) + len(text) + more <= width(document):
        return text
    return broken(document, text, indent)


def _outermost(module: Module) -> arguments.Display | None:
    """The call or tuple that is the value of a statement or of a keyword argument."""
    body = module.tree.body
    value = getattr(body[0], "value", None) if len(body) == 1 else None
    return value if isinstance(value, (ast.Call, ast.Tuple, ast.List, ast.Dict)) else None
