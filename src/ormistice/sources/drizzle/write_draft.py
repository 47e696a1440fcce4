"""A patch while it is made: its edits, and the names that its modules have to import for them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ormistice.fixes import Edit
from ormistice.model import Schema
from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.modules import Loaded, Project
from ormistice.sources.drizzle.names import Names
from ormistice.sources.drizzle.naming import Rules
from ormistice.sources.drizzle.spelling import Style, style_of
from ormistice.sources.drizzle.values import Symbol, Value
from ormistice.sources.drizzle.write_lists import Cut, UnwritableError
from ormistice.text import Span

PG_CORE = "drizzle-orm/pg-core"


def hand_of(loaded: Loaded) -> Style:
    """The hand that a module is written in; found out once."""
    if not loaded.style:
        loaded.style.append(style_of(loaded.module, loaded.document.text))
    return loaded.style[0]


@dataclass(slots=True)
class Draft:
    """What is written so far. `wanted` holds, by file, the names to import and the module that they are of."""

    project: Project
    rules: Rules
    schema: Schema
    edits: list[Edit] = field(default_factory=list)
    wanted: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    made: dict[tuple[str, str], str] = field(default_factory=dict)
    """Names of custom types that are written, by file and type."""
    unsafe: bool = False

    @property
    def names(self) -> Names:
        """Names of tables and columns in the database."""
        return Names(self.rules)

    def style(self, loaded: Loaded) -> Style:
        """The hand that a module is written in."""
        return hand_of(loaded)

    def put(self, loaded: Loaded, start: int, end: int, text: str) -> None:
        """`text` in place of what stands between two offsets."""
        self.edits.append(Edit(Span(loaded.document.path, start, end), text))

    def cut(self, loaded: Loaded, cuts: Iterable[Cut]) -> None:
        """Several edits of one module."""
        for start, end, text in cuts:
            self.put(loaded, start, end, text)

    def of_drizzle(self, loaded: Loaded, name: str, hidden: Iterable[str] = (), package: str = PG_CORE) -> str:
        """How the module calls what drizzle exports as `name`, which it imports if it does not yet."""
        hidden = set(hidden)
        for local, value in _imported(loaded):
            if local not in hidden and _is(value, name, package):
                return local
        for local, value in _imported(loaded):
            if local not in hidden and _is(value, "*", package):
                return f"{local}.{name}"
        asked = next((text for module, text in self.wanted.get(_path(loaded), ()) if _is_named(text, name)), None)
        local = asked.rpartition(" ")[2] if asked is not None else self._free(loaded, name, hidden)
        if asked is None:
            self.want(loaded, package, name if local == name else f"{name} as {local}")
        return local

    def _free(self, loaded: Loaded, name: str, hidden: set[str]) -> str:
        for local in (name, f"pg{name[:1].upper()}{name[1:]}", f"{name}_"):
            if local not in loaded.scope.names and local not in hidden:
                return local
        raise UnwritableError

    def want(self, loaded: Loaded, module: str, name: str) -> None:
        """Let the module import `name`."""
        wanted = self.wanted.setdefault(_path(loaded), [])
        if (module, name) not in wanted:
            wanted.append((module, name))

    def finished(self) -> tuple[Edit, ...]:
        """Every edit, with those of imports; what is put in at one place is one edit."""
        wanting = [loaded for path in self.wanted if (loaded := self.project.at(path)) is not None]
        imports = [edit for loaded in wanting for edit in self._imports(loaded)]
        merged: dict[Span, str] = {}
        for edit in [*imports, *self.edits]:
            empty = edit.span.start == edit.span.end
            merged[edit.span] = merged[edit.span] + edit.text if empty and edit.span in merged else edit.text
        return tuple(Edit(span, text) for span, text in sorted(merged.items()))

    def _imports(self, loaded: Loaded) -> list[Edit]:
        text, style = loaded.document.text, self.style(loaded)
        statements = [one for one in loaded.module.statements if isinstance(one, nodes.Import)]
        if not statements and "require" in text and not any(map(_is_module, loaded.module.statements)):
            raise UnwritableError
        edits: list[Edit] = []
        lines: list[str] = []
        wanted = self.wanted[_path(loaded)]
        for module in dict.fromkeys(module for module, _ in wanted):
            names = [name for one, name in wanted if one == module]
            there = next((one for one in statements if one.module == module and _has_braces(text, one)), None)
            if there is not None:
                edits += _added_names(loaded, there, names)
            else:
                lines.append(f"import {style.braced(', '.join(names))} from {style.quoted(module)}{style.semicolon}")
        return [*edits, *_new_imports(loaded, statements, lines, style)]


def _path(loaded: Loaded) -> str:
    return loaded.document.path


def _imported(loaded: Loaded) -> Iterable[tuple[str, Value]]:
    """Every name that the module imports, and its value."""
    for statement in loaded.module.statements:
        if isinstance(statement, nodes.Import):
            for _, local in statement.names:
                yield local, loaded.scope.names[local].get()


def _is(value: Value, name: str, package: str) -> bool:
    if not isinstance(value, Symbol) or value.path or value.name != name:
        return False
    # `sql` is exported by several modules of drizzle's; whatever makes columns, by one.
    return value.package == package or (package != PG_CORE and value.package.startswith("drizzle-orm") and name != "*")


def _is_named(text: str, name: str) -> bool:
    return text.partition(" as ")[0] == name


def _is_module(statement: nodes.Statement) -> bool:
    return isinstance(statement, nodes.Exported | nodes.ExportNames | nodes.ExportDefault)


def _has_braces(text: str, statement: nodes.Import) -> bool:
    written = text[statement.start : statement.end]
    return "{" in written and "}" in written and not written.startswith("import type")


def _added_names(loaded: Loaded, statement: nodes.Import, names: list[str]) -> list[Edit]:
    """Names put where they belong among those in braces, if these are sorted; else behind them."""
    text, path = loaded.document.text, _path(loaded)
    opening = text.index("{", statement.start)
    closing = text.rindex("}", statement.start, statement.end)
    there = _names_between(text, opening + 1, closing)
    first = text[opening + 1 : closing]
    gap = first[: len(first) - len(first.lstrip())] if "\n" in first else " "
    if not there:
        return [Edit(Span(path, opening + 1, closing), f" {', '.join(names)} ")]
    is_sorted = "/" not in first and there == sorted(there, key=lambda one: _word(one[0]))
    edits = []
    for name in sorted(names, key=_word) if is_sorted else names:
        before = [one for one in there if not is_sorted or _word(one[0]) < _word(name)]
        if not before:
            start = there[0][1] - len(there[0][0])
            edits.append(Edit(Span(path, start, start), f"{name},{gap}"))
        elif before[-1] is there[-1]:
            edits.append(_behind(path, text, len(text[:closing].rstrip()), f"{gap}{name}"))
        else:
            edits.append(_behind(path, text, before[-1][1], f"{gap}{name}"))
    return edits


def _behind(path: str, text: str, end: int, piece: str) -> Edit:
    return Edit(Span(path, end, end), f"{piece}," if text[end - 1] == "," else f",{piece}")


def _names_between(text: str, start: int, end: int) -> list[tuple[str, int]]:
    """What is listed between braces, each with its end."""
    found: list[tuple[str, int]] = []
    at = start
    for piece in text[start:end].split(","):
        name = piece.strip()
        if name:
            found.append((name, at + piece.index(name) + len(name)))
        at += len(piece) + 1
    return found


def _word(name: str) -> str:
    return name.removeprefix("type ").strip().lower()


def _new_imports(loaded: Loaded, statements: list[nodes.Import], lines: list[str], style: Style) -> list[Edit]:
    if not lines:
        return []
    if statements:
        at = statements[-1].end
        return [Edit(Span(_path(loaded), at, at), "".join(style.newline + line for line in lines))]
    at = loaded.module.statements[0].start if loaded.module.statements else 0
    return [Edit(Span(_path(loaded), at, at), "".join(line + style.newline for line in lines))]
