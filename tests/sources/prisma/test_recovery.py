"""What cannot be read is reported where it stands, and costs no more than its line or block."""

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from growth import growth
from ormistice.errors import AuditError
from ormistice.model import Column, Enum, ForeignKey, Index, PrimaryKey, ProblemKind, Table
from ormistice.sources.prisma.lower import lower
from ormistice.sources.prisma.syntax import parse
from ormistice.text import Document
from sources.prisma.prisma_lines import BAD_LINES, GOOD, GOOD_LINES, model


def read(text: str):
    return lower("prisma", [parse(Document("schema.prisma", text))])


def told(schema) -> list[str]:
    text = schema.documents[0]
    return [
        f"{text.position(problem.place.start).line}:{text.position(problem.place.start).column} {problem.message}"
        for problem in schema.problems
    ]


@pytest.mark.parametrize(("line", "message"), BAD_LINES)
def test_a_syntax_error_costs_its_line(line, message):
    schema = read(model(line))

    assert [message] == [problem for problem in told(schema) if "no scalar type" not in problem]
    assert [table.name.name for table in schema.tables] == ["A", "Other"]
    assert {"id", "last"} <= {column.name for column in schema.tables[0].columns}
    assert schema.problems[0].kind is ProblemKind.SYNTAX_ERROR


@pytest.mark.parametrize("line", GOOD_LINES)
def test_a_last_comma_is_taken_where_prisma_takes_it(line):
    assert told(read(model(line))) == []


@pytest.mark.parametrize(
    ("line", "hidden"),
    [
        ("a Int @@", {Column, PrimaryKey, ForeignKey, Index}),
        ("@@index([id", {Index}),
        ("@@id([id", {PrimaryKey}),
        ("@@later([id])", {PrimaryKey, Index}),
        ("a Missing", {Column, PrimaryKey, ForeignKey, Index}),
    ],
)
def test_what_an_unread_line_may_have_said_is_never_missing(line, hidden):
    assert hidden <= read(model(line)).tables[0].unread


def test_a_model_whose_name_was_not_read_is_no_table():
    schema = read(model('@@map("x'))

    assert [table.name.name for table in schema.tables] == ["Other"]
    assert Table in schema.unread


def test_an_enum_with_an_unread_value_is_no_enum():
    schema = read("enum E {\n  A\n  B @map(\n}\n" + GOOD.replace("@id", "@id\n  e E"))

    assert schema.enums == ()
    assert Enum in schema.unread
    assert str(schema.tables[0].columns[1].type.value) == 'public."E"'


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            "modul A {\n  id Int @id\n}\n",
            [
                "1:1 this is not the start of a block: expected a keyword (`model`, `enum`, `view`, `type`, `datasource`, `generator`), a name and `{`"
            ],
        ),
        ("model A {\n  id Int @id\n\n", ["1:1 the model `A` has no end: expected `}` at the start of a line"]),
        ("type Text = String @db.Text\n", ["1:1 `Text`: the language has no type aliases any more"]),
        ("type Point {\n  x Int\n}\n", ["1:6 composite type `Point`: Prisma has none in PostgreSQL"]),
        ("model Other {\n  a Int\n}\n", ["4:7 `Other` is declared twice; only the first is read"]),
    ],
)
def test_a_bad_block_costs_its_block(text, messages):
    schema = read(text + GOOD)

    assert messages == told(schema)
    assert "Other" in {table.name.name for table in schema.tables}


@pytest.mark.parametrize(
    ("first", "second", "answer", "told_of"),
    [
        ("", "", "", "`x` and `y` refer to `B`"),
        ('"one", ', '"one", ', '@relation("one")', "`x` and `y` refer to `B`"),
        ("", '"two", ', '\n  too A[] @relation("two")', None),
    ],
)
def test_relations_that_only_a_name_could_tell_apart(first, second, answer, told_of):
    schema = read(
        f"model A {{\n  id Int @id\n  b Int\n  c Int\n  x B @relation({first}fields: [b], references: [id])\n"
        f"  y B @relation({second}fields: [c], references: [id])\n}}\nmodel B {{\n  id Int @id\n  as A[] {answer}\n}}\n"
    )

    expected = [] if told_of is None else [f"6:3 {told_of}, and no name of a relation tells them apart"]
    assert told(schema) == expected
    assert [key.columns for key in schema.tables[0].foreign_keys] == [("b",), ("c",)]


