"""Changes of schemas as people write them: what the text is afterwards, to the letter, and what is left alone."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from building import HERE, column, enum, foreign_key, name
from ormistice.aspects import SerialDefault, SqlDefault
from ormistice.fixes import Applicability, Change, Patch, edited
from ormistice.model import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    IndexElement,
    PrimaryKey,
    RowSecurity,
    Schema,
    Sequence,
    Stated,
    Table,
    UniqueConstraint,
)
from ormistice.names import QualifiedName
from ormistice.sources.drizzle.source import DrizzleSource
from ormistice.types import ColumnType, parse_type

Asked = Callable[[Schema], tuple[Any, Any]]


def stated(value: Any) -> Any:
    return Stated(value, HERE)


@pytest.fixture
def write(files: Callable[..., None], open_drizzle: Callable[..., DrizzleSource]) -> Callable[..., Any]:
    """Writes one change of files; gives their texts afterwards, or None."""

    def change(texts: dict[str, str], asked: Asked, *targets: str, unsafe: bool | None = None) -> dict[str, str] | None:
        files(texts)
        source = open_drizzle(*(targets or ("schema.ts",)))
        schema = source.load()
        assert schema.problems == ()
        before, after = asked(schema)
        fix = source.write(schema, Change("drizzle", before, after))
        if fix is None:
            return None
        assert isinstance(fix, Patch)
        assert unsafe is None or fix.applicability is (Applicability.UNSAFE if unsafe else Applicability.SAFE)
        assert source.load((fix,)).problems == ()
        shown = {
            path: document.path for document in schema.documents for path in texts if document.path.endswith(f"/{path}")
        }
        return {path: edited(shown[path], text, (fix,)) if path in shown else text for path, text in texts.items()}

    return change


def own(schema: Schema, table: str, named: str) -> Column:
    found = next(one for one in schema.tables if one.name.name == table).column(named)
    assert found is not None
    return found


def table_of(schema: Schema, table: str) -> Table:
    return next(one for one in schema.tables if one.name.name == table)


def typed(table: str, named: str, kind: str, **aspects: Any) -> Asked:
    def asked(schema: Schema) -> tuple[Any, Any]:
        before = own(schema, table, named)
        return before, replace(before, type=stated(parse_type(kind)), **aspects)

    return asked


def added(item: Any) -> Asked:
    return lambda _: (None, item)


def dropped(of: Callable[[Schema], Any]) -> Asked:
    return lambda schema: (of(schema), None)


PG = 'import { %s } from "drizzle-orm/pg-core";\n'


# One column, in one line of `t`.

COLUMNS = {
    ('text("x")', "integer"): 'integer("x")',
    ("text()", "integer"): "integer()",
    ('varchar("x", { length: 20 })', "varchar(30)"): 'varchar("x", { length: 30 })',
    ('varchar("x", { length: 20 })', "varchar"): 'varchar("x")',
    ("varchar({ length: 20 })", "varchar"): "varchar()",
    ("varchar()", "varchar(5)"): "varchar({ length: 5 })",
    (
        'text("x", { enum: ["a", "b"] }).$type<A>()',
        "varchar(5)",
    ): 'varchar("x", { length: 5, enum: ["a", "b"] }).$type<A>()',
    ('timestamp("x", { mode: "string" })', "timestamptz"): 'timestamp("x", { mode: "string", withTimezone: true })',
    ('timestamp("x", { withTimezone: true, mode: "string" })', "timestamp"): 'timestamp("x", { mode: "string" })',
    ('timestamp("x", { withTimezone: true, mode: "string" })', "date"): 'date("x", { mode: "string" })',
    ('timestamp("x", { withTimezone: true, precision: 3 })', "timestamp"): 'timestamp("x")',
    ('numeric("x", { precision: 8, scale: 2 })', "numeric(9,2)"): 'numeric("x", { precision: 9, scale: 2 })',
    ('decimal("x", { precision: 8, scale: 2 })', "numeric"): 'decimal("x")',
    ('integer("x")', "bigint"): 'bigint("x", { mode: "number" })',
    ('bigint("x", { mode: "bigint" })', "integer"): 'integer("x")',
    ('integer("x").array().notNull()', "integer"): 'integer("x").notNull()',
    ('integer("x").notNull()', "integer[]"): 'integer("x").array().notNull()',
    ('integer("x").array().default([1])', "integer"): "integer(\"x\").default(sql`'{1}'`)",
    ('integer("x").array().default([])', "text[]"): 'text("x").array().default([])',
    ('integer("x").default(3)', "text"): 'text("x").default(sql`3`)',
    ('text("x").default("3")', "integer"): "integer(\"x\").default(sql`'3'`)",
    ('text("x").default("3")', "varchar(3)"): 'varchar("x", { length: 3 }).default("3")',
    ('integer("x") // why\n    .notNull()', "smallint"): 'smallint("x") // why\n    .notNull()',
}


@pytest.mark.parametrize("case", COLUMNS)
def test_a_type_is_changed_where_it_stands(case: tuple[str, str], write: Callable[..., Any]) -> None:
    before, kind = case
    names = "bigint, date, decimal, integer, numeric, pgTable, smallint, sql, text, timestamp, varchar"
    text = f'import {{ {names} }} from "drizzle-orm/pg-core";\ntype A = "a";\nexport const t = pgTable("t", {{\n  x: %s,\n}});\n'
    text = text.replace("sql, ", "").replace("import", 'import { sql } from "drizzle-orm";\nimport', 1)

    assert write({"schema.ts": text % before}, typed("t", "x", kind)) == {"schema.ts": text % COLUMNS[case]}


@pytest.mark.parametrize(
    ("before", "after", "aspects"),
    [
        ('serial("x")', 'integer("x").notNull()', {"default": stated(None)}),
        ('serial("x").primaryKey()', 'integer("x").primaryKey()', {"default": stated(None)}),
        ('integer("x").notNull()', 'serial("x").notNull()', {"default": stated(SerialDefault())}),
        ('integer("x")', 'integer("x").default(sql`1 + 1`)', {"default": stated(SqlDefault("1 + 1"))}),
        ('integer("x").default(1).notNull()', 'integer("x").notNull()', {"default": stated(None)}),
        ('integer("x").default(1)', 'integer("x").default(-2)', {"default": stated(SqlDefault("-2"))}),
        (
            'integer("x")\n    .notNull()',
            'integer("x")\n    .notNull()\n    .default(2)',
            {"default": stated(SqlDefault("2"))},
        ),
    ],
)
def test_a_default_is_changed_where_it_stands(
    before: str, after: str, aspects: dict[str, Any], write: Callable[..., Any]
) -> None:
    text = (
        'import { sql } from "drizzle-orm";\n' + PG % "integer, pgTable, serial"
    ) + 'export const t = pgTable("t", {\n  x: %s,\n});\n'

    assert write({"schema.ts": text % before}, typed("t", "x", "integer", **aspects)) == {"schema.ts": text % after}


# Whole schemas.

USERS = PG % "integer, pgTable, text" + (
    'export const users = pgTable("users", {\n'
    '  id: integer("id").primaryKey(),\n'
    "  /** Where mail goes. */\n"
    '  email: text("email").notNull(), // checked\n'
    '  bossId: integer("boss_id"),\n'
    "});\n"
)


@pytest.mark.parametrize(
    ("item", "old", "new"),
    [
        (column("users", "last_seen", "date"), '("boss_id"),\n', '("boss_id"),\n  lastSeen: date("last_seen"),\n'),
        (
            foreign_key("users", "boss_id", "users"),
            'integer("boss_id"),',
            'integer("boss_id").references((): AnyPgColumn => users.id),',
        ),
        (
            UniqueConstraint(name("users"), ("email",), HERE, stated(value=True), name=stated("users_email_key")),
            ".notNull(), //",
            '.notNull().unique("users_email_key", { nulls: "not distinct" }), //',
        ),
        (
            CheckConstraint(name("users"), stated("email ~ '\\d`'"), HERE, name=stated("mail")),
            "});\n",
            "}, (table) => [\n  check(\"mail\", sql`email ~ '\\\\d\\`'`),\n]);\n",
        ),
        (
            Index(
                name("users"),
                (IndexElement("email", descending=True, nulls_first=True),),
                HERE,
                stated(value=True),
                name=stated("i"),
            ),
            "});\n",
            '}, (table) => [\n  uniqueIndex("i").on(table.email.desc().nullsFirst()),\n]);\n',
        ),
    ],
)
def test_what_is_missing_is_put_where_it_belongs(item: Any, old: str, new: str, write: Callable[..., Any]) -> None:
    written = write({"schema.ts": USERS}, added(item), unsafe=False)

    assert written is not None
    assert written["schema.ts"].partition("\nexport")[2] == USERS.partition("\nexport")[2].replace(old, new)


OBJECT = PG % "index, integer, pgTable, text" + (
    'export const users = pgTable("users", {\n'
    '  id: integer("id"),\n'
    '  email: text("email"),\n'
    "}, (t) => ({\n"
    '  emailIdx: index("email").on(t.email),\n'
    "}));\n"
    'export const teams = pgTable("teams", { id: integer("id") });\n'
)


def test_an_object_of_constraints_gets_one_more(write: Callable[..., Any]) -> None:
    item = Index(name("users"), (IndexElement("email"),), HERE, stated(value=False), stated("hash"), name=stated("h"))
    written = write({"schema.ts": OBJECT}, added(item))

    assert written == {"schema.ts": OBJECT.replace("}));", '  emailIdx2: index("h").using("hash", t.email),\n}));')}


def test_a_first_constraint_is_in_an_object_where_others_are(write: Callable[..., Any]) -> None:
    item = Index(name("teams"), (IndexElement("id"),), HERE, stated(value=False), name=stated("h"))
    written = write({"schema.ts": OBJECT}, added(item))

    assert written == {
        "schema.ts": OBJECT.replace(
            'id: integer("id") });', 'id: integer("id") }, (t) => ({\n  idIdx: index("h").on(t.id),\n}));'
        )
    }


def test_with_the_last_constraint_goes_the_argument(write: Callable[..., Any]) -> None:
    written = write({"schema.ts": OBJECT}, dropped(lambda schema: table_of(schema, "users").indexes[0]), unsafe=True)

    assert written == {
        "schema.ts": OBJECT.replace('}, (t) => ({\n  emailIdx: index("email").on(t.email),\n}));', "});")
    }


CALLBACK = PG % "pgTable, index" + (
    "export const users = pgTable('users', (t) => ({\n"
    "    id: t.integer().primaryKey(),\n"
    "    mail: t.text(),\n"
    "}), ({ mail }) => [index('mail').on(mail)])\n"
)


@pytest.mark.parametrize(
    ("asked", "old", "new"),
    [
        (added(column("users", "seen", "date")), "t.text(),\n", "t.text(),\n    seen: t.date(),\n"),
        (typed("users", "mail", "varchar(9)"), "t.text()", "t.varchar({ length: 9 })"),
        (
            added(UniqueConstraint(name("users"), ("mail",), HERE, stated(value=False))),
            "t.text()",
            "t.text().unique()",
        ),
        (
            lambda schema: (
                table_of(schema, "users").indexes[0],
                replace(table_of(schema, "users").indexes[0], method=stated("hash")),
            ),
            ".on(mail)",
            ".using('hash', mail)",
        ),
    ],
)
def test_columns_that_a_function_gives(asked: Asked, old: str, new: str, write: Callable[..., Any]) -> None:
    assert write({"schema.ts": CALLBACK}, asked) == {"schema.ts": CALLBACK.replace(old, new)}


def test_a_schema_of_another_name_is_used_and_made(write: Callable[..., Any]) -> None:
    text = PG % "integer, pgSchema" + (
        'export const auth = pgSchema("auth");\n\n'
        'export const users = auth.table("users", { id: integer("id").primaryKey() });\n'
    )
    here = QualifiedName("auth", "keys")
    made = replace(column("keys", "id", "integer", nullable=False), table=here)
    table = Table(here, HERE, (made,), PrimaryKey(here, stated(("id",)), HERE))
    written = write({"schema.ts": text}, added(table))
    other = QualifiedName("log", "entries")
    anew = write({"schema.ts": text}, added(Table(other, HERE, (replace(made, table=other),))))

    assert written == {
        "schema.ts": f'{text[:-1]}\n\nexport const keys = auth.table("keys", {{\n  id: integer("id").primaryKey(),\n}});\n'
    }
    assert anew == {
        "schema.ts": f'{text[:-1]}\n\nexport const log = pgSchema("log");\n\nexport const entries = log.table("entries", {{\n  id: integer("id").notNull(),\n}});\n'
    }


def test_a_casing_makes_names_superfluous(write: Callable[..., Any]) -> None:
    text = PG % "integer, pgTable" + 'export const users = pgTable("users", { userId: integer() });\n'
    config = 'export default { dialect: "postgresql", schema: "./schema.ts", casing: "snake_case" };\n'
    texts = {"schema.ts": text, "drizzle.config.ts": config}
    plain = write(texts, added(column("users", "team_id", "integer")), "drizzle.config.ts")
    odd = write(texts, added(column("users", "Team", "integer")), "drizzle.config.ts")

    assert plain == {**texts, "schema.ts": text.replace("integer() }", "integer(), teamId: integer() }")}
    assert odd == {**texts, "schema.ts": text.replace("integer() }", 'integer(), team: integer("Team") }')}


MODULES = {
    "schema/index.ts": 'export * from "./users";\nexport * from "./enums";\nexport * from "./posts";\n',
    "schema/enums.ts": 'import { pgEnum } from "drizzle-orm/pg-core";\n\nexport const mood = pgEnum("mood", ["a"]);\n',
    "schema/users.ts": 'import { integer, pgTable } from "drizzle-orm/pg-core";\n\nexport const users = pgTable("users", { id: integer("id").primaryKey() });\n',
    "schema/posts.ts": 'import { integer, pgTable } from "drizzle-orm/pg-core";\n\nexport const posts = pgTable("posts", { userId: integer("user_id") });\n',
}


def test_tables_and_enums_of_other_modules_are_imported(write: Callable[..., Any]) -> None:
    key = write(MODULES, added(foreign_key("posts", "user_id", "users")), "schema/index.ts")
    assert key is not None
    assert key["schema/posts.ts"] == (
        'import { integer, pgTable } from "drizzle-orm/pg-core";\nimport { users } from "./users";\n\n'
        'export const posts = pgTable("posts", { userId: integer("user_id").references(() => users.id) });\n'
    )

    kind = ColumnType("mood", schema="public")
    made = write(MODULES, added(column("posts", "mood", kind)), "schema/index.ts")
    assert made is not None
    assert 'import { mood } from "./enums";\n' in made["schema/posts.ts"]
    assert 'mood: mood("mood") });' in made["schema/posts.ts"]


def test_new_declarations_go_where_their_like_are(write: Callable[..., Any]) -> None:
    table = write(MODULES, added(Table(name("tags"), HERE, (column("tags", "id", "integer"),))), "schema/index.ts")
    label = write(MODULES, added(enum("size", "s", "l")), "schema/index.ts")

    assert table == {
        **MODULES,
        "schema/posts.ts": MODULES["schema/posts.ts"][:-1]
        + '\n\nexport const tags = pgTable("tags", {\n  id: integer("id"),\n});\n',
    }
    assert label == {
        **MODULES,
        "schema/enums.ts": MODULES["schema/enums.ts"][:-1] + '\n\nexport const size = pgEnum("size", ["s", "l"]);\n',
    }


def test_a_module_whose_names_are_passed_on_one_by_one_gets_nothing_new(write: Callable[..., Any]) -> None:
    texts = {**MODULES, "schema/index.ts": 'export { users } from "./users";\nexport { posts } from "./posts";\n'}
    table = Table(name("tags"), HERE, (column("tags", "id", "integer"),))

    assert write(texts, added(table), "schema/index.ts") is None


def test_an_enum_comes_before_the_tables_and_their_comments(write: Callable[..., Any]) -> None:
    text = USERS.replace("export const users", "\n// People.\nexport const users")
    written = write({"schema.ts": text}, added(enum("mood", "it's", "b")))
    row = write({"schema.ts": text}, added(Sequence(name("numbers"), ("START WITH 5", "CYCLE"), HERE)))

    head = PG % "integer, pgTable, text"
    assert written == {
        "schema.ts": text.replace(head, PG % "integer, pgEnum, pgTable, text").replace(
            "\n// People", '\nexport const mood = pgEnum("mood", ["it\'s", "b"]);\n\n// People'
        )
    }
    assert row == {
        "schema.ts": text.replace(head, PG % "integer, pgSequence, pgTable, text").replace(
            "\n// People", '\nexport const numbers = pgSequence("numbers", { startWith: 5, cycle: true });\n\n// People'
        )
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{ pgTable, text }", "{ bigint, pgTable, smallint, text }"),
        ("{ text, pgTable }", "{ text, pgTable, bigint, smallint }"),
        ("{\n  pgTable,\n  text,\n}", "{\n  bigint,\n  pgTable,\n  smallint,\n  text,\n}"),
        ("{\n  text,\n  pgTable\n}", "{\n  text,\n  pgTable,\n  bigint,\n  smallint\n}"),
        ("{ pgTable, /* a, b */ text }", "{ pgTable, /* a, b */ text, bigint, smallint }"),
        ("{pgTable,text,}", "{bigint, pgTable, smallint,text,}"),
        ("* as d", "* as d"),
    ],
)
def test_names_are_imported_in_their_order(before: str, after: str, write: Callable[..., Any]) -> None:
    text = f'import {before} from "drizzle-orm/pg-core";\nexport const a = {"d." * before.startswith("*")}pgTable("a", {{}});\n'
    made = replace(Table(name("b"), HERE), columns=(column("b", "x", "bigint"), column("b", "y", "smallint")))
    written = write({"schema.ts": text}, added(made))

    assert written is not None
    assert written["schema.ts"].partition(" from")[0] == f"import {after}"


def test_circles_of_tables_are_given_a_type(write: Callable[..., Any]) -> None:
    text = PG % "integer, pgTable" + (
        'export const a = pgTable("a", { id: integer().primaryKey(), b: integer().references(() => b.id) });\n'
        'export const b = pgTable("b", { id: integer().primaryKey(), a: integer() });\n'
    )
    written = write({"schema.ts": text}, added(foreign_key("b", "a", "a")))
    plain = write({"schema.js": text}, added(foreign_key("b", "a", "a")), "schema.js")

    assert written is not None
    assert "a: integer().references((): AnyPgColumn => a.id)" in written["schema.ts"]
    assert PG % "type AnyPgColumn, integer, pgTable" in written["schema.ts"]
    assert plain == {"schema.js": text.replace("a: integer() }", "a: integer().references(() => a.id) }")}


def test_a_name_that_can_only_be_given_to_a_table_is(write: Callable[..., Any]) -> None:
    text = PG % "integer, pgTable" + (
        'export const a = pgTable("a", { id: integer().primaryKey() });\n'
        'export const b = pgTable("b", { a: integer().references(() => a.id, { onDelete: "cascade" }) });\n'
    )

    def renamed(schema: Schema) -> tuple[ForeignKey, ForeignKey]:
        (key,) = table_of(schema, "b").foreign_keys
        return key, replace(key, name=stated("b_a_fkey"))

    written = write({"schema.ts": text}, renamed)

    assert written is not None
    assert written["schema.ts"].splitlines()[2:] == [
        'export const b = pgTable("b", { a: integer() }, (table) => [',
        '  foreignKey({ columns: [table.a], foreignColumns: [a.id], name: "b_a_fkey" }).onDelete("cascade"),',
        "]);",
    ]


def test_columns_that_leave_the_primary_key_take_no_null_all_the_same(write: Callable[..., Any]) -> None:
    text = PG % "integer, pgTable" + 'export const t = pgTable("t", { a: integer().primaryKey(), b: integer() });\n'

    def moved(schema: Schema) -> tuple[Any, Any]:
        key = table_of(schema, "t").primary_key
        assert key is not None
        return key, replace(key, columns=stated(("b",)))

    assert write({"schema.ts": text}, moved) == {
        "schema.ts": text.replace(
            "a: integer().primaryKey(), b: integer()", "a: integer().notNull(), b: integer().primaryKey()"
        )
    }


TWO = PG % "integer, pgTable, index" + (
    'export const a = pgTable("a", {\n  id: integer("id").primaryKey(),\n  old: integer("old"), // gone soon\n  used: integer("used"),\n}, (t) => [index("u").on(t.used)]);\n\n'
    '/** Kept. */\nexport const b = pgTable("b", { id: integer("id") });\n\n'
    "export const seen = b.id;\n\n"
    '/** Not needed. */\nexport const c = pgTable("c", { id: integer("id") });\n'
)


def test_a_column_goes_with_its_line_unless_it_is_needed(write: Callable[..., Any]) -> None:
    line = '  old: integer("old"), // gone soon\n'

    assert write({"schema.ts": TWO}, dropped(lambda s: own(s, "a", "old")), unsafe=True) == {
        "schema.ts": TWO.replace(line, "")
    }
    assert write({"schema.ts": TWO}, dropped(lambda s: own(s, "a", "used"))) == {
        "schema.ts": TWO.replace('  used: integer("used"),\n', "").replace(', (t) => [index("u").on(t.used)]', "")
    }
    assert write({"schema.ts": TWO}, dropped(lambda s: own(s, "a", "id"))) is None
    assert write({"schema.ts": TWO}, dropped(lambda s: own(s, "b", "id"))) is None


def in_order(*names: str) -> Asked:
    def asked(schema: Schema) -> tuple[Any, Any]:
        table = schema.tables[0]
        return table, replace(table, columns=tuple(own(schema, table.name.name, one) for one in names))

    return asked


@pytest.mark.parametrize(
    ("before", "names", "after"),
    [
        ("{ a: text(), b: (text()), c: text() }", "cab", "{ c: text(), a: text(), b: (text()) }"),
        ("{ a: text(), ...more, c: text() }", "cbad", None),
        ("{ a: text(), ...more, c: text() }", "cbda", "{ c: text(), ...more, a: text() }"),
        (
            "{\n  // The first.\n  a: text(), // one\n\n  /* The second. */\n  b: text()\n    .notNull(),\n  c: text() // three\n}",
            "cba",
            "{\n  c: text(), // three\n\n  /* The second. */\n  b: text()\n    .notNull(),\n  // The first.\n  a: text() // one\n}",
        ),
    ],
)
def test_columns_move_with_their_comments(
    before: str, names: str, after: str | None, write: Callable[..., Any]
) -> None:
    text = PG % "pgTable, text" + 'const more = { b: text(), d: text() };\nexport const t = pgTable("t", %s);\n'
    written = write({"schema.ts": text % before}, in_order(*names))

    assert written == (None if after is None else {"schema.ts": text % after})


def test_with_a_column_go_its_indexes_and_no_others(write: Callable[..., Any]) -> None:
    text = PG % "check, index, integer, pgTable, unique" + (
        'export const a = pgTable("a", {\n  old: integer(),\n  kept: integer(),\n}, ({ old, kept: k }) => ({\n'
        '  old: index("old").on(k),\n  b: unique().on(k, old),\n  c: index("c").on(old), // why\n  d: unique().on(k)\n}));\n'
        'export const b = pgTable("b", { old: integer(), kept: integer() }, (t) => [\n'
        '  unique().on(t.old), index("old").on(t.kept), index("x").on(t["old"].desc()),\n]);\n'
    )
    first = write({"schema.ts": text}, dropped(lambda schema: own(schema, "a", "old")))
    second = write({"schema.ts": text}, dropped(lambda schema: own(schema, "b", "old")))

    assert first is not None
    assert first["schema.ts"].splitlines()[1:7] == [
        'export const a = pgTable("a", {',
        "  kept: integer(),",
        "}, ({ kept: k }) => ({",
        '  old: index("old").on(k),',
        "  d: unique().on(k)",
        "}));",
    ]
    assert second == {
        "schema.ts": text.replace(
            'unique().on(t.old), index("old").on(t.kept), index("x").on(t["old"].desc())', 'index("old").on(t.kept)'
        ).replace('"b", { old: integer(), kept', '"b", { kept')
    }


def test_a_table_goes_with_its_documentation_unless_it_is_needed(write: Callable[..., Any]) -> None:
    gone = '\n/** Not needed. */\nexport const c = pgTable("c", { id: integer("id") });\n'

    assert write({"schema.ts": TWO}, dropped(lambda s: table_of(s, "c")), unsafe=True) == {
        "schema.ts": TWO.replace(gone, "")
    }
    assert write({"schema.ts": TWO}, dropped(lambda s: table_of(s, "b"))) is None
    typed_too = TWO + "type C = typeof c.$inferSelect;\n"
    assert write({"schema.ts": typed_too}, dropped(lambda s: table_of(s, "c"))) is None


def test_row_security_is_switched_on_and_off(write: Callable[..., Any], tmp_path: Path) -> None:
    text = PG % "integer, pgTable" + 'export const t = pgTable("t", { a: integer() });\n'

    def switched(schema: Schema) -> tuple[Any, Any]:
        table = schema.tables[0]
        assert table.row_security is not None
        return table, replace(
            table, row_security=stated(RowSecurity(not table.row_security.value.enabled, forced=False))
        )

    on = write({"schema.ts": text}, switched)
    assert on == {"schema.ts": text.replace(");\n", ").enableRLS();\n").replace(".enableRLS();\nexport", ";\nexport")}
    assert write(on, switched) == {"schema.ts": text}
    (tmp_path / "package.json").write_text(json.dumps({"dependencies": {"drizzle-orm": "1.0.0"}}))
    modern = write({"schema.ts": text}, switched)
    assert modern == {"schema.ts": text.replace("= pgTable(", "= pgTable.withRLS(")}
    assert write(modern, switched) == {"schema.ts": text}


SHARED = PG % "integer, pgTable, text" + (
    "const make = () => integer();\n"
    "const owned = { owner: integer(), at: text() };\n"
    "const columns = { id: integer() };\n"
    'export const a = pgTable("a", { x: make(), ...owned });\n'
    'export const b = pgTable("b", { y: make(), ...owned });\n'
    'export const c = pgTable("c", columns);\n'
    "const table = (name: string) => pgTable(name, { id: integer() });\n"
    'export const d = table("d");\nexport const e = table("e");\n'
)


@pytest.mark.parametrize(
    "asked",
    [
        typed("a", "owner", "text"),
        typed("a", "x", "text"),
        dropped(lambda schema: own(schema, "a", "owner")),
        added(column("c", "more", "text")),
        added(column("d", "more", "text")),
        dropped(lambda schema: table_of(schema, "d")),
        added(column("nowhere", "more", "text")),
        added(column("a", "more", ColumnType("mood", schema="public"))),
        lambda schema: (own(schema, "a", "x"), replace(own(schema, "a", "x"), comment=stated("said"))),
        lambda schema: (own(schema, "a", "x"), replace(own(schema, "a", "x"), name="y")),
    ],
)
def test_what_is_not_written_there_is_left_alone(asked: Asked, write: Callable[..., Any]) -> None:
    assert write({"schema.ts": SHARED}, asked) is None


def test_what_is_exact_is_written_all_the_same(write: Callable[..., Any]) -> None:
    """A spread stands in the way of what it brings, and of nothing else."""
    written = write({"schema.ts": SHARED}, added(column("a", "more", "text")))
    key = write({"schema.ts": SHARED}, added(foreign_key("a", "owner", "c")))
    nullable = write(
        {"schema.ts": SHARED},
        lambda schema: (own(schema, "a", "x"), replace(own(schema, "a", "x"), nullable=stated(value=False))),
    )

    assert written == {"schema.ts": SHARED.replace("{ x: make(), ...owned }", "{ x: make(), ...owned, more: text() }")}
    assert key is not None
    assert "(table) => [\n  foreignKey({ columns: [table.owner], foreignColumns: [c.id] }),\n]);" in key["schema.ts"]
    assert nullable == {"schema.ts": SHARED.replace("x: make()", "x: make().notNull()")}


def test_an_unknown_type_stands_in_the_way_of_itself_alone(
    files: Callable[..., None], open_drizzle: Callable[..., Any]
) -> None:
    text = PG % "customType, pgTable" + (
        "const odd = customType({ dataType: () => process.env.KIND });\n"
        'export const t = pgTable("t", { x: odd("x") });\n'
    )
    files({"schema.ts": text})
    source = open_drizzle("schema.ts")
    schema = source.load()
    before = own(schema, "t", "x")
    fix = source.write(schema, Change("drizzle", before, replace(before, nullable=stated(value=False))))

    assert before.type is None
    assert isinstance(fix, Patch)
    assert [edit.text for edit in fix.edits] == [".notNull()"]
    assert source.write(schema, Change("drizzle", before, replace(before, type=stated(parse_type("text"))))) is None


@pytest.mark.parametrize(("orm", "said"), [("^0.45.0", "Flag"), ("1.0.0-rc.5", '\\"Flag\\"')])
def test_a_custom_type_leaves_the_quotes_to_what_writes_them(orm: str, said: str, write: Callable[..., Any]) -> None:
    text = PG % "pgTable, text" + 'export const t = pgTable("t", { x: text() });\n'
    manifest = json.dumps({"dependencies": {"drizzle-orm": orm}})

    def asked(schema: Schema) -> tuple[Column, Column]:
        before = own(schema, "t", "x")
        return before, replace(before, type=stated(ColumnType('"Flag"')))

    after = write({"schema.ts": text, "package.json": manifest}, asked)

    assert after is not None
    assert f'customType<{{ data: string }}>({{ dataType: () => "{said}" }})' in after["schema.ts"]


def test_an_enum_goes_unless_it_is_needed(write: Callable[..., Any]) -> None:
    text = PG % "index, pgEnum, pgTable, text" + (
        'export const state = pgEnum("state", ["a"]);\n'
        'export const t = pgTable("t", { state: text() }, (table) => [index("i").on(table.state)]);\n'
    )
    used = text.replace("state: text()", "state: state()")
    elsewhere = 'import * as all from "./schema";\nexport const labels = all.state.enumValues;\n'
    drop = dropped(lambda schema: schema.enums[0])

    assert write({"schema.ts": text}, drop, unsafe=True) == {
        "schema.ts": text.replace('export const state = pgEnum("state", ["a"]);\n', "")
    }
    assert write({"schema.ts": used}, drop) is None
    assert write({"schema.ts": text, "other.ts": elsewhere}, drop, "schema.ts", "other.ts") is None


def test_labels_are_changed_where_they_are_written(write: Callable[..., Any]) -> None:
    text = PG % "pgEnum" + 'const LEVELS = ["low", "high"] as const;\nexport const level = pgEnum("level", LEVELS);\n'
    values = PG % "pgEnum" + 'enum Size { S = "s" }\nexport const size = pgEnum("size", Object.values(Size));\n'

    def more(schema: Schema) -> tuple[Any, Any]:
        (one,) = schema.enums
        return one, replace(one, labels=(*one.labels, stated("more")))

    def renamed(schema: Schema) -> tuple[Any, Any]:
        (one,) = schema.enums
        return one, replace(one, name=name("other"))

    assert write({"schema.ts": text}, more) == {"schema.ts": text.replace('"high"]', '"high", "more"]')}
    assert write({"schema.ts": values}, more) is None
    assert write({"schema.ts": text}, renamed) == {"schema.ts": text.replace('"level"', '"other"')}
