"""Nothing is guessed: what is not known is said, at its place, and hides no more than it must."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ormistice.model import Column, ForeignKey, Index, PrimaryKey, ProblemKind, Schema, SqlDefault, Table
from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.scope import children
from ormistice.sources.drizzle.syntax import parse

HEAD = """import { integer, pgEnum, pgTable, text, index, foreignKey } from "drizzle-orm/pg-core";
import { mystery } from "mystery";
"""
KNOWN = [
    path
    for path in sorted((Path(__file__).parents[2] / "conformance" / "drizzle" / "schemas").glob("*.ts"))
    if path.stem not in {"barrel", "shared"}
]


def line_of(schema: Schema, number: int = 0) -> str:
    place = schema.problems[number].place
    document = schema.document(place.file)  # type: ignore[union-attr]  # of a text
    assert document is not None
    return document.line(document.position(place.start).line).strip()  # type: ignore[union-attr]  # of a text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "export const t = pgTable(mystery(), { id: integer() });",
            "export const t = pgTable(mystery(), { id: integer() });",
        ),
        (
            'const made = new mystery.Table("t", { id: integer() });\nexport const t = made.table;',
            "export const t = made.table;",
        ),
        (
            'class Made {}\nexport const t = new Made("t", { id: integer() }).table;',
            'export const t = new Made("t", { id: integer() }).table;',
        ),
        ('export const t = pgTable("t", mystery());', 'export const t = pgTable("t", mystery());'),
        ('export const t = mystery("t", { id: integer() });', 'export const t = mystery("t", { id: integer() });'),
        ('export const e = pgEnum("e", mystery);', 'export const e = pgEnum("e", mystery);'),
        ('export const e = pgEnum("e", ["a", mystery()]);', 'export const e = pgEnum("e", ["a", mystery()]);'),
        ('export * from "@elsewhere/schema";', 'export * from "@elsewhere/schema";'),
        ('export * from "./missing";', 'export * from "./missing";'),
        ('export { users } from "./missing";', 'export { users } from "./missing";'),
        (
            'let t;\nif (process.env.X) { t = pgTable("t", {}); }\nexport { t };',
            'if (process.env.X) { t = pgTable("t", {}); }',
        ),
        (
            'export const t = process.env.X ? pgTable("a", {}) : pgTable("b", {});',
            'export const t = process.env.X ? pgTable("a", {}) : pgTable("b", {});',
        ),
        (
            "function make() { while (more()) {} return pgTable('t', {}); }\nexport const t = make();",
            "function make() { while (more()) {} return pgTable('t', {}); }",
        ),
        (
            "class Tables { static users = pgTable('users', {}) }\nexport const t = Tables.users;",
            "class Tables { static users = pgTable('users', {}) }",
        ),
    ],
)
def test_what_may_be_a_table_is_said(text: str, line: str, read: Callable[..., Schema]) -> None:
    schema = read(HEAD + text)

    assert [problem.kind for problem in schema.problems] == [ProblemKind.UNSUPPORTED_CONSTRUCT]
    assert line_of(schema) == line
    assert schema.unread or schema.tables[0].unread


@pytest.mark.parametrize(
    "text",
    [
        "export const x = mystery();",
        "export const x = mystery.y.z`a`;",
        "export const x = /abc/;",
        "export const x = new Date();",
        "export const x = process.env.X ?? process.env.Y;",
        "export const x = `${process.env.X}/y`;",
        "export const x = () => { for (;;) {} };",
        "export let x = 1; x += 1;",
        "export class X { }",
        "class X { }\nexport const x = new X(); x.set(1);",
        "export const x = new mystery.X('t', { id: integer() });",
        "export const x = (() => { try { return mystery() } catch { return null } })();",
        "export const insert = mystery(t); export const t = pgTable('t', { id: integer() });",
    ],
)
def test_what_is_no_table_is_not_mentioned(text: str, read: Callable[..., Schema]) -> None:
    schema = read(HEAD + text)

    assert schema.problems == ()
    assert schema.unread == frozenset()


@pytest.mark.parametrize(
    ("column", "hidden"),
    [
        ("text().default(mystery())", "default"),
        ("text().default(process.env.X)", "default"),
        ("text().notNull().default(mystery`x`)", "default"),
        ("integer().generatedAlwaysAsIdentity(mystery)", "identity"),
        ("integer().generatedAlwaysAs(mystery)", "generated"),
    ],
)
def test_a_column_keeps_what_is_known_of_it(column: str, hidden: str, read: Callable[..., Schema]) -> None:
    schema = read(f'{HEAD}export const t = pgTable("t", {{\n  id: {column},\n}});')
    (found,) = schema.tables[0].columns

    assert found.type is not None
    assert found.nullable is not None
    assert [name for name in ("default", "identity", "generated") if getattr(found, name) is None] == [hidden]
    assert schema.tables[0].unread == frozenset()
    assert line_of(schema) == f"id: {column},"


@pytest.mark.parametrize(
    ("body", "unread"),
    [
        ("{ id: integer(), ...mystery }", {Column, PrimaryKey, ForeignKey}),
        ("{ id: integer(), [mystery]: text() }", {Column, PrimaryKey, ForeignKey}),
        ("{ id: integer(), other: mystery() }", {Column, PrimaryKey, ForeignKey}),
        ("{ id: integer(), other: text(mystery()) }", {Column, PrimaryKey, ForeignKey}),
        ("{ id: integer() }, mystery", {Index, ForeignKey}),
        ("{ id: integer() }, (t) => [...mystery]", {Index, ForeignKey}),
        ("{ id: integer() }, (t) => [index().on(t.id), mystery(t)]", {Index, ForeignKey}),
        ("{ id: integer() }, (t) => [index().on(mystery)]", {Index}),
        ("{ id: integer() }, (t) => [foreignKey({ columns: [mystery], foreignColumns: [t.id] })]", {ForeignKey}),
    ],
)
def test_what_a_table_may_hold_besides_is_unread(body: str, unread: set[type], read: Callable[..., Schema]) -> None:
    schema = read(f'{HEAD}export const t = pgTable("t", {body});')

    assert unread <= schema.tables[0].unread
    assert [column.name for column in schema.tables[0].columns] == ["id"]
    assert [problem.kind for problem in schema.problems] == [ProblemKind.UNSUPPORTED_CONSTRUCT]


def test_a_key_whose_target_is_unknown_is_a_key_still(read: Callable[..., Schema]) -> None:
    schema = read(
        HEAD + 'export const t = pgTable("t", { a: integer().references(() => mystery.id, { onDelete: "cascade" }) });'
    )
    (key,) = schema.tables[0].foreign_keys

    assert key.columns == ("a",)
    assert key.references is None
    assert key.on_delete is not None
    assert key.on_delete.value.value == "CASCADE"


def test_values_that_are_changed_are_not_known(read: Callable[..., Schema]) -> None:
    text = """const labels = ["a"];
