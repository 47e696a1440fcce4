import { defineRelations } from "drizzle-orm";
import { integer, pgSchema, pgTable, primaryKey, serial, text } from "drizzle-orm/pg-core";

export const other = pgSchema("other");

export const users = pgTable("users", {
  id: serial().primaryKey(),
  invitedBy: integer("invited_by"),
});

export const profiles = pgTable("profiles", {
  id: serial().primaryKey(),
  userId: integer("user_id").references(() => users.id).unique(),
});

export const posts = other.table("posts", {
  id: serial().primaryKey(),
  authorId: integer("author_id").notNull().references(() => users.id),
  reviewerId: integer("reviewer_id"),
});

export const groups = pgTable("groups", { tenant: integer(), name: text() }, (t) => [primaryKey({ columns: [t.tenant, t.name] })]);

export const members = pgTable("members", {
  userId: integer("user_id"),
  groupTenant: integer("group_tenant"),
  groupName: text("group_name"),
});

const schema = { users, profiles, posts, groups, members };

export const relations = defineRelations(schema, (r) => ({
  users: {
    inviter: r.one.users({ from: r.users.invitedBy, to: r.users.id, alias: "invited" }),
    invited: r.many.users({ alias: "invited" }),
    profile: r.one.profiles({ from: r.users.id, to: r.profiles.userId }),
    posts: r.many.posts({ from: r.users.id, to: r.posts.authorId, alias: "author" }),
    reviews: r.many.posts({ from: [r.users.id], to: [r.posts.reviewerId], alias: "reviewer" }),
    groups: r.many.groups({
      from: [r.users.id.through(r.members.userId)],
      to: [r.groups.name.through(r.members.groupName)],
    }),
  },
  profiles: {
    user: r.one.users({ from: r.profiles.userId, to: r.users.id, optional: false }),
  },
  posts: {
    author: r.one.users({ from: r.posts.authorId, to: r.users.id, alias: "author" }),
    reviewer: r.one.users({ from: r.posts.reviewerId, to: r.users.id, alias: "reviewer" }),
  },
  members: {
    group: r.one.groups({ from: [r.members.groupName, r.members.groupTenant], to: [r.groups.name, r.groups.tenant] }),
  },
}));
