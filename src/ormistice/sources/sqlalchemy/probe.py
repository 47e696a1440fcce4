"""Runs in the application's own interpreter: imports its models and prints every MetaData they fill, as JSON.

One file, Python 3.9 and newer, nothing but the standard library and the application's own SQLAlchemy (1.4 to 2.1). A
request is a line of JSON on standard input. The answer, a line too, goes to what was standard output when the process
began; what the application prints goes to standard error.
"""

from __future__ import annotations
import __future__

import enum
import gc
import importlib
import importlib.machinery
import importlib.util
import inspect
import json
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from operator import attrgetter
from threading import active_count
from types import ModuleType
from typing import Any

# This file's own folder is no place for the application to import from.
sys.path[:] = [folder for folder in sys.path if folder != os.path.dirname(os.path.abspath(__file__))]
sys.dont_write_bytecode = True

PLUMBING = ("sqlalchemy", "sqlmodel", "pydantic", "flask_sqlalchemy", "importlib", "typing", "dataclasses")


def main() -> None:
    """Answer one request, and more if it says so; leave without running what the application registered for the end."""
    requests = os.fdopen(os.dup(0), "rb")
    request = json.loads(requests.readline())
    answer_to = os.dup(1)
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    gc.set_threshold(100_000)  # what classes are made of stays; looking for garbage in it takes a tenth of the time
    watch = None
    try:
        limit_memory(request.get("memory"))
        answer, watch = read(request)
    except BaseException as error:  # noqa: BLE001 - whatever a module raises, its end included, is told
        answer = {"error": explained(error, request)}
    # What is forked beside other threads may wait for what they hold.
    answer["stays"] = bool(request.get("stay")) and watch is not None and hasattr(os, "fork") and active_count() == 1
    write(answer_to, answer)
    if watch is not None and answer["stays"]:
        answer.clear()
        gc.freeze()
        for line in requests:
            again(watch, json.loads(line), answer_to)
    sys.stderr.flush()
    os._exit(0)


def write(answer_to: int, answer: dict[str, Any]) -> None:
    """One answer, on one line."""
    written = json.dumps(answer).encode() + b"\n"
    while written:
        written = written[os.write(answer_to, written) :]


