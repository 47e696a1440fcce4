"""The items of a call, a tuple, a list or a dictionary as text: adding and taking away without touching the rest."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ormistice.fixes import Edit
from ormistice.sources.sqlalchemy.syntax import Module
from ormistice.text import Span

Display = ast.Call | ast.Tuple | ast.List | ast.Dict


@dataclass(frozen=True)
class Argument:
    """An argument with the range of its text, parentheses around it and the keyword included.

    `spread` is one of `*values` and `**values`; `name` is the keyword, or the string that an entry of a dictionary is
    under.
    """

    name: str | None
    value: ast.expr
    start: int
    end: int
    spread: bool


def of(module: Module, display: Display) -> list[Argument]:
    """The items of a display in the order of the text."""
    found = []
    match display:
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                start = module.span(key).start if key is not None else _behind_stars(module, value)
                name = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else None
                found.append(
                    Argument(name, value, start, _closed(module, display, module.span(value).end), key is None)
                )
        case ast.Call(args=items) | ast.Tuple(elts=items) | ast.List(elts=items):
            for value in items:
                start, end = _with_parentheses(module, display, module.span(value))
                found.append(Argument(None, value, start, end, isinstance(value, ast.Starred)))
    for word in display.keywords if isinstance(display, ast.Call) else ():
        span = module.span(word)
        found.append(Argument(word.arg, word.value, span.start, _closed(module, display, span.end), word.arg is None))
    return sorted(found, key=lambda each: each.start)


def _behind_stars(module: Module, value: ast.expr) -> int:
    return module.document.text.rindex("**", 0, module.span(value).start)


def _with_parentheses(module: Module, call: Display, span: Span) -> tuple[int, int]:
    end, text = _closed(module, call, span.end), module.document.text
    depth = sum(1 for at in range(span.end, end) if text[at] == ")")
    start = span.start
    while depth:
        start = text.rindex("(", 0, start)
        depth -= 1
    return start, end


def _closed(module: Module, call: Display, end: int) -> int:
    """The end of an argument behind the parentheses that close around it."""
    last, found, at = module.span(call).end - 1, end, end
    while (at := _skip(module.document.text, at)) < last and module.document.text[at] == ")":
        at += 1
        found = at
    return found


def _skip(text: str, at: int) -> int:
    """The next character that is neither space, nor line break, nor comment."""
    while at < len(text) and (text[at].isspace() or text[at] in "#\\"):
        at = _line_end(text, at) if text[at] == "#" else at + 1
    return at


def _line_end(text: str, at: int) -> int:
    ends = [end for mark in "\r\n" if (end := text.find(mark, at)) >= 0]
    return min(ends, default=len(text))


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def rewritten(
    module: Module, call: Display, gone: list[Argument], new: list[str], behind: Argument | None = None
) -> Iterator[Edit]:
    """Arguments taken away and added: an added one takes the place of one that goes, as far as there are some."""
    path = module.document.path
    for argument, text in zip(gone, new, strict=False):
        yield Edit(Span(path, argument.start, argument.end), text)
    for argument in _joined(module, call, gone[len(new) :]):
        yield _without(module, call, argument)
    if new[len(gone) :]:
        yield from _added(module, call, new[len(gone) :], behind)


def _joined(module: Module, call: Display, gone: list[Argument]) -> list[Argument]:
    """Neighbours as one argument, so that their edits do not meet."""
    listed = of(module, call)
    joined: list[Argument] = []
    for argument in sorted(gone, key=lambda each: each.start):
        last = joined[-1] if joined else None
        between = module.document.text[last.end : argument.start] if last else ""
        if last is not None and between.strip() == "," and listed.index(argument) > 0:
            joined[-1] = replace(last, end=argument.end)
        else:
            joined.append(argument)
    return joined


def _added(module: Module, call: Display, new: list[str], behind: Argument | None) -> Iterator[Edit]:
    """Arguments behind the last one, or behind a certain one; on lines of their own where that one has its own."""
    text, path = module.document.text, module.document.path
    listed = of(module, call)
    after = behind or (listed[-1] if listed else None)
    if after is None:
        at = module.span(call).end - 1
        yield Edit(Span(path, at, at), ", ".join(new))
        return
    start, rest, follows = _line_start(text, after.start), _line_end(text, after.end), _skip(text, after.end)
    indent = text[start : after.start]
    comma = text[follows] == ","
    own_line = not indent.strip() and start > module.span(call).start and _skip(text, follows + comma) >= rest
    if not own_line:
        yield Edit(Span(path, after.end, after.end), "".join(f", {argument}" for argument in new))
        return
    newline = "\r\n" if text.startswith("\r\n", rest) else "\n"
    lines = f",{newline}{indent}".join(new)
    if comma and follows < rest:
        yield Edit(Span(path, rest, rest), f"{newline}{indent}{lines},")
    elif text[after.end : rest].strip():
        yield Edit(Span(path, after.end, after.end), ",")
        yield Edit(Span(path, rest, rest), f"{newline}{indent}{lines}")
    else:
        yield Edit(Span(path, after.end, after.end), f",{newline}{indent}{lines}")


def _without(module: Module, call: Display, argument: Argument) -> Edit:
    """An argument taken away: with its whole line where it has one, else with the comma before it."""
    text, path = module.document.text, module.document.path
    before = next((each for each in reversed(of(module, call)) if each.start < argument.start), None)
    start, follows = _line_start(text, argument.start), _skip(text, argument.end)
    end = follows + 1 if text[follows] == "," else argument.end
    line_end = _line_end(text, end)
    alone = not text[start : argument.start].strip() and not text[end:line_end].strip()
    if alone and start > module.span(call).start and line_end < len(text):
        return Edit(Span(path, start, line_end + (2 if text.startswith("\r\n", line_end) else 1)), "")
    if before is not None and text[before.end : argument.start].strip() == ",":
        return Edit(Span(path, before.end, argument.end), "")
    # A comment stands beside it, or it is the first: only the argument goes, with the comma and the spaces behind it.
    while text[end] in " \t":
        end += 1
    return Edit(Span(path, argument.start, end), "")


def ahead(module: Module, display: Display, text: str) -> Edit:
    """An argument before all others; on a line of its own where the first of them has one."""
    whole, first = module.document.text, of(module, display)[0]
    start = _line_start(whole, first.start)
    indent = whole[start : first.start]
    tail = whole[first.end : _line_end(whole, first.end)].lstrip(" \t,")
    own_line = not indent.strip() and start > module.span(display).start and tail[:1] in ("", "#")
    newline = "\r\n" if whole.startswith("\r\n", max(start - 2, 0)) else "\n"
    return Edit(
        Span(module.document.path, first.start, first.start), f"{text},{newline}{indent}" if own_line else f"{text}, "
    )
