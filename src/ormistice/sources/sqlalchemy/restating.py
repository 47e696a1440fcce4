"""What edits of classes change, told by defining these classes anew in a copy of the probe, which has all the rest.

Importing an application takes as long as it takes, and each fix that is tried would take it again. A class can be
defined anew by itself where all that is edited are classes with tables and imports of libraries. That the rest has no
part in what such a class declares is not taken on trust: defined anew from its old text it must be what it was. Where
any of this does not hold, the application is imported again.
"""

import ast
import builtins
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from ormistice.errors import AuditError
from ormistice.sources.sqlalchemy.places import Answer, Places
from ormistice.sources.sqlalchemy.process import Probe
from ormistice.sources.sqlalchemy.syntax import Module

_LIBRARIES = (sys.stdlib_module_names | {"sqlalchemy", "sqlmodel"}) - {"__future__"}
_RELATIONSHIPS = frozenset({"relationship", "Relationship", "relation", "dynamic_loader", "backref"})
_PLACED = ("file", "line")

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
    modules: dict[str, tuple[Module, Module]] = {}
    edited: set[Class] = set()
    for file in files:
        before, after = imported.places.module(file), places.module(file)
        if before is None or after is None or (names := _edited(before, after)) is None:
            return None
        modules[file] = before, after
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
    return None if "error" in told else _answer(imported.answer, told, modules)


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

    None where one of them makes no table by which it could be known, or comes from another module than it.
    """
    lineages = [[[_class(base) for base in mapped["lineage"]] for mapped in table["classes"]] for table in tables]
    anew, size = set(edited), 0
    while len(anew) != size:
        size = len(anew)
        for group in lineages:
            if any(not anew.isdisjoint(lineage) for lineage in group):
                anew.update(*(_nearer(lineage, anew) for lineage in group))
    every = (lineage for group in lineages for lineage in group if not anew.isdisjoint(lineage))
    touched = [_nearer(lineage, anew) for lineage in every]
    one_module = all(len({file for file, _ in each}) <= 1 for each in touched)
    return anew if anew == set().union(*touched) and one_module else None


def _nearer(lineage: Sequence[Class], anew: set[Class]) -> Sequence[Class]:
    """A class and all between it and the farthest of `anew` that it is made of."""
    return lineage[: max((at for at, each in enumerate(lineage) if each in anew), default=0) + 1]


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


Modules = Mapping[str, tuple[Module, Module]]


def _answer(known: Answer, told: Answer, modules: Modules) -> Answer | None:
    """The answer with the tables told anew, unless the old text did not make what importing it did, or more changes."""
    before, after = told["before"], told["after"]
    own = {_key(table): table for table in before["tables"]}
    new = {_key(table): table for table in after["tables"]}
    kept = {_key(table): table for table in known["tables"] if _key(table) in own}
    if own != kept or new.keys() != own.keys() or before["sequences"] != after["sequences"]:
        return None
    names = {name for _, name in own}
    problems = [problem for problem in known["problems"] if problem.get("table") in names]
    if problems != before["problems"] or not _relations_stay(known["relations"], own, new):
        return None
    enums = {_key(enum): _enum(enum) for enum in known["enums"]}
    if any(enums.get(_key(enum)) != _enum(enum) for enum in (*before["enums"], *after["enums"])):
        return None
    moves = {file: _moves(*pair) for file, pair in modules.items()}
    tables = [new.get(_key(table)) or _moved(table, moves) for table in known["tables"]]
    if any(enum["column"] not in _columns_of(enum, tables) for enum in known["enums"]):
        return None
    others = [_moved(problem, moves) for problem in known["problems"] if problem.get("table") not in names]
    return {**known, "tables": tables, "problems": [*others, *after["problems"]]}


def _key(item: Answer) -> tuple[str | None, str]:
    return item["schema"], item["name"]


def _enum(enum: Answer) -> Answer:
    """An enum without the column that was the first to be of it."""
    return {name: value for name, value in enum.items() if name not in ("table", "column")}


def _columns_of(enum: Answer, tables: Iterable[Answer]) -> set[str]:
    """The columns of an enum in the table that is known for it."""
    owner = next((table for table in tables if list(_key(table)) == list(enum["table"])), None)
    columns = owner["columns"] if owner else ()
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