labels.push(unknown());
export const e = pgEnum("e", labels);
const shared = { id: integer() };
for (const name of unknown()) { shared[name] = text(); }
export const t = pgTable("t", shared);
let size = 1;
size = unknown();
export const u = pgTable("u", { id: integer().default(size) });
"""
    schema = read(HEAD + text)

    assert schema.enums == ()
    assert schema.tables[0].columns == ()
    assert schema.tables[1].columns[0].default is None
    assert len(schema.problems) == 3


@pytest.mark.parametrize(
    "body",
    [
        "const columns = shared; columns.more = text(); return columns;",
        "const columns = given(); delete columns.id; return columns;",
        "const columns = { a: text() }; const other = () => columns; columns.more = text(); return other();",
        "const columns = { a: text() }; const other = { columns }; columns.more = text(); return other.columns;",
        "const columns = { a: text() }; if (process.env.MORE) columns.more = text(); return columns;",
        "const columns = { a: text() }; used(columns.more = text()); return columns;",
        "const columns = { a: text() }; for (const key of unknown()) { columns[key] = text(); } return columns;",
        "const columns = { a: text() }; for (const key in { x: 1 }) { columns[key] = text(); } return columns;",
        "const columns = { a: text() }; for (const it of [columns]) { it.b = text(); } return columns;",
        "const columns = { a: text() }; ['x'].forEach((key) => used(columns)); columns.b = text(); return columns;",
        "const columns = { a: text() }; switch (unknown()) { case 1: columns.b = text(); } return columns;",
        "switch (unknown()) { case 1: return { a: text() }; } return {};",
        "let columns = shared; columns.b = text(); return columns;",
        "let columns = { a: text() }; columns = shared; columns.b = text(); return columns;",
        "const add = (columns) => { columns.b = text(); return columns; }; return add(shared);",
        "for (const key of ['x']) { if (unknown()) return { a: text() }; } return {};",
        "const a = text(); a.notNull(); return { a };",
        "label: for (const key of ['x']) { continue label; } return {};",
        "const columns = { a: text() }; columns[unknown()] = text(); return columns;",
        "const columns = { a: text() }, again = columns; again.more = text(); return columns;",
        "const columns = { a: text() }; const f = () => { const it = columns; it.b = text(); }; f(); return columns;",
        "const columns = { a: { b: text() } }; columns.a.c = text(); return columns.a;",
        "const columns = { a: text() }; columns.more = text(); used(columns); columns.b = text(); return columns;",
    ],
)
def test_what_becomes_of_an_object_that_may_bear_another_name_is_not_known(
    body: str, read: Callable[..., Schema]
) -> None:
    text = "const shared = { id: integer() };\nfunction given() { return shared; }\n"
    schema = read(
        HEAD + text + f"function made() {{ {body} }}\nexport const t = pgTable('t', {{ k: text(), ...made() }});\n"
    )

    assert schema.problems != ()
    assert Column in schema.tables[0].unread


def _expressions(text: str) -> Iterator[tuple[int, int]]:
    """What may be replaced; whole declared values aside, for what another package gives may be anything."""
    pending: list[object] = list(parse("x.ts", text).statements)
    while pending:
        node = pending.pop()
        if isinstance(node, nodes.Declaration):
            for item in node.items:
                pending.extend(children(item.value) if isinstance(item, nodes.Assignment) else ())
        elif isinstance(node, nodes.Expression):
            # Without the statement the program is another.
            value = node.value
            # What is deleted is a place and no value: what a call gives can be deleted, to no effect.
            is_deleted = isinstance(value, nodes.Unary) and value.operator == "delete"
            of_place = value.operand if is_deleted else value
            parts = (value,) if isinstance(value, nodes.Assignment) else children(of_place)
            # So it is without what is called for what it does: another package's cannot reach what it reaches.
            for part in _arguments(value, parts):
                pending.extend(children(part) if isinstance(part, nodes.Function) else (part,))
        elif isinstance(node, nodes.Assignment):
            # What is assigned to is a place, too, and no call is one.
            pending.extend((*children(node.target), node.value))
        elif isinstance(
            node, nodes.Literal | nodes.Array | nodes.Object | nodes.Chain | nodes.Function | nodes.Template
        ):
            yield node.start, node.end
            pending.extend(children(node))
        else:
            pending.extend(children(node))


def _arguments(value: nodes.Node, parts: Iterable[object]) -> Iterator[object]:
    """The parts of a statement, of calls in it their arguments."""
    for part in parts:
        yield from part.arguments if isinstance(value, nodes.Chain) and isinstance(part, nodes.Call) else (part,)


def _told(schema: Schema) -> tuple[object, ...]:
    return schema.tables, schema.enums, schema.sequences, schema.views


@pytest.mark.parametrize("path", KNOWN, ids=lambda path: path.stem)
def test_whatever_is_replaced_by_something_unknown_is_read_right_or_said(
    path: Path, files: Callable[..., None], open_drizzle: Callable[..., object], *, thorough: bool
) -> None:
    text = path.read_text()
    files({each.name: each.read_text() for each in path.parent.glob("*.ts")})
    source = open_drizzle(path.name)
    before = source.load()  # type: ignore[attr-defined]  # a source
    silent = []

    for start, end in sorted(set(_expressions(text)))[:: 1 if thorough else 4]:
        files({path.name: f"{text[:start]}mystery(){text[end:]}\nimport {{ mystery }} from 'mystery';\n"})
        after = source.load()  # type: ignore[attr-defined]  # a source
        if not after.problems and _told(after) != _told(before):
            silent.append(text[start:end])

    assert silent == []


def test_equality_holds_values_and_not_places(read: Callable[..., Schema]) -> None:
    first = read(HEAD + 'export const t = pgTable("t", { id: integer().default(1) });')
    second = read(HEAD + '\n\nexport const t = pgTable("t", { id: integer().default(1) });')

    assert first.tables == second.tables
    assert first.tables[0].columns[0].default is not None
    assert first.tables[0].columns[0].default.value == SqlDefault("1")
    assert replace(first.tables[0], columns=()) != second.tables[0]
    assert isinstance(first.tables[0], Table)


def test_of_two_columns_of_one_name_the_last_is_read_and_the_other_said(read: Callable[..., Schema]) -> None:
    schema = read(HEAD + 'export const t = pgTable("t", { a: integer("x"), b: text("y"), c: text("x") });')

    assert [(column.name, str(column.type and column.type.value)) for column in schema.tables[0].columns] == [
        ("x", "text"),
        ("y", "text"),
    ]
    assert [problem.message for problem in schema.problems] == ["column `x` of table `t`: a later column has its name"]
