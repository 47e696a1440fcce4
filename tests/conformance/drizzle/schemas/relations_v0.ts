import { relations, relations as related } from "drizzle-orm";
import { integer, pgSchema, pgTable, primaryKey, serial, text, unique, uniqueIndex, type AnyPgColumn } from "drizzle-orm/pg-core";

export const other = pgSchema("other");

export const users = pgTable("users", {
  id: serial().primaryKey(),
  invitedBy: integer("invited_by").references((): AnyPgColumn => users.id),
});

export const profiles = pgTable("profiles", {
  id: serial().primaryKey(),
  userId: integer("user_id").references(() => users.id).unique(),
});

export const settings = pgTable("settings", { userId: integer("user_id").primaryKey() });

export const posts = other.table("posts", {
  id: serial().primaryKey(),
  authorId: integer("author_id").notNull().references(() => users.id),
  reviewerId: integer("reviewer_id"),
});

export const groups = pgTable("groups", { tenant: integer(), name: text() }, (t) => [primaryKey({ columns: [t.tenant, t.name] })]);

export const members = pgTable("members", {
  userId: integer("user_id").references(() => users.id),
  groupTenant: integer("group_tenant"),
  groupName: text("group_name"),
}, (t) => [uniqueIndex("members_user").on(t.userId), unique().on(t.groupName, t.groupTenant)]);

export const usersRelations = relations(users, ({ one, many }) => ({
  inviter: one(users, { fields: [users.invitedBy], references: [users.id], relationName: "invited" }),
  invited: many(users, { relationName: "invited" }),
  profile: one(profiles),
  settings: one(settings, { fields: [users.id], references: [settings.userId] }),
  posts: many(posts, { relationName: "author" }),
  reviews: many(posts, { relationName: "reviewer" }),
  memberships: many(members),
}));

export const profilesRelations = relations(profiles, (helpers) => ({
  user: helpers.one(users, { fields: [profiles.userId], references: [users.id] }),
}));

const byReviewer = { references: [users.id], relationName: `review${"er"}` } as const;
export const postsRelations = related(posts, ({ one }) => {
  return {
    author: one(users, { fields: [posts.authorId], references: [users.id], relationName: "author" }),
    reviewer: one(users, { fields: [posts.reviewerId], ...byReviewer }),
  };
});

export const membersRelations = relations(members, ({ one }) => ({
  user: one(users, { fields: [members.userId], references: [users.id] }),
  group: one(groups, { fields: [members.groupName, members.groupTenant], references: [groups.name, groups.tenant] }),
}));

export const groupsRelations = relations(groups, ({ one }) => ({ member: one(members) }));
