"""Supabase's outline of a database, which is SQL only in form."""

import pytest

from ormistice.model import Enum, Index, ProblemKind
from ormistice.names import QualifiedName
from ormistice.sources import SourceRequest
from ormistice.sources.migrations import SOURCES as MIGRATIONS
from ormistice.sources.postgres import SOURCES as DATABASES

OUTLINE = """-- WARNING: This schema is for context only and is not meant to be run.
-- Table order and constraints may not be valid for execution.

CREATE TABLE public.articles (
  id integer NOT NULL DEFAULT nextval('articles_id_seq'::regclass),
  author uuid NOT NULL,
  owner uuid,
  tags ARRAY DEFAULT '{}'::text[], -- of any kind, (and more
  status USER-DEFINED NOT NULL DEFAULT 'draft'::article_status,
  title character varying NOT NULL UNIQUE,
  words integer CHECK (words > 0 AND words < 9000),
  created_at timestamp with time zone DEFAULT now(),
  CONSTRAINT articles_pkey PRIMARY KEY (id),
  CONSTRAINT articles_author_fkey FOREIGN KEY (author) REFERENCES public.people(id),
  CONSTRAINT articles_owner_fkey FOREIGN KEY (owner) REFERENCES auth.users(id)
);
CREATE TABLE public.people (
  id uuid NOT NULL DEFAULT uuid_generate_v4(),
  token text DEFAULT nobody_knows(id),
  CONSTRAINT people_pkey PRIMARY KEY (id)
);
CREATE TABLE other.notes (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  CONSTRAINT notes_pkey PRIMARY KEY (id)
);
"""


def sql(folder, text):
    (folder / "schema.sql").write_text(text)
    kind = next(kind for kind in DATABASES if kind.name == "sql")
    return kind.open(SourceRequest("outline", "sql", ("schema.sql",), folder)).load()


def history(folder, text):
    (folder / "1_outline.sql").write_text(text)
    (folder / "2_more.sql").write_text("ALTER TABLE articles ADD COLUMN more varchar(9);")
    return MIGRATIONS[0].open(SourceRequest("outline", "migrations", (".",), folder)).load()


@pytest.mark.parametrize("load", [sql, history])
def test_what_an_outline_says_is_read_and_what_it_leaves_out_is_not_known(tmp_path, load):
    schema = load(tmp_path, OUTLINE.replace("  token text DEFAULT nobody_knows(id),\n", ""))
    table = schema.table(QualifiedName("public", "articles"))
    columns = {column.name: column for column in table.columns}
    (problem,) = schema.problems

    assert problem.kind is ProblemKind.UNSUPPORTED_CONSTRUCT
    assert schema.document(problem.place.file).position(problem.place.start).line == 1
    assert [str(table.name) for table in schema.tables] == ["other.notes", "public.articles", "public.people"]
    assert [name for name, column in columns.items() if column.type is None and name != "more"] == [
        *("tags", "status", "title"),
    ]
    assert [name for name in columns if columns[name].default is None] == ["tags", "status"]
    assert [columns[name].nullable.value for name in ("tags", "status", "words")] == [True, False, True]
    assert [str(key.references.value.table) for key in table.foreign_keys] == ["public.people", "auth.users"]
    assert {key.on_delete for key in table.foreign_keys} == {None}
    assert len(table.checks) == len(table.unique_constraints) == 1
    assert Index in table.unread
    assert Enum in schema.unread
    assert schema.sequences == ()


def test_what_cannot_be_run_of_it_is_not_told_twice(tmp_path):
    schema = sql(tmp_path, OUTLINE)

    assert len(schema.problems) == 1


def test_others_may_say_so_without_being_one(tmp_path):
    schema = sql(tmp_path, "CREATE TABLE t (a int);\n" + OUTLINE)

    assert len(schema.problems) > 1
