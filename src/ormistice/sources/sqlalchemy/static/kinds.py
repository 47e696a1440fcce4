"""Types of columns: SQLAlchemy's by name, Python's by what SQLAlchemy and SQLModel make of them."""

import ast
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.static.factories import returned
from ormistice.sources.sqlalchemy.static.releases import Releases
from ormistice.sources.sqlalchemy.static.scope import External, Known, Value
from ormistice.sources.sqlalchemy.static.spatial import PACKAGE, spatial
from ormistice.sources.sqlalchemy.static.typewords import COLLATED, LENGTH, PLAIN, PYDANTIC, PYTHON, STRINGS
from ormistice.sources.sqlalchemy.static.values import Call, Reader, Unknown

_PACKAGES = ("sqlalchemy", "sqlmodel", "flask_sqlalchemy", "pgvector")
_AWARE = "TIMESTAMP WITH TIME ZONE"
_ENUMS = ("enum.Enum", "enum.StrEnum", "enum.IntEnum", "strenum.StrEnum")


@dataclass(frozen=True)
class Kinds:
    """Reads types; the enums that it meets are collected, by name.

    `default_schema` is that of the MetaData whose tables the types are for.
    """

    reader: Reader
    releases: Releases
    enums: dict[tuple[str | None, str], dict[str, Any]] = field(default_factory=dict)
    default_schema: str | None = None

    def of(self, file: str, node: ast.expr, depth: int = 0) -> dict[str, Any]:
        """A type as SQLAlchemy writes it: a class, a call of one, or of a function that makes one. Raises Unknown."""
        found = self.reader.project.resolve(file, node)
        if isinstance(found, External):
            return self._named(found.name, Call(file, ast.Call(node, [], []), found))
        call = self.reader.call(file, node)
        if call is not None:
            if isinstance(call.node.func, ast.Attribute) and call.node.func.attr == "with_variant":
                dialects = [self.reader.constant(call.file, each) for each in call.positional[1:]]
                return self.of(call.file, call.positional[0] if "postgresql" in dialects else call.node.func.value)
            if _is_mutable(call) and call.positional:
                return self.of(call.file, call.positional[0])
            if isinstance(call.function, External):
                return self._named(call.function.name, call)
            made = returned(call, depth)
            if made is not None:
                return self.of(*made, depth + 1)
            found = call.function
        if isinstance(found, Known) and isinstance(found.node, ast.ClassDef):
            return self._own(found.file, found.node, call)
        raise Unknown(ast.unparse(node))

    def _own(self, file: str, node: ast.ClassDef, call: Call | None) -> dict[str, Any]:
        """A type of the application: a decorator of another type, which it makes of its own arguments."""
        for value in self.reader.project.lineage(file, node):
            if not isinstance(value, Known) or not isinstance(value.node, ast.ClassDef):
                continue
            decided = syntax.attribute(value.node, "load_dialect_impl")
            if decided is not None:
                return self.of(value.file, for_postgresql(decided))
            if syntax.attribute(value.node, "__init__") is not None:
                raise Unknown(node.name)  # what it makes of its arguments is for it to say
            implementation = syntax.attribute(value.node, "impl")
            if isinstance(implementation, (ast.Assign, ast.AnnAssign)) and implementation.value is not None:
                return self._made(value.file, implementation.value, call)
        raise Unknown(node.name)

    def _made(self, file: str, implementation: ast.expr, call: Call | None) -> dict[str, Any]:
        """The type that a decorator is of: a class is made with the decorator's arguments."""
        found = self.reader.project.resolve(file, implementation)
        if call is None or not isinstance(found, External) or not (call.node.args or call.node.keywords):
            return self.of(file, implementation)
        return self._named(found.name, Call(call.file, call.node, found))

    def _named(self, name: str, call: Call) -> dict[str, Any]:
        if name in ("Enum", "ENUM"):
            return self._enum(call, native=name == "ENUM")
        if name == "ARRAY":
            item = self.of(
                call.file, call.positional[0] if call.positional else call.named("item_type") or ast.Name("")
            )
            return (
                {**item, "array": True}
                if "name" in item
                else {"text": item["text"] + "[]", "collation": item.get("collation")}
            )
        package = call.function.package if isinstance(call.function, External) else ""
        if package == PACKAGE and not call.spreads:
            return spatial(self.reader, call)
        if call.spreads or package not in _PACKAGES:
            raise Unknown(ast.unparse(call.node.func))
        if name == "DOMAIN":
            return self._domain(call)
        text = PLAIN[name] if name in PLAIN else self._text(name, call)
        second = call.positional[1] if name in COLLATED and len(call.positional) > 1 else None
        return {"text": text, "collation": self.reader.text(call.file, call.named("collation") or second)}

    def _argument(self, call: Call, position: int, *names: str) -> Any:
        node = call.named(*names) or (call.positional[position] if len(call.positional) > position else None)
        return self.reader.constant(call.file, node)

    def _text(self, name: str, call: Call) -> str:
        argument = partial(self._argument, call)
        if name in LENGTH:
            return sized(LENGTH[name], argument(0, "length", "dim"))
        match name:
            case "Uuid":
                return "UUID" if self.reader.flag(call.file, call.named("native_uuid"), default=True) else "CHAR(32)"
            case "Float" | "FLOAT":
                return sized("FLOAT", argument(0, "precision"))
            case "Numeric" | "NUMERIC" | "DECIMAL":
                return sized("NUMERIC", argument(0, "precision"), argument(1, "scale"))
            case "DateTime" | "TIMESTAMP" | "Time" | "TIME":
                word = sized("TIMESTAMP" if name in ("DateTime", "TIMESTAMP") else "TIME", argument(1, "precision"))
                return f"{word} {'WITH' if argument(0, 'timezone') else 'WITHOUT'} TIME ZONE"
            case "Interval" | "INTERVAL":
                return self._interval(name, call)
            case "BIT":
                return sized("BIT VARYING" if argument(1, "varying") else "BIT", argument(0, "length"))
            case _:
                raise Unknown(name)

    def _interval(self, name: str, call: Call) -> str:
        argument = partial(self._argument, call)
        if name == "INTERVAL":
            precision, fields = argument(0, "precision"), argument(1, "fields")
        elif argument(0, "native") is False:
            return "TIMESTAMP WITHOUT TIME ZONE"  # counted from 1970
        else:
            precision, fields = argument(1, "second_precision"), None
        if not isinstance(precision, (int, type(None))) or not isinstance(fields, (str, type(None))):
            raise Unknown(ast.unparse(call.node))
        return sized("INTERVAL" if fields is None else f"INTERVAL {fields}", precision)

    def _domain(self, call: Call) -> dict[str, Any]:
        """A domain by its name, which is all that a column says of it. Raises Unknown."""
        name = self.reader.text(call.file, call.positional[0] if call.positional else call.named("name"))
        metadata = call.named("metadata")
        if name is None or call.named("inherit_schema") or (metadata is not None and not _is_bare(metadata)):
            raise Unknown(ast.unparse(call.node))
        return {"name": name, "schema": self._schema(call, bare=metadata is not None), "array": False}

    def _schema(self, call: Call | None, *, bare: bool = False) -> str | None:
        """The schema of a type that has a name; `bare`: it has a MetaData of its own. Raises Unknown."""
        stated = call.named("schema") if call else None
        if call is not None and stated is not None:
            return self.reader.text(call.file, stated)
        if self.default_schema is None or bare:
            return None
        if self.releases.inherits_schema is None:
            raise Unknown("which schema a type is in differs between releases of SQLAlchemy")
        return self.default_schema if self.releases.inherits_schema else None

    # Enums

    def _enum(self, call: Call, *, native: bool) -> dict[str, Any]:
        read, options = self.reader, {word.arg for word in call.node.keywords}
        if None in options or options & {"metadata", "inherit_schema"}:
            raise Unknown("Enum")
        python = read.project.resolve(call.file, call.positional[0]) if call.positional else None
        labels: list[str] | None
        if isinstance(python, Known) and isinstance(python.node, ast.ClassDef):
            values = call.named("values_callable")
            given = "name" if values is None else self._given(call.file, values)
            return self.python_enum(python.file, python.node, by_value=given == "value", call=call, native=native)
        labels = [str(label) for each in call.positional for label in self._labels(call.file, each)]
        name = read.text(call.file, call.named("name"))
        if not native and not read.flag(call.file, call.named("native_enum"), default=True):
            return self._as_text(labels, call)
        if name is None:
            raise Unknown("an enum without a name")
        return self._noted(name, self._schema(call), labels, None)

    def _labels(self, file: str, node: ast.expr) -> list[Any]:
        """The labels that an argument gives: one, or those of a list that is spread. Raises Unknown."""
        value = self.reader.constant(file, node.value if isinstance(node, ast.Starred) else node)
        if isinstance(node, ast.Starred) != isinstance(value, list):
            raise Unknown(ast.unparse(node))
        return value if isinstance(value, list) else [value]

    def _given(self, file: str, node: ast.expr) -> str:
        """Whether a function gives the `value` or the `name` of an enum's members, one for one. Raises Unknown."""
        found = self.reader.project.resolve(file, node)
        function = found.node if isinstance(found, Known) else node
        returned = [each.value for each in ast.walk(function) if isinstance(each, ast.Return)]
        match function.body if isinstance(function, ast.Lambda) else returned[0] if len(returned) == 1 else None:
            case ast.Constant(value=None):
                return "name"
            case (
                ast.ListComp(elt=element, generators=[ast.comprehension(target=ast.Name(id=member), ifs=[])])
                | ast.Call(
                    func=ast.Name(id="list" | "tuple"),
                    args=[
                        ast.GeneratorExp(
                            elt=element, generators=[ast.comprehension(target=ast.Name(id=member), ifs=[])]
                        )
                    ],
                )
            ):
                if isinstance(element, ast.Call) and ast.unparse(element.func) == "str" and len(element.args) == 1:
                    element = element.args[0]
                if ast.unparse(element) in (f"{member}.name", f"{member}.value"):
                    return ast.unparse(element).rpartition(".")[2]
            case _:
                pass
        raise Unknown("values_callable")

    def _as_text(self, labels: list[str], call: Call | None) -> dict[str, Any]:
        length = self.reader.constant(call.file, call.named("length")) if call else None
        check = call is not None and self.reader.flag(call.file, call.named("create_constraint"), default=False)
        return {"check": check, "text": f"VARCHAR({length or max(map(len, labels), default=0)})", "collation": None}

    def python_enum(
        self, file: str, node: ast.ClassDef, *, by_value: bool = False, call: Call | None = None, native: bool = False
    ) -> dict[str, Any]:
        """An enum type made of a Python class. Raises Unknown where the class is none, or is not clear."""
        omitted = self.releases.omits_aliases
        if call is not None:
            omitted = self.reader.flag(call.file, call.named("omit_aliases"), default=omitted)
        members = self.members(file, node, aliases=not omitted)
        labels = [str(value) for value in members.values()] if by_value else list(members)
        if by_value and any(value is None for value in members.values()):
            raise Unknown(node.name)
        if call is not None and not native and not self.reader.flag(call.file, call.named("native_enum"), default=True):
            return self._as_text(labels, call)
        name = self.reader.text(call.file, call.named("name")) if call else None
        located = {"file": file, "name": node.name, "members": list(members)}
        return self._noted(name or node.name.lower(), self._schema(call), labels, located)

    def members(self, file: str, node: ast.ClassDef, *, aliases: bool) -> dict[str, Any]:
        """The members of an enum class with their values, None for what is not a literal."""
        bases = [value for value in self.reader.project.lineage(file, node) if isinstance(value, External)]
        if not any(base.path in _ENUMS for base in bases):
            raise Unknown(node.name)
        found: dict[str, Any] = {}
        for statement in node.body:
            given = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
            for name in syntax.targets(statement) if given is not None else ():
                value = self._value(file, statement)
                if isinstance(given, ast.Name) and given.id in found:
                    value = found[given.id]
                    if not aliases:
                        continue
                if syntax.is_member(name) and (aliases or value is None or value not in found.values()):
                    found[name] = value
        return found

    def _value(self, file: str, statement: ast.stmt) -> Any:
        node = getattr(statement, "value", None)
        call = self.reader.call(file, node)
        try:
            return None if call is not None else self.reader.constant(file, node)
        except Unknown:
            return None

    def _noted(
        self, name: str, schema: str | None, labels: list[str], located: dict[str, Any] | None
    ) -> dict[str, Any]:
        self.enums.setdefault(
            (schema, name),
            {"schema": schema, "name": name, "labels": labels, "class": located, "table": None, "column": None},
        )
        return {"name": name, "schema": schema, "array": False}

    # Annotations

    def of_annotation(
        self, file: str, node: ast.expr, field_call: Call | None = None, *, sqlmodel: bool = False
    ) -> dict[str, Any]:
        """The type that an annotation gives, None already taken off. Raises Unknown."""
        found = self.reader.project.resolve(file, node)
        if isinstance(found, Known) and isinstance(found.node, ast.ClassDef):
            plain = self._plain_base(found) if sqlmodel and self.releases.enums_last else None
            if plain is not None:
                return {"text": self._sqlmodel(plain, field_call), "collation": None}
            # What SQLAlchemy itself makes of a class is in no schema, whatever the MetaData.
            return (self if sqlmodel else replace(self, default_schema=None)).python_enum(found.file, found.node)
        if isinstance(found, Known) and isinstance(found.node, ast.Subscript):
            return self._literal(found)
        if not isinstance(found, External):
            raise Unknown(ast.unparse(node))
        if sqlmodel:
            return {"text": self._sqlmodel(found, field_call), "collation": None}
        if found.path not in PYTHON:
            raise Unknown(found.path)
        return {"text": PYTHON[found.path], "collation": None}

    def _plain_base(self, found: Known) -> External | None:
        """The type of Python that a class is derived from."""
        node = found.node
        lineage = self.reader.project.lineage(found.file, node) if isinstance(node, ast.ClassDef) else []
        return next((each for each in lineage if isinstance(each, External) and each.path in PYTHON), None)

    def _literal(self, found: Known) -> dict[str, Any]:
        node = found.node
        if (
            isinstance(node, ast.Subscript)
            and isinstance(made := self.reader.project.resolve(found.file, node.value), External)
            and made.name == "Literal"
        ):
            inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            return self._as_text([str(self.reader.constant(found.file, each)) for each in inner], None)
        raise Unknown("annotation")

    def _sqlmodel(self, found: Value, call: Call | None) -> str:
        path = found.path if isinstance(found, External) else ""

        def option(name: str) -> Any:
            return self.reader.constant(call.file, call.named(name)) if call else None

        if path == "datetime.datetime":
            if self.releases.aware is None:
                raise Unknown("what SQLModel makes of datetime differs between its releases")
            return _AWARE if self.releases.aware else PYTHON[path]
        path = PYDANTIC.get(path, path)
        if path == "builtins.str" or path.rpartition(".")[2] in STRINGS:
            return sized("VARCHAR", option("max_length"))
        if path == "decimal.Decimal":
            return sized("NUMERIC", option("max_digits"), option("decimal_places"))
        if path.endswith(("NaiveDatetime", "AwareDatetime")):
            return _AWARE if path.endswith("AwareDatetime") else PYTHON["datetime.datetime"]
        if path not in PYTHON:
            raise Unknown(path)
        return PYTHON[path]


