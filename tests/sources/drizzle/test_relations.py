"""What drizzle's client follows: which table references which, and whether one row does or many."""

from collections.abc import Callable

import pytest

from ormistice.model import Relation, Schema
from ormistice.text import Span

HEAD = """import { defineRelations, relations } from "drizzle-orm";
import { integer, pgTable, pgView, serial } from "drizzle-orm/pg-core";
import { mystery } from "mystery";
export const users = pgTable("users", { id: serial().primaryKey(), code: integer().unique(), best: integer() });
export const posts = pgTable("posts", { id: serial().primaryKey(), userId: integer("user_id"), other: integer().unique() });
export const profiles = pgTable("profiles", { userId: integer("user_id").primaryKey().references(() => users.id) });
"""
AUTHOR = "author: one(users, { fields: [posts.userId], references: [users.id] })"


def said(schema: Schema) -> list[str]:
    return [
        f"{table.name.name} ({', '.join(relation.columns)}) {relation.references}"
        + ("" if relation.single is None else f" {'one' if relation.single.value else 'many'}")
        for table in schema.tables
        for relation in table.relations
    ]


def older(users: str = "", posts: str = "", profiles: str = "") -> str:
    made = {"users": users, "posts": posts, "profiles": profiles}
    return "".join(
        f"export const {name}Relations = relations({name}, ({{ one, many }}) => ({{ {body} }}));\n"
        for name, body in made.items()
        if body
    )


def newer(body: str) -> str:
    return f"export const rel = defineRelations({{ users, posts, profiles }}, (r) => ({{ {body} }}));\n"


POST_OF_USER = "posts (user_id) REFERENCES public.users (id)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (older(posts=AUTHOR), [POST_OF_USER]),
        (older("posts: many(posts)", AUTHOR), [f"{POST_OF_USER} many"]),
        (older("post: one(posts)", AUTHOR), [f"{POST_OF_USER} one"]),
        (older("posts: many(posts), post: one(posts)", AUTHOR), [f"{POST_OF_USER} many"]),
        (older("posts: many(posts, { relationName: 'x' })", AUTHOR), [POST_OF_USER]),
        (older("posts: many(posts, { relationName: 'x' })", AUTHOR.replace("] })", "], relationName: 'x' })")), [f"{POST_OF_USER} many"]),
        (older("posts: many(posts)"), []),
        # The side that a key is declared on holds it, and otherwise the side that is not unique.
        (older("profile: one(profiles, { fields: [users.id], references: [profiles.userId] })"), ["profiles (user_id) REFERENCES public.users (id) one"]),
        (older("post: one(posts, { fields: [users.id], references: [posts.userId] })"), [f"{POST_OF_USER} one"]),
        (older("post: one(posts, { fields: [users.id], references: [posts.other] })"), ["posts (other) REFERENCES public.users (id) one"]),
        (older("post: one(posts, { fields: [users.best], references: [posts.userId] })"), ["users (best) REFERENCES public.posts (user_id)"]),
        (older("post: one(posts, { fields: [users.id], references: [posts.userId] }), posts: many(posts)", AUTHOR), [f"{POST_OF_USER} many"]),
        (newer("posts: { author: r.one.users({ from: r.posts.userId, to: r.users.id }) }"), [POST_OF_USER]),
        (newer("users: { posts: r.many.posts({ from: r.users.id, to: r.posts.userId }) }"), [f"{POST_OF_USER} many"]),
        (newer("posts: { author: r.one.users({ from: r.posts.userId, to: r.users.id }) }, users: { posts: r.many.posts() }"), [f"{POST_OF_USER} many"]),
        (newer("posts: { author: r.one.users({ from: r.posts.userId, to: r.users.id, where: { id: 1 } }) }"), []),
        (
            newer("users: { ones: r.many.users({ from: r.users.id.through(r.posts.userId), to: r.users.code.through(r.posts.other) }) }"),
            [POST_OF_USER, "posts (other) REFERENCES public.users (code)"],
        ),
    ],
)  # fmt: skip
def test_who_references_whom_and_how_many_do(text: str, expected: list[str], read: Callable[..., Schema]) -> None:
    schema = read(HEAD + text)

    assert said(schema) == expected
    assert schema.problems == ()


def test_a_relation_to_a_view_is_none(read: Callable[..., Schema]) -> None:
    view = "export const recent = pgView('recent', { id: integer() }).existing();\n"
    schema = read(HEAD + view + older(posts="seen: one(recent, { fields: [posts.id], references: [recent.id] })"))

    assert said(schema) == []
    assert schema.problems == ()


def test_relations_stand_where_they_are_declared(read: Callable[..., Schema]) -> None:
    text = HEAD + older("posts: many(posts)", AUTHOR)
    (relation,) = read(text).tables[1].relations
    assert isinstance(relation.place, Span)
    assert relation.single is not None
    assert isinstance(relation.single.place, Span)

    assert text[relation.place.start : relation.place.end] == AUTHOR
    assert text[relation.single.place.start : relation.single.place.end] == "posts: many(posts)"


def test_relations_of_another_module_are_known_by_its_tables(read: Callable[..., Schema]) -> None:
    text = """import { defineRelations } from "drizzle-orm";
import * as schema from "./tables";
export * from "./tables";
export const rel = defineRelations({ ...schema }, (r) => ({
  posts: { author: r.one.users({ from: r.posts.userId, to: r.users.id }) },
}));
export const more = defineRelations(schema, (r) => ({ users: { best: r.one.posts({ from: r.users.best, to: r.posts.id }) } }));
"""
    schema = read(text, {"tables.ts": HEAD})

    assert said(schema) == ["users (best) REFERENCES public.posts (id)", POST_OF_USER]
    assert schema.problems == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("export const r = relations(mystery, () => ({}));", "relations: `mystery` is not known"),
        ("export const r = relations(posts, mystery);", "relations of table `posts`: "),
        (older(posts="a: mystery()"), "relation `a` of table `posts`: "),
        (older(posts=f"...mystery, {AUTHOR}"), "relations of table `posts`: "),
        (older(posts="a: one(mystery, {})"), "relation `a` of table `posts`: `mystery` is not known"),
        (older(posts="a: one(users, mystery())"), "relation `a` of table `posts`: what `mystery` gives is not known"),
        (older(posts="a: one(users, { fields: [mystery], references: [users.id] })"), "relation `a` of table `posts`: "),
        (older(posts="a: one(users, { fields: [posts.id], references: [] })"), "relation `a` of table `posts`: "),
        (older(posts="a: one(users, { fields: [posts.nothing], references: [users.id] })"), "relation `a` of table `posts`: "),
        (newer("posts: mystery()"), "relations of table `posts`: "),
        (newer("nothing: { }"), "relations: there is no table `nothing`"),
        (newer("posts: { a: r.one.nothing() }"), "relation `a` of table `posts`: "),
        ("export const r = defineRelations(mystery, (r) => ({ posts: {} }));", "relations: `mystery` is not known"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_said(text: str, message: str, read: Callable[..., Schema]) -> None:
    schema = read(HEAD + text)

    assert [problem.message[: len(message)] for problem in schema.problems] == [message]
    assert Relation in schema.unread
    assert [table.name.name for table in schema.tables] == ["users", "posts", "profiles"]
