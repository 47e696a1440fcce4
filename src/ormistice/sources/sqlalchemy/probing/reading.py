"""Turning MetaData into plain values."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from operator import attrgetter
from typing import Any

from .finding import Watch
from .values import (
    client_default,
    declared,
    deferral,
    first_line,
    is_mapped,
    located,
    mapped_class,
    option,
    plain,
    relation,
    sequence_options,
    spelling,
    target,
)

SERIAL = ("SERIAL", "BIGSERIAL", "SMALLSERIAL")
TOLD_TOGETHER = 20
"""Tables that are told at once, ahead of the answer."""


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

    def read(self, found: list[Any], tell: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
        """Tables, enums and sequences of all MetaData; the tables of one that is alone are told as they are read.

        One that declares a table of one before it otherwise describes another database: it is left out.
        """
        alone = len(found) == 1
        tables: dict[tuple[str | None, str], dict[str, Any]] = {}
        sequences: dict[tuple[str | None, str], dict[str, Any]] = {}
        left_out = False
        kept: set[int] = set()
        for metadata in found:
            before = dict(self.enums), list(self.problems)
            listed = self.tables(metadata, tell if alone else None)
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
            "tables": [] if alone else list(tables.values()),
            "enums": list(self.enums.values()),
            "sequences": list(sequences.values()),
            "relations": self.relations(kept),
            "problems": self.problems,
        }

    def files(self, found: list[Any]) -> set[str]:
        """Where tables that are told ahead are declared."""
        if len(found) != 1:
            return set()
        (metadata,) = found
        made = {
            self.watch.origins[id(table)][0] for table in metadata.tables.values() if id(table) in self.watch.origins
        }
        classes = (each for table in metadata.tables.values() for each in self.mapped.get(id(table), ()))
        return made | {file for each in classes if each["lineage"] and (file := each["lineage"][0]["file"])}

    def tables(self, metadata: Any, tell: Callable[[dict[str, Any]], None] | None) -> list[dict[str, Any]]:
        """The tables of a MetaData."""
        listed: list[dict[str, Any]] = []
        told = 0
        for table in metadata.tables.values():
            listed.append(self.table(table, self.mapped.get(id(table), [])))
            if tell and len(listed) - told == TOLD_TOGETHER:
                tell({"tables": listed[told:]})
                told = len(listed)
        if tell and told < len(listed):
            tell({"tables": listed[told:]})
        return listed

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

    @cached_property
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
            "comment": None if table.comment is None else str(table.comment),
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
        from sqlalchemy.sql import coercions, roles

        operators = option(index, "ops") or {}
        where = option(index, "where")
        predicate = None if where is None else coercions.expect(roles.DDLExpressionRole, where)
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
        kind, serial = self.type(column), self.is_serial(column)
        identity = getattr(column, "identity", None)
        return {
            "name": str(column.name),
            "type": kind,
            "nullable": bool(column.nullable) and not column.primary_key,
            "serial": serial or (kind is not None and kind.get("text") in SERIAL),
            "default": self.default(column),
            "client_default": client_default(column),
            "identity": None if identity is None else {"always": bool(identity.always), **sequence_options(identity)},
            "generated": self.generated(column),
            "comment": None if column.comment is None else str(column.comment),
        }

    def is_serial(self, column: Any) -> bool:
        """Whether SQLAlchemy makes the column a serial, which it does of no more than one column of a primary key."""

        def specified() -> str:
            # Asked of the others it would be the type and the default once more, which are compiled anyway.
            own = column.primary_key and getattr(column.table, "_autoincrement_column", column) is column
            return str(self.compiler.get_column_specification(column)) if own else ""

        name = self.compiler.preparer.format_column(column)
        words = (self.attempt(specified, "column", column) or "")[len(name) :].split()
        return words[:1] in [[word] for word in SERIAL]

    def type(self, column: Any) -> dict[str, Any] | None:
        """A column's type: its text, or its name where it is an enum or a domain."""
        from sqlalchemy import ARRAY
        from sqlalchemy.dialects import postgresql

        text = self.attempt(
            lambda: self.dialect.type_compiler.process(column.type, type_expression=column), "type", column
        )
        if text is None:
            return None
        kind = plain(column.type, self.dialect)
        array = isinstance(kind, ARRAY)
        item = plain(kind.item_type, self.dialect) if isinstance(kind, ARRAY) else kind
        enum = isinstance(item, postgresql.ENUM)
        if enum or isinstance(item, getattr(postgresql, "DOMAIN", ())):
            if enum:
                self.enum(item, column)
            return {"name": str(item.name), "schema": item.schema, "array": array}
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