def sized(word: str, *numbers: object) -> str:
    """A type with its modifiers, if it has some."""
    stated = [str(number) for number in numbers if number is not None]
    return f"{word}({', '.join(stated)})" if stated else word


def for_postgresql(function: ast.stmt) -> ast.expr:
    """The type that a `load_dialect_impl` chooses for PostgreSQL by its name. Raises Unknown."""
    body = function.body if isinstance(function, ast.FunctionDef) else []
    for statement in body:
        match statement:
            case ast.If(
                test=ast.Compare(
                    left=ast.Attribute(attr="name"), ops=[ast.Eq()], comparators=[ast.Constant(value=name)]
                )
            ):
                if name == "postgresql":
                    return _described(statement.body[-1])
                body = statement.orelse or body
            case ast.Return():
                return _described(statement)
            case ast.Expr(value=ast.Constant()) | ast.Assert():
                continue
            case _:
                break
    raise Unknown("load_dialect_impl")


def _described(statement: ast.stmt) -> ast.expr:
    match statement:
        case ast.Return(value=ast.Call(func=ast.Attribute(attr="type_descriptor"), args=[kind])):
            return kind
        case _:
            raise Unknown("load_dialect_impl")


def _is_mutable(call: Call) -> bool:
    return isinstance(call.node.func, ast.Attribute) and call.node.func.attr == "as_mutable"


def _is_bare(metadata: ast.expr) -> bool:
    """Whether a MetaData is made on the spot, and so has no schema to give away."""
    match metadata:
        case ast.Call(func=ast.Name(id="MetaData") | ast.Attribute(attr="MetaData"), args=[], keywords=[]):
            return True
        case _:
            return False
