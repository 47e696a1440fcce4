"""Tables as they are written: classes and `Table` calls, with their keys, constraints and indexes."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ormistice.sources.sqlalchemy.static import attributes, classes, references
from ormistice.sources.sqlalchemy.static.attributes import Attribute
from ormistice.sources.sqlalchemy.static.binding import returned
from ormistice.sources.sqlalchemy.static.classes import Model
from ormistice.sources.sqlalchemy.static.columns import CONSTRUCTORS, Columns, Draft, Options
from ormistice.sources.sqlalchemy.static.constraints import Constraints
from ormistice.sources.sqlalchemy.static.definitions import definitions
from ormistice.sources.sqlalchemy.static.fields import fields
from ormistice.sources.sqlalchemy.static.kinds import Kinds
from ormistice.sources.sqlalchemy.static.metadata import TypeMap, metadata_of, type_map
from ormistice.sources.sqlalchemy.static.naming import UNTOLD, USUAL, Convention, convention
from ormistice.sources.sqlalchemy.static.releases import Releases
from ormistice.sources.sqlalchemy.static.scope import External, Known
from ormistice.sources.sqlalchemy.static.unread import unread
from ormistice.sources.sqlalchemy.static.values import Call, Reader, Unknown

_ALL = ["foreign_keys", "uniques", "checks", "indexes", "exclusions"]


@dataclass
class Tables:
    """Collects the tables of a project in the order in which its modules declare them."""

    reader: Reader
    kinds: Kinds
    releases: Releases
    files: list[str]
    convention: bool
    assigned: bool
    imperative: dict[int, Model] = field(default_factory=dict)
    tables: list[dict[str, Any]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    missed: bool = False
    mapped: list[tuple[Model, dict[str, Any]]] = field(default_factory=list)

    def read(self, file: str) -> None:
        """Add the tables of one module."""
        module = self.reader.project.module(file)
        if module is None:
            return
        if module.error is not None:
            self.problem(f"cannot be parsed: {module.error.msg}", file, module.error.lineno)
            self.missed = True
            return
        for node, sure in definitions(module.tree.body):
            if isinstance(node, ast.ClassDef) or module.function(node) == "Table":
                self._one(file, node, sure=sure)

    def read_afterwards(self, file: str) -> None:
        """Add the columns that one module gives to classes after they were made, once all classes are known."""
        module = self.reader.project.module(file)
        for statement in module.tree.body if module else ():
            for node in ast.walk(statement):
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
                    self._afterwards(file, node, node.targets[0], sure=node is statement)
                elif isinstance(node, ast.Call):
                    self._changed(file, node)

    def _one(self, file: str, node: ast.ClassDef | ast.Call, *, sure: bool) -> None:
        """Add the table that a class or a call of `Table` makes; `sure` unless only running tells whether it does."""
        try:
            if isinstance(node, ast.Call):
                call = Call(file, node, self.reader.project.resolve(file, node.func))
                if call.name == "Table" and len(call.positional) > 1:
                    self._core(call, sure=sure)
            else:
                found = classes.model(self.reader.project, file, node)
                if classes.has_table(found):
                    _certain(sure)
                    self._class(found)
                elif found.is_declarative and (base := classes.mapped_base(found)) is not None:
                    self._single(found, base)
                else:
                    _certain(not classes.may_have_table(found), "whether it has a table")
        except Unknown as error:
            self.missed = True
            what = f"class `{node.name}`" if isinstance(node, ast.ClassDef) else "a table"
            self.problem(f"{what}: not understood without running it: {error}", file, node.lineno)

    def problem(self, message: str, file: str, line: int | None) -> None:
        """Note what could not be read."""
        self.problems.append({"kind": "static", "message": message, "table": "", "file": file, "line": line})

    # Classes

    def _class(self, found: Model) -> None:
        own = getattr(found.own("__table__"), "value", None)
        if own is not None:
            self.imperative[id(own)] = found
            return
        table = self._table(classes.table_name(found, self.reader), found.file, found.node.lineno)
        table["classes"] = [lineage_of(found)]
        metadata = metadata_of(found, self.reader)
        table["convention"] = self._convention(metadata, sure=not found.is_flask)
        constraints = Constraints(self.reader, table)
        arguments, options = self._arguments(found)
        self._schema(table, metadata, options.get("schema"))
        comment = options.get("comment")
        table["comment"] = self.reader.text(*comment) if comment else None
        self._add(table, constraints, found, self._ordered(found, attributes.columns_of(found, self.reader)))
        self._unread(table, found)
        beside = [(found.file, each) for each in attributes.constraints_of(found, self.reader)]
        for file, argument in (*beside, *arguments):
            self._argument(constraints, table, file, argument)
        self.tables.append(table)
        self.mapped.append((found, table))

    def _single(self, found: Model, base: Model) -> None:
        """Columns of a class without a table of its own belong to the table of the class it is derived from."""
        table = next((each for each in self.tables if each["at"] == (base.file, base.node.lineno)), None)
        if table is not None:
            table["classes"].append(lineage_of(found))
            self.mapped.append((found, table))
            own = self._ordered(found, attributes.columns_of(found, self.reader))
            self._add(table, Constraints(self.reader, table), found, own)
            self._unread(table, found)

    def _unread(self, table: dict[str, Any], found: Model) -> None:
        """Note what may give the table of a class more than is read of it."""
        for each in unread(found, self.reader):
            table["unread"] += ["columns", "primary_key", *_ALL, "relations"]
            self.problem(
                f"class `{each.node.name}`: not understood without running it: {each.words}",
                each.file,
                each.statement.lineno,
            )
        versioned = found.inherited("__versioned__")
        if versioned is not None:
            self.missed = True
            owner, statement = versioned
            self.problem(
                "`__versioned__`: its tables of versions are not made without running it", owner.file, statement.lineno
            )

    def _ordered(self, found: Model, columns: Iterator[Attribute]) -> list[Attribute]:
        """The columns as the table has them: in old releases those first that were made first.

        A column that is written out is made where it stands, every other one when its class is complete.
        """
        if not self.releases.by_creation:
            return attributes.scanned(found, columns) if found.is_sqlmodel else list(columns)
        complete = (self.files.index(found.file), (found.node.end_lineno or 0) + 1, 0)

        def made(attribute: Attribute) -> tuple[int, int, int]:
            call = next((each for each in attribute.calls if each.name in CONSTRUCTORS), None)
            if call is None or isinstance(attribute.statement, ast.FunctionDef) or call.file not in self.files:
                return complete
            return (self.files.index(call.file), call.node.lineno, call.node.col_offset)

        return sorted(columns, key=made)

    def _afterwards(self, file: str, statement: ast.Assign, target: ast.Attribute, *, sure: bool) -> None:
        """A column that is given to a class after it was made; `sure` unless only running tells whether it is."""
        call = self.reader.call(file, statement.value)
        owner = references.owner(self, file, target)
        if call is None or call.name not in CONSTRUCTORS or owner is None or not owner["classes"]:
            return
        if not sure:
            owner["unread"] += ["columns", *_ALL]
            self.problem(
                f"column `{target.attr}`: whether it is added is not known without running it", file, statement.lineno
            )
            return
        draft = self._columns(owner, []).draft(target.attr, Options((call,)), None, sqlmodel=False)
        owner["classes"][0]["attributes"][draft.column["name"]] = target.attr
        self._drafted(owner, Constraints(self.reader, owner), draft, file, statement.lineno)

    def _changed(self, file: str, call: ast.Call) -> None:
        """Calls that change a table once it is made, or copy it."""
        match call:
            case ast.Call(func=ast.Attribute(value=value, attr="append_column" | "append_constraint")):
                changed = value.value if isinstance(value, ast.Attribute) and value.attr == "__table__" else value
            case ast.Call(func=ast.Name(id="setattr"), args=[changed, *given]):
                _, written = self.reader.written(file, given[-1]) if given else (file, None)
                if isinstance(written, ast.FunctionDef | ast.Lambda):
                    return
            case ast.Call(func=ast.Attribute(attr="to_metadata" | "tometadata")):
                self.missed = True
                return
            case _:
                return
        owner = references.table(self, file, changed)
        if owner is not None:
            owner["unread"] += ["columns", *_ALL]
            self.problem(
                f"table `{owner['name']}`: not understood without running it: {ast.unparse(call)}", file, call.lineno
            )

    def _add(self, table: dict[str, Any], constraints: Constraints, found: Model, listed: list[Attribute]) -> None:
        meanings = type_map(found, self.reader)
        if meanings is None and not found.unread_bases:
            message = f"class `{found.node.name}`: not understood without running it: type_annotation_map"
            self.problem(message, found.file, found.node.lineno)
        columns = self._columns(table, meanings)
        for attribute in listed:
            own = found.is_sqlmodel
            calls = fields(attribute, self.reader, self.releases) if own else attribute.calls
            draft = columns.draft(attribute.name, Options(calls), attribute.annotation, sqlmodel=own)
            if not attribute.calls and isinstance(value := getattr(attribute.statement, "value", None), ast.expr):
                draft.column["client_default"] = references.spelled(self.reader, attribute.file, value)
            table["classes"][-1]["attributes"][draft.column["name"]] = attribute.name
            if draft.field_key is not None:
                table["classes"][-1]["fields"][attribute.name] = self.releases.says_ondelete
            if all(column["name"] != draft.column["name"] for column in table["columns"]):  # else `use_existing_column`
                self._drafted(table, constraints, draft, attribute.file, attribute.statement.lineno)

    def _columns(self, table: dict[str, Any], meanings: TypeMap | None) -> Columns:
        return Columns(self.reader, replace(self.kinds, default_schema=table["default_schema"]), meanings)

    def _drafted(self, table: dict[str, Any], constraints: Constraints, draft: Draft, file: str, line: int) -> None:
        column = draft.column
        table["columns"].append(column)
        if draft.primary_key:
            table["primary_key"]["columns"].append(column["name"])
        table["autoincrement"][column["name"]] = draft.autoincrement
        if (column["type"] or {}).get("check"):
            table["unread"].append("checks")
            draft.unread.append("the check that create_constraint makes")
        for words in draft.unread:
            self.problem(f"column `{column['name']}`: not understood without running it: {words}", file, line)
        for enum in self.kinds.enums.values():
            if enum["table"] is None:
                enum["table"], enum["column"] = table, column["name"]
        constraints.of_column(draft)

    def _arguments(self, found: Model) -> tuple[list[tuple[str, ast.expr]], dict[str, tuple[str, ast.expr]]]:
        """The constraints and the options in `__table_args__`. Raises Unknown."""
        inherited = found.inherited("__table_args__")
        if inherited is None:
            return [], {}
        owner, statement = inherited
        value = getattr(statement, "value", None)
        if isinstance(statement, ast.FunctionDef):
            value = returned(statement, found, self.reader)
        if value is None:
            raise Unknown("__table_args__")
        file, value = self.reader.written(owner.file, value)
        listed = value.elts if isinstance(value, (ast.Tuple, ast.List)) else [value]
        items: list[tuple[str, ast.expr]] = []
        options: dict[str, tuple[str, ast.expr]] = {}
        for item in listed:
            found_options = self._options(file, item)
            options |= found_options or {}
            items += [(file, item)] if found_options is None and isinstance(item, ast.expr) else []
        if items and listed == [value]:
            raise Unknown("__table_args__")
        return items, options

    def _options(self, file: str, node: ast.AST) -> dict[str, tuple[str, ast.expr]] | None:
        """The entries of a dictionary; None for anything else. Raises Unknown."""
        file, written = self.reader.written(*classes.given(self.reader.project, file, node))
        call = self.reader.call(file, written)
        if call is not None and ast.unparse(call.node.func) == "dict" and not call.positional and not call.spreads:
            return {str(word.arg): (call.file, word.value) for word in call.node.keywords}
        if not isinstance(written, ast.Dict):
            return None
        options: dict[str, tuple[str, ast.expr]] = {}
        for key, value in zip(written.keys, written.values, strict=True):
            inner = self._options(file, value) if key is None else {str(self.reader.constant(file, key)): (file, value)}
            if inner is None:
                raise Unknown("__table_args__")
            options |= inner
        return options

    def _argument(self, constraints: Constraints, table: dict[str, Any], file: str, argument: ast.expr) -> None:
        call = self.reader.call(file, argument)
        try:
            constraints.add(call, ast.unparse(argument))
        except Unknown as error:
            table["unread"] += constraints.kinds_of(call)
            self.problem(f"table `{table['name']}`: not understood without running it: {error}", file, argument.lineno)

    def _schema(self, table: dict[str, Any], metadata: Call | None, own: tuple[str, ast.expr] | None) -> None:
        """The schema of a table: its own, else its MetaData's, which is also that of the tables it references."""
        if metadata is not None:
            table["default_schema"] = self.reader.text(metadata.file, metadata.named("schema"))
        table["schema"] = self.reader.text(*own) if own is not None else table["default_schema"]

    def _convention(self, metadata: Call | None, *, sure: bool) -> Convention:
        """Where the names of constraints come from; `sure` that a MetaData that is not told of is a plain one."""
        if self.assigned or (metadata is None and not sure and self.convention):
            return UNTOLD
        return USUAL if metadata is None else convention(self.reader, metadata)

    # Core

    def _core(self, call: Call, *, sure: bool) -> None:
        _certain(sure)
        name = self.reader.text(call.file, call.positional[0])
        self._is_declared(call, name)
        metadata = self._metadata(call)
        table = self._table(str(name), call.file, call.node.lineno)
        own = call.named("schema")
        self._schema(table, metadata, None if own is None else (call.file, own))
        found = self.imperative.get(id(call.node))
        if found is not None:
            table["classes"] = [lineage_of(found)]
            self.mapped.append((found, table))
        table["comment"] = self.reader.text(call.file, call.named("comment"))
        table["convention"] = self._convention(metadata, sure=False)
        constraints = Constraints(self.reader, table)
        columns = self._columns(table, [])
        others = []
        for argument in call.positional[2:]:
            column = self.reader.call(call.file, argument)
            if column is not None and column.name == "Column":
                draft = columns.draft("", Options((column,)), None, sqlmodel=False)
                self._drafted(table, constraints, draft, call.file, argument.lineno)
            elif column is None or isinstance(argument, ast.Starred):
                table["unread"] += ["columns", *_ALL]
                self.problem(
                    f"table `{name}`: not understood without running it: {ast.unparse(argument)}",
                    call.file,
                    argument.lineno,
                )
            else:
                others.append(argument)
        for argument in others:
            self._argument(constraints, table, call.file, argument)
        self.tables.append(table)

    def _is_declared(self, call: Call, name: str | None) -> None:
        """Raise Unknown for a table that is made again, or read from a database."""
        again = call.named("autoload_with", "autoload", "extend_existing", "keep_existing")
        if again is not None or len(call.positional) == 2:  # noqa: PLR2004 - its name and its MetaData, and no column
            for table in self.tables:
                table["unread"] += ["columns", *_ALL] if again is not None and table["name"] == name else []
            raise Unknown("whether it has more columns")

    def _metadata(self, call: Call) -> Call | None:
        """The MetaData of a `Table` call: its own, or that of the class it is an attribute of."""
        node = call.positional[1]
        made = self.reader.call(call.file, node)
        if made is not None and made.name == "MetaData":
            return made
        owner = self.reader.project.resolve(call.file, node.value) if isinstance(node, ast.Attribute) else None
        if isinstance(owner, Known) and isinstance(owner.node, ast.ClassDef):
            return metadata_of(classes.model(self.reader.project, owner.file, owner.node), self.reader)
        return None

    def _table(self, name: str, file: str, line: int) -> dict[str, Any]:
        return {
            "schema": None,
            "default_schema": None,
            "name": name,
            "comment": None,
            "file": file,
            "line": line,
            "at": (file, line),
            "classes": [],
            "columns": [],
            "primary_key": {"columns": [], "name": None, "derived": True},
            "autoincrement": {},
            "convention": UNTOLD,
            "unread": [],
            **{kind: [] for kind in _ALL},
        }