def again(watch: Watch, request: dict[str, Any], answer_to: int) -> None:
    """Answer in a copy of this process, which stays as it is."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        if status:
            write(answer_to, {"error": {"kind": "ended"}, "stays": True})
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answer = {name: redefined(watch, request[name]) for name in ("before", "after")}
    except BaseException as error:  # noqa: BLE001 - as above
        answer = {"error": {"kind": "raised", "class": type(error).__name__, "message": message_of(error)}}
    write(answer_to, {**answer, "stays": True})
    os._exit(0)


def limit_memory(mebibytes: int | None) -> None:
    """Make the system refuse this process more memory than that, where it can."""
    try:
        import resource
    except ImportError:
        return
    if mebibytes:
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (mebibytes << 20, hard))


def read(request: dict[str, Any]) -> tuple[dict[str, Any], Watch | None]:
    """The answer to a request: import what it names, then say what is declared; and what saw it being made."""
    sys.path[:0] = request["paths"]
    sys.path += [folder for folder in request["last"] if folder not in sys.path]
    sys.argv = [request["targets"][0]["module"]]
    use_edits(request["edits"])
    try:
        import sqlalchemy
    except ImportError as error:
        if error.name != "sqlalchemy":
            raise
        return {"error": {"kind": "no-sqlalchemy"}}, None
    # An error up to 2.0, and no less of one since: the class then hides the MetaData that it belongs to.
    warnings.filterwarnings("error", "Attribute name '(metadata|registry)' should be left reserved")
    keep_from_databases()
    watch = Watch()
    problems: list[dict[str, Any]] = []
    found: list[Any] = []
    modules: list[ModuleType] = []
    for number, target in enumerate(request["targets"]):
        request["at"] = number
        module = import_target(target)
        modules += [module, *import_more(target, request, problems)]
        found += chosen(module, target["attribute"]) if target["attribute"] else []
    if not found:
        found = [metadata for module in project_modules(modules, request) for metadata in held(module)]
    answer = {
        "versions": {
            "python": sys.version.split()[0],
            "sqlalchemy": sqlalchemy.__version__,
            "sqlmodel": sqlmodel_version(),
        },
        "modules": sorted({file for module in modules if (file := module_file(module))}),
        "missed": bool(problems),
        **Reader(watch, problems).read(distinct(found)),
    }
    return answer, watch


def only_module(file: str) -> ModuleType:
    """The module of a real path. Raises ValueError where it was imported under several names."""
    (module,) = {id(module): module for module in list(sys.modules.values()) if module_file(module) == file}.values()
    return module


def own_tables(namespace: dict[str, Any], name: str | None) -> list[Any]:
    """The table that a class of a module has for itself, if it has one."""
    table = vars(namespace[name]).get("__table__") if name else None
    return [] if table is None else [table]


def redefined(watch: Watch, statements: list[dict[str, Any]]) -> dict[str, Any]:
    """The tables of classes as statements of their modules define them anew, in place of those there are."""
    places = [(vars(only_module(each["file"])), each) for each in statements]
    for namespace, each in places:
        for table in own_tables(namespace, each["class"]):
            table.metadata.remove(table)
    watch.classes.clear()
    for namespace, each in places:
        future = namespace.get("annotations")
        flags = future.compiler_flag if isinstance(future, __future__._Feature) else 0  # noqa: SLF001 - no other way
        text = "\n" * (each["line"] - 1) + each["text"]
        exec(compile(text, each["file"], "exec", flags, dont_inherit=True), namespace)  # noqa: S102 - its own code
    reader = Reader(watch, [])
    mapped = reader.mapped()
    made = [table for namespace, each in places for table in own_tables(namespace, each["class"])]
    return {
        "tables": [reader.table(table, mapped.get(id(table), [])) for table in made],
        "enums": list(reader.enums.values()),
        "sequences": sorted({str(name) for table in made for name in table.metadata._sequences}),  # noqa: SLF001 - no other way
        "problems": reader.problems,
    }


# Importing


def use_edits(edits: dict[str, str]) -> None:
    """Let imports see `edits`, text by real path, in place of what is on disk; no cached bytecode stands in for it."""
    if not edits:
        return
    loader: Any = importlib.machinery.SourceFileLoader
    get_code, get_data = loader.get_code, loader.get_data

    def edited_code(self: Any, name: str) -> Any:
        path = self.get_filename(name)
        text = edits.get(os.path.realpath(path))
        return get_code(self, name) if text is None else self.source_to_code(text.encode(), path)

    def edited_data(self: Any, path: str) -> Any:
        text = edits.get(os.path.realpath(path))
        return get_data(self, path) if text is None else text.encode()

    loader.get_code, loader.get_data = edited_code, edited_data


def keep_from_databases() -> None:
    """Let nothing that is imported here reach a database, nor fail for want of a driver to reach one with."""
    import sqlalchemy
    from sqlalchemy import MetaData, Table, engine, event

    event.listen(engine.Engine, "do_connect", refuse)
    kinds: Any = (MetaData, Table)
    for kind, names in zip(kinds, (("create_all", "drop_all"), ("create", "drop"))):  # noqa: B905 - 3.9 has no strict
        for name in names:
            setattr(kind, name, lambda *_, **__: None)
    create: Any = engine.create_engine

    def create_engine(*arguments: Any, **options: Any) -> Any:
        try:
            return create(*arguments, **options)
        except (ImportError, sqlalchemy.exc.NoSuchModuleError):
            made = create("sqlite://")
            made.dialect.is_async = True  # or no AsyncEngine could be made of it
            return made

    places: list[Any] = [sqlalchemy, engine, sys.modules[create.__module__]]
    for place in places:
        place.create_engine = create_engine


def refuse(*_: Any) -> None:
    """Refuse to connect: models are read without a database."""
    raise ConnectionRefusedError("ormistice imports models without connecting to any database")


def import_target(target: dict[str, Any]) -> ModuleType:
    """The module that a target names, by its dotted name, or by its file where no import statement could name it."""
    name, file = target["module"], target["file"]
    if file is None or all(part.isidentifier() for part in name.split(".")):
        return importlib.import_module(name)
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is not a Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def import_more(target: dict[str, Any], request: dict[str, Any], problems: list[dict[str, Any]]) -> list[ModuleType]:
    """The other modules of a package that is the target; one that raises costs itself alone."""
    modules = []
    for name in target["also"]:
        try:
            modules.append(importlib.import_module(name))
        except Exception as error:  # noqa: BLE001 - told as a problem
            problems.append({**explained(error, request), "kind": "import", "module": name})
    return modules


def explained(error: BaseException, request: dict[str, Any]) -> dict[str, Any]:
    """An exception of the application: its class, message, and where in the user's own files it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if is_project_file(frame.filename, request)]
    files = own or [frame for frame in frames if "importlib" not in frame.filename and frame.filename != __file__]
    file, line = (files[-1].filename, files[-1].lineno) if files else (None, None)
    if isinstance(error, SyntaxError) and error.filename:
        file, line = error.filename, error.lineno
    return {
        "kind": "raised",
        "target": request.get("at", 0),
        "class": type(error).__name__,
        "message": message_of(error),
        "file": file,
        "line": line,
        "missing": error.name if isinstance(error, ModuleNotFoundError) else None,
    }


