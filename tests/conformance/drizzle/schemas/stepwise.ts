// Objects that functions and modules put together step by step.
import { index, integer, pgEnum, pgTable, text, timestamp, uuid, type PgColumnBuilderBase } from "drizzle-orm/pg-core";

type Columns = Record<string, PgColumnBuilderBase>;

function withStamps<T extends Columns>(columns: T, options: { soft?: boolean } = {}) {
  const made = columns as Columns;
  return { ...made, createdAt: timestamp("created_at").notNull(), ...(options.soft ? { gone: timestamp("gone") } : {}) };
}
function stamped<T extends Columns>(columns: T, soft = false) {
  (columns as Columns).createdAt = timestamp("created_at").notNull();
  if (soft) {
    (columns as Columns)["gone"] = timestamp("gone");
  }
  return columns;
}
function owned<T extends Columns>(columns: T) {
  return Object.assign(columns, { owner: uuid("owner").notNull() });
}
export const a = pgTable("a", withStamps({ id: uuid("id").primaryKey() }, { soft: true }));
export const b = pgTable("b", stamped({ id: uuid("id").primaryKey() }, true));
export const c = pgTable("c", owned({ id: uuid("id").primaryKey() }));
export const d = pgTable("d", stamped(stamped({ id: uuid("id") }), true));

function merged(...parts: Columns[]) {
  const made: Columns = {};
  for (const part of parts) {
    Object.assign(made, part);
  }
  return made;
}
export const e = pgTable("e", merged({ id: uuid("id") }, { name: text("name") }, stamped({})));

const KINDS = { text, integer } as const;
function described(fields: Record<string, { type: keyof typeof KINDS; required?: boolean; skip?: boolean }>) {
  const made: Columns = {};
  for (const [name, field] of Object.entries(fields)) {
    if (field.skip) continue;
    const column = KINDS[field.type](name.toLowerCase());
    made[name] = field.required ? column.notNull() : column;
  }
  return made;
}
export const f = pgTable(
  "f",
  described({ Id: { type: "integer", required: true }, Name: { type: "text" }, Old: { type: "text", skip: true } }),
);

function kind(of: "short" | "long" | "other") {
  switch (of) {
    case "short":
      return { value: integer("value") };
    case "long": {
      return { value: text("value") };
    }
    default:
      throw new Error("no such kind");
  }
}
export const g = pgTable("g", { ...kind("long"), ...kind("short") });

const columns: Columns = { id: uuid("id") };
columns.extra = text("extra");
for (const name of ["x", "y"] as const) columns[name] = integer(name).notNull();
["p", "q"].forEach((name) => {
  columns[name] = text(name);
});
export const h = pgTable("h", columns as { id: ReturnType<typeof uuid> }, (t) => {
  const found = [index("h_id").on(t.id)];
  for (const name of ["one", "two"]) {
    found.push(index(`h_${name}`).on(t.id));
  }
  return found;
});

const labels: string[] = [];
labels.push("one", "two");
if (labels.length > 1) {
  labels.push("three");
}
export const i = pgEnum("i", labels as [string, ...string[]]);

let width = integer("width");
width = width.notNull() as typeof width;
export const j = pgTable("j", { width, ...["m", "n"].reduce<Columns>((made, name) => {
  made[name] = text(name);
  return made;
}, {}) });
