"""What edits of classes change, told by defining these classes anew in a copy of the probe, which has all the rest.

Importing an application takes as long as it takes, and each fix that is tried would take it again. A class can be
defined anew by itself where all that is edited are classes with tables and imports of libraries. That the rest has no
part in what such a class declares is not taken on trust: defined anew from its old text it must be what it was. Where
any of this does not hold, the application is imported again.
"""

import ast
import builtins
import sys
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from ormistice.errors import AuditError
from ormistice.fixes import Edit, Fix, Patch
from ormistice.model import Schema
from ormistice.sources.sqlalchemy.lower import lower_table
from ormistice.sources.sqlalchemy.places import Answer, Places
from ormistice.sources.sqlalchemy.process import Probe
from ormistice.sources.sqlalchemy.syntax import Module, parse
from ormistice.text import Document

_LIBRARIES = (sys.stdlib_module_names | {"sqlalchemy", "sqlmodel"}) - {"__future__"}
_RELATIONSHIPS = frozenset({"relationship", "Relationship", "relation", "dynamic_loader", "backref"})
_PLACED = ("file", "line")

Modules = Mapping[str, tuple[Module, Module]]
"""Modules before and after they were edited, by real path."""

Class = tuple[str, str]
"""The real path of a module, and the name of a class in it."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What importing told, of which text, and the probe that still has it."""

    answer: Answer
    places: Places
    probe: Probe


@dataclass(frozen=True, slots=True, order=True)
class _Import:
    """One name that an import statement binds; `name` is empty where it is the module itself."""

    level: int
    module: str
    name: str
    bound: str | None

    def __str__(self) -> str:
        bound = f" as {self.bound}" if self.bound else ""
        return f"from {self.module} import {self.name}{bound}" if self.name else f"import {self.module}{bound}"


def restated(imported: Imported, files: Iterable[str], places: Places) -> Answer | None:
    """The answer for the text of `places`, in which `files` are edited; None where only importing can tell."""
    modules = {file: (imported.places.module(file), places.module(file)) for file in files}
    read = {file: (before, after) for file, (before, after) in modules.items() if before and after}
    told = _told(imported, read) if read.keys() == modules.keys() else None
    if told is None:
        return None
    known, new = imported.answer, {_key(table): table for table in told["tables"]}
    moves = {file: _moves(*pair) for file, pair in read.items()}
    return {
        **known,
        "tables": [new.get(_key(table)) or _moved(table, moves) for table in known["tables"]],
        "problems": [_moved(problem, moves) for problem in known["problems"]],
    }


def tried(imported: Imported, schema: Schema, fixes: Iterable[Fix]) -> Schema | None:
    """`schema`, of what was imported, with `fixes`; None where only importing can tell.

    No more of a module is parsed than what is edited and what may have a part in it, so that places are off.
    """
    modules: dict[str, tuple[Module, Module]] = {}
    for file, edits in _by_file(fixes).items():
        module = imported.places.module(file)
        pair = None if module is None else _excerpts(file, module, edits, imported.answer["tables"])
        if pair is None:
            return None
        modules[file] = pair
    told = _told(imported, modules)
    if told is None:
        return None
    places = imported.places.among({file: after for file, (_, after) in modules.items()})
    known = {table.name: table for table in schema.tables}
    new = {
        table.name: replace(table, relations=known[table.name].relations)
        for table in (lower_table(each, places) for each in told["tables"])
    }
    return replace(schema, tables=tuple(new.get(table.name, table) for table in schema.tables))


def _by_file(fixes: Iterable[Fix]) -> dict[str, list[Edit]]:
    """The edits of Python files by real path, each once, in order."""
    found: dict[str, list[Edit]] = {}
    for edit in dict.fromkeys(edit for fix in fixes if isinstance(fix, Patch) for edit in fix.edits):
        if edit.span.file.endswith(".py"):
            found.setdefault(str(Path(edit.span.file).resolve()), []).append(edit)
    return {file: sorted(edits, key=lambda edit: (edit.span.start, edit.span.end)) for file, edits in found.items()}


def _excerpts(
    file: str, module: Module, edits: Sequence[Edit], tables: Sequence[Answer]
) -> tuple[Module, Module] | None:
    """What of a module is no class or may be another class after the edits, before them and after."""
    pieces = list(_pieces(module))
    by_piece: dict[int, list[Edit]] = {}
    for edit in edits:
        at = bisect_left(pieces, edit.span.end, key=lambda piece: piece.end)
        if at == len(pieces) or edit.span.start < pieces[at].start:
            return None
        by_piece.setdefault(at, []).append(edit)
    touched = {(file, name) for at in by_piece if (name := pieces[at].name)}
    anew = _anew(touched, tables) or touched
    kept = [at for at, piece in enumerate(pieces) if piece.name is None or (file, piece.name) in anew]
    path, text = module.document.path, module.document.text
    before = "".join(text[pieces[at].start : pieces[at].end] for at in kept)
    after = "".join(_rewritten(text, pieces[at], by_piece.get(at, ())) for at in kept)
    return parse(Document(path, before)), parse(Document(path, after))