@pytest.mark.parametrize(
    ("name", "more", "told_of"),
    [
        ("", "", "4:3 `x` and `y`"),
        ('"n", ', "", None),
        ('"n", ', '  z A? @relation("n", fields: [b], references: [id])\n', "5:3 `x`, `y` and `z`"),
    ],
)
def test_a_relation_of_a_model_with_itself_has_two_fields_of_one_name(name, more, told_of):
    back = f"@relation({name.rstrip(', ')})" if name else ""
    schema = read(
        f"model A {{\n  id Int @id\n  x A? @relation({name}fields: [b], references: [id])\n  y A[] {back}\n"
        f"{more}  b Int?\n}}\n"
    )

    expected = [] if told_of is None else [f"{told_of} refer to `A`, and no name of a relation tells them apart"]
    assert told(schema) == expected


def test_two_of_one_name_in_the_database_are_one_and_told():
    schema = read(
        'model A {\n  id Int @id\n  a Int @map("id")\n  @@map("t")\n}\nmodel B {\n  id Int @id\n  @@map("t")\n}\n'
        'enum E {\n  X\n  Y @map("X")\n  @@map("e")\n}\nenum F {\n  Z\n  @@map("e")\n}\n'
    )

    assert told(schema) == [
        "3:3 another column is named `id`, too; only the first is read",
        "6:1 another table is named `public.t`, too; only the first is read",
        "12:3 another value has the label `X`, too; only the first is read",
        "15:1 another enum is named `public.e`, too; only the first is read",
    ]
    assert [[column.name for column in table.columns] for table in schema.tables] == [["id"]]
    assert [[label.value for label in enum.labels] for enum in schema.enums] == [["X"]]


@pytest.mark.parametrize("first", ["namespace auth {\n  model A {\n  }\n}\n", "types {\n  A\n}\n"])
def test_the_contract_language_of_prisma_8_is_refused_in_one_line(first):
    with pytest.raises(AuditError, match=r"schema\.prisma:4: `\w+` is Prisma 8's contract language, which is not read"):
        read(GOOD + first)


@pytest.mark.parametrize("provider", ["mysql", "sqlite", "sqlserver", "mongodb", "cockroachdb"])
def test_a_schema_for_another_database_is_refused(provider):
    with pytest.raises(AuditError, match=f"schema.prisma:2: the datasource's provider is `{provider}`"):
        read(f'datasource db {{\n  provider = "{provider}"\n}}\n')


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"\xff\xfe\x00m", id="not UTF-8"),
        pytest.param(b"\x00" * 1000, id="NUL"),
        pytest.param(GOOD.encode("utf-16"), id="UTF-16"),
        pytest.param(b'model A {\n  id Int @id @map("\xe9")\n}\n', id="Latin-1"),
        pytest.param(b'model A {\n  id Int @id @map("\\ud800")\n}\n', id="half a surrogate pair"),
        pytest.param(b"", id="empty"),
        pytest.param(b"\r\r\r", id="carriage returns"),
    ],
)
def test_any_bytes_are_read(raw, tmp_path, open_prisma):
    (tmp_path / "schema.prisma").write_bytes(raw)

    assert open_prisma("schema.prisma").load().documents


def test_one_bad_byte_costs_no_more_than_itself(tmp_path, open_prisma):
    (tmp_path / "schema.prisma").write_bytes(GOOD.encode() + b"model A { // \xe9\n  id Int @id // \xe9\n}\n")
    schema = open_prisma("schema.prisma").load()

    assert (schema.problems, len(schema.tables)) == ((), 2)


