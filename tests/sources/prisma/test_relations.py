"""What Prisma's client follows, and the views that it reads: neither is anything that its migrations make."""

import pytest

from growth import growth
from ormistice.model import ForeignKey, ReferentialAction, Relation, View
from ormistice.names import QualifiedName
from ormistice.sources.prisma.lower import lower
from ormistice.sources.prisma.syntax import parse
from ormistice.text import Document

HEAD = 'datasource db {{\n  provider = "postgresql"\n  relationMode = "{mode}"\n}}\n'
MODELS = """
model User {
  id      Int      @id
  profile Profile?
  posts   Post[]
  tags    Tag[]
  bossId  Int?     @map("boss_id")
  boss    User?    @relation("works for", fields: [bossId], references: [id])
  staff   User[]   @relation("works for")

  @@map("users")
}

model Profile {
  id     Int  @id
  userId Int  @unique
  user   User @relation(fields: [userId], references: [id], onDelete: Cascade)
}

model Post {
  id     Int  @id
  userId Int
  user   User @relation(fields: [userId], references: [id])
}

model Tag {
  id    Int    @id
  users User[]
}
"""


def read(text: str, mode: str = "foreignKeys"):
    return lower("prisma", [parse(Document("schema.prisma", HEAD.format(mode=mode) + text))])


def relations(schema) -> dict[str, list[Relation]]:
    return {table.name.name: list(table.relations) for table in schema.tables}


def test_a_relation_follows_its_columns_to_one_row_or_to_many():
    found = relations(read(MODELS))

    assert {name: [each.single.value for each in made] for name, made in found.items()} == {
        "users": [False],
        "Profile": [True],
        "Post": [False],
        "Tag": [],
        "_TagToUser": [],
    }
    assert found["users"][0].columns == ("boss_id",)
    assert {str(each.references.table) for made in found.values() for each in made} == {"public.users"}


def test_the_field_that_answers_says_how_many_there_are():
    schema = read(MODELS)
    place = relations(schema)["Profile"][0].single.place

    assert schema.documents[0].text[place.start : place.end] == "Profile?"


def test_foreign_keys_leave_deletes_to_the_database():
    schema = read(MODELS)

    assert all(each.on_delete is None for made in relations(schema).values() for each in made)
    assert sum(len(table.foreign_keys) for table in schema.tables) == 5


def test_without_foreign_keys_the_client_does_what_they_would():
    schema = read(MODELS, "prisma")
    actions = {name: [each.on_delete.value for each in made] for name, made in relations(schema).items() if made}

    assert actions == {
        "users": [ReferentialAction.SET_NULL],
        "Profile": [ReferentialAction.CASCADE],
        "Post": [ReferentialAction.RESTRICT],
    }
    assert not any(table.foreign_keys for table in schema.tables)
    assert ForeignKey not in schema.expresses


def test_the_time_for_many_relations_to_one_model_grows_with_their_number_alone():
    def schema(number: int) -> str:
        relation = '  hubId Int\n  hub Hub @relation("r{0}", fields: [hubId], references: [id])\n'
        backs = "".join(f'  back{each} M{each}[] @relation("r{each}")\n' for each in range(number))
        models = [f"model M{each} {{\n  id Int @id\n{relation.format(each)}}}\n" for each in range(number)]
        return f"model Hub {{\n  id Int @id\n{backs}}}\n{''.join(models)}"

    assert len(read(schema(150)).tables) == 151
    # Eight times the models: 8 if the time is theirs alone, 64 if each looks at all others.
    assert growth(read, schema(150), schema(1200), enough=24) < 24


@pytest.mark.parametrize(("line", "columns"), [("", ("v_id", "name")), ("  x Int @@\n", None)])
def test_a_view_is_told_but_nothing_that_migrations_make(line, columns):
    schema = read(f'view V {{\n  id Int @unique @map("v_id")\n  name String?\n{line}  @@map("the_view")\n}}\n')
    (view,) = schema.views

    assert (view.name, view.columns and view.columns.value) == (QualifiedName("public", "the_view"), columns)
    assert schema.tables == ()
    assert View not in schema.expresses


def test_the_names_of_a_join_table_are_cut_in_front_of_their_suffixes():
    # As the engine of Prisma 7 writes them.
    one, two = "FrameworkEditorControlTemplate", "FrameworkEditorPolicyTemplate"
    models = f"model {one} {{\n  id Int @id\n  b {two}[]\n}}\nmodel {two} {{\n  id Int @id\n  a {one}[]\n}}\n"
    join = read(models).tables[-1]
    stem = f"_{one}To{two}"

    assert join.primary_key.name.value == f"{stem[:55]}_AB_pkey"
    assert [index.name.value for index in join.indexes] == [f"{stem[:55]}_B_index"]
    assert [key.name.value for key in join.foreign_keys] == [f"{stem[:56]}_A_fkey", f"{stem[:56]}_B_fkey"]
