// Columns that getters of shared objects make anew for each table.
import { char, integer, pgTable, primaryKey, text, timestamp } from "drizzle-orm/pg-core";

const key = (name: string) => char(name, { length: 30 });

const id = {
  get id() {
    return key("id").primaryKey().notNull();
  },
};
const within = {
  get id() {
    return key("id").notNull();
  },
  get "teamId"() {
    return key("team_id").notNull();
  },
  get [`made${"At"}`]() {
    return timestamp("made_at").notNull().defaultNow().$onUpdate(() => new Date());
  },
};

export const teams = pgTable("teams", {
  ...id,
  get: text("get"),
  get size() {
    const least = 1;
    return integer("size").default(least);
  },
});

export const members = pgTable(
  "members",
  { ...within, lead: key("lead").references(() => teams.id) },
  (table) => [primaryKey({ columns: [table.id, table.teamId] })],
);
