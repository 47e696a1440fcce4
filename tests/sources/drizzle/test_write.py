"""What is written reads back as asked, and nothing else changes."""

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest

from ormistice.fixes import Change, Patch, edited
from ormistice.model import ForeignKey, Reference, ReferentialAction, Schema, Stated, Table
from ormistice.names import QualifiedName
from ormistice.sources import Source
from ormistice.text import Span

HEAD = """import { foreignKey, integer, pgTable, primaryKey, serial, text } from "drizzle-orm/pg-core";
"""
USERS = """export const users = pgTable("users", { id: serial("id").primaryKey(), otherId: integer("other_id").unique() });
export const teams = pgTable("teams", { id: serial("id").primaryKey(), "odd-key": integer("odd").unique() });
"""
INLINE = """export const posts = pgTable("posts", {
  id: serial("id").primaryKey(),
  userId: integer("user_id").references(%s),
});
"""
TABLE = """export const posts = pgTable("posts", {
  id: serial("id").primaryKey(),
  userId: integer("user_id"),
}, (t) => [
  foreignKey({ columns: [t.userId], foreignColumns: [users.id] })%s,
]);
"""
SPELLINGS = {
    "bare": INLINE % "() => users.id",
    "delete": INLINE % '() => users.id, { onDelete: "cascade" }',
    "both": INLINE % "(): AnyPgColumn => users.id, { onUpdate: 'restrict', onDelete: 'set null' }",
    "lines": INLINE % '\n    () => users.id,\n    {\n      onDelete: "cascade",\n    },\n  ',
    "empty": INLINE % "() => users.id, {}",
    "constant": 'const action = "cascade" as const;\n' + INLINE % "() => users.id, { onDelete: action }",
    "shorthand": 'const onDelete = "cascade" as const;\n' + INLINE % "() => users.id, { onDelete }",
    "table": TABLE % "",
    "table delete": TABLE % '.onDelete("cascade")',
    "table both": TABLE % "\n    .onUpdate('restrict')\n    .onDelete('set null')",
}
TARGETS = (("users", "id"), ("users", "other_id"), ("teams", "odd"))


def only_key(schema: Schema) -> ForeignKey:
    return next(key for table in schema.tables for key in table.foreign_keys)


def unnamed(schema: Schema) -> list[Table]:
    # The made-up name of a key follows its target.
    return [replace(t, foreign_keys=tuple(replace(k, name=None) for k in t.foreign_keys)) for t in schema.tables]


def wanted(schema: Schema, before: ForeignKey, after: ForeignKey) -> list[Table]:
    changed = [
        replace(t, foreign_keys=tuple(after if k is before else k for k in t.foreign_keys)) for t in schema.tables
    ]
    return unnamed(replace(schema, tables=tuple(changed)))


def changed(key: ForeignKey, target: tuple[str, str], *actions: ReferentialAction) -> ForeignKey:
    assert key.references is not None
    reference = Reference(QualifiedName("public", target[0]), (target[1],))
    on_delete, on_update = (Stated(action, key.place) for action in actions)
    return replace(key, references=Stated(reference, key.references.place), on_delete=on_delete, on_update=on_update)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_change_of_a_key_reads_back_as_asked(
    spelling: str, read: Callable[..., Schema], open_drizzle: Callable[..., Source]
) -> None:
    schema = read(HEAD + USERS + SPELLINGS[spelling])
    source = open_drizzle("schema.ts")
    before = only_key(schema)

    for target, on_delete, on_update in itertools.product(TARGETS, ReferentialAction, ReferentialAction):
        after = changed(before, target, on_delete, on_update)
        fix = source.write(source.load(), Change("drizzle", before, after))
        if after == before:
            assert fix is None
            continue
        assert isinstance(fix, Patch)
        again = source.load((fix,))

        assert wanted(schema, before, after) == unnamed(again)
        assert again.problems == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("() => users.id", '() => users.id, { onDelete: "set null" }'),
        ('() => users.id, { onDelete: "cascade" }', '() => users.id, { onDelete: "set null" }'),
        ('() => users.id, { onUpdate: "cascade" }', '() => users.id, { onUpdate: "cascade", onDelete: "set null" }'),
        ("() => users.id, { onUpdate: `cascade` }", '() => users.id, { onUpdate: `cascade`, onDelete: "set null" }'),
        ("() => users.id, {}", '() => users.id, { onDelete: "set null" }'),
        ("\n    () => users.id,\n  ", '\n    () => users.id, { onDelete: "set null" },\n  '),
        (
            '() => users.id, {\n    onUpdate: "cascade",\n  }',
            '() => users.id, {\n    onUpdate: "cascade",\n    onDelete: "set null",\n  }',
        ),
    ],
)
def test_an_action_is_written_as_the_file_writes_it(
    before: str, after: str, read: Callable[..., Schema], open_drizzle: Callable[..., Source]
) -> None:
    text = HEAD + USERS + INLINE % before
    key = only_key(read(text))
    asked = replace(key, on_delete=Stated(ReferentialAction.SET_NULL, key.place))
    source = open_drizzle("schema.ts")
    fix = source.write(source.load(), Change("drizzle", key, asked))
    path = key.place.file  # type: ignore[union-attr]  # of a text

    assert isinstance(fix, Patch)
    assert HEAD + USERS + INLINE % after == edited(path, text, (fix,))


