"""What JavaScript itself makes of the values that a schema is given."""

from collections.abc import Callable

import pytest

from ormistice.model import Schema, SqlDefault

HEAD = """import { sql } from "drizzle-orm";
import { check, integer, pgEnum, pgTable, text } from "drizzle-orm/pg-core";
import { register } from "elsewhere";
const LABELS = ["a", "b"];
const MORE = { a: ["x"] };
"""
MADE = '\nexport const e = pgEnum("e", LABELS);\nexport const f = pgEnum("f", Object.keys(MORE));\n'


@pytest.mark.parametrize(
    "loop",
    [
        "for (const label of LABELS) { if (label === x) return true; }",
        "for (const [key, values] of Object.entries(MORE)) { row[key] = values; }",
        "for (let i = 0; i < LABELS.length; i++) { row[i] = LABELS[i]; }",
        "for (const key in MORE) console.log(MORE[key]);",
        "try { return LABELS.includes(x); } catch (error) { throw new Error(LABELS.join(', ')); }",
        "switch (x) { case LABELS[0]: row = MORE.a; break; default: row = `${LABELS}`; }",
        "while (LABELS.indexOf(x) < 0) { x += String(LABELS); }",
        "for (const label of LABELS) { const known: string = MORE[label]; found.push(known); }",
        "for (const at of new Set(LABELS)) row.made = { LABELS: at };",
        "for (const at of LABELS.filter((label) => label in MORE)) console.log(at);",
    ],
)
def test_what_is_only_read_in_a_loop_is_what_it_was(loop: str, read: Callable[..., Schema]) -> None:
    schema = read(f"{HEAD}export function any(x, row, found) {{ {loop} }}{MADE}")

    assert [[label.value for label in enum.labels] for enum in schema.enums] == [["a", "b"], ["a"]]
    assert schema.problems == ()


@pytest.mark.parametrize(
    "loop",
    [
        "for (const label of x) { LABELS.push(label); }",
        "for (const label of x) LABELS[label] = label;",
        "for (const label of x) { [LABELS[0], LABELS[1]] = label; }",
        "for (const label of x) { ({ a: LABELS } = label); }",
        "for (LABELS of x) {}",
        "for (LABELS[0] of x) {}",
        "for (const label in x) { LABELS[0]++; }",
        "for (const label in x) { --LABELS.length; }",
        "for (const label in x) { delete LABELS[label]; }",
        "for (const label of x) { (LABELS as string[])[0] = label; }",
        "for (const label of x) { LABELS![0] ??= label; }",
        "for (const label of x) { LABELS?.slice(1).sort(); }",
        "for (const label of x) { Object.assign(LABELS, label); }",
        "for (const label of x) { register(label, LABELS); }",
        "for (const label of x) { new Registry<string>(LABELS).start(); }",
        "for (const each of [LABELS]) { each.push(x); }",
        "for (const each of [LABELS]) { each[0] = x; }",
        "for (const each of [LABELS]) { register(each); }",
        "for (const label of x) { [LABELS].map((each) => each.pop()); }",
        "for (const label of x) { const other = LABELS; other.length = 0; }",
        "try { LABELS = register(); } catch {}",
        "switch (x) { case 1: LABELS.reverse(); }",
        "do { LABELS.pop(); } while (x);",
    ],
)
def test_what_a_loop_may_change_is_not_known(loop: str, read: Callable[..., Schema]) -> None:
    schema = read(f"{HEAD.replace('const LABELS', 'let LABELS')}export function any(x) {{ {loop} }}{MADE}")

    assert "`LABELS` is changed after its declaration" in "".join(problem.message for problem in schema.problems)
    assert "e" not in {enum.name.name for enum in schema.enums}


def test_raw_text_keeps_its_backslashes(read: Callable[..., Schema]) -> None:
    schema = read(
        HEAD
        + r"""
const LENGTH = 3;
const pattern = String.raw`^\d{${LENGTH}}\.\w+$`;
export const t = pgTable("t", { a: text().default(sql.raw(String.raw`'\n'`)) }, (t) => [
  check("c", sql`${t.a} ~ '${sql.raw(pattern)}'`),
]);
"""
    )

    assert [check.expression.value for check in schema.tables[0].checks] == [r""""t"."a" ~ '^\d{3}\.\w+$'"""]
    assert [column.default and column.default.value for column in schema.tables[0].columns] == [SqlDefault(r"'\n'")]
    assert schema.problems == ()