@pytest.mark.parametrize("brackets", ["(", "[", "{", "([{", "f(", "[f("])
def test_ten_thousand_brackets_cost_their_line(brackets):
    schema = read(model("a Int @default(" + brackets * 10_000))

    assert told(schema) == ["3:3 brackets are nested too deep"]
    assert len(schema.tables) == 2


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("model A {\n" + "  a Int\n" * 100, id="fields"),
        pytest.param("/*\n" * 100, id="comments that do not end"),
        pytest.param("a /* " * 100, id="comments inside lines"),
        pytest.param('"' * 100, id="quotes"),
        pytest.param("model A {\n" * 100, id="blocks that do not end"),
        pytest.param("{\n" * 100, id="braces"),
        pytest.param("model A {\n  a Int " + "@a(b: [c]) " * 100 + "\n}\n", id="attributes"),
        pytest.param("model A {\n  @@index([" + "a, " * 100 + "\n}\n", id="a long list"),
        pytest.param("\n" * 100 + " " * 100 + "//" * 100, id="blanks"),
        pytest.param(GOOD.replace("Other", "O{0}"), id="models"),
    ],
)
def test_time_grows_with_length_alone(text):
    def grown(times: int) -> str:
        return "".join(text.replace("{0}", str(number)) for number in range(times)) if "{0}" in text else text * times

    # Ten times the length: 10 if the time is for the length alone, 100 if each part looks at all others.
    assert growth(read, grown(60), grown(600), enough=35) < 35


@pytest.mark.parametrize(
    "piece", ["\0", '"', " ", "(", "a", "@a(b: [c]) ", "/*\n", "model A {\n", "@@index([a])\n", "é\ufffd", "\ud800"]
)
def test_megabytes_of_anything_are_survived(piece):
    size = 300_000 if "\n" in piece else 3_000_000
    schema = read("model A {\n  id Int @id " + piece * (size // len(piece)))

    assert len(schema.problems) <= 1_001


def test_a_file_of_nothing_but_errors_is_given_up():
    schema = read("model A {\n" + "  a Int )\n" * 600 + "}\n" + GOOD)

    assert len(schema.problems) == 501
    assert schema.problems[-1].message == "more than 500 syntax errors: the rest of the file is not read"
    assert Column in schema.tables[0].unread
    assert Table in schema.unread


@given(st.text(st.sampled_from('modelenumtype{}[]()@"\\/*,:?!.=-1 \r\n\x00é'), max_size=300))
def test_any_text_is_read(text):
    assert read("model A {\n" + text + "\n}\n" + GOOD).documents


@given(st.data())
def test_a_cut_anywhere_is_survived(data):
    text = dedent(
        """\
        datasource db {
          provider = "postgresql"
        }
        enum Role { // who
          USER @map("user")
        }
        model A {
          id   Int    @id @default(autoincrement())
          role Role[] @default([USER])
          b    B?     @relation("x", fields: [bId], references: [id], onDelete: Cascade)
          bId  Int?   @unique(map: "u")
          @@index([role(ops: raw("array_ops"))], type: Gin)
        }
        model B {
          id Int @id
          as A?  @relation("x")
        }
        """
    )
    start = data.draw(st.integers(text.index("enum"), len(text)))  # behind the provider, without which all is refused
    end = data.draw(st.integers(start, len(text)))

    assert read(text[:start] + text[end:]).documents


def test_a_relation_that_has_the_name_of_a_column_is_read():
    schema = read(
        "model A {\n  id Int @id\n  b String\n  b_id Int\n  b B @relation(fields: [b_id], references: [id])\n}\n"
        "model B {\n  id Int @id\n  as A[]\n}\n"
    )

    assert told(schema) == ["5:3 field `b` is declared twice"]
    assert [column.name for column in schema.tables[0].columns] == ["id", "b", "b_id"]
    assert [key.columns for key in schema.tables[0].foreign_keys] == [("b_id",)]


def test_of_two_columns_the_second_is_not_read():
    schema = read("model A {\n  id Int @id\n  b String\n  b Int\n}\n")

    assert told(schema) == ["4:3 field `b` is declared twice; only the first is read"]
    assert [str(column.type.value) for column in schema.tables[0].columns] == ["integer", "text"]


def test_an_optional_serial_column_may_be_either():
    (table,) = read("model A {\n  id Int @id\n  b Int? @default(autoincrement())\n}\n").tables

    assert [column.nullable and column.nullable.value for column in table.columns] == [False, None]
