import { sql } from "drizzle-orm";
import { integer, pgPolicy, pgRole, pgTable, pgView, serial, text } from "drizzle-orm/pg-core";

export const reader = pgRole("a reader");
export const open = pgTable("open", { id: serial().primaryKey() });
export const secured = pgTable(
  "secured",
  { id: serial().primaryKey(), owner: text().notNull() },
  (t) => [
    pgPolicy("everyone"),
    pgPolicy("own rows", {
      as: "restrictive",
      for: "select",
      to: ["public"],
      using: sql`${t.owner} = current_user`,
    }),
    pgPolicy("insert own", { for: "insert", to: "current_user", withCheck: sql`true` }),
  ],
);
export const listed = pgView("listed").as((query) => query.select().from(open));
export const existing = pgView("existing", { id: integer() }).existing();
export const linked = pgPolicy("linked", { for: "delete", using: sql`true` }).link(open);