def test_quotes_are_those_of_the_file(read: Callable[..., Schema], open_drizzle: Callable[..., Source]) -> None:
    text = (HEAD + USERS + INLINE % "() => users.id").replace('"', "'")
    key = only_key(read(text))
    source = open_drizzle("schema.ts")
    asked = replace(key, on_delete=Stated(ReferentialAction.CASCADE, key.place))
    fix = source.write(source.load(), Change("drizzle", key, asked))

    assert isinstance(fix, Patch)
    assert [edit.text for edit in fix.edits] == [", { onDelete: 'cascade' }"]


@pytest.mark.parametrize(
    ("imports", "expected"),
    [
        ("", 'import { teams } from "./teams";\n'),
        ('import { teamRole } from "./teams";\n', 'import { teamRole, teams } from "./teams";\n'),
        (
            'import {\n  teamRole,\n} from "./teams";\n',
            'import {\n  teamRole,\n  teams,\n} from "./teams";\n',
        ),
        ('import { x } from "./x.js";\n', 'import { x } from "./x.js";\nimport { teams } from "./teams.js";\n'),
    ],
)
def test_a_target_of_another_module_is_imported(
    imports: str, expected: str, files: Callable[..., None], open_drizzle: Callable[..., Source]
) -> None:
    text = HEAD + imports + USERS.splitlines()[0] + "\n" + INLINE % "() => users.id"
    teams = """import { pgEnum, pgTable, serial } from "drizzle-orm/pg-core";
export const teamRole = pgEnum("team_role", ["a"]);
export const teams = pgTable("teams", { id: serial().primaryKey() });
"""
    files({"posts.ts": text, "teams.ts": teams, "x.ts": "export const x = 1;\n"})
    source = open_drizzle("posts.ts", "teams.ts")
    schema = source.load()
    before = only_key(schema)
    after = changed(before, ("teams", "id"), ReferentialAction.NO_ACTION, ReferentialAction.NO_ACTION)
    fix = source.write(schema, Change("drizzle", before, after))

    assert isinstance(fix, Patch)
    assert wanted(schema, before, after) == unnamed(source.load((fix,)))
    assert HEAD + expected + USERS.splitlines()[0] + "\n" + INLINE % "() => teams.id" == edited(
        before.place.file,  # type: ignore[union-attr]  # of a text
        text,
        (fix,),
    )


def test_a_composite_key_keeps_the_order_of_its_columns(
    read: Callable[..., Schema], open_drizzle: Callable[..., Source]
) -> None:
    schema = read(
        HEAD
        + """
export const a = pgTable("a", { x: integer(), y: integer() }, (t) => [primaryKey({ columns: [t.x, t.y] })]);
export const b = pgTable("b", { p: integer(), q: integer() }, (t) => [primaryKey({ columns: [t.p, t.q] })]);
export const c = pgTable("c", { n: integer(), m: integer() }, (t) => [
  foreignKey({ columns: [t.n, t.m], foreignColumns: [a.x, a.y] }),
]);
"""
    )
    source = open_drizzle("schema.ts")
    before = only_key(schema)
    assert before.references is not None
    assert (before.columns, before.references.value.columns) == (("m", "n"), ("y", "x"))
    asked = Stated(Reference(QualifiedName("public", "b"), ("q", "p")), before.references.place)
    after = replace(before, references=asked)
    fix = source.write(source.load(), Change("drizzle", before, after))

    assert isinstance(fix, Patch)
    assert [edit.text for edit in fix.edits] == ["[b.p, b.q]"]
    assert wanted(schema, before, after) == unnamed(source.load((fix,)))


