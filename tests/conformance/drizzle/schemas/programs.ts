import { getTableName, sql } from "drizzle-orm";
import {
  boolean,
  customType,
  getTableConfig,
  index,
  integer,
  pgEnum,
  pgSchema,
  pgSequence,
  pgTable,
  pgTableCreator,
  serial,
  text,
  timestamp,
  varchar,
} from "drizzle-orm/pg-core";
import { CREATED, prefix, stamps, type Stamp } from "./shared";
import * as shared from "./shared";

export * from "./barrel";
export { hidden as revealed } from "./shared";

const create = pgTableCreator((name) => `${prefix}_${name}`);
const LENGTHS = { short: 10, long: 10 * 25 + 5 } as const;
const id = () => serial("id").primaryKey();
function owned<T>(length: number = LENGTHS.short, { required = true }: { required?: boolean } = {}) {
  const name = varchar({ length });
  if (required) {
    return { name: name.notNull() };
  }
  return { name };
}

export const plain = create("plain", { id: id(), ...stamps, ...owned() });
export const longer = create("longer", { id: id(), ...owned(LENGTHS.long, { required: false }), ...shared.flags(true) });
export const computed = create("computed", {
  id: id(),
  [CREATED]: timestamp(),
  ["a" + "b"]: integer(),
  [`c_${1 + 1}`]: text(),
});
export const conditional = create("conditional", {
  id: id(),
  ...(LENGTHS.long > 100 ? { yes: boolean().default(!false) } : { no: boolean() }),
  value: prefix === "app" ? integer() : text(),
});

const labels = ["x", "y"] as const satisfies readonly string[];
export const state = pgEnum("state", [...labels, "z"]);
export const upper = pgEnum(
  "upper",
  labels.map((label) => label.toUpperCase()) as [string, ...string[]],
);
export const keyed = pgEnum("keyed", Object.keys({ one: 1, two: 2 }) as [string, ...string[]]);

export const other = pgSchema("other");
export const kind = other.enum("kind", ["k"]);
export const counter = other.sequence("counter", { startWith: 10, increment: 2 });
export const ids = pgSequence("ids");
export const elsewhere = other.table(
  "elsewhere",
  { id: id(), kind: kind().notNull().default("k"), plainId: integer().references(() => plain.id) },
  (t) => [index().on(t.kind)],
);
export const pointing = pgTable("pointing", {
  at: integer().references(() => elsewhere.id, { onDelete: "cascade" }),
  by: integer().references(() => {
    return shared.hidden.id;
  }),
  state: state().array().default(sql`'{}'`),
});
const notExported = pgTable("not_exported", { id: id() });
export const helper = () => pgTable("never_called", { id: id() });
export type Row = typeof plain.$inferSelect & Stamp;
export const config = getTableConfig;
export { notExported as exportedLate };

type Options = { precision?: number; scale?: number; nested?: { on?: () => boolean; list?: string[] } };
const amount = customType<{ data: number; config: Options }>({
  dataType: (config) => (config?.precision && config?.scale ? `numeric(${config.precision}, ${config.scale})` : "numeric"),
});
function token(name: string, options?: { default?: boolean; length?: number }) {
  const column = varchar(name, { length: options?.length ?? 24 });
  return options?.default === false ? column : column.default("none");
}
const given: Options | undefined = { precision: 1 };
const missing = ((): Options | undefined => undefined)();
export const optional = pgTable("optional", {
  id: id(),
  plainAmount: amount("plain_amount"),
  exactAmount: amount("exact_amount", { precision: 8, scale: 3 }),
  token: token("token"),
  bare: token("bare", { default: false, length: 12 }),
  first: text().default(given?.nested?.list?.[0] ?? "nothing"),
  second: integer().default(missing?.nested.on() ? 1 : (given?.precision ?? 2)),
});

export const named = pgTable("named", { id: id(), aKey: integer("a_name"), plain: text() }, (t) => [
  index(`${getTableName(named)}_${t.aKey.name}_${t.plain.name}`).on(t.aKey, t.plain),
]);

function audited(options?: { removed?: boolean }) {
  const { removed = true } = options ?? {};
  return { made: timestamp().notNull(), ...(removed ? { removed: timestamp("removed_at") } : {}) };
}
function kept() {
  const columns: Record<string, any> = audited();
  delete columns.removed;
  return columns as any;
}
function built(name: string, stamped: boolean) {
  const columns: Record<string, any> = {};
  columns.id = integer().primaryKey();
  const before = { ...columns };
  if (stamped) columns["stamp"] = timestamp();
  else {
    columns[`${name}_note`] = text(`${name}_note`).notNull();
  }
  if (!columns.id) {
    throw new Error("no key");
  }
  columns.early = integer().default(Object.keys(before).length);
  return columns as any;
}
function grown() {
  const labels = ["first"];
  labels.push("second", ...["third"]);
  return labels as [string, ...string[]];
}
export const built1 = pgTable("built_1", built("a", true));
export const built2 = pgTable("built_2", { ...built("b", false), ...kept() });
export const grownLabels = pgEnum("grown_labels", grown());
export const uncalled = pgTable("uncalled", { id: integer(), ...(kept as any) });
