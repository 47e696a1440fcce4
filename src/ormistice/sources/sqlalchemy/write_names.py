"""Names of SQLAlchemy and of the standard library in a module that is edited, and the imports that they need."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

from ormistice.fixes import Edit
from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.syntax import BOM, Module
from ormistice.sources.sqlalchemy.write_layout import line_end, line_start, newline, unit, width
from ormistice.text import Document, Span

CORE = "sqlalchemy"
ORM = "sqlalchemy.orm"
POSTGRESQL = "sqlalchemy.dialects.postgresql"
# Where else the same names come from; `sqlmodel` passes on those of SQLAlchemy.
_PASSED_ON = (
    "sqlalchemy.types",
    "sqlalchemy.schema",
    "sqlalchemy.sql",
    "sqlalchemy.sql.expression",
    "sqlalchemy.sql.schema",
    "sqlalchemy.sql.sqltypes",
    "sqlalchemy.sql.functions",
    "sqlmodel",
)
_AKIN = ("sqlalchemy", "sqlmodel", "flask_sqlalchemy", "pydantic", "geoalchemy2", "pgvector")


@dataclass(frozen=True)
class Names:
    """Spells names for one place of a module; `wanted` collects the imports that this takes.

    `scope` is the class whose body the text is for: what it binds hides names of the module. `prefix` is a variable
    that has SQLAlchemy's names as attributes, as a Flask-SQLAlchemy object does.
    """

    module: Module
    scope: ast.ClassDef | None = None
    prefix: str | None = None
    wanted: dict[tuple[str, str], str] = field(default_factory=dict)

    def name(self, origin: str, name: str) -> str:
        """How `name` of the module `origin` is to be written."""
        for local, path in bound(self.module).items():
            if same(path, origin, name) and not self._hidden(local):
                return local
        if self.prefix is not None and origin in (CORE, ORM) and not self._in_scope(self.prefix):
            return f"{self.prefix}.{name}"
        for local, path in bound(self.module).items():
            if path == origin and not self._hidden(local):
                return f"{local}.{name}"
        if _starred(self.module, origin) and self._free(name):
            return name
        if (origin, name) not in self.wanted:
            self.wanted[origin, name] = name if self._free(name) else self._other(origin, name)
        return self.wanted[origin, name]

    def _hidden(self, local: str) -> bool:
        first = local.partition(".")[0]
        return self._in_scope(first) or (first in rebound(self.module))

    def _in_scope(self, name: str) -> bool:
        return self.scope is not None and any(
            name in syntax.targets(statement) and getattr(statement, "value", statement) is not None
            for statement in self.scope.body
        )

    def _free(self, name: str) -> bool:
        known = {*bound(self.module), *rebound(self.module)}
        return name not in known and not self._in_scope(name)

    def _other(self, origin: str, name: str) -> str:
        alias = f"sa_{name}" if origin.startswith("sqlalchemy") else f"{name}_"
        while not self._free(alias):
            alias += "_"
        return alias

    def edits(self) -> Iterator[Edit]:
        """The imports that are missing."""
        by_origin: dict[str, list[str]] = {}
        lines: dict[int, dict[tuple[str, str], list[str]]] = {}

        def put(place: tuple[int, str, str], text: str) -> None:
            lines.setdefault(place[0], {}).setdefault(place[1:], []).append(text)

        for (origin, name), local in sorted(self.wanted.items()):
            statement = _statement(self.module, origin)
            if name != local:
                # Import sorters give a name that is bound as another a statement of its own.
                place = _place(self.module, origin) if statement is None else _beside(self.module, statement, name)
                put(place, f"from {origin} import {name} as {local}")
            else:
                by_origin.setdefault(origin, []).append(name)
        for origin, names in sorted(by_origin.items(), key=lambda item: (_section(item[0]), item[0])):
            statement = _statement(self.module, origin)
            if statement is not None:
                yield from _extended(self.module, statement, names)
            else:
                put(_place(self.module, origin), f"from {origin} import {', '.join(sorted(names, key=_order))}")
        joint = newline(self.module.document)
        for at, blocks in lines.items():
            text = "".join(before + joint.join(sorted(block)) + behind for (before, behind), block in blocks.items())
            yield _alone(self.module.document, at, text)


def _alone(document: Document, at: int, text: str) -> Edit:
    """An insertion beside which no other fits, by way of a character next to it.

    Two fixes that import here would make two statements, or name one thing twice. The one that waits until the other
    is made finds a statement to add to.
    """
    before, behind = document.text[max(at - 1, 0) : at], document.text[at : at + 1]
    if before and (before == "\n" or not behind):
        return Edit(Span(document.path, at - 1, at), before + text)
    return Edit(Span(document.path, at, at + len(behind)), text + behind)


def same(path: str, origin: str, name: str) -> bool:
    """Whether a dotted path is `name` of `origin`, or what passes it on."""
    if path == f"{origin}.{name}":
        return True
    source, _, last = path.rpartition(".")
    if last != name:
        return False
    return source in _PASSED_ON if origin == CORE else source.startswith(f"{POSTGRESQL}.") and origin == POSTGRESQL


def bound(module: Module) -> dict[str, str]:
    """What top-level imports bind: local name to dotted path. What only type checkers see is left out."""
    found: dict[str, str] = {}
    for node in _imports(module.tree.body):
        if isinstance(node, ast.ImportFrom):
            source = "." * node.level + (node.module or "")
            found |= {alias.asname or alias.name: f"{source}.{alias.name}" for alias in node.names if alias.name != "*"}
        else:
            found |= {alias.asname or alias.name: alias.name for alias in node.names}
    return found


def _imports(body: list[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node
        elif isinstance(node, ast.Try):
            yield from _imports(node.body)


def _starred(module: Module, origin: str) -> bool:
    """Whether a wildcard import brings the names of a module; SQLModel passes on too few of them."""
    imports = [node for node in _imports(module.tree.body) if isinstance(node, ast.ImportFrom) and node.level == 0]
    return any(node.module == origin and node.names[0].name == "*" for node in imports)


def rebound(module: Module) -> set[str]:
    """The names that a module's own statements bind at its top."""
    return {name for statement in module.tree.body for name in syntax.targets(statement)}