@pytest.mark.parametrize(
    "text",
    [
        # One text that makes the keys of two tables.
        """const owned = { userId: integer("user_id").references(() => users.id) };
export const posts = pgTable("posts", { ...owned });
export const notes = pgTable("notes", { ...owned });
""",
        # Actions that are written elsewhere, and used by others too.
        """const actions = { onDelete: "cascade" } as const;
export const posts = pgTable("posts", { userId: integer("user_id").references(() => users.id, actions) });
export const notes = pgTable("notes", { userId: integer("user_id").references(() => users.id, actions) });
""",
    ],
)
def test_what_others_share_is_left_alone(
    text: str, read: Callable[..., Schema], open_drizzle: Callable[..., Source]
) -> None:
    schema = read(HEAD + USERS + text)
    source = open_drizzle("schema.ts")
    key = only_key(schema)
    asked = replace(key, on_delete=Stated(ReferentialAction.SET_NULL, key.place))

    assert source.write(source.load(), Change("drizzle", key, asked)) is None


def test_an_unknown_target_is_not_written(read: Callable[..., Schema], open_drizzle: Callable[..., Source]) -> None:
    schema = read(HEAD + USERS + INLINE % "() => users.id")
    source = open_drizzle("schema.ts")
    key = only_key(schema)
    after = changed(key, ("nowhere", "id"), ReferentialAction.NO_ACTION, ReferentialAction.NO_ACTION)

    assert source.write(source.load(), Change("drizzle", key, after)) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("text()", "text().notNull()"),
        ('text("x").default("a")', 'text("x").default("a").notNull()'),
        ("text()\n    .default('a')", "text()\n    .default('a')\n    .notNull()"),
        ('integer().references(() => users.id, { onDelete: "cascade" })', None),
        ("make()", "make().notNull()"),
    ],
)
def test_whether_a_column_takes_null_is_written_and_taken_back(
    before: str, after: str | None, read: Callable[..., Schema], open_drizzle: Callable[..., Source]
) -> None:
    text = f"{HEAD}{USERS}const make = () => text();\nexport const t = pgTable('t', {{\n  x: {before},\n}});\n"
    schema = read(text)
    source = open_drizzle("schema.ts")
    (column,) = schema.tables[-1].columns
    assert isinstance(column.place, Span)
    asked = replace(column, nullable=Stated(value=False, place=column.place))
    fix = source.write(source.load(), Change("drizzle", column, asked))

    assert isinstance(fix, Patch)
    changed_text = edited(column.place.file, text, (fix,))
    (made,) = source.load((fix,)).tables[-1].columns
    assert made == asked
    if after is not None:
        assert changed_text == text.replace(f"x: {before}", f"x: {after}")
    again = read(changed_text)
    (column,) = again.tables[-1].columns
    back = replace(column, nullable=Stated(value=True, place=column.place))
    fix = source.write(source.load(), Change("drizzle", column, back))
    assert isinstance(fix, Patch)
    assert edited(column.place.file, changed_text, (fix,)) == text  # type: ignore[union-attr]  # of a text


@pytest.mark.parametrize(
    "column",
    ["text().primaryKey()", "serial()", "integer().generatedAlwaysAsIdentity()", "text().notNull().primaryKey()"],
)
def test_a_column_that_cannot_take_null_is_left_alone(
    column: str, read: Callable[..., Schema], open_drizzle: Callable[..., Source]
) -> None:
    schema = read(f"{HEAD}export const t = pgTable('t', {{ x: {column} }});\n")
    source = open_drizzle("schema.ts")
    (found,) = schema.tables[0].columns
    asked = replace(found, nullable=Stated(value=True, place=found.place))

    assert source.write(source.load(), Change("drizzle", found, asked)) is None
