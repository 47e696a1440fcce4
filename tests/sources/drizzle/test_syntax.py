"""The front end: what parses, what does not, and how little a bad statement costs."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from lark import Lark, logger

from ormistice.model import ProblemKind, Schema
from ormistice.model import Table as ModelTable
from ormistice.sources.drizzle.lalr import NoLexer
from ormistice.sources.drizzle.nodes import Assignment, Binary, Conditional, Declaration, Expression, Function
from ormistice.sources.drizzle.syntax import parse

HEAD = 'import { integer, pgTable } from "drizzle-orm/pg-core";\n'

PARSES = [
    "const y = a ? (b) : c => d;",
    "const y = a ? (b): c => d : e;",
    "const y = a ? (b, c = 1): Type<D> => ({ d }) : e => f;",
    "const y = x as any < y;",
    "for (;;);",
    "if (a);",
    "if (a) b(); else if (c) d(); else { e() }",
    "const y = v! / 2 / w!;",
    "const y = /[/]\\//.test(x) ? a / b : 1 / /x/g.lastIndex;",
    "f(a < b, c > d);",
    "f<A, B>(c);",
    "const m = new Map<A, Set<B<C>>>();",
    "const s = a >> 1 >>> 2 >= 3; b >>= 1; b >>>= 2;",
    "import type, { a } from 'k';",
    "import { type } from 'k'",
    "import { type as x, type A as B, type C } from 'k'",
    "import x, * as y from 'k';",
    "import data from './x.json' with { type: 'json' };",
    "import fs = require('fs');",
    "export * as q from './z'",
    "export type { A } from './z'; export type B = { a: 1 }",
    "const o = { async, get, set, type: 1, get: () => 1, async *g() {}, get x() { return 1 }, [k]: 2, 'a-b': 3, 1: 4 };",
    "const o = { if: 1, class: 2, default: 3 }; o.if; o.class.default;",
    "const { a, b: { c = 1 } = {}, ...rest } = o, [d, , e = 2, ...f] = g;",
    "type A = string\ntype B<T extends X = Y> = T extends infer U extends string ? { [K in keyof T]?: T[K] } : never;",
    "type F = (a: string, ...rest: number[]) => asserts a is string; type C = abstract new () => X;",
    "interface A<T> extends B<T>, C { (x: T): void; readonly [key: string]: T }",
    "declare module 'x' { export interface Y {} }\ndeclare global { var z: number }\ndeclare const q: string;",
    "declare function f(a: string): void;\nfunction g(a: string): void;\nfunction g(a: any) {}",
    "enum E { A = 1, B, C = 'c' } const enum F { X }",
    "namespace N.M { export const x = 1 }",
    "abstract class A<T> extends B<{ a: 1 }>(x) implements C, D { private x = 1; @dec() m() {} }",
    "@Entity({ name: 'x' }) class A { }",
    "const A = class extends B {};",
    "export default class {}\nexport const x = 1",
    "export default async function () {}\nexport const x = 1",
    "const f = async <T,>(x: T): Promise<T> => await x, g = <const T,>(x: T) => x;",
    "const f = function* named<T>(this: Foo, a?: string): Generator { yield; yield* x; yield 1 };",
    "const t = `a${b}c${`d${e}`}f`, u = tag`x${1}y`, w = tag<T>`z`;",
    "const x = a?.b?.[c]?.(d)?.<T>(e) ?? f, y = a?.5:1;",
    "const x = (y as unknown as Z)!.w satisfies V as const;",
    "label: for (const a of b) { continue label }",
    "switch (a) { case 1: break; default: }",
    "try { a() } catch { b() } finally { c() }",
    "do x++; while (x < 3)\nconst y = 1",
    "const a = 1\nconst b = 2\n;[a, b].map(f)\n;(c)()",
    "let x\nlet y = x\n++y",
    "const f = () => {}\n(g)",
    "const x = typeof y === 'string' && !(z instanceof W) || void 0, k = 'a' in o;",
    "const n = [0x1F, 0b11, 0o17, 1_000, .5, 1e3, 10n, 1.];",
    "const a = [, 1, , ...b,];",
    "const x = a\n  /* comment */ .b() // another\n  .c();",
    "const s = 'it\\'s \\u0041 \\x41 \\u{1F600} \\\ncontinued';",
    "using x = y;",
    "#!/usr/bin/env node\nconst x = 1",
    "if (a) return\nelse b",
    "const f = (a: { b: string }[] = [], { c }: D = {}) => c;",
    "let x: typeof import('y'), z: A.B.C<D>['e'][number];",
    "throw new Error(`x`);",
    "const f = (a: string): (() => void) => { g(); }, h = (): ((x: A) => B) => i, j = (): ({ a }: A) => void => k;",
    "type F = (a, b?: C, ...d: E[]) => G; type H = ([a]: A[]) => void; type I = (A | B)[]; type J = (this: A) => B;",
    "const x = <T>y;",
    "(a, b), c;",
    "const g = a ? b ? c : d : e;",
    "export { a as default, b as 'string name' };",
]
FAILS = [
    "const x = ;",
    "const x = (a b);",
    "const x = [1 2];",
    "f(1",
    "const x = { a: 1",
    "const s = 'abc",
    "const t = `abc",
    "/* never closed",
    "const x = a +;",
    "const = 1;",
    "import { a b } from 'c';",
    "const x = };",
    "const x = #;",
]


@pytest.mark.parametrize("text", PARSES)
def test_what_typescript_allows_parses(text: str) -> None:
    assert parse("x.ts", text).failures == ()


@pytest.mark.parametrize("text", FAILS)
def test_what_typescript_forbids_is_one_failure(text: str) -> None:
    module = parse("x.ts", text)

    assert len(module.failures) == 1
    assert 0 <= module.failures[0].start <= module.failures[0].end <= len(text)


@pytest.mark.parametrize("text", [text for text in FAILS if "/*" not in text])
def test_a_bad_statement_costs_itself_alone(text: str, read: Callable[..., Schema]) -> None:
    tables = [f'export const {name} = pgTable("{name}", {{ id: integer() }});\n' for name in ("before", "behind")]
    schema = read(HEAD + tables[0] + text + "\n" + tables[1])

    assert [table.name.name for table in schema.tables] == ["before", "behind"]
    assert [problem.kind for problem in schema.problems] == [ProblemKind.SYNTAX_ERROR]
    assert ModelTable in schema.unread


def test_what_a_broken_statement_would_declare_is_not_understood(read: Callable[..., Schema]) -> None:
    text = """export const users = pgTable("users", { id: integer( });
export const posts = pgTable("posts", { userId: integer().references(() => users.id) });
"""
    schema = read(HEAD + text)
    key = schema.tables[0].foreign_keys[0]

    assert [table.name.name for table in schema.tables] == ["posts"]
    assert key.references is None
    assert sorted(problem.kind.value for problem in schema.problems) == ["syntax-error", "unsupported-construct"]


def test_the_grammar_has_no_conflict(caplog: pytest.LogCaptureFixture) -> None:
    grammar = (Path(__file__).parents[3] / "grammars" / "typescript.lark").read_text()
    with caplog.at_level(logging.DEBUG, logger=logger.name):
        Lark(grammar, parser="lalr", start="item", lexer=NoLexer, debug=True)

    assert [record.message for record in caplog.records if "onflict" in record.message] == []


def test_an_arrow_function_may_stand_between_a_question_mark_and_a_colon() -> None:
    (declared,) = parse("x.ts", "const y = a ? (b) : c => d;").statements
    assert isinstance(declared, Declaration)
    assigned = declared.items[0]
    assert isinstance(assigned, Assignment)
    assert isinstance(assigned.value, Conditional)

    assert isinstance(assigned.value.alternate, Function)


def test_operators_stand_in_one_flat_list() -> None:
    (statement,) = parse("x.ts", "a + b * c >>> d").statements
    assert isinstance(statement, Expression)
    assert isinstance(statement.value, Binary)

    assert statement.value.operators == ("+", "*", ">>>")


@pytest.mark.parametrize(
    "text",
    [
        "a<" * 5_000,
        "(" * 5_000 + ")" * 5_000,
        "x" + ".y()" * 20_000,
        "[{a:" * 2_000 + "}]" * 2_000,
        "`${" * 1_000 + "}`" * 1_000,
        "a?" * 3_000,
        "const x = " + "!" * 20_000 + "y",
        "type A = " + "B<" * 3_000,
        "/*" * 20_000,
        "\\" * 5_000,
    ],
)
def test_no_text_is_too_deep_or_too_long(text: str) -> None:
    module = parse("x.ts", text)

    assert module.statements or module.failures