def _statement(module: Module, origin: str) -> ast.ImportFrom | None:
    found = [node for node in module.tree.body if isinstance(node, ast.ImportFrom) and node.level == 0]
    own = [node for node in found if node.module == origin and node.names[0].name != "*"]
    return next((node for node in own if not all(alias.asname for alias in node.names)), None)


def _beside(module: Module, statement: ast.ImportFrom, name: str) -> tuple[int, str, str]:
    """The line before or behind an import, whichever is in order."""
    text, line, span = module.document.text, newline(module.document), module.span(statement)
    if _order(name) < _order(statement.names[0].name):
        return line_start(text, span.start), "", line
    return _below(module, span.end)


def _below(module: Module, end: int) -> tuple[int, str, str]:
    """The line behind one, where no edit of that line ends."""
    text, line = module.document.text, newline(module.document)
    stop = line_end(text, end)
    return (stop, line, "") if stop == len(text) else (stop + len(line), "", line)


def _order(name: str) -> tuple[int, str, str]:
    """Constants, then classes, then the rest, as import sorters have it."""
    plain = name.partition(" ")[0]
    kind = 0 if plain.isupper() and len(plain) > 1 else 1 if plain[:1].isupper() else 2
    return kind, plain.lower(), plain


def _extended(module: Module, statement: ast.ImportFrom, names: list[str]) -> Iterator[Edit]:
    """More names in an import: where they belong if it is sorted, else at its end."""
    text = module.document.text
    old = [alias.name + (f" as {alias.asname}" if alias.asname else "") for alias in statement.names]
    orders = (_order, lambda name: (0, name.lower(), name), lambda name: (0, name, name))
    order = next((order for order in orders if old == sorted(old, key=order)), None)
    merged = sorted([*old, *names], key=order) if order else [*old, *sorted(names, key=_order)]
    start, end = module.span(statement).start, module.span(statement).end
    if "\n" in text[start:end]:
        yield from _inserted(module, statement, names, merged)
        return
    first, last = module.span(statement.names[0]).start, module.span(statement.names[-1]).end
    path, one = module.document.path, ", ".join(merged)
    if end - start + len(one) - (last - first) <= width(module.document) - (start - line_start(text, start)):
        yield Edit(Span(path, first, last), one)
        return
    line, step = newline(module.document), unit(module.document)
    opened = text.index("(", start) if text[end - 1] == ")" else first
    yield Edit(Span(path, opened, end), "".join(["(", line, *(f"{step}{name},{line}" for name in merged), ")"]))