@dataclass(frozen=True, slots=True)
class _Piece:
    """A statement at the top of a module with what stands before it; `name` if it is a class."""

    start: int
    end: int
    name: str | None


def _pieces(module: Module) -> Iterator[_Piece]:
    at = 0
    for node in module.tree.body:
        end = module.span(node).end
        yield _Piece(at, end, node.name if isinstance(node, ast.ClassDef) else None)
        at = end


def _rewritten(text: str, piece: _Piece, edits: Iterable[Edit]) -> str:
    parts: list[str] = []
    at = piece.start
    for edit in edits:
        parts += (text[at : edit.span.start], edit.text)
        at = edit.span.end
    return "".join((*parts, text[at : piece.end]))


def _told(imported: Imported, modules: Modules) -> Answer | None:
    """What the probe tells of the classes that are others after edits; None where that is not all that changes."""
    edited: set[Class] = set()
    for file, pair in modules.items():
        names = _edited(*pair)
        if names is None:
            return None
        edited |= {(file, name) for name in names}
    anew = _anew(edited, imported.answer["tables"])
    if anew is None or not {file for file, _ in anew} <= modules.keys():
        return None
    asked = {
        "before": [each for file, (module, _) in modules.items() for each in _statements(file, module, anew)],
        "after": [
            *(each for file, pair in modules.items() for each in _added(file, *pair)),
            *(each for file, (_, module) in modules.items() for each in _statements(file, module, anew)),
        ],
    }
    try:
        told = imported.probe.ask(asked)
    except AuditError:
        return None
    return told["after"] if "error" not in told and _holds(imported.answer, told["before"], told["after"]) else None


def _edited(before: Module, after: Module) -> set[str] | None:
    """The classes at the top of a module whose text is another; None where more than such classes is."""
    if after.error is not None or before.error is not None:
        return None
    if _outline(before) != _outline(after) or not _only_libraries(before, after):
        return None
    own, other = _classes(before), _classes(after)
    changed = {name for name, node in own.items() if before.text(node) != after.text(other[name])}
    alone = all(_may_stand_alone(before, own[name], after, other[name]) for name in changed)
    return changed if alone and len(own) == sum(isinstance(node, ast.ClassDef) for node in before.tree.body) else None


def _classes(module: Module) -> dict[str, ast.ClassDef]:
    return {node.name: node for node in module.tree.body if isinstance(node, ast.ClassDef)}


def _outline(module: Module) -> list[tuple[str, str]]:
    """The statements of a module, classes by their names alone, without imports."""
    return [
        ("class", node.name) if isinstance(node, ast.ClassDef) else ("", module.text(node)) for node in _lasting(module)
    ]


def _lasting(module: Module) -> list[ast.stmt]:
    """The statements of a module without imports."""
    return [node for node in module.tree.body if not isinstance(node, (ast.Import, ast.ImportFrom))]


def _only_libraries(before: Module, after: Module) -> bool:
    """Whether what is imported is what was imported, and at the most something more of a library, of another name."""
    taken = {name for node in before.tree.body for name in _bound(node)}
    return _imports(before) <= _imports(after) and all(
        each.level == 0
        and each.module.partition(".")[0] in _LIBRARIES
        and (each.bound or each.name or each.module.partition(".")[0]) not in taken
        for each in _imports(after) - _imports(before)
    )


def _imports(module: Module) -> set[_Import]:
    found: set[_Import] = set()
    for node in module.tree.body:
        match node:
            case ast.Import(names=names):
                found |= {_Import(0, alias.name, "", alias.asname) for alias in names}
            case ast.ImportFrom(level=level, module=source, names=names):
                found |= {_Import(level, source or "", alias.name, alias.asname) for alias in names}
            case _:
                pass
    return found


def _may_stand_alone(before: Module, node: ast.ClassDef, after: Module, other: ast.ClassDef) -> bool:
    """Whether what a class newly names stands above it, and what it says of relationships is what it said."""
    above = {name for each in after.tree.body if each.lineno < other.lineno for name in _bound(each)}
    inside = {name for each in ast.walk(other) if isinstance(each, ast.stmt) for name in _bound(each)}
    named = _names(other) - _names(node)
    return named <= above | inside | set(dir(builtins)) and _followed(before, node) == _followed(after, other)


def _bound(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in names)
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            yield from (each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case _:
            pass


def _names(node: ast.ClassDef) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}


def _followed(module: Module, node: ast.ClassDef) -> list[str]:
    return [module.text(call) for call in module.calls_in(node) if module.function(call) in _RELATIONSHIPS]


