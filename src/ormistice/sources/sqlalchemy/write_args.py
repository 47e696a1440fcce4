"""Constraints, indexes and options of a table: arguments of its call, or what `__table_args__` holds."""

import ast
from collections.abc import Callable, Iterable, Iterator

from ormistice.fixes import Edit, Patch, edited
from ormistice.parsing import python_expression
from ormistice.sources.sqlalchemy import arguments, syntax
from ormistice.sources.sqlalchemy.arguments import Argument, Display
from ormistice.sources.sqlalchemy.syntax import Module
from ormistice.sources.sqlalchemy.write_annotations import named
from ormistice.sources.sqlalchemy.write_draft import Unwritable
from ormistice.sources.sqlalchemy.write_layout import (
    fitted,
    indentation,
    line_before,
    line_end,
    line_start,
    mark,
    module_of,
    newline,
    replaced,
    snippet,
    string,
)
from ormistice.sources.sqlalchemy.write_places import TableText
from ormistice.text import Span

_ARGS = "__table_args__"


def with_argument(owner: TableText, text: str) -> list[Edit]:
    """The edits that add a constraint or an index."""
    if owner.core is not None:
        return changed_display_of(
            owner.module, owner.core, lambda module, display: _behind(owner, module, display, text)
        )
    value = _own(owner)
    if value is None:
        return _created(owner, f"({text},)", text)
    if isinstance(value, ast.Dict):
        edit = replaced(owner.module, value, f"({text}, {owner.module.text(value)})")
        return [edit] if edit else []
    return changed_display_of(owner.module, value, lambda module, display: _tuple_with(owner, module, display, text))


def _behind(owner: TableText, module: Module, display: Display, text: str) -> Iterator[Edit]:
    last = [each for each in arguments.of(module, display) if each.name is None][-1]
    yield from arguments.rewritten(module, display, [], [_fitted(owner, module, last, text)], last)


def _fitted(owner: TableText, module: Module, neighbour: Argument, text: str) -> str:
    """An item that may have a line of its own, as its neighbour has, broken where it is too long for that."""
    whole = module.document.text
    start = line_start(whole, neighbour.start)
    blank = whole[start : neighbour.start]
    return fitted(owner.module.document, text, blank, 1) if start and not blank.strip() else text


def without_argument(owner: TableText, call: ast.Call) -> list[Edit]:
    """The edits that take a constraint or an index away that is such an argument."""
    if owner.core is not None:
        listed = [each for each in arguments.of(owner.module, owner.core) if each.value is call]
        return changed_display_of(
            owner.module, owner.core, lambda module, display: _dropped_from(module, display, _number(owner, listed))
        )
    value = _own(owner)
    if not isinstance(value, (ast.Tuple, ast.List)) or call not in value.elts:
        raise Unwritable
    rest = [each for each in value.elts if each is not call]
    if not rest:
        return [removed(owner.module, owner.statement(_ARGS))]
    if len(rest) == 1 and isinstance(rest[0], ast.Dict):
        edit = replaced(owner.module, value, owner.module.text(rest[0]))
        return [edit] if edit else []
    number = value.elts.index(call)
    return changed_display_of(owner.module, value, lambda module, display: _dropped_from(module, display, number))


def _number(owner: TableText, listed: list[Argument]) -> int:
    if len(listed) != 1 or owner.core is None:
        raise Unwritable
    return [each.start for each in arguments.of(owner.module, owner.core)].index(listed[0].start)


def _dropped_from(module: Module, display: Display, number: int) -> Iterator[Edit]:
    listed = arguments.of(module, display)
    edits = list(arguments.rewritten(module, display, [listed[number]], []))
    text = edited("", module.document.text, [Patch("", tuple(edits))])
    rest = snippet(text).tree.body
    value = rest[0].value if rest and isinstance(rest[0], ast.Expr) else None
    yield from edits
    if isinstance(display, ast.Tuple) and not isinstance(value, ast.Tuple):
        # One item alone in parentheses is no tuple without its comma.
        kept = next(each for each in listed if each is not listed[number])
        at = kept.end if kept.start > listed[number].start else listed[number].end
        yield Edit(Span("", at, at), ",")


