"""Second pass: what foreign keys point at, and what only follows from it."""

import ast
from typing import TYPE_CHECKING, Any

from ormistice.sources.sqlalchemy.static.columns import spelled
from ormistice.sources.sqlalchemy.static.scope import Known
from ormistice.sources.sqlalchemy.static.values import Unknown

if TYPE_CHECKING:
    from ormistice.sources.sqlalchemy.static.tables import Tables

__all__ = ["owner", "resolve", "serials", "spelled"]
_INTEGERS = ("INTEGER", "BIGINT", "SMALLINT")
_NUMBERS = ("NUMERIC", "FLOAT")


def resolve(tables: "Tables") -> None:
    """Give every key its target, and every column that takes its type from a key that type."""
    for table in tables.tables:
        kept = []
        for key in table["foreign_keys"]:
            try:
                targets = [_target(tables, table, key, number) for number in range(len(key["raw"]))]
            except Unknown as error:
                table["unread"].append("foreign_keys")
                message = f"foreign key: its target is not understood without running it: {error}"
                tables.problems.append(
                    {"kind": "unread", "message": message, "table": table["name"], "column": key["columns"][0]}
                )
                continue
            names = {target[:2] for target in targets}
            schema, name = next(iter(names)) if len(names) == 1 else (None, "")
            targets = [_by_key(tables, target) for target in targets]
            key["spelled"] = [_literal(tables, raw) for raw in key.pop("raw")]
            key["target"] = {"schema": schema, "table": name, "columns": [column for _, _, column in targets]}
            kept.append(key)
        table["foreign_keys"] = kept
    for _ in range(3):  # a type may be taken from a column that takes its own
        for table in tables.tables:
            for key in table["foreign_keys"]:
                _lend_type(tables, table, key)


def _literal(tables: "Tables", raw: tuple[str, ast.expr]) -> str | None:
    try:
        return tables.reader.text(*raw)
    except Unknown:
        return None


def _target(tables: "Tables", table: dict[str, Any], key: dict[str, Any], number: int) -> tuple[str | None, str, str]:
    file, node = key["raw"][number]
    text = _literal(tables, (file, node))
    if text is not None:
        *schema, name, column = text.split(".") if "." in text else (text, key["columns"][number])
        return (".".join(schema) or table["default_schema"]), name, column
    if isinstance(node, ast.Attribute):
        found = owner(tables, file, node)
        if found is not None:
            return found["schema"], found["name"], _attribute(found, node.attr)
    raise Unknown(ast.unparse(node))


def _by_key(tables: "Tables", target: tuple[str | None, str, str]) -> tuple[str | None, str, str]:
    """What is referenced, a column under its key as SQLAlchemy knows it."""
    schema, name, key = target
    for table in tables.tables:
        if (table["schema"], table["name"]) == (schema, name):
            named = (str(column["name"]) for column in table["columns"] if column.get("key") == key)
            return schema, name, next(named, key)
    return target


def owner(tables: "Tables", file: str, node: ast.AST) -> dict[str, Any] | None:
    """The table of `Model.column`, of `table.c.column`, or of a call on one of these."""
    while isinstance(node, ast.Call):
        node = node.func.value if isinstance(node.func, ast.Attribute) else ast.Constant(None)
    if not isinstance(node, ast.Attribute):
        return None
    holder = node.value
    if isinstance(holder, ast.Attribute) and holder.attr in ("c", "columns"):
        holder = holder.value
    return table(tables, file, holder)


def table(tables: "Tables", file: str, node: ast.AST) -> dict[str, Any] | None:
    """The table that a class or a call of `Table` makes, by the expression that stands for it."""
    found = tables.reader.project.resolve(file, node)
    if isinstance(found, Known) and isinstance(found.node, (ast.ClassDef, ast.Call)):
        at = (found.file, found.node.lineno)
        return next((each for each in tables.tables if each["at"] == at), None)
    return None


def _attribute(table: dict[str, Any], attribute: str) -> str:
    for mapped in table["classes"]:
        for name, own in mapped["attributes"].items():
            if own == attribute:
                return str(name)
    return attribute


def _lend_type(tables: "Tables", table: dict[str, Any], key: dict[str, Any]) -> None:
    if len(key["columns"]) != 1:
        return
    column = next(each for each in table["columns"] if each["name"] == key["columns"][0])
    wanted = column["type"] is None or column["type"].get("referenced")
    target = key["target"]
    lender = next(
        (each for each in tables.tables if (each["schema"], each["name"]) == (target["schema"], target["table"])), None
    )
    lent = (
        next((each["type"] for each in lender["columns"] if each["name"] == target["columns"][0]), None)
        if lender
        else None
    )
    if wanted and lent is not None:
        column["type"] = {name: value for name, value in lent.items() if name != "referenced"}


def serials(tables: "Tables") -> None:
    """The one integer column of a primary key that nothing else fills draws its values from a sequence of its own."""
    for table in tables.tables:
        key = table["primary_key"]["columns"]
        referencing = {column for each in table["foreign_keys"] for column in each["columns"]}
        for column in table["columns"]:
            stated = table["autoincrement"].get(column["name"])
            wanted = stated in (True, "ignore_fk") or (
                len(key) == 1 and stated in (None, "auto") and column["name"] not in referencing
            )
            filled = any(column[name] is not None for name in ("default", "identity", "generated", "client_default"))
            drawn = column["name"] in key and wanted and not filled
            text = (column["type"] or {}).get("text")
            column["serial"] = drawn and text in _INTEGERS
            if drawn and (column["type"] is None or str(text).startswith(_NUMBERS)):
                column["default"] = {"text": None}  # whether it draws from a sequence is for its type to say
            if column["name"] in key:
                column["nullable"] = False
        if not key:
            table["primary_key"] = None