@pytest.mark.parametrize(
    ("test", "kept"),
    [
        ("Number.isFinite(value)", "1, 2.5, 9007199254740993"),
        ("Number.isInteger(value)", "1, 9007199254740993"),
        ("Number.isSafeInteger(value)", "1"),
    ],
)
def test_numbers_are_tested(test: str, kept: str, read: Callable[..., Schema]) -> None:
    schema = read(
        HEAD
        + f"""
const listed = (values) => values.filter((value) => {{
  if ({test}) {{ return true; }}
  return false;
}}).join(", ");
export const t = pgTable("t", {{ a: integer() }}, (t) => [
  check("c", sql`${{t.a}} in (${{sql.raw(listed([1, 2.5, 9007199254740994, "3", Infinity, NaN, true]))}})`),
]);
"""
    )

    assert schema.problems == ()
    assert [check.expression.value for check in schema.tables[0].checks] == [
        f'"t"."a" in ({kept.replace("993", "994")})'
    ]


def test_what_throws_only_for_what_does_not_come_is_read(read: Callable[..., Schema]) -> None:
    schema = read(
        HEAD
        + """
function listed(values) {
  return values.map((value) => {
    if (!Number.isFinite(value)) { throw new Error(`${String(value)} is no number`); }
    return String(value);
  }).join(", ");
}
export const t = pgTable("t", { a: integer() }, (t) => [check("c", sql`${t.a} in (${sql.raw(listed([25, 50]))})`)]);
"""
    )

    assert schema.problems == ()
    assert [check.expression.value for check in schema.tables[0].checks] == ['"t"."a" in (25, 50)']


def test_a_getter_gives_what_it_returns(read: Callable[..., Schema]) -> None:
    schema = read(
        HEAD
        + "const both = { get id() { return integer().primaryKey(); }, get 'label'(): unknown { return text('l').notNull(); } };\n"
        "export const a = pgTable('a', { ...both, get more() { return text(); }, get: text(), set: text() });\n"
        "export const b = pgTable('b', { id: both.id, a: both['label'].references(() => a.id) });"
    )

    assert schema.problems == ()
    assert [[column.name for column in table.columns] for table in schema.tables] == [
        ["id", "l", "more", "get", "set"],
        ["id", "l"],
    ]
    assert [table.primary_key and table.primary_key.columns.value for table in schema.tables] == [("id",), ("id",)]
    assert [str(column.type and column.type.value) for column in schema.tables[1].columns] == ["integer", "text"]
    assert len(schema.tables[1].foreign_keys) == 1


def test_an_object_that_a_function_makes_and_changes_is_followed(read: Callable[..., Schema]) -> None:
    schema = read(
        HEAD
        + """
function all(options?: { more?: boolean }) { return { a: integer(), b: text(), ...(options?.more ? { c: text() } : {}) }; }
function without() { const columns = all({ more: true }); delete columns.b; return columns; }
function made(name: string, first: boolean) {
  const columns = {};
  if (first) columns[name] = integer(); else { columns.other = text(); }
  const before = { ...columns };
  columns.last = text();
  return { ...before, ...columns };
}
const columns = { shared: text() };
export const t = pgTable('t', without());
export const u = pgTable('u', made('id', true));
export const v = pgTable('v', { ...made('id', false), ...columns, ...without });
"""
    )

    assert schema.problems == ()
    assert [[column.name for column in table.columns] for table in schema.tables] == [
        ["a", "c"],
        ["id", "last"],
        ["other", "last", "shared"],
    ]


def _says(schema: Schema) -> dict[str, tuple[bool | None, bool]]:
    """For the first column of each table, whether it is nullable, and whether it has a default."""
    columns = ((table.name.name, table.columns[0]) for table in schema.tables)
    return {
        name: (column.nullable and column.nullable.value, column.default is not None and bool(column.default.value))
        for name, column in columns
    }