def _tuple_with(owner: TableText, module: Module, display: Display, text: str) -> Iterator[Edit]:
    """One more item of a tuple, before the dictionary that may end it."""
    listed = arguments.of(module, display)
    whole = module.document.text
    items = [each for each in listed if not isinstance(each.value, ast.Dict)]
    if not listed:
        span = module.span(display)
        yield Edit(span, f"({text},)")
    elif not items:
        yield arguments.ahead(module, display, _fitted(owner, module, listed[0], text))
    elif len(listed) == 1 and "\n" not in whole[items[0].end :] and whole[items[0].end :].lstrip().startswith(","):
        at = whole.index(",", items[0].end) + 1
        yield Edit(Span("", at, at), f" {text}")
    else:
        yield from arguments.rewritten(module, display, [], [_fitted(owner, module, items[-1], text)], items[-1])


def changed_display_of(
    module: Module, node: Display, change: Callable[[Module, Display], Iterable[Edit]]
) -> list[Edit]:
    """The edits of a display that `change` gives for its text."""
    text = module.text(node)
    inner = snippet(text)
    body = inner.tree.body
    display = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
    if not isinstance(display, (ast.Call, ast.Tuple, ast.List, ast.Dict)):
        raise Unwritable
    if not isinstance(display, ast.Call) and text[:1] not in ("(", "[", "{"):
        raise Unwritable
    edit = replaced(module, node, edited("", text, [Patch("", tuple(change(inner, display)))]))
    return [edit] if edit else []


def _own(owner: TableText) -> ast.Tuple | ast.List | ast.Dict | None:
    """What the class itself states; None where it states nothing. Raises Unwritable."""
    statement = owner.statement(_ARGS)
    if statement is None:
        return None
    value = getattr(statement, "value", None)
    if isinstance(statement, ast.FunctionDef):
        returned = [each.value for each in ast.walk(statement) if isinstance(each, ast.Return)]
        value = returned[0] if len(returned) == 1 else None
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        parts = [each for each in (value.left, value.right) if isinstance(each, ast.Tuple)]
        value = (
            parts[-1] if parts and not any(isinstance(each, ast.Dict) for part in parts for each in part.elts) else None
        )
    if not isinstance(value, (ast.Tuple, ast.Dict)):
        raise Unwritable
    return value


def _created(owner: TableText, text: str, item: str) -> list[Edit]:
    """A `__table_args__` where the class has none."""
    more = _inherited(owner)
    if more is not None:
        text = f"({item}, {more})" if item else more
    return [new_statement(owner, f"{_ARGS} = {text}")]


def _inherited(owner: TableText) -> str | None:
    """The dictionary that a base states, for one of its own would hide it. Raises Unwritable for anything else."""
    found = _inherited_from(owner, owner.node.bases if isinstance(owner.node, ast.ClassDef) else [])
    return None if found is None else found[0].text(found[1])


def inherited_options(owner: TableText, base: str) -> dict[str, str] | None:
    """The options of tables that a base gives its heirs. Raises Unwritable for what is not plain."""
    found = _inherited_from(owner, [python_expression(base)])
    if found is None:
        return None
    pairs = zip(found[1].keys, found[1].values, strict=True)
    constants = [
        (key.value, each.value)
        for key, each in pairs
        if isinstance(key, ast.Constant) and isinstance(each, ast.Constant)
    ]
    if not all(isinstance(part, str) for pair in constants for part in pair):
        raise Unwritable
    return {str(key): str(value) for key, value in constants}


def _inherited_from(owner: TableText, bases: list[ast.expr]) -> tuple[Module, ast.Dict] | None:
    for definition, module in _bases(owner, bases):
        statement = syntax.attribute(definition, _ARGS)
        if statement is None:
            continue
        value = getattr(statement, "value", None)
        if not isinstance(value, ast.Dict):
            raise Unwritable
        if not all(isinstance(each, ast.Constant) for each in (*value.keys, *value.values)):
            raise Unwritable
        return module, value
    return None


def _bases(owner: TableText, bases: list[ast.expr]) -> Iterator[tuple[ast.ClassDef, Module]]:
    """The classes that a class is derived from, as far as the files that were read have them."""
    modules = [owner.module, *map(module_of, owner.schema.documents)]
    waiting = list(bases)
    seen: set[str] = set()
    while waiting:
        name = named(waiting.pop(0))
        found = next(((module.classes[name], module) for module in modules if name in module.classes), None)
        if found is not None and name not in seen:
            seen.add(name)
            yield found
            waiting += found[0].bases


