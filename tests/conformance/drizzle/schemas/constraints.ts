import { and, desc, eq, gt, isNotNull, isNull, or, sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  serial,
  text,
  timestamp,
  unique,
  uniqueIndex,
  type AnyPgColumn,
} from "drizzle-orm/pg-core";

export const users = pgTable(
  "users",
  {
    id: serial().primaryKey(),
    email: text().notNull().unique(),
    handle: text().unique("handle_is_taken"),
    nick: text().unique("one_nick", { nulls: "not distinct" }),
    age: integer(),
    bossId: integer("boss_id").references((): AnyPgColumn => users.id, { onDelete: "set null" }),
    deletedAt: timestamp(),
  },
  (table) => [
    check("old_enough", sql`${table.age} > 17`),
    check("young_enough", sql`${table.age} < ${sql.raw("200")}`),
    index().on(table.age),
    index("by_age_and_email").on(table.age.desc(), table.email.asc().nullsFirst()),
    index("lowered").on(sql`lower(${table.email})`),
    index("lowered_too").on(sql`lower(${table.handle}) desc`),
    index("hashed").using("hash", table.email),
    uniqueIndex("alive").on(table.email).where(isNull(table.deletedAt)),
    index("grown").on(table.age).where(sql`${table.age} >= 18 and ${table.deletedAt} is null`),
    index("with_class").on(table.email.op("text_pattern_ops")),
    index("ordered_with_class").on(table.email.desc().op("text_pattern_ops")),
    index("with_default_class").on(table.email.op("text_ops")),
    index("filled").on(table.handle).with({ fillfactor: 70 }),
    index("descending").on(table.age, desc(table.email)),
    index("collated").on(table.age, sql`${table.email} COLLATE "C" text_pattern_ops desc`),
    index("collated_too").on(sql`lower(${table.email}) collate pg_catalog."C"`),
  ],
);

export const memberships = pgTable(
  "memberships",
  {
    userId: integer("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade", onUpdate: "cascade" }),
    teamId: integer("team_id").notNull(),
    role: text(),
  },
  (t) => ({
    pk: primaryKey({ columns: [t.userId, t.teamId] }),
    team: foreignKey({ columns: [t.teamId], foreignColumns: [teams.id], name: "the_team" }).onDelete("restrict"),
    once: unique().on(t.userId, t.role),
    named: unique("named_once").on(t.teamId, t.role).nullsNotDistinct(),
    byRole: index().on(t.role),
  }),
);

export const teams = pgTable("teams", { id: integer().primaryKey(), a: integer(), b: integer() }, (t) => [
  unique("pair").on(t.a, t.b),
]);

export const games = pgTable(
  "games",
  {
    id: integer().notNull(),
    x: integer(),
    y: integer(),
    z: integer().references(() => teams.id, { onDelete: "set default" }).default(1),
  },
  (t) => [
    primaryKey({ name: "games_key", columns: [t.id] }),
    foreignKey({ columns: [t.y, t.x], foreignColumns: [teams.b, teams.a] }).onUpdate("cascade"),
    index("many").on(t.x, t.y, sql`(${t.x} + ${t.y})`),
    index("some").on(t.x).where(or(and(gt(t.x, sql`3`), isNotNull(t.y)), eq(t.x, sql`1`))!),
    index("brin").using("brin", t.x),
    ...[t.x, t.y].map((column, i) => index(`spread_${i}`).on(column)),
  ],
);
