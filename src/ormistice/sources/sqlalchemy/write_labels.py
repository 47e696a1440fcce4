"""Labels of enum types as the members of a Python class, and as strings in a call or a list."""

import ast
import keyword
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from ormistice.fixes import Edit, Patch, edited
from ormistice.sources.sqlalchemy import arguments, syntax
from ormistice.sources.sqlalchemy.arguments import Argument
from ormistice.sources.sqlalchemy.syntax import Module
from ormistice.sources.sqlalchemy.write_draft import Unwritable
from ormistice.sources.sqlalchemy.write_layout import indentation, line_end, line_start, mark, newline, snippet, string
from ormistice.text import Span


def members(module: Module, definition: ast.ClassDef) -> list[tuple[str, ast.Assign]]:
    """The members of an enum class with their statements."""
    del module
    found = []
    for statement in definition.body:
        names = syntax.targets(statement) if isinstance(statement, ast.Assign) else ()
        if isinstance(statement, ast.Assign) and len(names) == 1 and syntax.is_member(names[0]):
            found.append((names[0], statement))
    return found


@dataclass(frozen=True)
class Members:
    """An enum class whose labels are the names of its members, or else their values."""

    module: Module
    statements: tuple[tuple[str, ast.Assign], ...]
    by_name: bool

    def statement(self, label: str) -> ast.Assign:
        """The member of a label."""
        return next(node for name, node in self.statements if label == (name if self.by_name else _value(node)))

    def written(self, label: str, taken: set[str]) -> str:
        """A new member."""
        quote = next((each for _, node in self.statements for each in self.module.text(node.value)[:1]), "")
        quote = quote if quote in ("'", '"') else mark(self.module.document)
        if not self.by_name:
            return f"{self._named(label, taken)} = {string(label, quote)}"
        if not label.isidentifier() or keyword.iskeyword(label) or not syntax.is_member(label):
            raise Unwritable
        return f"{label} = {self._valued(label, quote)}"

    def _named(self, label: str, taken: set[str]) -> str:
        name = "".join(character if character.isalnum() else "_" for character in label)
        known = [name for name, _ in self.statements]
        name = name.upper() if all(each.isupper() for each in known) else name
        if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
            marked = f"_{name.lstrip('_')}"
            usual = any(each.startswith("_") for each in known) and marked.isidentifier() and syntax.is_member(marked)
            name = marked if usual else f"VALUE_{name}"
        if name in taken:
            raise Unwritable
        return name

    def _valued(self, label: str, quote: str) -> str:
        """The value of a member by name, in the manner of the others."""
        last = self.statements[-1][1].value
        if isinstance(last, ast.Call) and not last.args:
            return self.module.text(last)
        if isinstance(last, ast.Constant) and isinstance(last.value, int):
            numbers = [node.value.value for _, node in self.statements if isinstance(node.value, ast.Constant)]
            return str(max(number for number in numbers if isinstance(number, int)) + 1)
        if not isinstance(last, ast.Constant) or not isinstance(last.value, str):
            raise Unwritable
        pairs = [(name, _value(node)) for name, node in self.statements]
        lower = all(value == name.lower() for name, value in pairs)
        return string(label.lower() if lower and label != label.lower() else label, quote)


def _value(node: ast.Assign) -> str | None:
    value = node.value
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def otherwise(module: Module, definition: ast.ClassDef, old: list[str], new: list[str]) -> list[str] | None:
    """The labels of the same members, their values in place of their names or names of values, if `new` is of those."""
    pairs = [(name, _value(node)) for name, node in members(module, definition)]
    names, values = [name for name, _ in pairs], [value for _, value in pairs if value is not None]
    if len(values) != len(names):
        return None
    for these, others in ((names, values), (values, names)):
        if old == these and set(new) & set(others) and not set(new) & set(these):
            return others
    return None


def changed_members(module: Module, definition: ast.ClassDef, old: list[str], new: list[str]) -> list[Edit]:
    """The edits of a class whose labels were `old` and shall be `new`. Raises Unwritable."""
    statements = tuple(members(module, definition))
    names = [name for name, _ in statements]
    values = [_value(node) for _, node in statements]
    if old not in (names, values) or not new:
        raise Unwritable
    found = Members(module, statements, by_name=old == names)
    taken = set(names)
    texts = {label: found.written(label, taken) for label in new if label not in old}
    return list(_moved(found, old, new, texts))


