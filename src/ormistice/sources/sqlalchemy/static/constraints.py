"""Keys, constraints and indexes as they are written."""

import ast
from dataclasses import dataclass
from typing import Any

from ormistice.names import display
from ormistice.sources.sqlalchemy.static.columns import Draft
from ormistice.sources.sqlalchemy.static.scope import External
from ormistice.sources.sqlalchemy.static.spatial import index_of
from ormistice.sources.sqlalchemy.static.values import Call, Reader, Unknown

KINDS = {
    "ForeignKeyConstraint": "foreign_keys",
    "UniqueConstraint": "uniques",
    "CheckConstraint": "checks",
    "Index": "indexes",
    "ExcludeConstraint": "exclusions",
}
_MODIFIERS = {
    "desc": "desc_op",
    "asc": "asc_op",
    "nullslast": "nulls_last_op",
    "nulls_last": "nulls_last_op",
    "nullsfirst": "nulls_first_op",
    "nulls_first": "nulls_first_op",
}


@dataclass(frozen=True)
class Constraints:
    """Reads the constraints of one table; those without a name of their own are named once all keys are resolved."""

    reader: Reader
    table: dict[str, Any]

    def kinds_of(self, call: Call | None) -> list[str]:
        """The kinds that a call may have added, had it been understood."""
        return [KINDS[call.name]] if call is not None and call.name in KINDS else [*KINDS.values()]

    def add(self, call: Call | None, text: str) -> None:
        """A constraint or index of the table, of which `text` is the source. Raises Unknown."""
        if call is None:
            raise Unknown(text)
        if call.spreads or not isinstance(call.function, External) or call.node.func is None:
            raise Unknown(ast.unparse(call.node.func))
        if call.named("_create_rule") is not None:
            raise Unknown("_create_rule")
        match call.name:
            case "ForeignKeyConstraint":
                self.table["foreign_keys"].append({**self._foreign_key(call), "called": True})
            case "UniqueConstraint":
                self.table["uniques"].append({**self._unique(call), "called": True})
            case "PrimaryKeyConstraint":
                columns = [self._column(call.file, each) for each in call.positional]
                self.table["primary_key"] = {
                    "columns": columns or self.table["primary_key"]["columns"],
                    **self._name(call),
                }
            case "CheckConstraint":
                self.table["checks"].append(self._check(call))
            case "Index":
                self.table["indexes"].append(self._index(call))
            case _:
                raise Unknown(ast.unparse(call.node.func))

    def of_column(self, draft: Draft) -> None:
        """What a column says of the table's constraints."""
        name = draft.column["name"]
        if draft.spread:
            self.table["unread"] += [*([] if draft.primary_key else ["primary_key"]), *KINDS.values()]
        for call in draft.keys:
            self._of_column("foreign_keys", draft, lambda call=call: self._column_key(call, name))
        if draft.field_key is not None:
            call = draft.field_key
            self._of_column("foreign_keys", draft, lambda: self._field_key(call, name))
        for call in draft.checks:
            self._of_column("checks", draft, lambda call=call: {**self._check(call), "columns": [name]})
        if draft.spatial or "spatial" in (draft.column["type"] or {}):
            self._spatial(draft)
        if draft.index:
            self.table["indexes"].append(
                {
                    **_INDEX,
                    "elements": [{**_ELEMENT, "column": name}],
                    "unique": draft.unique,
                    "name": None,
                    "derived": True,
                }
            )
        elif draft.unique:
            self.table["uniques"].append({**_UNIQUE, "columns": [name], "name": None, "derived": True})

    def _spatial(self, draft: Draft) -> None:
        """The index that GeoAlchemy makes of a column, which its type says, if that is understood."""
        kind = draft.column["type"]
        if kind is None or "spatial" not in kind:
            self.table["unread"].append("indexes")
        elif (wanted := kind.pop("spatial")) is not None:
            self.table["indexes"].append({**_INDEX, **index_of(self.table["name"], draft.column["name"], wanted)})

    def _of_column(self, kind: str, draft: Draft, read: Any) -> None:
        try:
            self.table[kind].append(read())
        except Unknown as error:
            draft.unread.append(str(error))
            self.table["unread"].append(kind)

    def _name(self, call: Call, *, position: int | None = None) -> dict[str, Any]:
        node = call.named("name") or (
            call.positional[position] if position is not None and len(call.positional) > position else None
        )
        made = self.reader.call(call.file, node)
        try:
            name = self.reader.text(call.file, node)
        except Unknown:
            return {"name": None, "derived": False}
        final = made is not None and made.name == "conv"
        untold = self.table["convention"].patterns is None and not final
        return {"name": None if untold else name, "derived": name is None, "final": final}

    def _column(self, file: str, node: ast.expr) -> str:
        """A column by name, or by the attribute that stands for it. Raises Unknown."""
        if isinstance(node, (ast.Name, ast.Attribute)):
            attribute = node.id if isinstance(node, ast.Name) else node.attr
            for mapped in self.table["classes"]:
                for name, own in mapped["attributes"].items():
                    if own == attribute:
                        return str(name)
            if any(column["name"] == attribute for column in self.table["columns"]) and isinstance(node, ast.Attribute):
                return attribute
        value = self.reader.constant(file, node)
        if not isinstance(value, str):
            raise Unknown(ast.unparse(node))
        return next((str(column["name"]) for column in self.table["columns"] if column.get("key") == value), value)

    def _deferral(self, call: Call) -> dict[str, Any]:
        return {name: self.reader.constant(call.file, call.named(name)) for name in ("deferrable", "initially")}

    def _actions(self, call: Call) -> dict[str, Any]:
        return {
            "on_delete": self.reader.text(call.file, call.named("ondelete")),
            "on_update": self.reader.text(call.file, call.named("onupdate")),
            "match": self.reader.text(call.file, call.named("match")),
            "not_valid": self.reader.flag(call.file, call.named("postgresql_not_valid"), default=False),
            **self._deferral(call),
        }

    def _column_key(self, call: Call, column: str) -> dict[str, Any]:
        node = call.positional[0] if call.positional else call.named("column")
        return {"columns": [column], "raw": [(call.file, node)], **self._actions(call), **self._name(call)}

    def _field_key(self, call: Call, column: str) -> dict[str, Any]:
        key = call.named("foreign_key")
        actions = {
            "on_delete": self.reader.text(call.file, call.named("ondelete")),
            "on_update": None,
            "match": None,
            "not_valid": False,
        }
        deferral = {"deferrable": None, "initially": None}
        return {"columns": [column], "raw": [(call.file, key)], **actions, **deferral, "name": None, "derived": True}

    def _foreign_key(self, call: Call) -> dict[str, Any]:
        columns = call.positional[0] if call.positional else call.named("columns")
        targets = call.positional[1] if len(call.positional) > 1 else call.named("refcolumns")
        if (
            not isinstance(columns, (ast.List, ast.Tuple))
            or not isinstance(targets, (ast.List, ast.Tuple))
            or len(columns.elts) != len(targets.elts)
        ):
            raise Unknown(ast.unparse(call.node))
        return {
            "columns": [self._column(call.file, each) for each in columns.elts],
            "raw": [(call.file, each) for each in targets.elts],
            **self._actions(call),
            **self._name(call, position=2),
        }

    def _unique(self, call: Call) -> dict[str, Any]:
        include = self.reader.constant(call.file, call.named("postgresql_include")) or []
        return {
            **_UNIQUE,
            "columns": [self._column(call.file, each) for each in call.positional],
            "nulls_not_distinct": self.reader.flag(
                call.file, call.named("postgresql_nulls_not_distinct"), default=False
            ),
            "include": include,
            **self._deferral(call),
            **self._name(call),
        }

    def _check(self, call: Call) -> dict[str, Any]:
        text = self.reader.sql(call.file, call.positional[0] if call.positional else call.named("sqltext"))
        name = self._name(call, position=1)
        if name["name"] is None and not name["derived"]:
            raise Unknown("a check constraint whose name a naming convention makes")
        return {
            "columns": [],
            "expression": text,
            "not_valid": self.reader.flag(call.file, call.named("postgresql_not_valid"), default=False),
            **name,
        }

    def _index(self, call: Call) -> dict[str, Any]:
        where, operators = call.named("postgresql_where"), self._operators(call)
        try:
            predicate = self.reader.sql(call.file, where)
        except Unknown:
            predicate = None
        name = self.reader.text(call.file, call.positional[0])
        return {
            "elements": [self._element(call.file, each, operators) for each in call.positional[1:]],
            "unique": self.reader.flag(call.file, call.named("unique"), default=False),
            "method": self.reader.text(call.file, call.named("postgresql_using")),
            "partial": where is not None,
            "predicate": predicate,
            "include": [
                self._column(call.file, each) for each in getattr(call.named("postgresql_include"), "elts", [])
            ],
            "nulls_not_distinct": self.reader.flag(
                call.file, call.named("postgresql_nulls_not_distinct"), default=False
            ),
            "name": name,
            "derived": name is None,
        }

    def _operators(self, call: Call) -> dict[str, str]:
        stated = call.named("postgresql_ops")
        if stated is None:
            return {}
        if not isinstance(stated, ast.Dict) or None in stated.keys:
            raise Unknown("postgresql_ops")
        pairs = zip(stated.keys, stated.values, strict=True)
        return {
            str(self.reader.constant(call.file, key)): str(self.reader.constant(call.file, value))
            for key, value in pairs
            if key
        }

    def _element(self, file: str, node: ast.expr, operators: dict[str, str]) -> dict[str, Any]:
        """One key of an index. Raises Unknown."""
        read: dict[str, Any] = {**_ELEMENT, "modifiers": []}
        while isinstance(node, ast.Call):
            function, inner = node.func, None
            name = self._function(file, function)
            if name in _MODIFIERS and node.args:
                inner = node.args[0]
            elif isinstance(function, ast.Attribute) and function.attr in (*_MODIFIERS, "collate", "label"):
                name, inner = function.attr, function.value
            if inner is None:
                kind = "text" if name == "text" else "expression"
                return {**read, kind: self._expression(file, node)}
            if name in _MODIFIERS:
                read["modifiers"].insert(0, _MODIFIERS[name])
            else:
                given = str(self.reader.constant(file, node.args[0]))
                read |= {"collation": given} if name == "collate" else {"opclass": operators.get(given)}
            node = inner
        column = self._column(file, node)
        return {**read, "opclass": operators.get(column) or read["opclass"], "column": column}

    def _function(self, file: str, node: ast.expr) -> str:
        called = self.reader.project.resolve(file, node)
        return called.name if isinstance(called, External) else ""

    def _expression(self, file: str, node: ast.expr) -> str:
        """A function of columns and literals as SQL. Raises Unknown."""
        if isinstance(node, ast.Call):
            called = self.reader.project.resolve(file, node.func)
            if isinstance(called, External) and called.name == "text":
                return self.reader.sql(file, node) or ""
            if isinstance(called, External) and ".func." in called.path and not node.keywords:
                return f"{called.name}({', '.join(self._expression(file, each) for each in node.args)})"
            raise Unknown(ast.unparse(node))
        if isinstance(node, ast.Constant):
            return "'" + node.value.replace("'", "''") + "'" if isinstance(node.value, str) else str(node.value)
        return display(self._column(file, node))


_ELEMENT: dict[str, Any] = {"opclass": None, "modifiers": [], "collation": None}
_UNIQUE: dict[str, Any] = {"nulls_not_distinct": False, "include": [], "deferrable": None, "initially": None}
_INDEX: dict[str, Any] = {
    "method": None,
    "partial": False,
    "predicate": None,
    "include": [],
    "nulls_not_distinct": False,
}
