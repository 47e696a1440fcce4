"""Relationships as they are written: which class they lead to, by which columns, and what they do on a delete."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.static import classes, references
from ormistice.sources.sqlalchemy.static.annotations import forward, unwrapped
from ormistice.sources.sqlalchemy.static.binding import returned
from ormistice.sources.sqlalchemy.static.classes import Model
from ormistice.sources.sqlalchemy.static.scope import External, Known
from ormistice.sources.sqlalchemy.static.tables import Tables, lineage_of
from ormistice.sources.sqlalchemy.static.values import Call, Unknown

_CALLS = ("relationship", "Relationship", "relation", "dynamic_loader")
_COLLECTIONS = ("list", "List", "set", "Set", "Sequence", "Collection", "Iterable", "dict", "Dict")
_COLLECTED = (*_COLLECTIONS, "DynamicMapped", "WriteOnlyMapped", "AppenderQuery")
_OTHER_WAY = {"MANYTOONE": "ONETOMANY", "ONETOMANY": "MANYTOONE", "MANYTOMANY": "MANYTOMANY"}
_TEXTS = (ast.Constant, ast.JoinedStr, ast.BinOp, ast.Call)
Table = dict[str, Any]
Column = tuple[str | None, str, str]
Pair = tuple[Column, Column]


@dataclass(frozen=True)
class Written:
    """A relationship of a class: its attribute, the call that makes it, its annotation."""

    owner: Model
    table: Table
    name: str
    file: str
    call: Call
    annotation: ast.expr | None

    def option(self, *names: str) -> tuple[str, ast.expr] | None:
        """An argument, given by whichever of some names."""
        for name in names:
            value = self.call.named(name) or syntax.entry(self.call.named("sa_relationship_kwargs"), name)
            if value is not None:
                return self.call.file, value
        return None


def relations(tables: Tables) -> list[dict[str, Any]]:
    """Every relationship that is understood; one that is not is told, and leaves its class's table unread."""
    found: list[dict[str, Any]] = []
    for owner, table in tables.mapped:
        for written in _of_class(tables, owner, table):
            try:
                found += _Reading(tables, written).read()
            except Unknown as error:
                for each in _touched(tables, written):
                    each["unread"].append("relations")
                message = f"relationship `{written.name}`: not understood without running it: {error}"
                tables.problem(message, written.file, written.call.node.lineno)
    return found


def _touched(tables: Tables, written: "Written") -> list[Table]:
    """The tables that a relationship may keep equal columns of, as far as they are known."""
    reading = _Reading(tables, written)
    touched = [written.table]
    for asked in (lambda: reading.target()[1], reading.secondary):
        try:
            found = asked()
        except Unknown:
            continue
        touched += [] if found is None else [found]
    return touched


def _of_class(tables: Tables, owner: Model, table: Table) -> Iterator[Written]:
    """The relationships of a class, those of its mixins included, the nearest of each name."""
    base = classes.mapped_base(owner)
    skipped = {id(value.node) for value in base.classes} if base is not None else set()
    seen: set[str] = set()
    for value in owner.classes:
        if id(value.node) in skipped or not isinstance(value.node, ast.ClassDef):
            continue
        for statement in value.node.body:
            for name in syntax.targets(statement):
                made = _made(tables, owner, value.file, statement)
                if made is not None and name not in seen:
                    yield Written(owner, table, name, value.file, made, _annotation(statement))
                seen.add(name)


def _annotation(statement: ast.stmt) -> ast.expr | None:
    return statement.returns if isinstance(statement, ast.FunctionDef) else getattr(statement, "annotation", None)


def _made(tables: Tables, owner: Model, file: str, statement: ast.stmt) -> Call | None:
    """The call that makes a relationship, that which `Relationship(sa_relationship=...)` is given before it."""
    value = getattr(statement, "value", None)
    if isinstance(statement, ast.FunctionDef):
        value = returned(statement, owner, tables.reader)
    call = tables.reader.call(file, value)
    if call is None or call.name not in _CALLS or not isinstance(call.function, External):
        return None
    return tables.reader.call(call.file, call.named("sa_relationship")) or call