def _moved(found: Members, old: list[str], new: list[str], texts: dict[str, str]) -> Iterator[Edit]:
    module = found.module
    for tag, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = old[first:last], new[start:end]
        if tag == "equal":
            continue
        lines = [texts[label] if label in texts else _line(found, label) for label in come]
        if len(gone) == len(come) and not set(new) & set(gone) and not set(old) & set(come):
            for label, text in zip(gone, lines, strict=True):
                yield Edit(module.span(found.statement(label)), text)
            continue
        for label in gone:
            yield _removed(module, found.statement(label))
        if lines:
            before = old[first - 1] if first else None
            yield _put(found, before, lines)


def _line(found: Members, label: str) -> str:
    """A member with the comment behind it."""
    module, node = found.module, found.statement(label)
    span = module.span(node)
    rest = module.document.text[span.end : line_end(module.document.text, span.end)]
    return module.text(node) + (rest if rest.lstrip().startswith("#") else "")


def _removed(module: Module, node: ast.Assign) -> Edit:
    """A member taken away with its line. Raises Unwritable where it shares that."""
    text, span = module.document.text, module.span(node)
    start, end = line_start(text, span.start), line_end(text, span.end)
    rest = text[span.end : end].strip()
    if text[start : span.start].strip() or (rest and not rest.startswith("#")):
        raise Unwritable
    return Edit(Span(span.file, start, end + len(newline(module.document))), "")


def _put(found: Members, before: str | None, lines: list[str]) -> Edit:
    """Members put behind one, or before all."""
    module = found.module
    text, line = module.document.text, newline(module.document)
    node = found.statement(before) if before is not None else found.statements[0][1]
    span, indent = module.span(node), indentation(module, node)
    start, end = line_start(text, span.start), line_end(text, span.end)
    rest = text[span.end : end].strip()
    if text[start : span.start].strip() or rest.startswith(";"):
        joined = "; ".join(lines)
        at = span.start if before is None else span.end
        return Edit(Span(span.file, at, at), f"{joined}; " if before is None else f"; {joined}")
    if before is None:
        return Edit(Span(span.file, start, start), "".join(f"{indent}{each}{line}" for each in lines))
    at = min(end + len(line), len(text))
    if at == end:
        return Edit(Span(span.file, end, end), "".join(f"{line}{indent}{each}" for each in lines))
    return Edit(Span(span.file, at, at), "".join(f"{indent}{each}{line}" for each in lines))


def changed_display(text: str, old: list[str], new: list[str], quote: str) -> str:
    """A call or a list whose strings were `old` with the strings `new`. Raises Unwritable."""
    if [each.value.value for each in _strings(text) if isinstance(each.value, ast.Constant)] != old or not new:
        raise Unwritable
    mark_ = next((each for each in text if each in "'\""), quote)
    for tag, first, last, start, end in reversed(SequenceMatcher(None, old, new, autojunk=False).get_opcodes()):
        if tag == "equal":
            continue
        come = [string(label, mark_) for label in new[start:end]]
        module = snippet(text)
        listed = _strings(text)
        display = module.tree.body[0].value if isinstance(module.tree.body[0], ast.Expr) else None
        if not isinstance(display, (ast.Call, ast.List, ast.Tuple)):
            raise Unwritable
        if last > first:
            edits = list(arguments.rewritten(module, display, listed[first:last], come, listed[last - 1]))
        elif first:
            edits = list(arguments.rewritten(module, display, [], come, listed[first - 1]))
        else:
            edits = [arguments.ahead(module, display, ", ".join(come))]
        text = edited("", text, [Patch("", tuple(edits))])
    return text


def _strings(text: str) -> list[Argument]:
    module = snippet(text)
    body = module.tree.body
    display = body[0].value if body and isinstance(body[0], ast.Expr) else None
    if not isinstance(display, (ast.Call, ast.List, ast.Tuple)):
        raise Unwritable
    return [
        each
        for each in arguments.of(module, display)
        if each.name is None and isinstance(each.value, ast.Constant) and isinstance(each.value.value, str)
    ]