def test_a_method_of_a_column_changes_it_for_the_tables_that_are_made_after_that(read: Callable[..., Schema]) -> None:
    schema = read(
        HEAD
        + """const n = integer("n");
export const a = pgTable("a", { n });
export const b = pgTable("b", { n: n.notNull() });
export const c = pgTable("c", { n: n.default(1) });
"""
    )

    assert _says(schema) == {"a": (True, False), "b": (False, False), "c": (False, True)}
    assert schema.problems == ()


def test_when_another_file_changes_a_column_is_not_guessed(read: Callable[..., Schema]) -> None:
    schema = read(
        HEAD
        + """import { n } from "./columns";
export { b } from "./other";
export const a = pgTable("a", { n });
""",
        {
            "columns.ts": 'import { integer } from "drizzle-orm/pg-core";\nexport const n = integer("n");\n',
            "other.ts": 'import { pgTable } from "drizzle-orm/pg-core";\nimport { n } from "./columns";\n'
            'export const b = pgTable("b", { n: n.notNull() });\n',
        },
    )

    assert [problem.message for problem in schema.problems] == [
        "column `n` of table `a`: `.notNull()` of another table changes it too"
    ]


def test_a_name_that_is_given_another_value_stands_for_that(read: Callable[..., Schema]) -> None:
    schema = read(HEAD + 'let n = integer("n");\nn = n.notNull();\nexport const a = pgTable("a", { n });\n')

    assert _says(schema) == {"a": (False, False)}
    assert schema.problems == ()


STEPS = {
    "a parameter": ("function add(it) { it.a = text(); return it; }", "add({})"),
    "given in part": ("function add(it, o = {}) { if (o.a) { it.a = text(); } return it; }", "add({}, { a: true })"),
    "a default": ("function add(it = {}) { it.a = text(); return it; }", "add()"),
    "one in another": ("const add = (it) => { it.a = text(); return it; };", "add(add({}))"),
    "assigned to": ("function add(it) { Object.assign(it, { a: text() }); return it; }", "add({})"),
    "returned at once": ("function add(it) { return Object.assign(it, { a: text() }); }", "add({})"),
    "a loop": (
        "function add(keys) { const it = {}; for (const key of keys) it[key] = text(); return it; }",
        "add(['a'])",
    ),
    "entries": (
        "function add(o) { const it = {}; for (const [k, v] of Object.entries(o)) { it[k] = v(k); } return it; }",
        "add({ a: text })",
    ),
    "left out": (
        "function add(keys) { const it = {}; for (const k of keys) { if (k === 'b') continue; it[k] = text(); } return it; }",
        "add(['a', 'b'])",
    ),
    "left": (
        "function add(keys) { const it = {}; for (const k of keys) { if (k === 'b') break; it[k] = text(); } return it; }",
        "add(['a', 'b', 'c'])",
    ),
    "each": (
        "function add(keys) { const it = {}; keys.forEach((key) => { it[key] = text(); }); return it; }",
        "add(['a'])",
    ),
    "many in one": (
        "function add(...all) { const it = {}; for (const each of all) Object.assign(it, each); return it; }",
        "add({ a: text() })",
    ),
    "reduced": (
        "const add = (keys) => keys.reduce((it, key) => { it[key] = text(); return it; }, {});",
        "add(['a'])",
    ),
    "switched": (
        "function add(k) { switch (k) { case 1: return {}; case 2: case 3: return { a: text() }; default: return 1; } }",
        "add(2)",
    ),
    "switched by default": (
        "function add(k) { let it; switch (k) { case 1: it = {}; break; default: it = { a: text() }; } return it; }",
        "add(2)",
    ),
    "tried": ("function add() { try { return { a: text() }; } catch { return {}; } }", "add()"),
    "another value": ("function add() { let it = {}; it = { ...it, a: text() }; return it; }", "add()"),
    "of the module": ("const made = {};\nmade.a = text();", "made"),
    "a set": ("const keys = [...new Set(['a', 'a'])];", "Object.fromEntries(keys.map((key) => [key, text()]))"),
    "asked of a set": (
        "const keys = new Set(['a']);",
        "{ ...(keys.has('a') && { a: text() }), ...(keys.size > 1 && { b: text() }) }",
    ),
    "a loop over a set": (
        "function add() { const it = {}; for (const key of new Set(['a', 'a'])) it[key] = text(); return it; }",
        "add()",
    ),
    "pushed": ("const keys = [];\nkeys.push('a');", "Object.fromEntries(keys.map((key) => [key, text()]))"),
    "a loop of the module": ("const made = {};\nfor (const key of ['a']) { made[key] = text(); }", "made"),
    "another value of the module": ("let made = {};\nif (MORE.a) { made = { ...made, a: text() }; }", "made"),
}


