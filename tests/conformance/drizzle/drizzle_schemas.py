"""Schemas put together at random from what drizzle has, as text."""

import random

COLUMNS = (
    "integer({name})",
    "integer({name}).notNull().default({number})",
    "bigint({name2} mode: 'number' })",
    "text({name})",
    'text({name}).notNull().default("it\'s {number}")',
    "varchar({name2} length: {number} })",
    "boolean({name}).default(true)",
    "timestamp({name2} withTimezone: true }).defaultNow().notNull()",
    "timestamp({name2} precision: 3 })",
    "uuid({name}).defaultRandom()",
    "jsonb({name}).$type<{{ a: string[] }}>().default({{ a: [] }})",
    "numeric({name2} precision: 10, scale: 2 }).default('1.50')",
    "date({name})",
    "doublePrecision({name})",
    "text({name}).array()",
    "integer({name}).array().notNull().default([1, 2])",
    "mood({name}).default('ok')",
    "text({name}).$defaultFn(() => make())",
    "text({name}).unique()",
    "smallint({name}).generatedAlwaysAsIdentity()",
)
ACTIONS = ("cascade", "restrict", "no action", "set null", "set default")
HEAD = """import { sql } from "drizzle-orm";
import {
  bigint, boolean, check, date, doublePrecision, foreignKey, index, integer, jsonb, numeric, pgEnum, pgTable, primaryKey,
  serial, smallint, text, timestamp, unique, uniqueIndex, uuid, varchar, type AnyPgColumn,
} from "drizzle-orm/pg-core";

const make = () => "x";
export const mood = pgEnum("mood", ["bad", "ok", "good"]);
const shared = { createdAt: timestamp("created_at").notNull().defaultNow(), version: integer().default(1) };
"""


def generated(seed: int) -> str:
    """A schema of several tables that refer to each other; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - a test's own chance
    count = chance.randint(2, 6)
    return HEAD + "\n".join(_table(chance, number, count) for number in range(count))


def _table(chance: random.Random, number: int, count: int) -> str:
    keys = [f"column{i}" for i in range(chance.randint(1, 7))]
    lines = ["id: serial().primaryKey(),"]
    lines += [f"{key}: {_column(chance, key)}," for key in keys]
    for i in range(chance.randint(0, 2)):
        lines.append(f"ref{i}: integer({chance.choice(('', repr(f'ref_{i}')))}){_reference(chance, count)},")
    if chance.random() < 0.4:
        lines.append("...shared,")
    extras = _extras(chance, number, ["id", *keys])
    body = "\n  ".join(lines)
    return f'export const t{number} = pgTable("table_{number}", {{\n  {body}\n}}{extras});'


def _column(chance: random.Random, key: str) -> str:
    template = chance.choice(COLUMNS)
    name = chance.choice(("", f'"{key}_named"'))
    return (
        template.replace("{name2}", f"{name}, {{" if name else "{")
        .replace("{name}", name)
        .replace("{number}", str(chance.randint(1, 99)))
        .replace("{{", "{")
        .replace("}}", "}")
    )


def _reference(chance: random.Random, count: int) -> str:
    said = [f'{on}: "{chance.choice(ACTIONS)}"' for on in ("onDelete", "onUpdate") if chance.random() < 0.5]
    options = f", {{ {', '.join(said)} }}" if said else ""
    return f".references((): AnyPgColumn => t{chance.randrange(count)}.id{options})"


def _extras(chance: random.Random, number: int, keys: list[str]) -> str:
    plain = chance.sample(keys, min(len(keys), 2))
    listed = ", ".join(f"t.{key}" for key in plain)
    options = (
        f"index().on(t.{plain[0]})",
        f'index("index_{number}_desc").on(t.{plain[0]}.desc())',
        f'uniqueIndex("index_{number}_some").on({listed}).where(sql`${{t.id}} > 3`)',
        f"unique().on({listed})",
        f'check("check_{number}", sql`${{t.id}} > 0`)',
        f'index("index_{number}_sum").on(sql`(${{t.id}} + 1)`)',
    )
    chosen = chance.sample(options, chance.randint(0, 3))
    if not chosen:
        return ""
    if chance.random() < 0.5:
        return f", (t) => [{', '.join(chosen)}]"
    return ", (t) => ({ " + ", ".join(f"e{i}: {extra}" for i, extra in enumerate(chosen)) + " })"