def _inserted(module: Module, statement: ast.ImportFrom, names: list[str], merged: list[str]) -> Iterator[Edit]:
    """New names in a list of several lines, each behind the old one that goes before it."""
    old = {alias.name + (f" as {alias.asname}" if alias.asname else ""): alias for alias in statement.names}
    behind: dict[str | None, list[str]] = {}
    last: str | None = None
    for name in merged:
        if name in names:
            behind.setdefault(last, []).append(name)
        else:
            last = name
    for anchor, new in behind.items():
        yield _behind(module, statement.names[0] if anchor is None else old[anchor], new, first=anchor is None)


def _behind(module: Module, anchor: ast.alias, new: list[str], *, first: bool) -> Edit:
    text, span = module.document.text, module.span(anchor)
    start, rest = line_start(text, span.start), line_end(text, span.end)
    blank, tail = text[start : span.start], text[span.end : rest].lstrip()
    alone = not blank.strip() and tail.removeprefix(",").lstrip()[:1] in ("", "#")
    joint = f",{newline(module.document)}{blank}" if alone else ", "
    if first:
        return _alone(module.document, span.start, "".join(name + joint for name in new))
    if alone and tail.startswith(","):
        lines = "".join(f"{newline(module.document)}{blank}{name}," for name in new)
        return _alone(module.document, rest, lines)
    return _alone(module.document, span.end, "".join(joint + name for name in new))


def _place(module: Module, origin: str) -> tuple[int, str, str]:
    """Where a new import goes, with what stands before and behind it: among its like, in order."""
    text, line = module.document.text, newline(module.document)
    top = [node for node in module.tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    future = [node for node in top if getattr(node, "module", "") == "__future__"]
    own = [node for node in top if node not in future and _section(_source(node)) == _section(origin)]
    own = _block(own)
    if own:
        behind = [node for node in own if isinstance(node, ast.Import) or _source(node) < origin]
        if behind:
            return _below(module, module.span(behind[-1]).end)
        return line_start(text, module.span(own[0]).start), "", line
    later = [node for node in top if node not in future and _section(_source(node)) > _section(origin)]
    if later:
        return line_start(text, module.span(later[0]).start), "", line * 2
    if top:
        return line_end(text, module.span(top[-1]).end), line * 2, ""
    documented = module.tree.body[:1] if ast.get_docstring(module.tree) is not None else []
    if documented:
        return line_end(text, module.span(documented[0]).end), line * 2, ""
    return len(text) - len(text.removeprefix(BOM)), "", line * 2


def _block(own: list[ast.Import | ast.ImportFrom]) -> list[ast.Import | ast.ImportFrom]:
    """Those of some imports that stand together with SQLAlchemy's, where some do: what follows may be the project's."""
    near = next((node for node in own if _source(node).partition(".")[0] in _AKIN), None)
    if near is None:
        return own
    at = own.index(near)
    first = at
    while first and own[first].lineno - (own[first - 1].end_lineno or 0) == 1:
        first -= 1
    last = at
    while last + 1 < len(own) and own[last + 1].lineno - (own[last].end_lineno or 0) == 1:
        last += 1
    return own[first : last + 1]


def _source(node: ast.Import | ast.ImportFrom) -> str:
    if isinstance(node, ast.Import):
        return node.names[0].name
    return "." * node.level + (node.module or "")


def _section(source: str) -> int:
    """The standard library, then packages, then what is imported relatively."""
    if source.startswith("."):
        return 2
    return 0 if source.partition(".")[0] in sys.stdlib_module_names else 1