def message_of(error: BaseException) -> str:
    """What the exception says, on one line."""
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return " ".join(text.split())


def is_project_file(file: str, request: dict[str, Any]) -> bool:
    """Whether a file is the user's own: below the project's folders, and not installed there."""
    if not file or file.startswith("<"):
        return False
    path = os.path.realpath(file)
    if "site-packages" in path or "dist-packages" in path:
        return False
    return any(path.startswith(os.path.join(os.path.realpath(folder), "")) for folder in request["roots"])


def module_file(module: ModuleType) -> str | None:
    """The real path of a module's source."""
    file = getattr(module, "__file__", None)
    return os.path.realpath(file) if isinstance(file, str) and file.endswith(".py") else None


def project_modules(first: list[ModuleType], request: dict[str, Any]) -> list[ModuleType]:
    """The target's modules, then every other module of the project that was imported, in the order of import."""
    top = {module.__name__.partition(".")[0] for module in first}
    known = {id(module) for module in first}
    imported = [
        (name, module) for name, module in sys.modules.items() if name != "__main__" and id(module) not in known
    ]
    rest = [
        module
        for name, module in imported
        if name.partition(".")[0] in top or is_project_file(module_file(module) or "", request)
    ]
    return [*first, *rest]


# Finding MetaData


def distinct(found: Any) -> list[Any]:
    """Each MetaData once, in the order found, without the PostgreSQL catalogues that SQLAlchemy itself holds."""
    unique = {id(metadata): metadata for metadata in found if metadata.tables}
    return [
        metadata
        for metadata in unique.values()
        if not all(table.schema in ("pg_catalog", "information_schema") for table in metadata.tables.values())
    ]


def held(module: ModuleType) -> Iterator[Any]:
    """Every MetaData that a module's names lead to."""
    for value in list(vars(module).values()):
        yield from metadata_of(value, 2)


