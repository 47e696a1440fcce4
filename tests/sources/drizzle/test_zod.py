"""Labels and defaults that are taken of enumerations of zod."""

from collections.abc import Callable

import pytest

from ormistice.model import Schema, SqlDefault

HEAD = 'import { pgEnum, pgTable, text } from "drizzle-orm/pg-core";\n'


@pytest.mark.parametrize(
    ("imported", "made"),
    [
        ('import { z } from "zod";', 'z.enum(["A", "b"])'),
        ('import z from "zod/v4";', 'z.enum(["A", "b"]).describe("of something")'),
        ('import * as z from "zod";', 'z.enum(["A", "b"] as const)'),
        ('import { z as zod } from "zod/v3";', "zod.nativeEnum({ A: 'A', b: 'b' })"),
    ],
)
def test_labels_and_a_default(imported: str, made: str, read: Callable[..., Schema]) -> None:
    schema = read(
        f"{HEAD}{imported}\nexport const Kind = {made};\n"
        'export const kind = pgEnum("kind", Kind.options);\n'
        'export const same = pgEnum("same", Kind.enum);\n'
        'export const t = pgTable("t", { kind: kind().default(Kind.enum.b), old: kind().default(Kind.Enum.A) });'
    )

    assert [[label.value for label in enum.labels] for enum in schema.enums] == [["A", "b"]] * 2
    assert [column.default and column.default.value for column in schema.tables[0].columns] == [
        SqlDefault("'b'"),
        SqlDefault("'A'"),
    ]
    assert schema.problems == ()


@pytest.mark.parametrize(
    "made",
    [
        'z.enum(["a", "b"]).exclude(["a"])',
        'z.enum(["a", "b"]).extract(["a"])',
        "z.enum(mystery)",
        "z.enum(['a', mystery])",
        'z.string().enum(["a"])',
        "z.enum",
        'y.enum(["a"])',
    ],
)
def test_another_enumeration_is_not_known(made: str, read: Callable[..., Schema]) -> None:
    schema = read(
        f'{HEAD}import {{ z }} from "zod";\nimport {{ y, mystery }} from "elsewhere";\n'
        f'export const kind = pgEnum("kind", ({made}).options);'
    )

    assert schema.enums == ()
    assert len(schema.problems) == 1


def test_a_schema_of_zod_is_not_a_table(read: Callable[..., Schema]) -> None:
    schema = read(
        f'{HEAD}import {{ z }} from "zod";\nexport const kind = pgEnum("kind", ["a"]);\n'
        "export const Kind = z.enum([...kind.enumValues]).default('a');"
    )

    assert schema.problems == ()
