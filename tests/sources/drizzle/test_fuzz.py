"""Whatever the bytes: no exception, no hang. Seeded, so that a failure can be looked at."""

import contextlib
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ormistice.errors import AuditError
from ormistice.sources import Source

SCHEMAS = sorted((Path(__file__).parents[2] / "conformance" / "drizzle" / "schemas").glob("*.ts"))
CHARACTERS = "(){}[]`'\"/\\<>$;:,.=!?&|#@\n\0\u2028é😀"
PIECES = (
    "${",
    "=>",
    "export const ",
    "</",
    "/*",
    "//",
    "<T>(",
    "...",
    "new ",
    "as ",
    "!",
    "?.",
    "class ",
    "async ",
    "import ",
)
MARKUP = """
export const Page = <T,>({ rows }: Props<T>) => (
  <>
    <Grid<T> rows={rows} title='it is' style={{ color: "red" }} {...rest}>don't {rows.map((row) => <li key={`${row}`}/>)}</Grid>
    {/* none */ rows.length < 1 ? <p>nothing</p> : null}
  </>
);
"""
ROUNDS = 16
EACH = 25
SECONDS = 5


def mutated(text: str, chance: random.Random) -> str:
    """`text` with a few spans deleted, doubled or swapped, or with something put in between."""
    for _ in range(chance.choice((1, 1, 2, 5))):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice((1, 1, 2, 5, 40, 400)))
        other = chance.randrange(len(text) + 1)
        text = chance.choice(
            (
                text[:start] + text[end:],
                text[:end] + text[start:end] + text[end:],
                text[:start] + text[other : other + end - start] + text[end:],
                text[:start] + chance.choice(CHARACTERS) + text[start:],
                text[:start] + chance.choice(PIECES) + text[start:],
            )
        )
    return text


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_no_text_raises_or_hangs(round_: int, files: Callable[..., None], open_drizzle: Callable[..., Source]) -> None:
    chance = random.Random(round_)  # noqa: S311 - a test's own chance
    for _ in range(EACH):
        files({"schema.ts": mutated(chance.choice(SCHEMAS).read_text(), chance)})
        began = time.process_time()
        with contextlib.suppress(AuditError):
            open_drizzle("schema.ts").load()

        assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("round_", range(4))
def test_no_markup_raises_or_hangs(
    round_: int, files: Callable[..., None], open_drizzle: Callable[..., Source]
) -> None:
    chance = random.Random(round_)  # noqa: S311 - a test's own chance
    for _ in range(EACH):
        files({"schema.tsx": mutated(chance.choice(SCHEMAS).read_text() + MARKUP, chance)})
        began = time.process_time()
        with contextlib.suppress(AuditError):
            open_drizzle("schema.tsx").load()

        assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("seed", range(10))
def test_no_bytes_raise(seed: int, tmp_path: Path, open_drizzle: Callable[..., Source]) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test's own chance
    (tmp_path / "schema.ts").write_bytes(chance.randbytes(chance.randrange(2_000)))

    assert open_drizzle("schema.ts").load().tables == ()


@pytest.mark.parametrize(
    "text",
    [
        "const f = () => f(); export const x = f();",
        "const a = b; const b = a; export const x = a;",
        "const f = (n) => [f, f, f, f].map((g) => g(n)); export const x = f(1);",
        "const a = [1,2,3,4,5,6,7,8,9,0]; const b = a.flatMap((x) => a); const c = b.flatMap((x) => b); "
        "const d = c.flatMap((x) => c); const e = d.flatMap((x) => d); export const x = e.length;",
        "const s = 'x'.padEnd(9999999); export const x = `${s}${s}`.split('').map((a) => s);",
        "export const x = 10 ** 1000 ** 1000;",
        "const f = (x) => ({ ...f, x: f(x) }); export const x = f(1).x.x;",
        "import { x } from './schema'; export { x }; export * from './schema';",
        "export const x = [].reduce(x);",
    ],
)
def test_no_program_runs_on(text: str, files: Callable[..., None], open_drizzle: Callable[..., Source]) -> None:
    files(
        {"schema.ts": f"import {{ pgTable }} from 'drizzle-orm/pg-core';\nexport const t = pgTable('t', {{}});\n{text}"}
    )
    began = time.process_time()
    schema = open_drizzle("schema.ts").load()

    assert [table.name.name for table in schema.tables] == ["t"]
    assert time.process_time() - began < SECONDS