def lineage_of(found: Model) -> dict[str, Any]:
    """A mapped class as the probe tells it: what it is made of, and nothing yet of its attributes."""
    lineage = []
    for value in found.classes:
        module = found.project.module(value.file)
        named = module.classes.items() if module else ()
        lineage.append({"file": value.file, "name": next((name for name, node in named if node is value.node), "")})
    return {"lineage": lineage, "attributes": {}, "fields": {}}


def _certain(sure: bool, words: str = "whether it is made") -> None:  # noqa: FBT001 - a fact, and no option
    """Raise Unknown for what only running tells."""
    if not sure:
        raise Unknown(words)


def indexes_apart(tables: Tables, file: str) -> Iterator[tuple[dict[str, Any] | None, Call]]:
    """Indexes that stand in a module beside the tables they are of; None for a table that cannot be told."""
    module = tables.reader.project.module(file)
    # What is an argument of a `Table` is read with it.
    made = module.calls_by_name.get("Table", []) if module else []
    inner = {id(each) for call in made for argument in call.args for each in ast.walk(argument)}
    for statement in module.tree.body if module else ():
        for node in ast.walk(statement) if isinstance(statement, (ast.Expr, ast.Assign)) else ():
            called = isinstance(node, ast.Call) and module is not None and module.function(node) == "Index"
            called = called and id(node) not in inner
            call = tables.reader.call(file, node) if called else None
            if call is None or call.name != "Index" or not isinstance(call.function, External):
                continue
            inside = (each for argument in call.positional[1:] for each in ast.walk(argument))
            owner = next(
                (found for each in inside if (found := references.owner(tables, file, each)) is not None), None
            )
            yield owner, call