def metadata_of(value: Any, depth: int) -> Iterator[Any]:
    """The MetaData that a value is or holds: a table, a declarative class, a registry, a Flask-SQLAlchemy object."""
    from sqlalchemy import MetaData, Table
    from sqlalchemy.orm import registry

    if isinstance(value, MetaData):
        yield value
    elif isinstance(value, (Table, registry)):
        yield value.metadata
    elif isinstance(value, ModuleType) or depth == 0:
        return
    elif isinstance(value, type):
        names = [
            value.__dict__.get("metadata"),
            inspect.getattr_static(value, "metadata", None),
            *value.__dict__.values(),
        ]
        yield from (name for name in names if isinstance(name, MetaData))
    elif isinstance(value, (list, tuple, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from metadata_of(item, depth - 1)
    else:
        for item in attributes(value):
            yield from metadata_of(item, depth - 1)


def attributes(value: Any) -> list[Any]:
    """What an object's own dictionary holds, asked for without running any code of its class."""
    try:
        return list(object.__getattribute__(value, "__dict__").values())
    except (AttributeError, TypeError):
        return []


def chosen(module: ModuleType, path: str) -> list[Any]:
    """The MetaData at an attribute of the target; none after calling a factory: what it made is then looked for."""
    value: Any = module
    for part in path.removesuffix("()").split("."):
        value = getattr(value, part)
    found = distinct(metadata_of(value, 3))
    if not found and callable(value) and not isinstance(value, type):
        return distinct(metadata_of(value(), 3))
    if not found:
        raise TypeError(f"{path} holds no MetaData with tables")
    return found


# Where things were declared


class Watch:
    """Notes, while the application is imported, which classes are mapped and which line made each table."""

    def __init__(self) -> None:
        from sqlalchemy import Table, event
        from sqlalchemy.orm import Mapper

        self.classes: list[type] = []
        self.origins: dict[int, tuple[str, int]] = {}
        self.kept: list[Any] = []
        event.listen(Mapper, "instrument_class", lambda _, mapped: self.classes.append(mapped))
        event.listen(Table, "after_parent_attach", self.attached)

    def attached(self, table: Any, _: Any) -> None:
        """Note the innermost line outside SQLAlchemy that is at work now."""
        frame = inspect.currentframe()
        while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] in (*PLUMBING, "__main__"):
            frame = frame.f_back
        if frame is not None:
            self.kept.append(table)
            self.origins[id(table)] = (os.path.realpath(frame.f_code.co_filename), frame.f_lineno)


def sqlmodel_version() -> str | None:
    """SQLModel's version, if the application uses it."""
    return getattr(sys.modules.get("sqlmodel"), "__version__", None)


# Reading


def first_line(error: BaseException) -> str:
    """The first line of an exception's message."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


class Reader:
    """Turns MetaData into plain values, all text being compiled by SQLAlchemy's own PostgreSQL dialect."""

    def __init__(self, watch: Watch, problems: list[dict[str, Any]]) -> None:
        from sqlalchemy.dialects.postgresql import base

        self.watch = watch
        self.problems = problems
        # Any style but pyformat, which doubles percent signs.
        dialect: Any = base.PGDialect
        self.dialect = dialect(paramstyle="named")
        self.compiler = self.dialect.ddl_compiler(self.dialect, None)
        self.enums: dict[tuple[str | None, str], dict[str, Any]] = {}
        self.label = ""

    def read(self, found: list[Any]) -> dict[str, Any]:
        """Tables, enums and sequences of all MetaData.

        One that declares a table of one before it otherwise describes another database: it is left out.
        """
        mapped = self.mapped()
        tables: dict[tuple[str | None, str], dict[str, Any]] = {}
        sequences: dict[tuple[str | None, str], dict[str, Any]] = {}
        left_out = False
        kept: set[int] = set()
        for metadata in found:
            before = dict(self.enums), list(self.problems)
            listed = [self.table(table, mapped.get(id(table), [])) for table in metadata.tables.values()]
            read = {(table["schema"], table["name"]): table for table in listed}
            if any(declared(tables.get(key, table)) != declared(table) for key, table in read.items()):
                self.enums, self.problems = before
                self.problem(
                    f"a MetaData of {len(read)} tables was left out, for it declares tables anew: name it alone", ""
                )
                left_out = True
                continue
            tables.update({key: table for key, table in read.items() if key not in tables})
            kept.update(map(id, metadata.tables.values()))
            for sequence in getattr(metadata, "_sequences", {}).values():
                if not sequence.optional:
                    sequences[sequence.schema, sequence.name] = self.sequence(sequence)
        return {
            "left_out": left_out,
            "tables": list(tables.values()),
            "enums": list(self.enums.values()),
            "sequences": list(sequences.values()),
            "relations": self.relations(kept),
            "problems": self.problems,
        }

    def problem(self, message: str, table: str, column: str | None = None) -> None:
        """Note what could not be read."""
        self.problems.append({"kind": "unread", "message": message, "table": table, "column": column})

    def attempt(self, read: Callable[[], Any], what: str, item: Any) -> Any:
        """What `read` gives; if it raises, a problem and None."""
        try:
            return read()
        except Exception as error:  # noqa: BLE001 - types and expressions are the application's own code
            table = getattr(item, "table", None)
            self.problem(f"{what}: {first_line(error)}", getattr(table, "name", ""), getattr(item, "name", None))
            return None

    def mapped(self) -> dict[int, list[dict[str, Any]]]:
        """The mapped classes of each table, in the order of their definition."""
        from sqlalchemy.orm import class_mapper

        found: dict[int, list[dict[str, Any]]] = {}
        for cls in filter(is_mapped, self.watch.classes):
            mapper: Any = class_mapper(cls, configure=False)
            found.setdefault(id(mapper.local_table), []).append(mapped_class(cls, mapper))
        return found

    def relations(self, kept: set[int]) -> list[dict[str, Any]] | None:
        """What the classes of some tables follow; None where SQLAlchemy cannot tell, as where a class is missing."""
        from sqlalchemy.orm import RelationshipProperty, class_mapper, configure_mappers

        mappers: Any = {class_mapper(cls, configure=False): None for cls in filter(is_mapped, self.watch.classes)}
        kinds: Any = (RelationshipProperty, type(None))
        props = (prop for mapper in mappers for prop in getattr(mapper, "_props", {None: None}).values())
        if not any(isinstance(prop, kinds) for prop in props):
            return []  # configuring takes long, and is for relationships alone
        try:
            configure_mappers()
        except Exception as error:  # noqa: BLE001 - told as a problem
            self.problem(f"relationships: {first_line(error)}", "")
            return None
        own = [
            each
            for mapper in mappers
            if id(mapper.local_table) in kept
            for each in mapper.relationships
            if each.parent is mapper
        ]
        return [followed for each in own if (followed := relation(each))["pairs"]]

    # Tables

    def table(self, table: Any, classes: list[dict[str, Any]]) -> dict[str, Any]:
        """One table with everything that it would be created with."""
        file, line = self.watch.origins.get(id(table), (None, None))
        # A check that is an argument of a column is the column's, and stands in its line of CREATE TABLE.
        among = {*table.constraints, *(each for column in table.columns for each in column.constraints)}
        constraints = sorted(among, key=attrgetter("_creation_order"))
        kept = [constraint for constraint in constraints if self.is_created(constraint)]
        read: dict[str, list[Any]] = {"foreign_keys": [], "uniques": [], "checks": [], "exclusions": []}
        for constraint in kept:
            self.constraint(constraint, read)
        indexes = [
            self.index(index)
            for index in sorted(table.indexes, key=lambda index: str(index.name))
            if self.is_created(index)
        ]
        return {
            "schema": table.schema,
            "default_schema": table.metadata.schema,
            "name": str(table.name),
            "comment": table.comment,
            "file": file,
            "line": line,
            "classes": classes,
            "columns": [self.column(column) for column in table.columns if not column.system],
            "primary_key": self.primary_key(table.primary_key),
            "indexes": indexes,
            **read,
        }

    def is_created(self, item: Any) -> bool:
        """Whether PostgreSQL would see a constraint or an index at all, as far as SQLAlchemy itself decides it."""
        from sqlalchemy.schema import CreateIndex

        rule, condition = getattr(item, "_create_rule", None), getattr(item, "_ddl_if", None)
        if rule is not None and not self.attempt(lambda: rule(self.compiler), "not known whether it is created", item):
            return False
        if condition is None:
            return True
        statement = CreateIndex(item) if item.__visit_name__ == "index" else None
        return bool(
            self.attempt(
                lambda: condition._should_execute(statement, item, None, compiler=self.compiler),  # noqa: SLF001 - no other way
                "not known whether ddl_if creates it",
                item,
            )
        )

    def constraint(self, constraint: Any, read: dict[str, list[Any]]) -> None:
        """Add a constraint to those of its kind."""
        from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
        from sqlalchemy.dialects.postgresql import ExcludeConstraint

        if isinstance(constraint, ForeignKeyConstraint):
            read["foreign_keys"].append(self.foreign_key(constraint))
        elif isinstance(constraint, UniqueConstraint):
            read["uniques"].append(self.unique(constraint))
        elif isinstance(constraint, CheckConstraint):
            read["checks"].append(self.check(constraint))
        elif isinstance(constraint, ExcludeConstraint):
            read["exclusions"].append(self.exclusion(constraint))

    def name(self, item: Any) -> str | None:
        """The name that SQLAlchemy would emit, by naming convention or as given; None where PostgreSQL names it."""
        if item.name is None:
            return None
        preparer = self.compiler.preparer
        name = self.attempt(lambda: preparer.format_constraint(item, _alembic_quote=False), "name", item)
        return None if name is None else str(name)

    def named(self, item: Any) -> dict[str, Any]:
        """A name, and whether a naming convention made it."""
        from sqlalchemy.sql.elements import conv

        return {"name": self.name(item), "derived": isinstance(item.name, conv) or not isinstance(item.name, str)}

    def primary_key(self, key: Any) -> dict[str, Any] | None:
        """The primary key, if the table has one."""
        columns = [column.name for column in key.columns]
        return {"columns": columns, **self.named(key)} if columns else None

    def foreign_key(self, key: Any) -> dict[str, Any]:
        """A foreign key, its target as SQLAlchemy resolves it, or as it is written where it knows no such table."""
        targets = [target(element) for element in key.elements]
        return {
            "columns": [element.parent.name for element in key.elements],
            "target": {
                "schema": targets[0][0],
                "table": targets[0][1],
                "columns": [column for _, _, column in targets],
            },
            "spelled": [spelling(element) for element in key.elements],
            "on_delete": key.ondelete,
            "on_update": key.onupdate,
            **deferral(key),
            "match": key.match,
            "not_valid": bool(option(key, "not_valid")),
            **self.named(key),
        }

    def unique(self, constraint: Any) -> dict[str, Any]:
        """A unique constraint."""
        return {
            "columns": [column.name for column in constraint.columns],
            "nulls_not_distinct": bool(option(constraint, "nulls_not_distinct")),
            "include": [getattr(column, "name", column) for column in option(constraint, "include") or []],
            **deferral(constraint),
            **self.named(constraint),
        }

    def check(self, constraint: Any) -> dict[str, Any]:
        """A check constraint."""
        return {
            "columns": [column.name for column in getattr(constraint, "columns", ())] or self.beside(constraint),
            "expression": self.attempt(lambda: self.sql(constraint.sqltext), "check constraint", constraint),
            "not_valid": bool(option(constraint, "not_valid")),
            **self.named(constraint),
        }

    @staticmethod
    def beside(constraint: Any) -> list[str]:
        """The column that a check is an argument of."""
        column: Any = constraint.parent
        return [column.name] if column.__visit_name__ == "column" else []

    def exclusion(self, constraint: Any) -> dict[str, Any]:
        """An exclusion constraint, its definition as it stands after CONSTRAINT and name."""
        text = self.attempt(lambda: self.compiler.process(constraint), "exclusion constraint", constraint)
        definition = None if text is None else text[text.index("EXCLUDE") :]
        return {"columns": list(constraint.columns.keys()), "definition": definition, **self.named(constraint)}

    # Indexes

    def index(self, index: Any) -> dict[str, Any]:
        """An index; elements are taken apart as far as SQLAlchemy's own objects tell."""
        from sqlalchemy import text

        operators = option(index, "ops") or {}
        where = option(index, "where")
        predicate = text(where) if isinstance(where, str) else where
        elements = [self.attempt(partial(self.element, one, operators), "index", index) for one in index.expressions]
        return {
            "elements": elements,
            "unique": bool(index.unique),
            "method": option(index, "using") or None,
            "partial": where is not None,
            "predicate": None if where is None else self.attempt(lambda: self.sql(predicate), "index predicate", index),
            "include": [getattr(column, "name", column) for column in option(index, "include") or []],
            "nulls_not_distinct": bool(option(index, "nulls_not_distinct")),
            **self.named(index),
        }

    def element(self, expression: Any, operators: dict[str, str]) -> dict[str, Any]:
        """One key of an index."""
        from sqlalchemy import Column
        from sqlalchemy.sql import elements
        from sqlalchemy.sql import operators as known

        read: dict[str, Any] = {
            "opclass": operators.get(getattr(expression, "key", None) or ""),
            "modifiers": [],
            "collation": None,
        }
        while True:
            if isinstance(expression, elements.UnaryExpression) and expression.modifier is not None:
                read["modifiers"].insert(0, expression.modifier.__name__)
            elif isinstance(expression, elements.BinaryExpression) and expression.operator is known.collate:
                read["collation"] = getattr(expression.right, "collation", None)
                expression = expression.left
                continue
            elif not isinstance(expression, (elements.Grouping, elements.Label)):
                break
            expression = expression.element
        if isinstance(expression, Column):
            return {**read, "column": expression.name}
        kind = "text" if isinstance(expression, elements.TextClause) else "expression"
        return {**read, kind: self.sql(expression)}

    # Columns

    def column(self, column: Any) -> dict[str, Any]:
        """One column."""
        specified = self.attempt(lambda: self.compiler.get_column_specification(column), "column", column)
        name = self.compiler.preparer.format_column(column)
        words = specified[len(name) :].split() if specified else [""]
        identity = getattr(column, "identity", None)
        return {
            "name": str(column.name),
            "type": self.type(column) if specified else None,
            "nullable": bool(column.nullable) and not column.primary_key,
            "serial": words[0] in ("SERIAL", "BIGSERIAL", "SMALLSERIAL"),
            "default": self.default(column),
            "client_default": client_default(column),
            "identity": None if identity is None else {"always": bool(identity.always), **sequence_options(identity)},
            "generated": self.generated(column),
            "comment": column.comment,
        }

    def type(self, column: Any) -> dict[str, Any] | None:
        """A column's type: its text, or its name where it is an enum or a domain."""
        from sqlalchemy import ARRAY
        from sqlalchemy.dialects import postgresql

        kind = plain(column.type, self.dialect)
        array = isinstance(kind, ARRAY)
        item = plain(kind.item_type, self.dialect) if isinstance(kind, ARRAY) else kind
        enum = isinstance(item, postgresql.ENUM)
        if enum or isinstance(item, getattr(postgresql, "DOMAIN", ())):
            if enum:
                self.enum(item, column)
            return {"name": str(item.name), "schema": item.schema, "array": array}
        text = self.attempt(
            lambda: self.dialect.type_compiler.process(column.type, type_expression=column), "type", column
        )
        if text is None:
            return None
        collation = getattr(item, "collation", None)
        return {
            "text": text.partition(" COLLATE ")[0] + "[]" * (array and bool(collation)) if collation else text,
            "collation": collation,
        }

    def enum(self, kind: Any, column: Any) -> None:
        """Note an enum type, with the column that first uses it."""
        python = getattr(kind, "enum_class", None)
        labels = [str(label) for label in kind.enums]
        known = self.enums.setdefault(
            (kind.schema, kind.name),
            {
                "schema": kind.schema,
                "name": str(kind.name),
                "labels": labels,
                "class": None if python is None else {**located(python), "members": [member.name for member in python]},
                "table": [column.table.schema, str(column.table.name)],
                "column": str(column.name),
            },
        )
        if known["labels"] != labels:
            self.problem(
                f"enum {kind.name} is declared with other labels here than elsewhere", column.table.name, column.name
            )

    def default(self, column: Any) -> dict[str, Any] | None:
        """The text behind DEFAULT; None where there is none."""
        stated = column.server_default
        if (
            stated is None
            or getattr(column, "computed", None) is not None
            or getattr(column, "identity", None) is not None
        ):
            return None
        text = self.attempt(lambda: self.compiler.get_column_default_string(column), "default", column)
        return {"text": text}

    def generated(self, column: Any) -> dict[str, Any] | None:
        """The expression of a generated column, and whether it is stored."""
        computed = getattr(column, "computed", None)
        if computed is None:
            return None
        clause = self.attempt(lambda: self.compiler.process(computed), "generated column", column)
        text = self.attempt(lambda: self.sql(computed.sqltext), "generated column", column)
        return {"text": text, "stored": bool(clause) and clause.rstrip().endswith("STORED")}

    def sequence(self, sequence: Any) -> dict[str, Any]:
        """A sequence of its own."""
        return {"schema": sequence.schema, "name": str(sequence.name), **sequence_options(sequence)}

    def sql(self, expression: Any) -> str:
        """An expression as it stands in DDL."""
        return str(self.compiler.sql_compiler.process(expression, include_table=False, literal_binds=True))


def declared(table: dict[str, Any]) -> dict[str, Any]:
    """A table without where it was declared."""
    return {key: value for key, value in table.items() if key not in ("file", "line", "classes")}


def plain(kind: Any, dialect: Any) -> Any:
    """The dialect's own type behind decorators and variants."""
    from sqlalchemy.types import TypeDecorator

    kind = kind.dialect_impl(dialect)
    while isinstance(kind, TypeDecorator):
        kind = kind.impl
    return kind


def option(item: Any, name: str) -> Any:
    """A PostgreSQL option of a constraint or an index; None in releases that do not know it."""
    try:
        return item.dialect_options["postgresql"][name]
    except KeyError:
        return None


def deferral(constraint: Any) -> dict[str, Any]:
    """DEFERRABLE and INITIALLY as they are stated."""
    return {"deferrable": constraint.deferrable, "initially": constraint.initially}


def sequence_options(item: Any) -> dict[str, Any]:
    """The options of a sequence or an identity that are stated."""
    names = ("start", "increment", "maxvalue", "minvalue", "cache", "cycle")
    return {"options": {name: value for name in names if (value := getattr(item, name, None)) is not None}}


def target(element: Any) -> tuple[str | None, str, str]:
    """Schema, table and column that a foreign key references; as written where the table is not declared."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        return element.column.table.schema, str(element.column.table.name), str(element.column.name)
    except (SQLAlchemyError, AttributeError):
        written = getattr(element, "target_tokens", None)
        schema, table, column = written or element._column_tokens  # noqa: SLF001 - its name before 2.1
        return schema or element.parent.table.metadata.schema, table, column or element.parent.name


def spelling(element: Any) -> str | None:
    """The string that names the target, if one does."""
    try:
        return str(element.target_fullname)
    except Exception:  # noqa: BLE001 - a target that no string can spell
        return None


def client_default(column: Any) -> str | None:
    """What the application itself fills in: a value, a function's name, an expression."""
    default = column.default
    if default is None:
        return None
    if default.__visit_name__ == "sequence":
        return f"nextval({default.name})"
    value = getattr(default, "arg", None)
    if value is ...:  # what old releases of SQLModel take for a default where it says that there is none
        return None
    if callable(value):
        return str(getattr(inspect.unwrap(value), "__name__", type(value).__name__)).replace("<lambda>", "lambda")
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    if is_plain(value):
        return repr(value)
    # What else a module computes when it is imported, the time for one, may be another value the next time.
    return str(value) if hasattr(value, "__visit_name__") else f"{type(value).__name__}()"


def is_plain(value: Any) -> bool:
    """Whether a value is made of literals alone, and so the same whenever a module is imported."""
    if isinstance(value, (list, tuple)):
        return all(is_plain(item) for item in value)
    if isinstance(value, dict):
        return all(is_plain(item) for pair in value.items() for item in pair)
    return isinstance(value, (str, int, float, bool, bytes, type(None)))


def located(cls: type) -> dict[str, Any]:
    """A class by the file and the name under which it is written."""
    module = sys.modules.get(cls.__module__)
    return {"file": module_file(module) if module else None, "name": cls.__qualname__}


def lineage(cls: type) -> list[dict[str, Any]]:
    """The classes of the application that a class is made of, itself first."""
    foreign = (*PLUMBING, "builtins", "abc", "typing")
    return [located(base) for base in cls.__mro__ if base.__module__.partition(".")[0] not in foreign]


def is_mapped(cls: type) -> bool:
    """Whether a class that was to be mapped still is: its module may have given it up half-way."""
    from sqlalchemy.orm import class_mapper

    try:
        return class_mapper(cls, configure=False) is not None
    except Exception:  # noqa: BLE001 - whatever SQLAlchemy says of what is not mapped
        return False


def relation(prop: Any) -> dict[str, Any]:
    """A relationship; `pairs` are the columns that it keeps equal, each a referenced and a referencing one."""
    pairs = [[column_name(column) for column in pair] for pair in prop.synchronize_pairs]
    reverse = sorted(prop._reverse_property, key=lambda each: (each.parent.class_.__qualname__, each.key))  # noqa: SLF001
    return {
        "lineage": lineage(prop.parent.class_),
        "attribute": prop.key,
        "reverse": [{"lineage": lineage(each.parent.class_), "attribute": each.key} for each in reverse],
        "pairs": [] if any(None in pair for pair in pairs) else pairs,
        "direction": prop.direction.name,
        "delete": bool(prop.cascade.delete),
        "passive": prop.passive_deletes,
        "viewonly": bool(prop.viewonly),
        "single": not prop.uselist,
    }


def column_name(column: Any) -> list[str | None] | None:
    """Schema, table and name of a column; None where it belongs to no table, but to a query."""
    from sqlalchemy import Table

    table = getattr(column, "table", None)
    return [table.schema, str(table.name), str(column.name)] if isinstance(table, Table) else None


def mapped_class(cls: type, mapper: Any) -> dict[str, Any]:
    """A mapped class: the classes it is made of, nearest first, and the attribute behind each column."""
    columns: dict[str, str] = {}
    for column in getattr(mapper.local_table, "columns", ()):
        try:
            columns[str(column.name)] = str(mapper.get_property_by_column(column).key)
        except Exception:  # noqa: BLE001 - a column that this class does not map
            columns.setdefault(str(column.name), str(column.key))
    return {"lineage": lineage(cls), "attributes": columns, "fields": fields(cls)}


def fields(cls: type) -> dict[str, bool]:
    """The attributes whose foreign key SQLModel's Field states, and whether that Field could state ON DELETE."""
    sqlmodel = sys.modules.get("sqlmodel")
    if sqlmodel is None or not issubclass(cls, sqlmodel.SQLModel):
        return {}
    says = "ondelete" in inspect.signature(sqlmodel.Field).parameters
    known = getattr(cls, "model_fields", None) or getattr(cls, "__fields__", {})
    stated = {name: getattr(getattr(field, "field_info", field), "foreign_key", None) for name, field in known.items()}
    return {name: says for name, value in stated.items() if isinstance(value, str)}


if __name__ == "__main__":
    main()