@dataclass(frozen=True)
class _Reading:
    """One relationship being read. What is not clear raises Unknown."""

    tables: Tables
    written: Written

    def read(self) -> list[dict[str, Any]]:
        """The relationship, and the one that its `backref` makes of it."""
        if self.written.call.spreads:
            raise Unknown("its arguments")
        target, table = self.target()
        direction, pairs = self._joined(table)
        own = {
            "lineage": lineage_of(self.written.owner)["lineage"],
            "attribute": self.written.name,
            "reverse": [],
            "pairs": pairs,
            "direction": direction,
            **self._options(self.written, direction),
        }
        return [own, *self._backref(own, target, table)]

    def target(self) -> tuple[Model, Table]:
        """The class that it leads to, with its table."""
        written = self.written
        stated = written.call.positional[0] if written.call.positional else written.call.named("argument")
        file, node = written.file, written.annotation
        if stated is not None and written.call.name != "Relationship":
            file, node = written.call.file, stated
        if node is None:
            raise Unknown("the class that it leads to")
        return self._model(*self._inner(file, node))

    def _inner(self, file: str, node: ast.expr) -> tuple[str, ast.expr]:
        """A class by its name, out of the annotation or the function that gives it."""
        if isinstance(node, ast.Lambda):
            return self._inner(file, node.body)
        file, node, _ = unwrapped(self.tables.reader, file, node)
        if isinstance(node, ast.Subscript):
            inner = node.slice.elts[-1] if isinstance(node.slice, ast.Tuple) else node.slice
            return self._inner(file, inner)
        return file, node

    def _model(self, file: str, node: ast.expr) -> tuple[Model, Table]:
        found = self.tables.reader.project.resolve(file, node)
        if isinstance(found, Known) and isinstance(found.node, ast.ClassDef):
            models = [each for each in self.tables.mapped if each[0].node is found.node]
        else:
            name = ast.unparse(node).strip("'\"").rpartition(".")[2]
            models = [each for each in self.tables.mapped if each[0].node.name == name]
        if len(models) != 1:
            raise Unknown(ast.unparse(node))
        return models[0]

    # Columns

    def _joined(self, target: Table) -> tuple[str, list[Pair]]:
        """The direction and the pairs of columns, each a referenced and a referencing one."""
        secondary = self.secondary()
        if secondary is not None:
            return "MANYTOMANY", self._one(self._pairs(secondary, self.written.table))
        own = self.written.table
        there, back = self._pairs(own, target), self._pairs(target, own)
        if own is target:
            remote = self._columns("remote_side")
            towards = [pairs for pairs in there if remote and {first for first, _ in pairs} == set(remote)]
            return ("MANYTOONE", self._one(towards)) if towards else ("ONETOMANY", self._one(back))
        both = [*(("MANYTOONE", pairs) for pairs in there), *(("ONETOMANY", pairs) for pairs in back)]
        if len(both) != 1:
            raise Unknown("the columns that it follows")
        return both[0]

    @staticmethod
    def _one(found: list[list[Pair]]) -> list[Pair]:
        if len(found) != 1:
            raise Unknown("the columns that it follows")
        return found[0]

    def _pairs(self, referencing: Table, referenced: Table, join: str = "primaryjoin") -> list[list[Pair]]:
        """The foreign keys between two tables that the relationship may follow, as pairs of columns."""
        equal = self._equal(join)
        stated = self._columns("foreign_keys")
        found = []
        for key in referencing["foreign_keys"]:
            if (key["target"]["schema"], key["target"]["table"]) != (referenced["schema"], referenced["name"]):
                continue
            pairs = [
                ((referenced["schema"], referenced["name"], there), (referencing["schema"], referencing["name"], here))
                for here, there in zip(key["columns"], key["target"]["columns"], strict=True)
            ]
            chosen = not stated or {second for _, second in pairs} == set(stated)
            if chosen and (equal is None or all(set(pair) in equal for pair in pairs)) and pairs not in found:
                found.append(pairs)
        return found

    def _equal(self, join: str) -> list[set[Column]] | None:
        """The columns that a join holds equal; None where it is left to SQLAlchemy."""
        stated = self.written.option(join)
        if stated is None:
            return None
        file, node = self._expression(*stated)
        return [
            {self._column(file, each.left), self._column(file, each.comparators[0])}
            for each in ast.walk(node)
            if isinstance(each, ast.Compare) and isinstance(each.ops[0], ast.Eq) and len(each.ops) == 1
            if not isinstance(each.comparators[0], ast.Constant)  # a column and a value
        ]

    def _columns(self, option: str) -> list[Column]:
        """The columns that an argument lists."""
        stated = self.written.option(option)
        if stated is None:
            return []
        file, node = self._expression(*stated)
        return [self._column(file, each) for each in (node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node])]

    def _expression(self, file: str, node: ast.expr) -> tuple[str, ast.expr]:
        """An argument out of the string or the function that it may be given as."""
        if isinstance(node, ast.Lambda):
            return file, node.body
        text = self._text(file, node)
        return file, node if text is None else forward(text)

    def _text(self, file: str, node: ast.expr) -> str | None:
        """A string, whichever way it is put together."""
        try:
            return self.tables.reader.text(file, node) if isinstance(node, _TEXTS) else None
        except Unknown:
            return None

    def _column(self, file: str, node: ast.expr) -> Column:
        """A column by its attribute: of a class, of `table.c`, or of the class that is being made."""
        if (text := self._text(file, node)) is not None:
            return self._column(file, forward(text))
        if isinstance(node, ast.Call) and len(node.args) == 1:  # foreign(), remote()
            return self._column(file, node.args[0])
        table, attribute = self.written.table, node.id if isinstance(node, ast.Name) else ""
        if isinstance(node, ast.Attribute):
            owner = references.owner(self.tables, file, node) or self._named(node.value)
            table = owner if owner is not None else self._model(file, node.value)[1]
            attribute = node.attr
        names = {own: name for mapped in table["classes"] for name, own in mapped["attributes"].items()}
        column = names.get(attribute, attribute)
        if not any(each["name"] == column for each in table["columns"]):
            raise Unknown(ast.unparse(node))
        return table["schema"], table["name"], column

    def _named(self, node: ast.expr) -> Table | None:
        """The table of `name.c`, by the name that it has in the database."""
        if not isinstance(node, ast.Attribute) or node.attr not in ("c", "columns"):
            return None
        name = ast.unparse(node.value)
        found = [each for each in self.tables.tables if name in (each["name"], f"{each['schema']}.{each['name']}")]
        return found[0] if len(found) == 1 else None

    def secondary(self) -> Table | None:
        """The table that joins the two, if one does."""
        stated = self.written.option("secondary", "link_model")
        if stated is None:
            return None
        file, node = self._expression(*stated)
        if isinstance(node, ast.Attribute) and node.attr == "__table__":
            return self._model(file, node.value)[1]
        found = self.tables.reader.project.resolve(file, node)
        at = (found.file, getattr(found.node, "lineno", 0)) if isinstance(found, Known) else None
        name = ast.unparse(node)
        tables = [each for each in self.tables.tables if each["at"] == at] or [
            each
            for each in self.tables.tables
            if name in (each["name"], f"{each['schema']}.{each['name']}") and not isinstance(found, Known)
        ]
        if len(tables) != 1:
            raise Unknown(name)
        return tables[0]

    # Options

    def _options(self, written: Written, direction: str) -> dict[str, Any]:
        reader = self.tables.reader
        cascade = written.option("cascade")
        words = {word.strip() for word in (reader.text(*cascade) or "").split(",")} if cascade else set()
        whole = reader.flag(*(written.option("cascade_delete") or (written.file, None)), default=False)
        passive = reader.constant(*(written.option("passive_deletes") or (written.file, None)))
        single = written.option("uselist")
        return {
            "delete": whole or bool(words & {"all", "delete"}),
            "passive": passive if passive == "all" else bool(passive),
            "viewonly": reader.flag(*(written.option("viewonly") or (written.file, None)), default=False),
            "single": not reader.flag(*single, default=True) if single else self._is_single(written, direction),
        }

    def _is_single(self, written: Written, direction: str) -> bool:
        """Whether one row is expected: by the annotation, which old releases do not look at, else by the direction."""
        node = written.annotation
        if direction == "MANYTOONE" or node is None or self.tables.releases.by_creation:
            return direction == "MANYTOONE"
        text = ast.unparse(node).replace("'", "").replace('"', "")
        looked_at = written.owner.is_sqlmodel or text.startswith(("Mapped[", "orm.Mapped["))
        return looked_at and not any(f"{word}[" in text for word in _COLLECTED)

    def _backref(self, own: dict[str, Any], target: Model, table: Table) -> Iterator[dict[str, Any]]:
        """The relationship that `backref` gives to the other class."""
        stated = self.written.option("backref")
        if stated is None:
            return
        file, value = stated
        call = self.tables.reader.call(file, value)
        node = call.positional[0] if call is not None and call.positional else value
        made = Written(target, table, str(self.tables.reader.text(file, node)), file, call or _nothing(file), None)
        direction = _OTHER_WAY[own["direction"]]
        secondary = self.secondary()
        yield {
            "lineage": lineage_of(target)["lineage"],
            "attribute": made.name,
            "reverse": [{"lineage": own["lineage"], "attribute": own["attribute"]}],
            "pairs": own["pairs"] if secondary is None else self._one(self._pairs(secondary, table, "secondaryjoin")),
            "direction": direction,
            **self._options(made, direction),
            **({"viewonly": True} if own["viewonly"] else {}),
        }


def _nothing(file: str) -> Call:
    """A call without arguments."""
    return Call(file, ast.Call(ast.Name(""), [], []), None)
