"""Columns as they are written: `Column`, `mapped_column`, `Field`, or an annotation alone."""

import ast
import builtins
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.static.annotations import stated_type, unwrapped
from ormistice.sources.sqlalchemy.static.factories import made
from ormistice.sources.sqlalchemy.static.kinds import Kinds
from ormistice.sources.sqlalchemy.static.scope import Elsewhere, External, Known, Value
from ormistice.sources.sqlalchemy.static.spatial import is_spatial
from ormistice.sources.sqlalchemy.static.values import Call, Reader, Unknown

CONSTRUCTORS = ("Column", "mapped_column")
_BESIDE_TYPE = ("ForeignKey", "Identity", "Computed", "Sequence", "CheckConstraint", "FetchedValue")
_BARE = ("current_timestamp", "current_date", "current_time", "current_user")  # written without parentheses
_EMPTY = {"builtins.dict": "{}", "builtins.list": "[]"}
_UNSAID: dict[str, Any] = {"default": None, "identity": None, "generated": None, "comment": None}


@dataclass
class Draft:
    """A column with what it says of its table's keys, and what could not be told of it."""

    column: dict[str, Any]
    primary_key: bool = False
    unique: bool = False
    index: bool = False
    autoincrement: object = "auto"
    keys: list[Call] = field(default_factory=list)
    field_key: Call | None = None
    checks: list[Call] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    spread: bool = False
    spatial: bool = False


@dataclass(frozen=True)
class Options:
    """The arguments of a column, wherever they are written; the nearest comes first."""

    calls: tuple[Call, ...]

    def find(self, *names: str) -> tuple[str, ast.expr] | None:
        """A keyword argument with the module it is written in."""
        for call in self.calls:
            value = call.named(*names)
            for name in names if value is None else ():
                value = value or syntax.entry(call.named("sa_column_kwargs"), name)
            if value is not None:
                return call.file, value
        return None

    def positional(self) -> Iterator[tuple[str, ast.expr]]:
        """Positional arguments of columns, and the list that `sa_column_args` is."""
        for call in self.calls:
            if call.name in CONSTRUCTORS:
                yield from ((call.file, value) for value in call.positional)
            more = call.named("sa_column_args")
            if isinstance(more, (ast.List, ast.Tuple)):
                yield from ((call.file, value) for value in more.elts)


