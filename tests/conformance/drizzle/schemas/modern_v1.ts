import { sql } from "drizzle-orm";
import { bytea, camelCase, check, index, integer, pgTable, primaryKey, serial, snakeCase, text, unique } from "drizzle-orm/pg-core";

export const bySnake = snakeCase.table(
  "by_snake",
  { someId: serial().primaryKey(), otherThing: text().notNull().unique(), named: text("Named") },
  (t) => [index().on(t.otherThing), unique().on(t.someId, t.otherThing)],
);
export const byCamel = camelCase.table("by_camel", { some_id: serial().primaryKey(), raw: bytea() });
export const moderns = snakeCase.schema("moderns");
export const inSchema = moderns.table("in_schema", { someThing: integer().references(() => bySnake.someId) });
export const secured = pgTable.withRLS("secured", { id: serial().primaryKey() });
export const grid = pgTable(
  "grid",
  {
    x: integer(),
    y: integer(),
    label: text(),
    cells: integer().array("[][]").notNull(),
    words: text().notNull().default(["a"] as any).array(),
    aVeryLongColumnNameThatGoesOnAndOn: integer("a_very_long_column_name_that_goes_on_and_on").references(() => bySnake.someId),
  },
  (t) => [primaryKey({ columns: [t.x, t.y] }), check("in_range", sql`${t.x} < ${10} and ${t.label} <> ${"it's"}`)],
);
export const uniques = pgTable(
  "uniques",
  { a: text(), b: text().unique("of_column"), c: text().unique(), d: text() },
  (t) => [unique().on(t.a), unique().on(t.b), unique("of_table").on(t.c), unique("again").on(t.c), unique().on(t.a, t.d)],
);
