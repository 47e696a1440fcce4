"""Columns: every aspect, and the argument or annotation that states it."""

import ast
from collections.abc import Mapping

from ormistice.model import (
    Column,
    ColumnDefault,
    GeneratedExpression,
    IdentityGeneration,
    SerialDefault,
    SqlDefault,
    Stated,
)
from ormistice.names import DEFAULT_SCHEMA, QualifiedName
from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.places import Answer, Places, Written, WrittenCall
from ormistice.text import Span, outside_quotes
from ormistice.types import ColumnType, parse_type

# What may stand among the positional arguments of a column beside its name and its type.
_NOT_TYPES = ("ForeignKey", "Identity", "Computed", "Sequence", "CheckConstraint", "FetchedValue")
_LARGEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}


def lower_column(column: Answer, table: Answer, places: Places, place: Span) -> Column:
    """One column; `place` is its table's, for columns that no text declares by name."""
    written = places.column(table, column["name"])
    call = written.constructor if written else None
    own = written.span if written else place
    kind = column_type(column["type"])
    unsaid = call.after() if call else written.end if written else place

    def stated(keyword: str) -> Span | None:
        return call.keyword(keyword) if call else None

    def argument(name: str, value: object) -> Span:
        found = next(written.calls(name), None) if written and value is not None else None
        return found.span if found else own

    return Column(
        table=QualifiedName(table["schema"] or DEFAULT_SCHEMA, table["name"]),
        name=column["name"],
        place=own,
        type=None if kind is None else Stated(kind, type_place(written, call) or own),
        nullable=None
        if column["nullable"] is None
        else nullable(column["nullable"], written, stated("nullable"), unsaid),
        default=default(column, stated("server_default"), own, unsaid),
        client_default=None
        if column["client_default"] is None
        else Stated(column["client_default"], stated("default") or own),
        identity=identity(column["identity"], kind, argument("Identity", column["identity"]), unsaid),
        generated=generated(column["generated"], argument("Computed", column["generated"]), unsaid),
        collation=collation(column["type"], own, unsaid),
        comment=Stated(
            column["comment"] or None,  # PostgreSQL keeps no empty one
            stated("comment") or (unsaid if column["comment"] is None else own),
            implicit=column["comment"] is None,
        ),
    )


def column_type(kind: Answer | None) -> ColumnType | None:
    """A type as the model has it; None where SQLAlchemy could not compile it."""
    if kind is None or kind.get("referenced"):
        return None
    if "name" in kind:
        return ColumnType(kind["name"], (), kind["array"], kind["schema"] or DEFAULT_SCHEMA)
    return parse_type(kind["text"])


def type_place(written: Written | None, call: WrittenCall | None) -> Span | None:
    """The expression that gives the type: an argument, else the annotation."""
    if written is None:
        return None
    if call is not None:
        for name in ("sa_type", "type_"):
            if (value := syntax.keyword(call.call, name)) is not None:
                return call.at(value)
        for value in call.call.args[:2] if call.name != "Field" else ():
            named = isinstance(value, ast.Constant)
            other = isinstance(value, ast.Call) and call.module.function(value) in _NOT_TYPES
            if not named and not other and not isinstance(value, ast.Starred):
                return call.at(value)
    return written.annotation


def nullable(value: bool, written: Written | None, keyword: Span | None, unsaid: Span) -> Stated[bool]:  # noqa: FBT001 - the aspect itself
    """Whether the column takes NULL: by its keyword, else by its annotation, else by default."""
    call = written.constructor if written else None
    # A Column says for itself whether it takes NULL, whatever the annotation beside it.
    annotation = written.annotation if written and (call is None or call.name != "Column") else None
    place = keyword or annotation
    return Stated(value, unsaid, implicit=True) if place is None else Stated(value, place)


def default(column: Answer, keyword: Span | None, own: Span, unsaid: Span) -> Stated[ColumnDefault | None] | None:
    """What the server fills in; None where it does and the classes do not say what."""
    if column["serial"]:
        return Stated(SerialDefault(), own)
    if column["default"] is None:
        return Stated(None, unsaid, implicit=True)
    text = column["default"]["text"]
    return None if text is None else Stated(SqlDefault(bare(text)), keyword or own)


def bare(expression: str) -> str:
    """An expression without parentheses around the whole of it."""
    text = expression.strip()
    while text.startswith("(") and _closing(text) == len(text) - 1:
        text = text[1:-1].strip()
    return text


def _closing(text: str) -> int:
    """Where the parenthesis that opens the text is closed."""
    return next((at for at, depth, _ in outside_quotes(text) if depth == 0), -1)


def identity(
    value: Answer | None, kind: ColumnType | None, place: Span, unsaid: Span
) -> Stated[IdentityGeneration | None] | None:
    """GENERATED AS IDENTITY; None where it is not known."""
    if value is None:
        return Stated(None, unsaid, implicit=True)
    if value.get("unread"):
        return None
    return Stated(
        IdentityGeneration(value["always"], sequence_options(value["options"], kind.name if kind else "bigint")), place
    )


def sequence_options(options: Mapping[str, object], kind: str) -> tuple[str, ...]:
    """The options of a sequence that are not the default of its type, as SQL."""
    stated = {name: value for name, value in options.items() if isinstance(value, int)}
    increment = stated.get("increment", 1)
    largest = _LARGEST.get(kind, _LARGEST["bigint"])
    lowest, highest = (1, largest) if increment > 0 else (-largest - 1, -1)
    first = stated.get("minvalue", lowest) if increment > 0 else stated.get("maxvalue", highest)
    usual = {"start": first, "increment": 1, "maxvalue": highest, "minvalue": lowest, "cache": 1, "cycle": False}
    words = {
        "start": "START WITH",
        "increment": "INCREMENT BY",
        "maxvalue": "MAXVALUE",
        "minvalue": "MINVALUE",
        "cache": "CACHE",
        "cycle": "CYCLE",
    }
    return tuple(
        phrase if name == "cycle" else f"{phrase} {stated[name]}"
        for name, phrase in words.items()
        if name in stated and stated[name] != usual[name]
    )


def generated(value: Answer | None, place: Span, unsaid: Span) -> Stated[GeneratedExpression | None] | None:
    """GENERATED ALWAYS AS; None where its expression could not be compiled."""
    if value is None:
        return Stated(None, unsaid, implicit=True)
    if value["text"] is None:
        return None
    return Stated(GeneratedExpression(value["text"], stored=value["stored"]), place)


def collation(kind: Answer | None, own: Span, unsaid: Span) -> Stated[str | None] | None:
    """The collation that the type states."""
    if kind is None:
        return None
    value = kind.get("collation")
    return Stated(None, unsaid, implicit=True) if value is None else Stated(value, own)