@dataclass(frozen=True)
class Columns:
    """Reads columns."""

    reader: Reader
    kinds: Kinds
    type_map: list[tuple[str, ast.expr, ast.expr]] | None

    def draft(
        self, attribute: str, options: Options, annotation: tuple[str, ast.expr] | None, *, sqlmodel: bool
    ) -> Draft:
        """A column from its arguments and its annotation; `attribute` is its name unless it states one."""
        owns = any(call.name in CONSTRUCTORS for call in options.calls)
        classic = bool(options.calls) and options.calls[0].name == "Column"
        stated, kind, strange = self._positional(options)
        draft = Draft(
            {"name": attribute, "type": None, "nullable": None, "serial": False, "client_default": None, **_UNSAID}
        )
        if any(call.spreads for call in options.calls):
            draft.unread.append("its arguments")
        draft.unread += strange
        draft.column["name"] = stated or self._try(draft, lambda: self._text(options, "name"), None) or attribute
        for name in ("primary_key", "unique", "index"):
            setattr(draft, name, bool(self._try(draft, partial(self._flag, options, name, default=False), None)))
        draft.autoincrement = self._try(draft, lambda: self._constant(options, "autoincrement"), None)
        draft.column["type"] = self._try(
            draft, lambda: self._type(options, kind, annotation, sqlmodel=sqlmodel and not owns), None
        )
        draft.spatial = self._is_spatial(options, kind)
        draft.column["nullable"] = self._try(
            draft, lambda: self._nullable(draft, options, annotation, bare=owns and (sqlmodel or classic)), None
        )
        self._constructs(draft, options)
        draft.column["comment"] = self._try(draft, lambda: self._text(options, "comment"), None)
        draft.column["default"] = self._default(draft, options)
        draft.column["client_default"] = self._client_default(options, annotation, sqlmodel=sqlmodel)
        draft.column["key"] = self._try(draft, lambda: self._text(options, "key"), None)
        if strange:
            self._doubt(draft, options)
        if any(call.spreads for call in options.calls):
            self._doubt(draft, options)
            typed = kind is not None or options.find("sa_type", "type_") is not None
            draft.column["type"] = draft.column["type"] if typed else None
        return draft

    @staticmethod
    def _doubt(draft: Draft, options: Options) -> None:
        """Take back what was only not said, where more arguments are given than are written."""
        draft.spread = True
        if options.find("nullable") is None and not draft.primary_key:
            draft.column["nullable"] = None
        for name in ("default", "generated"):
            draft.column[name] = draft.column[name] or {"text": None, "stored": False}
        draft.column["identity"] = draft.column["identity"] or {"unread": True}

    def _try(self, draft: Draft, read: Callable[[], Any], fallback: Any) -> Any:
        try:
            return read()
        except Unknown as error:
            draft.unread.append(str(error))
            return fallback

    def _constant(self, options: Options, name: str) -> Any:
        found = options.find(name)
        return None if found is None else self.reader.constant(*found)

    def _text(self, options: Options, name: str) -> str | None:
        found = options.find(name)
        return None if found is None else self.reader.text(*found)

    def _flag(self, options: Options, name: str, *, default: bool) -> bool:
        found = options.find(name)
        return default if found is None else self.reader.flag(*found, default=default)

    def _positional(self, options: Options) -> tuple[str | None, tuple[str, ast.expr] | None, list[str]]:
        """The name and the type among the positional arguments, and those that may be anything."""
        name, kind = None, None
        strange: list[str] = []
        for file, value in options.positional():
            found = self.reader.project.resolve(file, value)
            call = self.reader.call(file, value)
            if isinstance(found, Known) and isinstance(found.node, ast.Constant) and isinstance(found.node.value, str):
                name = name or found.node.value
            elif (call is not None and self._beside(call) is not None) or isinstance(value, ast.Starred):
                continue
            else:
                unclear = found is None or (call is not None and call.function is None)
                more = kind is not None and (call is None or not _says_nothing(call))
                unknown = more or (unclear and not self._is_type(file, value))
                strange += [ast.unparse(value)] if unknown and not _is_none(found) else []
                kind = kind or (file, value)
        return name, kind, strange

    def _is_type(self, file: str, value: ast.expr) -> bool:
        try:
            self.kinds.of(file, value)
        except Unknown:
            return False
        return True

    def _beside(self, call: Call) -> Call | None:
        """What stands beside the type, as it is or as a function of the project makes it."""
        return made(self.reader, call, _BESIDE_TYPE)

    def _type(
        self,
        options: Options,
        kind: tuple[str, ast.expr] | None,
        annotation: tuple[str, ast.expr] | None,
        *,
        sqlmodel: bool,
    ) -> dict[str, Any] | None:
        stated = options.find("sa_type", "type_") or kind
        if stated is not None:
            return self.kinds.of(*stated)
        if annotation is None:
            return None
        if self.type_map is None:
            return None
        mapped = stated_type(self.reader, self.type_map, *annotation) if self.type_map else None
        if mapped is not None:
            read = self.kinds.of(*mapped)
        else:
            file, node, _ = unwrapped(self.reader, *annotation)
            call = next((each for each in options.calls if each.name == "Field"), None)
            read = self.kinds.of_annotation(file, node, call, sqlmodel=sqlmodel)
        # A key without a type of its own takes the type of what it references.
        return {**read, "referenced": True} if not sqlmodel and self._references(options) else read

    def _is_spatial(self, options: Options, kind: tuple[str, ast.expr] | None) -> bool:
        stated = options.find("sa_type", "type_") or kind
        return stated is not None and is_spatial(self.reader.project, *stated)

    def _references(self, options: Options) -> bool:
        return any(call.name == "ForeignKey" for call in self._inner(options))

    def _nullable(self, draft: Draft, options: Options, annotation: tuple[str, ast.expr] | None, *, bare: bool) -> bool:
        found = options.find("nullable")
        if draft.primary_key:
            return False
        if found is not None:
            return self.reader.flag(*found, default=True)
        if annotation is not None and not bare:
            optional = unwrapped(self.reader, *annotation)[2]
            field = next((call for call in options.calls if call.name == "Field"), None)
            return optional or (field is not None and self._defaults_to_none(field))
        return not any(call.name == "Identity" for call in self._inner(options))

    def _defaults_to_none(self, field: Call) -> bool:
        """Whether a Field takes None for being its default, as pydantic had it before its release 2. Raises Unknown."""
        value = field.named("default") or (field.positional[0] if field.positional else None)
        if value is None or not (isinstance(value, ast.Constant) and value.value is None):
            return False
        if self.kinds.releases.takes_default_none is None:
            raise Unknown("whether what is None by default takes None differs between releases of pydantic")
        return self.kinds.releases.takes_default_none

    def _inner(self, options: Options) -> list[Call]:
        calls = (self.reader.call(file, value) for file, value in options.positional())
        return [beside for call in calls if call is not None and (beside := self._beside(call)) is not None]

    def _constructs(self, draft: Draft, options: Options) -> None:
        for call in self._inner(options):
            match call.name:
                case "ForeignKey":
                    draft.keys.append(call)
                case "CheckConstraint":
                    draft.checks.append(call)
                case "Identity":
                    draft.column["identity"] = self._try(draft, partial(self._identity, call), None)
                case "Computed":
                    draft.column["generated"] = self._try(
                        draft, partial(self._computed, call), {"text": None, "stored": False}
                    )
                case "Sequence" | "FetchedValue":
                    draft.column["default"] = {"text": None}
                case _:
                    pass
        key = options.find("foreign_key")
        if key is not None:
            draft.field_key = next(call for call in options.calls if call.named("foreign_key") is not None)

    def _identity(self, call: Call) -> dict[str, Any]:
        names = ("start", "increment", "maxvalue", "minvalue", "cache", "cycle")
        always = self.reader.flag(call.file, call.named("always"), default=False)
        options = {
            name: self.reader.constant(call.file, value) for name in names if (value := call.named(name)) is not None
        }
        return {"always": always, "options": options}

    def _computed(self, call: Call) -> dict[str, Any]:
        text = self.reader.sql(call.file, call.positional[0] if call.positional else call.named("sqltext"))
        stated = call.named("persisted")
        if stated is None and not self.kinds.releases.always_stores:
            raise Unknown("a computed column is stored or not by SQLAlchemy's release unless it says `persisted`")
        return {"text": text, "stored": self.reader.flag(call.file, stated, default=True)}

    def _default(self, draft: Draft, options: Options) -> dict[str, Any] | None:
        found = options.find("server_default")
        call = self.reader.call(*found) if found is not None else None
        if found is None:
            stated: dict[str, Any] | None = draft.column["default"]
            return stated
        if call is not None and call.name == "FetchedValue":
            return {"text": None}
        if isinstance(none := self.reader.written(*found)[1], ast.Constant) and none.value is None:
            return None
        try:
            return {"text": server_default(self.reader, *found)}
        except Unknown as error:
            draft.unread.append(f"server_default {error}")
            return {"text": None}

    def _client_default(
        self, options: Options, annotation: tuple[str, ast.expr] | None, *, sqlmodel: bool
    ) -> str | None:
        found = options.find("default_factory") if sqlmodel else None
        found = found or options.find("default", "insert_default")
        for call in options.calls if found is None else ():
            if call.name == "Field" and call.positional:
                found = (call.file, call.positional[0])
        del annotation
        return None if found is None else spelled(self.reader, *found)


