import { foreignKey, index, integer, pgTable, primaryKey, serial, text, unique } from "drizzle-orm/pg-core";

export const someUsers = pgTable("someUsers", {
  userId: serial().primaryKey(),
  emailAddress: text().notNull().unique(),
  HTMLText2: text(),
  named: text("KeptAsItIs"),
  apiURLValue: text(),
});
export const posts = pgTable(
  "posts",
  {
    postId: serial(),
    authorId: integer().references(() => someUsers.userId),
    editorId: integer(),
  },
  (t) => [
    primaryKey({ columns: [t.postId, t.authorId] }),
    index().on(t.authorId, t.editorId),
    unique().on(t.authorId, t.editorId),
    foreignKey({ columns: [t.editorId], foreignColumns: [someUsers.userId] }),
  ],
);
