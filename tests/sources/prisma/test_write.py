"""The law of write: with the fix, the schema says `after` and is otherwise what it was, to the byte outside the edits."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ormistice.fixes import Applicability, Change, Patch, edited
from ormistice.model import Reference, ReferentialAction, Stated
from ormistice.names import QualifiedName
from ormistice.sources.prisma.lower import lower
from ormistice.sources.prisma.syntax import parse
from ormistice.sources.prisma.write import write
from ormistice.text import Document
from sources.prisma.prisma_printing import printed
from sources.prisma.prisma_schemas import HERE, any_names, schemas

ACTIONS = st.sampled_from(ReferentialAction)
RELAXED = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
SCHEMA = """\
datasource db {
  provider = "postgresql"
}

model User {
  id       Int       @id
  email    String    @unique
  name     String
  /// what they wrote
  posts    Post[]  // in any order
  profile  Profile?
  account  Account?

  @@unique([name, email])
  @@map("users")
}

model Account {
  userId  Int    @id
  email   String @unique
  posts   String
  user    User   @relation(fields: [userId], references: [id])
}

model Post {
  id        Int   @id
  authorId  Int?
  author    User? @relation( fields: [authorId], references: [id], onDelete: Cascade )
}

model Profile {
  id      Int   @id
  userId  Int   @unique
  user    User  @relation(references: [id], fields: [userId])
}
"""


def read(text: str):
    return lower("prisma", [parse(Document("schema.prisma", text))])


def key_of(schema, table: str):
    return next(each.foreign_keys[0] for each in schema.tables if each.name.name == table)


def fixed(text: str, patch: Patch | None) -> str:
    assert patch is not None

    return edited("schema.prisma", text, [patch])


def without(schema, key):
    """The schema without a foreign key and what the client follows by it."""
    return replace(
        schema,
        tables=tuple(
            replace(
                table,
                foreign_keys=tuple(each for each in table.foreign_keys if each.key() != key.key()),
                relations=tuple(
                    each for each in table.relations if (each.table, each.columns) != (key.table, key.columns)
                ),
            )
            for table in schema.tables
        ),
    )


def changed(text: str, key, **aspects) -> str:
    """The text with the fix, which is also checked to hold and to touch nothing else."""
    before = read(text)
    after = replace(key, **aspects)
    again = fixed(text, write(before, Change("prisma", key, after)))
    schema = read(again)

    assert [after] == [each for table in schema.tables for each in table.foreign_keys if each.key() == key.key()]
    assert without(before, key) == without(schema, key)
    return again


def lines_changed(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


def test_an_explicit_action_is_replaced_where_it_stands():
    key = key_of(read(SCHEMA), "Post")
    after = changed(SCHEMA, key, on_delete=Stated(ReferentialAction.RESTRICT, key.on_delete.place))

    assert SCHEMA.replace("onDelete: Cascade )", "onDelete: Restrict )") == after


def test_unsaid_actions_are_added_as_last_arguments():
    key = key_of(read(SCHEMA), "Profile")
    after = changed(
        SCHEMA,
        key,
        on_delete=Stated(ReferentialAction.CASCADE, key.on_delete.place),
        on_update=Stated(ReferentialAction.NO_ACTION, key.on_update.place),
    )

    assert (
        SCHEMA.replace("fields: [userId])\n}\n", "fields: [userId], onDelete: Cascade, onUpdate: NoAction)\n}\n")
        == after
    )


def test_an_implicit_action_knows_where_it_would_be_written():
    place = key_of(read(SCHEMA), "Profile").on_delete.place

    assert SCHEMA[place.start :].startswith(")\n}\n")
    assert place.start == place.end


def test_another_table_takes_the_answering_field_along():
    schema = read(SCHEMA)
    key = key_of(schema, "Post")
    account = next(table.name for table in schema.tables if table.name.name == "Account")
    after = changed(SCHEMA, key, references=Stated(Reference(account, ("userId",)), key.references.place))

    gone, come = lines_changed(SCHEMA, after)
    assert gone[::-1] == [
        "  author    User? @relation( fields: [authorId], references: [id], onDelete: Cascade )",
        "  posts    Post[]  // in any order",
    ]
    assert come == [
        "  post_posts    Post[]  // in any order",
        "  author    Account? @relation( fields: [authorId], references: [userId], onDelete: Cascade )",
    ]
    assert after.index("/// what they wrote") > after.index("model Account")


def test_a_relation_between_models_that_have_one_gets_a_name():
    schema = read(SCHEMA)
    key = key_of(schema, "Account")
    profile = next(table.name for table in schema.tables if table.name.name == "Profile")
    text = changed(SCHEMA, key, references=Stated(Reference(profile, ("id",)), key.references.place))

    assert "user    Profile   @relation(fields" in text
    other = key_of(read(text), "Profile")
    account = next(table.name for table in schema.tables if table.name.name == "Account")
    again = changed(text, other, references=Stated(Reference(account, ("userId",)), other.references.place))

    assert '@relation("Profile_user", references: [userId], fields: [userId])' in again
    assert '  profile  Profile? @relation("Profile_user")\n' in again


def test_a_reference_to_itself_gets_a_name():
    schema = read(SCHEMA)
    key = key_of(schema, "Post")
    text = changed(SCHEMA, key, references=Stated(Reference(key.table, ("id",)), key.references.place))

    assert '  posts    Post[] @relation("Post_author")  // in any order' in text
    assert '@relation( "Post_author", fields' in text


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        pytest.param("users", ("name",), id="fields that are not unique"),
        pytest.param("users", ("email",), id="a field of another type"),
        pytest.param("users", ("nothing",), id="an unknown field"),
        pytest.param("nowhere", ("id",), id="an unknown table"),
    ],
)
def test_what_prisma_would_refuse_is_not_written(table, columns):
    schema = read(SCHEMA)
    key = key_of(schema, "Post")
    target = QualifiedName(key.references.value.table.schema, table)
    after = replace(key, references=Stated(Reference(target, columns), key.references.place))

    assert write(schema, Change("prisma", key, after)) is None


def test_line_breaks_stay_as_the_file_has_them():
    text = SCHEMA.replace("\n", "\r\n")
    schema = read(text)
    key = key_of(schema, "Post")
    account = next(table.name for table in schema.tables if table.name.name == "Account")
    after = changed(text, key, references=Stated(Reference(account, ("userId",)), key.references.place))

    assert after.count("\n") == after.count("\r\n") == text.count("\n")


def test_a_change_in_one_file_of_many_may_edit_others(tmp_path: Path, open_prisma):
    for number, block in enumerate(SCHEMA.split("\n\nmodel ")):
        (tmp_path / f"{number}.prisma").write_text("model " * (number > 0) + block + "\n")
    source = open_prisma(".")
    before = source.load()
    key = key_of(before, "Post")
    account = next(table.name for table in before.tables if table.name.name == "Account")
    after = replace(key, references=Stated(Reference(account, ("userId",)), key.references.place))
    patch = source.write(before, Change("prisma", key, after))

    assert patch is not None
    assert len({edit.span.file for edit in patch.edits}) == 3
    assert after == key_of(source.load((patch,)), "Post")
    assert before == source.load()


def keys_of(schema):
    return {key.key(): key for table in schema.tables for key in table.foreign_keys}


def after_writing(text: str, before, after) -> str:
    return fixed(text, write(read(text), Change("prisma", before, after)))


def test_a_key_is_added_as_both_fields_of_a_relation():
    key = key_of(read(SCHEMA), "Account")
    bare = after_writing(SCHEMA, key, None)
    after = after_writing(bare, None, key)

    assert keys_of(read(SCHEMA)) == keys_of(read(after))
    assert key.key() not in keys_of(read(bare))
    assert "  user    User   @relation(fields: [userId], references: [id])\n" in after
    assert "  account  Account?\n" in after


def test_a_key_that_is_dropped_leaves_its_columns():
    key = key_of(read(SCHEMA), "Post")
    text = after_writing(SCHEMA, key, None)

    assert "authorId" in text
    assert without(read(SCHEMA), key) == read(text)
    assert lines_changed(SCHEMA, text)[1] == []


def test_a_dropped_key_is_unsafe():
    schema = read(SCHEMA)
    patch = write(schema, Change("prisma", key_of(schema, "Post"), None))

    assert patch is not None
    assert patch.applicability is Applicability.UNSAFE


def test_a_key_of_a_column_that_is_not_there_is_not_written():
    schema = read(SCHEMA)
    key = replace(key_of(schema, "Post"), columns=("nothing",))

    assert write(schema, Change("prisma", None, key)) is None


@RELAXED
@given(schemas(names=any_names), st.data())
def test_any_key_can_be_dropped_and_added_again(schema, data):
    text = printed(schema)
    before = read(text)
    assume(keys_of(before))
    key = data.draw(st.sampled_from(list(keys_of(before).values())))
    bare = after_writing(text, key, None)

    assert without(before, key) == read(bare)
    assert keys_of(before) == keys_of(read(after_writing(bare, None, key)))


def index_of(schema, table: str, *columns: str):
    found = next(each for each in schema.tables if each.name.name == table)
    return next(index for index in found.indexes if index.key().columns == columns)


def indexes_of(schema):
    return {(table.name, index.key()): index for table in schema.tables for index in table.indexes}


def test_a_unique_index_of_one_column_is_an_attribute_of_its_field():
    text = SCHEMA.replace("  name     String\n", '  name     String    @unique(map: "n")\n')
    index = index_of(read(text), "users", "name")

    assert after_writing(text, index, None) == SCHEMA
    assert after_writing(SCHEMA, None, index) == text


def test_any_other_index_is_a_line_of_its_own():
    text = SCHEMA.replace("email])\n", "email])\n  @@index([name(sort: Desc), id])\n")
    index = index_of(read(text), "users", "name", "id")

    assert after_writing(text, index, None) == SCHEMA
    assert after_writing(SCHEMA, None, index) == text


def test_an_index_that_a_relation_references_is_not_dropped():
    text = SCHEMA.replace(
        "  userId  Int    @id\n  email   String @unique", "  userId  Int    @unique\n  email   String @id"
    )
    text = text.replace(
        "model Post {\n  id        Int ",
        "model Post {\n  of Account @relation(fields: [id], references: [userId])\n  id        Int ",
    )
    schema = read(text)

    assert write(schema, Change("prisma", index_of(schema, "Account", "userId"), None)) is None


def test_a_relation_whose_field_is_no_longer_unique_is_to_many():
    schema = read(SCHEMA)
    patch = write(schema, Change("prisma", index_of(schema, "Profile", "userId"), None))
    text = fixed(SCHEMA, patch)

    assert patch.applicability is Applicability.UNSAFE
    assert "  profile  Profile[]\n" in text
    assert "  userId  Int\n" in text


def test_a_partial_index_is_not_written_without_its_preview_feature():
    schema = read(SCHEMA)
    index = replace(index_of(schema, "users", "email"), predicate=Stated("id > 5", HERE))

    assert write(schema, Change("prisma", None, index)) is None


@RELAXED
@given(schemas(names=any_names), st.data())
def test_any_index_can_be_dropped_and_added_again(schema, data):
    text = printed(schema)
    before = read(text)
    named = {key: index for key, index in indexes_of(before).items() if not is_needed(before, index)}
    assume(named)
    index = data.draw(st.sampled_from(list(named.values())))
    bare = after_writing(text, index, None)
    again = read(after_writing(bare, None, index))

    assert indexes_of(before).keys() - indexes_of(read(bare)).keys() == {(index.table, index.key())}
    assert indexes_of(before) == indexes_of(again)
    assert [table.columns for table in before.tables] == [table.columns for table in again.tables]


def is_needed(schema, index) -> bool:
    columns = {element.column for element in index.elements}
    return index.unique.value and any(
        columns in (set(key.columns), set(key.references.value.columns)) for key in keys_of(schema).values()
    )


def column_of(schema, table: str, name: str):
    return next(each for each in schema.tables if each.name.name == table).column(name)


def with_nullable(text: str, column, *, nullable: bool) -> str:
    before = read(text)
    after = replace(column, nullable=Stated(nullable, column.nullable.place))
    again = fixed(text, write(before, Change("prisma", column, after)))

    wanted = tuple(
        replace(table, columns=tuple(after if each == column else each for each in table.columns))
        for table in before.tables
    )
    assert replace(before, tables=wanted) == read(again)
    return again


def test_a_column_that_takes_null_is_marked_with_its_relation_and_its_action_stays():
    after = with_nullable(SCHEMA, column_of(read(SCHEMA), "Profile", "userId"), nullable=True)

    assert (
        "  userId  Int?  @unique\n  user    User? @relation(references: [id], fields: [userId], onDelete: Restrict)"
        in after
    )


def test_a_column_that_takes_no_null_any_more_loses_its_mark_with_its_relation():
    after = with_nullable(SCHEMA, column_of(read(SCHEMA), "Post", "authorId"), nullable=False)

    assert (
        "  authorId  Int\n  author    User  @relation( fields: [authorId], references: [id], onDelete: Cascade )"
        in after
    )


@pytest.mark.parametrize(("table", "name"), [("users", "id"), ("Account", "userId")])
def test_a_key_cannot_take_null(table, name):
    schema = read(SCHEMA)
    column = column_of(schema, table, name)
    after = replace(column, nullable=Stated(value=True, place=column.nullable.place))

    assert write(schema, Change("prisma", column, after)) is None


@RELAXED
@given(schemas(names=any_names), st.data())
def test_any_column_but_keys_can_take_null_or_not(schema, data):
    text = printed(schema)
    free = [
        column
        for table in read(text).tables
        for column in table.columns
        if column.nullable is not None and column.name not in table.primary_key.columns.value
    ]
    assume(free)
    column = data.draw(st.sampled_from(free))
    again = read(with_nullable(text, column, nullable=not column.nullable.value))

    assert again.table(column.table).column(column.name).nullable.value is not column.nullable.value


@RELAXED
@given(schemas(names=any_names), st.data())
def test_any_foreign_key_can_be_changed(schema, data):
    text = printed(schema)
    before = read(text)
    keys = [key for table in before.tables for key in table.foreign_keys]
    assume(keys)
    key = data.draw(st.sampled_from(keys))
    aspects = data.draw(
        st.fixed_dictionaries(
            {}, optional={"on_delete": ACTIONS, "on_update": ACTIONS, "references": references(before, key)}
        )
    )
    assume(any(getattr(key, name).value != value for name, value in aspects.items()))
    wanted = {name: Stated(value, getattr(key, name).place) for name, value in aspects.items()}
    again = read(changed(text, key, **wanted))

    assert replace(key, **wanted) in again.table(key.table).foreign_keys


def references(schema, key):
    kind = schema.table(key.table).column(key.columns[0]).type.value
    alike = [
        Reference(table.name, table.primary_key.columns.value)
        for table in schema.tables
        if table.column(table.primary_key.columns.value[0]).type.value == kind
    ]
    return st.sampled_from(alike)