def _is_none(found: Value) -> bool:
    return isinstance(found, Known) and isinstance(found.node, ast.Constant) and found.node.value is None


def _says_nothing(call: Call) -> bool:
    """Whether what stands behind the type is SQLAlchemy's, and no default: a second type, say."""
    known = isinstance(call.function, External) and call.function.package == "sqlalchemy"
    return known and not call.name.startswith(("Default", "ColumnDefault"))


def server_default(reader: Reader, file: str, node: ast.expr) -> str:
    """The text behind DEFAULT. Raises Unknown."""
    call = reader.call(file, node)
    if call is None:
        value = reader.constant(file, node)
        if isinstance(value, str):
            return "'" + value.replace("'", "''") + "'"
        raise Unknown(ast.unparse(node))
    path = call.function.path if isinstance(call.function, External) else ""
    if call.name == "text":
        return reader.sql(file, node) or ""
    if call.name in ("true", "false"):
        return call.name
    if ".func." in f".{path}" and not call.positional:
        return _called(path)
    raise Unknown(ast.unparse(node))


def _called(path: str) -> str:
    """A function of SQL by its path below `func`, as SQLAlchemy calls it without arguments."""
    name = path.rpartition("func.")[2]
    return name.upper() if name in _BARE else f"{name}()"


def spelled(reader: Reader, file: str, node: ast.expr) -> str | None:
    """What an application fills in, in short: a value, a function's name."""
    while isinstance(node, Elsewhere):
        file, node = node.file, node.expression
    match node:
        case ast.Constant(value=None | builtins.Ellipsis):
            return None
        case ast.Constant(value=value):
            return repr(value)
        case ast.Lambda():
            return "lambda"
        case ast.Name(id=name):
            found = reader.project.resolve(file, node)
            return repr(found.node.value) if isinstance(found, Known) and isinstance(found.node, ast.Constant) else name
        case ast.Attribute(value=ast.Attribute(value=owner) as member, attr="value") if _enum(reader, file, owner):
            return _constant(reader, file, member) or ast.unparse(node)
        case ast.Attribute(value=owner, attr=name):
            members = _enum(reader, file, owner)
            return f"{members}.{name}" if members else _constant(reader, file, node) or name
        case ast.Call():
            return _spelled_call(reader, file, node)
        case _:
            return ast.unparse(node)


def _spelled_call(reader: Reader, file: str, node: ast.Call) -> str:
    made = reader.project.resolve(file, node.func)
    path = made.path if isinstance(made, External) else ""
    if node.args or node.keywords:
        return ast.unparse(node)
    return _called(path) if ".func." in f".{path}" else _EMPTY.get(path, ast.unparse(node))


def _constant(reader: Reader, file: str, node: ast.expr) -> str | None:
    try:
        return repr(reader.constant(file, node))
    except Unknown:
        return None


def _enum(reader: Reader, file: str, node: ast.expr) -> str | None:
    """The name of an enum class; None for any other expression."""
    found = reader.project.resolve(file, node)
    if not isinstance(found, Known) or not isinstance(found.node, ast.ClassDef):
        return None
    lineage = reader.project.lineage(found.file, found.node)
    return found.node.name if any(isinstance(each, External) and each.package == "enum" for each in lineage) else None
