"""Elements of JSX among TypeScript: stepped over as one value each, and told from casts and type parameters."""

import time
from collections.abc import Callable

import pytest

from ormistice.model import ProblemKind, Schema
from ormistice.sources import Source
from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.syntax import parse

ELEMENTS = [
    "<a/>",
    "<a />",
    "<></>",
    "<>text</>",
    '<p>it\'s "quoted" `text`; a // b /* c */ = & ) ] , $</p>',
    "<A.B.C x:y='1' data-z aria-label=\"it's\"></A.B.C>",
    "<a href=\"\n\" title='</a>' />",
    "<a b={c} d={{ e: 1 }} {...f} g={() => { return `}${'}'}` }} />",
    "<a b=<c/> d=<></> />",
    "<ul>{items.map((item) => <li key={item.id}>{item.name} &gt; {/* nothing */}</li>)}</ul>",
    "<a>{b ? <c/> : <d>e</d>}{f && <>g</>}</a>",
    "<a>{b < c}{d > e}{/[}</a>]/.test(f)}</a>",
    "<Select<string> options={o} />",
    "<Grid<{ a: string; b: (c: D) => E }> rows={r}></Grid>",
    "<a // why\n  b /* not */ = {c}\n>\n</a>",
    "<a><a><a></a></a></a>",
    "<div>\n  don't {`${<b>{'}'}</b>}`} stop\n</div>",
    "<größe änderung={1}>日本語</größe>",
]
PROGRAMS = [
    "const f = () => <a/>;",
    "function C() { if (x) return <a>b</a>; return <></>; }",
    "const f = <T,>(x: T) => x, g = <T extends A>(x: T) => <B<T> x={x} />, h = async <T,>(x: T) => x;",
    "type F = <T>(x: T) => void; interface I { <T>(x: T): void; new <T>(x: T): I; m<T>(x: T): <U>(y: U) => T }",
    "function f<T>(x: <U>(y: U) => T): Array< <V>(z: V) => T> { return a < b ? <c/> : d }",
    "const x = a < b && c > d, y = a<b>(c), z = new Map<A, Set<B>>();",
    "const x = (a as any) < b; const y = a! < b; const z = [1][0] < 2;",
    "export default <a/>\nconst b = 1",
    "const { a = <b/> } = { a: <c/>, [d]: <e/> };",
    "type A = B<C>\nconst d = <C>e</C>",
]
NONE = ["<a>", "<a></b>", "<a b=></a>", "<a>}</a>", "<a>></a>", "<a b={>c}</a>", "<a", "<a b='>", "</a>", "<a>{</a>"]


@pytest.mark.parametrize("text", ELEMENTS)
@pytest.mark.parametrize("path", ["x.tsx", "x.jsx", "x.js"])
def test_an_element_is_one_value(text: str, path: str) -> None:
    module = parse(path, f"const x = {text}, y = ({text}) || {text};\nconst z = 1;")
    first = module.statements[0]
    assert module.failures == ()
    assert isinstance(first, nodes.Declaration)
    assigned = first.items[0]
    assert isinstance(assigned, nodes.Assignment)

    assert isinstance(assigned.value, nodes.Unread)
    assert module.text[assigned.value.start : assigned.value.end] == text
    assert len(module.statements) == 2


@pytest.mark.parametrize("text", PROGRAMS)
def test_programs_with_elements_parse(text: str) -> None:
    assert parse("x.tsx", text).failures == ()


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_element_is_a_failure_and_costs_one_statement(text: str) -> None:
    module = parse("x.tsx", f"const x = {text};\nconst y = 1;\nconst z = 2;")

    assert len(module.failures) == 1
    assert isinstance(module.statements[-1], nodes.Declaration)


def test_a_plain_file_has_casts_instead() -> None:
    assert parse("x.ts", "const x = <T>y;").failures == ()
    assert len(parse("x.ts", "const x = <T>y</T>;").failures) == 1


@pytest.mark.parametrize(
    "text",
    [
        "<a>" * 5_000,
        "<a b={" * 1_500,
        "<a>{" * 1_500,
        "<a<" * 5_000,
        "<a/>" * 5_000,
        "<a>" * 2_000 + "</a>" * 2_000,
        "<a>{" * 500 + "}</b>" * 500,
        "<a b='" * 5_000,
        "<a {...b} <c " * 3_000,
        "</" * 5_000,
    ],
)
def test_no_markup_takes_long(text: str) -> None:
    began = time.process_time()
    module = parse("x.tsx", f"const x = {text}")

    assert module.statements or module.failures
    assert time.process_time() - began < 5


def test_tables_beside_components_are_read(
    files: Callable[..., None], open_drizzle: Callable[..., Source], read: Callable[..., Schema]
) -> None:
    schema = """import { integer, pgTable } from "drizzle-orm/pg-core";
export const users = pgTable("users", { id: integer().primaryKey() });
"""
    components = """export const Page = ({ user }: Props) => <p title="it's">don't {user.name}</p>;
export function Empty<T>(): JSX.Element { return <></>; }
export const element = <Page user={users} />;
"""
    files({"schema.tsx": schema + components})

    assert open_drizzle("schema.tsx").load().tables == read(schema).tables
    assert open_drizzle("schema.tsx").load().problems == ()


def test_an_element_where_a_column_should_be_is_not_understood(
    files: Callable[..., None], open_drizzle: Callable[..., Source]
) -> None:
    text = 'import { pgTable } from "drizzle-orm/pg-core";\nexport const t = pgTable("t", { id: <p>1</p> });\n'
    files({"schema.tsx": text})
    (problem,) = open_drizzle("schema.tsx").load().problems

    assert problem.kind is ProblemKind.UNSUPPORTED_CONSTRUCT
    assert problem.message == "column `id` of table `t`: JSX is not evaluated"
