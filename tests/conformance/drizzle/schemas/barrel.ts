import { pgTable, serial } from "drizzle-orm/pg-core";

export const inBarrel = pgTable("in_barrel", { id: serial().primaryKey() });