@pytest.mark.parametrize(("made", "used"), STEPS.values(), ids=STEPS)
def test_objects_that_are_put_together_step_by_step_are_read(made: str, used: str, read: Callable[..., Schema]) -> None:
    schema = read(f'{HEAD}{made}\nexport const t = pgTable("t", {used});\n')

    assert [column.name for column in schema.tables[0].columns] == ["a"]
    assert schema.problems == ()


@pytest.mark.parametrize(
    "change",
    [
        "t.more = 1;",
        "Object.assign(t, { more: 1 });",
        "if (process.env.X) { t.more = 1; }",
        "for (const key of unknown()) { t[key] = 1; }",
        "for (const key of ['a']) { t[key] = 1; }",
        "delete t.more;",
    ],
)
def test_a_table_is_what_it_is_whatever_else_is_put_on_it(change: str, read: Callable[..., Schema]) -> None:
    schema = read(f'{HEAD}export const t = pgTable("t", {{ a: text() }});\n{change}\n')

    assert [column.name for column in schema.tables[0].columns] == ["a"]
    assert schema.problems == ()


def test_an_object_is_what_it_was_where_it_is_named_before_it_is_changed(read: Callable[..., Schema]) -> None:
    schema = read(HEAD + 'const made = { a: text() };\nexport const t = pgTable("t", made);\nmade.b = text();\n')

    assert "`made` is changed after its declaration" in "".join(problem.message for problem in schema.problems)


def test_a_loop_without_end_is_given_up(read: Callable[..., Schema]) -> None:
    loop = "for (const a of keys) " * 6
    schema = read(
        HEAD
        + f"function add(keys) {{ const it = {{}}; {loop} it[a] = text(); return it; }}\n"
        + "const ten = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];\n"
        + 'export const t = pgTable("t", add([...ten, ...ten]));\n'
    )

    assert "evaluating it takes too long" in "".join(problem.message for problem in schema.problems)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('"userId".replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)', "user_id"),
        ('"userIdOf".replace(/([A-Z])/g, "_$1").toLowerCase()', "user_id_of"),
        ('"userIdOf".replace(/([A-Z])/, "<$1$&$$>")', "user<II$>dOf"),
        ('"UserIdOf".split(/(?=[A-Z])/).join("-")', "User-Id-Of"),
        ('"a b  c".split(/\\s+/).join("_")', "a_b_c"),
        ('"users".replace(/s$/, "")', "user"),
        ('"a.b/c".replaceAll(/[./]/g, "_")', "a_b_c"),
        ('"HTMLBody".replace(/([a-z\\d])([A-Z])|([A-Z]+)(?=[A-Z][a-z])/g, "$1$3_$2").toLowerCase()', "html_body"),
        ('"abc".replace(/B/i, (all, at, whole) => `${at}${whole}`)', "a1abcc"),
    ],
)
def test_names_are_rewritten_by_regular_expressions(
    expression: str, expected: str, read: Callable[..., Schema]
) -> None:
    schema = read(f"{HEAD}export const t = pgTable({expression}, {{ id: integer() }});\n")

    assert [table.name.name for table in schema.tables] == [expected]


@pytest.mark.parametrize("pattern", ["/(a+)+$/", "/(?<x>a)/g", "/\\p{Lu}/gu", "/a/y", "/[[]/", "/(/", "/\\Ka/"])
def test_regular_expressions_of_another_kind_are_not_guessed_at(pattern: str, read: Callable[..., Schema]) -> None:
    schema = read(
        f'{HEAD}export const t = pgTable("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab".replace({pattern}, ""), {{}});\n'
    )

    assert schema.tables == ()
    assert schema.problems != ()
