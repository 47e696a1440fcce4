import { sql } from "drizzle-orm";
import { check, foreignKey, index, integer, jsonb, numeric, pgEnum, pgTable, serial, text, timestamp, unique } from "drizzle-orm/pg-core";

export const state = pgEnum("state", ["open", "lent", "lost"]);

export const readers = pgTable(
  "readers",
  {
    id: serial("id").primaryKey(),
    email: text("email").notNull(),
    nickname: text("nickname"),
    joinedAt: timestamp("joined_at", { precision: 3 }).notNull().defaultNow(),
  },
  (table) => [unique("readers_email_key").on(table.email)],
);

export const loans = pgTable(
  "loans",
  {
    id: serial("id").primaryKey(),
    readerId: integer("reader_id").notNull(),
    state: state("state").notNull().default("open"),
    fee: numeric("fee", { precision: 8, scale: 2 }).notNull(),
    notes: jsonb("notes"),
  },
  (table) => [
    index("loans_reader_state").on(table.readerId, table.state),
    index("loans_fee").on(table.fee),
    foreignKey({ name: "loans_reader", columns: [table.readerId], foreignColumns: [readers.id] }).onDelete("cascade"),
    check("loans_fee_sign", sql`fee >= 0`),
  ],
);