def _anew(edited: set[Class], tables: Sequence[Answer]) -> set[Class] | None:
    """The classes to define anew: those edited, all made of them and what shares their tables.

    None where one of them makes no table by which it could be known, or has a part in a class of another module.
    """
    lineages = [[[_class(base) for base in mapped["lineage"]] for mapped in table["classes"]] for table in tables]
    anew, size = set(edited), 0
    while len(anew) != size:
        size = len(anew)
        for group in lineages:
            if any(not anew.isdisjoint(lineage) for lineage in group):
                anew.update(*(_nearer(lineage, anew) for lineage in group))
    touched = [lineage for group in lineages for lineage in group if not anew.isdisjoint(lineage)]
    one_module = all(file == lineage[0][0] for lineage in touched for file, _ in anew.intersection(lineage))
    return anew if one_module and anew == set().union(*(_nearer(lineage, anew) for lineage in touched)) else None


def _nearer(lineage: Sequence[Class], anew: set[Class]) -> Sequence[Class]:
    """A class and all of its module between it and the farthest of `anew` that it is made of.

    What comes between them from another module is not made of what this one declares.
    """
    last = max((at for at, each in enumerate(lineage) if each in anew), default=0)
    return [each for each in lineage[: last + 1] if each[0] == lineage[0][0]]


def _class(base: Answer) -> Class:
    return base["file"], base["name"]


def _statements(file: str, module: Module, names: set[Class]) -> Iterator[Answer]:
    """Those of some classes that a module defines, as the probe takes them."""
    for name, node in _classes(module).items():
        if (file, name) in names:
            first = min((each.lineno for each in node.decorator_list), default=node.lineno)
            yield {"file": file, "line": first, "text": module.text(node), "class": name}


def _added(file: str, before: Module, after: Module) -> Iterator[Answer]:
    """What a module imports besides, as the probe takes it."""
    for each in sorted(_imports(after) - _imports(before), key=str):
        yield {"file": file, "line": 1, "text": str(each), "class": None}


def _holds(known: Answer, before: Answer, after: Answer) -> bool:
    """Whether the old text made what importing it did, and the new one changes nothing besides its tables."""
    own = {_key(table): table for table in before["tables"]}
    new = {_key(table): table for table in after["tables"]}
    kept = {_key(table): table for table in known["tables"] if _key(table) in own}
    names = {name for _, name in own}
    problems = [problem for problem in known["problems"] if problem.get("table") in names]
    enums = {_key(enum): _enum(enum) for enum in known["enums"]}
    tables = {_key(table): new.get(_key(table), table) for table in known["tables"]}
    return (
        {key: _unplaced(table) for key, table in own.items()} == {key: _unplaced(table) for key, table in kept.items()}
        and new.keys() == own.keys()
        and before["sequences"] == after["sequences"]
        and problems == before["problems"] == after["problems"]
        and _relations_stay(known["relations"], own, new)
        and all(enums.get(_key(enum)) == _enum(enum) for enum in (*before["enums"], *after["enums"]))
        and all(enum["column"] in _columns_of(enum, tables) for enum in known["enums"])
    )


def _unplaced(table: Answer) -> Answer:
    return {name: value for name, value in table.items() if name != "line"}


def _key(item: Answer) -> tuple[str | None, str]:
    return item["schema"], item["name"]


def _enum(enum: Answer) -> Answer:
    """An enum without the column that was the first to be of it."""
    return {name: value for name, value in enum.items() if name not in ("table", "column")}


def _columns_of(enum: Answer, tables: Mapping[Any, Answer]) -> set[str]:
    """The columns of an enum in the table that is known for it."""
    columns = tables[tuple(enum["table"])]["columns"]
    return {each["name"] for each in columns if each["type"] and each["type"].get("name") == enum["name"]}


def _relations_stay(relations: Sequence[Answer] | None, own: Mapping[Any, Answer], new: Mapping[Any, Answer]) -> bool:
    """Whether relationships follow what they followed: their columns stay, and all keys of the tables that have any."""
    if relations is None:
        return False
    ends = list(chain.from_iterable(chain.from_iterable(relation["pairs"] for relation in relations)))
    tied = {(schema, table) for schema, table, _ in ends} & own.keys()
    return all(_keys(own[key]) == _keys(new[key]) for key in tied) and all(
        any(each["name"] == column for each in new[schema, table]["columns"])
        for schema, table, column in ends
        if (schema, table) in new
    )


def _keys(table: Answer) -> tuple[Any, ...]:
    return [(key["columns"], key["target"]) for key in table["foreign_keys"]], table["primary_key"]["columns"]


def _moves(before: Module, after: Module) -> list[tuple[int, int]]:
    """The lines on which the statements of a module begin, before and after."""
    return [(old.lineno, new.lineno) for old, new in zip(_lasting(before), _lasting(after), strict=True)]


def _moved(item: Answer, moves: Mapping[str, list[tuple[int, int]]]) -> Answer:
    """An item of an edited module, by the line on which its statement now stands."""
    line = item.get("line")
    if line is None or item["file"] not in moves:
        return item
    shift = next((new - old for old, new in reversed(moves[item["file"]]) if old <= line), 0)
    return {**item, "line": line + shift}
