import { boolean, pgTable, serial, timestamp } from "drizzle-orm/pg-core";

export interface Stamp {
  createdAt: Date;
}
export const prefix = "app";
export const CREATED = "made_at";
export const stamps = {
  createdAt: timestamp("created_at").notNull().defaultNow(),
  updatedAt: timestamp("updated_at").$onUpdate(() => new Date()),
};
export const flags = (hidden: boolean) => {
  const on = boolean().notNull();
  return hidden ? { hidden: on.default(true) } : { shown: on };
};
export const hidden = pgTable("hidden", { id: serial().primaryKey() });
