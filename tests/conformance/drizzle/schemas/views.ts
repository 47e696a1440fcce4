import { and, count, eq, gt, isNotNull, sql, sum } from "drizzle-orm";
import { integer, pgMaterializedView, pgSchema, pgTable, pgView, serial, text, timestamp, uuid } from "drizzle-orm/pg-core";

export const reports = pgSchema("reports");

export const users = pgTable("users", {
  id: serial().primaryKey(),
  fullName: text("full_name"),
  createdAt: timestamp("created_at").notNull(),
});

export const posts = pgTable("posts", { postId: uuid("post_id").primaryKey(), authorId: integer("author_id") });

export const everyone = pgView("everyone").as((qb) => qb.select().from(users));
export const named = pgView("named").with({ securityInvoker: true }).as((qb) =>
  qb.select({ who: users.fullName, since: users.createdAt, shout: sql<string>`upper(${users.fullName})`.as("shout") })
    .from(users)
    .where(and(isNotNull(users.fullName), gt(users.id, 3))),
);
export const counted = pgMaterializedView("counted").as((qb) =>
  qb.select({ authorId: posts.authorId, posts: count().as("posts"), total: sum(posts.authorId).as("total") })
    .from(posts)
    .groupBy(posts.authorId),
);
export const joined = pgView("joined").as((qb) => qb.select().from(users).leftJoin(posts, eq(posts.authorId, users.id)));
export const nested = reports.view("nested").as((qb) =>
  qb.selectDistinct({ user: { id: users.id, name: users.fullName }, post: posts }).from(posts).innerJoin(users, eq(posts.authorId, users.id)),
);
export const written = reports.materializedView("written", {
  userId: integer("user_id"),
  day: text(),
}).using("heap").withNoData().as(sql`select ${users.id} as user_id, 'x' as day from ${users}`);
export const plain = pgView("plain", { id: integer(), shownName: text("shown_name") }).as(
  sql`select id, full_name as shown_name from users where id < 10`,
);
export const elsewhere = pgView("elsewhere", { id: integer() }).existing();
const hidden = pgView("hidden").as((qb) => qb.select().from(users));
export const unfinished = pgView("unfinished", { id: integer() });
