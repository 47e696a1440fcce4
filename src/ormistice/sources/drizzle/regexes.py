"""Regular expressions of JavaScript, as far as programs rewrite names with them: `/[A-Z]/g` and its like."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.scope import Scope
from ormistice.sources.drizzle.values import Arguments, Array, Closure, Foreign, Opaque, Scalar, Value, spelled, text_of

Method = Callable[[Any, Any, Arguments, Any], Value]

_NAME = "a regular expression"
_FLAGS = frozenset("gimu")
_LONGEST, _MOST_REPEATS = 100, 3
_LONGEST_TEXT = 1_000
_UNLIKE_PYTHON = re.compile(
    r"\(\?[<P]|\\[^dDwWsSbBnrtfvx\d\W_]|\)[*+{]|\[\^?\]|\[[^\]]*(?:\[|--|&&|\|\||~~)|\$(?!$)|[*+?}][*+]"
)
"""What means something else in Python, or nothing, and groups that repeat, which may take forever."""


def regex(_e: object, node: nodes.Regex, scope: Scope) -> Value:
    """A regular expression as a value."""
    place = scope.span(node)
    return Foreign(_NAME, (Scalar(node.pattern, place), Scalar(node.flags, place)), place)


@cache
def _compiled(pattern: str, flags: str) -> re.Pattern[str] | None:
    repeats = sum(pattern.count(mark) for mark in "*+{")
    if len(pattern) > _LONGEST or repeats > _MOST_REPEATS or not _FLAGS.issuperset(flags):
        return None
    if _UNLIKE_PYTHON.search(pattern):
        return None
    ended = pattern[:-1] + r"\Z" if pattern.endswith("$") and not pattern.endswith(r"\$") else pattern
    if ended != pattern and "m" in flags:
        return None
    try:
        return re.compile(
            ended, re.ASCII | (re.IGNORECASE if "i" in flags else 0) | (re.MULTILINE if "m" in flags else 0)
        )
    except (re.error, OverflowError):
        return None


def _known(value: Value | None) -> tuple[re.Pattern[str], str] | None:
    match value:
        case Foreign(function=function, arguments=(Scalar(value=str(pattern)), Scalar(value=str(flags)))) if (
            function == _NAME
        ):
            compiled = _compiled(pattern, flags)
            return None if compiled is None else (compiled, flags)
        case _:
            return None


def replacing(plain: Method) -> Method:
    """`text.replace(pattern, replacement)`; `plain` does it where no pattern is given."""

    def method(e: Any, value: Scalar, arguments: Arguments, place: Any) -> Value:
        found, text = _known(arguments.get(0)), text_of(value)
        if found is None or text is None or len(text) > _LONGEST_TEXT:
            return plain(e, value, arguments, place)
        pattern, flags = found
        pieces: list[str] = []
        last = 0
        for match in pattern.finditer(text):
            made = _replacement(e, match, arguments.get(1), place)
            if isinstance(made, Opaque):
                return made
            pieces += (text[last : match.start()], made)
            last = match.end()
            if "g" not in flags:
                break
        return Scalar("".join(pieces) + text[last:], place)

    return method


def _replacement(e: Any, match: re.Match[str], given: Value | None, place: Any) -> str | Opaque:
    if isinstance(given, Closure):
        groups = tuple(Scalar(group or "", place) for group in match.groups())
        behind = (Scalar(float(match.start()), place), Scalar(match.string, place))
        made = e.call(given, Arguments((Scalar(match[0], place), *groups, *behind), place), place)
        written = spelled(made)
        return written if written is not None else Opaque("what is put in its place is not known", place)
    template = text_of(given)
    if template is None:
        return Opaque("what is put in its place is not known", place)
    return _REFERENCE.sub(lambda reference: _referenced(match, reference), template)


_REFERENCE = re.compile(r"\$([$&]|\d{1,2})")


def _referenced(match: re.Match[str], reference: re.Match[str]) -> str:
    which = reference[1]
    if which == "$":
        return "$"
    if which == "&":
        return match[0]
    return (match[int(which)] or "") if 0 < int(which) <= len(match.groups()) else reference[0]


def splitting(plain: Method) -> Method:
    """`text.split(pattern)`; `plain` does it where no pattern is given."""

    def method(e: Any, value: Scalar, arguments: Arguments, place: Any) -> Value:
        found, text = _known(arguments.get(0)), text_of(value)
        if found is None or text is None or len(text) > _LONGEST_TEXT or found[0].groups or len(arguments.values) > 1:
            return plain(e, value, arguments, place)
        parts: list[str] = []
        last = 0
        for match in found[0].finditer(text):
            # Where nothing is matched right behind the part before, nothing is split.
            if match.end() > last and match.start() < len(text):
                parts.append(text[last : match.start()])
                last = match.end()
        return Array(tuple(Scalar(part, place) for part in (*parts, text[last:])), place)

    return method
