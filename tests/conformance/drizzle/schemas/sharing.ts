// Columns that several tables go on from: each method changes the one object, for all tables that are made after that.
import { integer, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";

const id = uuid("id");
export const first = pgTable("first", { id });
export const second = pgTable("second", { id: id.primaryKey() });
export const third = pgTable("third", { id: id.defaultRandom() });
export const fourth = pgTable("fourth", { id });

const owner = uuid("owner_id");
export const unowned = pgTable("unowned", { owner });
export const owned = pgTable("owned", { owner: owner.references(() => second.id) });
export const ownedToo = pgTable("owned_too", { owner });

const stamps = { at: timestamp("at"), by: text("by") };
export const loose = pgTable("loose", { ...stamps });
export const strict = pgTable("strict", { ...stamps, at: stamps.at.notNull().defaultNow() });
export const strictToo = pgTable("strict_too", { ...stamps });

const fresh = () => ({ at: timestamp("at"), by: text("by") });
export const alone = pgTable("alone", { ...fresh(), at: fresh().at.notNull() });
export const aloneToo = pgTable("alone_too", fresh());

const made = {
  get id() {
    return uuid("id");
  },
  get stamps() {
    return { at: timestamp("at") };
  },
};
export const keyed = pgTable("keyed", { id: made.id.primaryKey(), at: made.stamps.at.notNull() });
export const unkeyed = pgTable("unkeyed", { id: made.id, ...made.stamps });
export const spread = pgTable("spread", { ...{ ...made }.stamps, id: { ...made }.id });

const tags = text("tags");
export const listed = pgTable("listed", { tags: tags.array().notNull() });
export const plain = pgTable("plain", { tags });

const count = integer("count").default(1);
const required = count.notNull();
export const counted = pgTable("counted", { count });
export const countedToo = pgTable("counted_too", { required });

export const written = pgTable("written", {
  config: jsonb("config").default(JSON.stringify({ a: [1, 2.5, null], b: "it's", c: undefined })),
  text: text("text").default(JSON.stringify(["a", Infinity])),
});
