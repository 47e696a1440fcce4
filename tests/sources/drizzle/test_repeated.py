"""What is declared more than once under one name: the one that drizzle-kit creates counts."""

from collections.abc import Callable

import pytest

from ormistice.model import Schema
from ormistice.sources import Source

HEAD = 'import { integer, pgEnum, pgTable, text } from "drizzle-orm/pg-core";\n'


def told(schema: Schema) -> list[tuple[str, tuple[str, ...]]]:
    return [(table.name.name, tuple(column.name for column in table.columns)) for table in schema.tables]


def table(name: str, column: str) -> str:
    return f'export const {name} = pgTable("users", {{ {column}: integer() }});\n'


@pytest.mark.parametrize(
    ("texts", "targets", "column"),
    [
        # Within a module, the alphabet of the exports decides.
        ({"schema.ts": table("z", "of_z") + table("b", "of_b")}, ("schema.ts",), "of_z"),
        # What a module passes on comes behind what it declares.
        ({"schema.ts": 'export * from "./a";\n' + table("z", "own"), "a.ts": table("a", "of_a")}, ("schema.ts",), "of_a"),
        ({"a.ts": table("z", "of_a"), "b.ts": table("b", "of_b")}, ("a.ts", "b.ts"), "of_b"),
        ({"a.ts": table("z", "of_a"), "b.ts": table("b", "of_b")}, ("b.ts", "a.ts"), "of_a"),
    ],
)  # fmt: skip
def test_the_last_table_of_a_name_counts(
    texts: dict[str, str],
    targets: tuple[str, ...],
    column: str,
    files: Callable[..., None],
    open_drizzle: Callable[..., Source],
) -> None:
    files({name: HEAD + text for name, text in texts.items()})
    schema = open_drizzle(*targets).load()

    assert told(schema) == [("users", (column,))]
    (problem,) = schema.problems
    assert problem.message.startswith("table `users`: it is declared once more in ")
    assert problem.message.endswith(", and drizzle-kit takes that one")


def test_the_last_enum_of_a_name_counts(read: Callable[..., Schema]) -> None:
    schema = read(HEAD + 'export const z = pgEnum("kind", ["a"]);\nexport const b = pgEnum("kind", ["b"]);\n')

    assert [[label.value for label in enum.labels] for enum in schema.enums] == [["a"]]
    assert len(schema.problems) == 1


def test_the_same_said_twice_is_no_problem(read: Callable[..., Schema]) -> None:
    kinds = 'export const kind = pgEnum("kind", ["a"]);\nexport const again = pgEnum("kind", ["a"]);\n'
    schema = read(HEAD + kinds + table("a", "id") + table("b", "id"))

    assert told(schema) == [("users", ("id",))]
    assert len(schema.enums) == 1
    assert schema.problems == ()