def with_option(owner: TableText, name: str, value: str | None) -> list[Edit]:
    """The edits that state an option of the table, such as its comment, or no longer do."""
    quote = mark(owner.module.document)
    if owner.core is not None:
        return changed_display_of(
            owner.module, owner.core, lambda module, call: _set(module, call, name, value, f"{name}={value}")
        )
    own = _own(owner)
    entry = f"{string(name, quote)}: {value}"
    if own is None:
        if value is None:
            raise Unwritable
        return _option_created(owner, entry)
    holder = own if isinstance(own, ast.Dict) else next((each for each in own.elts if isinstance(each, ast.Dict)), None)
    if holder is None:
        if value is None:
            raise Unwritable
        return changed_display_of(
            owner.module, own, lambda module, display: _with_options(module, display, f"{{{entry}}}")
        )
    if value is None and len(holder.keys) == 1:
        if holder is own:
            return [removed(owner.module, owner.statement(_ARGS))]
        number = own.elts.index(holder) if not isinstance(own, ast.Dict) else 0
        return changed_display_of(owner.module, own, lambda module, display: _dropped_from(module, display, number))
    return changed_display_of(owner.module, holder, lambda module, display: _set(module, display, name, value, entry))


def _with_options(module: Module, display: Display, text: str) -> Iterator[Edit]:
    listed = arguments.of(module, display)
    whole = module.document.text
    behind = whole[listed[0].end :]
    if len(listed) == 1 and "\n" not in behind and behind.lstrip().startswith(","):
        at = whole.index(",", listed[0].end) + 1
        yield Edit(Span("", at, at), f" {text}")
    else:
        yield from arguments.rewritten(module, display, [], [text])


def _option_created(owner: TableText, entry: str) -> list[Edit]:
    more = _inherited(owner)
    text = f"{{{entry}}}" if more is None else f"{more.rstrip().removesuffix('}').rstrip().rstrip(',')}, {entry}}}"
    return [new_statement(owner, f"{_ARGS} = {text}")]


def _set(module: Module, display: Display, name: str, value: str | None, text: str) -> Iterator[Edit]:
    listed = arguments.of(module, display)
    found = next((each for each in listed if each.name == name), None)
    if found is None and value is None:
        raise Unwritable
    if found is not None and value is not None:
        yield Edit(module.span(found.value), value)
    else:
        yield from arguments.rewritten(module, display, [found] if found else [], [text] if value is not None else [])


def new_statement(owner: TableText, text: str) -> Edit:
    """A statement behind the one that names the table, else at the head of the class."""
    module, definition = owner.module, owner.node
    if not isinstance(definition, ast.ClassDef):
        raise Unwritable
    whole, line = module.document.text, newline(module.document)
    first = definition.body[0]
    indent = indentation(module, first)
    if module.span(first).start - len(indent) != line_start(whole, module.span(first).start):
        raise Unwritable
    text = fitted(module.document, text, indent)
    after = owner.statement("__tablename__")
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    if after is not None or documented:
        anchor = after or first
        end = line_end(whole, module.span(anchor).end)
        if whole[module.span(anchor).end : end].lstrip().startswith(";"):
            raise Unwritable
        gap = line * (1 if after is not None else 2)
        return _exclusive(module, end - 1, behind=f"{gap}{indent}{text}")
    return _exclusive(module, module.span(first).start, before=f"{text}{line * 2}{indent}")


def _exclusive(module: Module, at: int, *, before: str = "", behind: str = "") -> Edit:
    """Text beside a character, which is part of the edit: no second statement of the name can be put there, too."""
    return Edit(Span(module.document.path, at, at + 1), f"{before}{module.document.text[at]}{behind}")


def removed(module: Module, statement: ast.stmt | None) -> Edit:
    """A statement taken away with its lines. Raises Unwritable where it shares them, or is all of a body."""
    if statement is None:
        raise Unwritable
    text, span = module.document.text, module.span(statement)
    start, end = line_start(text, span.start), line_end(text, span.end)
    rest = text[span.end : end].strip()
    if text[start : span.start].strip() or (rest and not rest.startswith("#")):
        raise Unwritable
    stop = end + len(newline(module.document)) if end < len(text) else end
    if not text[stop : line_end(text, stop)].strip() and not text[line_before(module.document, start) : start].strip():
        stop = min(line_end(text, stop) + len(newline(module.document)), len(text))
    return Edit(Span(span.file, start, stop), "")
