"""What nobody can read is not compared, and takes nothing else with it."""

from dataclasses import replace

import pytest

from building import HERE, column, name, schema, table
from ormistice.alignment import Sources
from ormistice.model import CheckConstraint, Index, IndexElement, Schema, Stated
from ormistice.settling import Answers, Context, Question, cheap, settled
from ormistice.types import parse_type

COLUMNS = (column("users", "id", "integer", nullable=False), column("users", "x", "integer"))


def judge(_: Context, questions: tuple[Question, ...]) -> Answers:
    """Reads everything but what is odd."""
    return {question: None if "odd" in question.text else question.text for question in questions}


def having(source: str, *expressions: str) -> Schema:
    checks = tuple(CheckConstraint(name("users"), Stated(text, HERE), HERE) for text in expressions)
    indexes = tuple(Index(name("users"), (IndexElement(None, text),), HERE) for text in expressions)
    return schema(source, replace(table("users", *COLUMNS), checks=checks, indexes=indexes))


def test_what_cannot_be_read_is_told_and_its_kind_is_unread_in_that_table() -> None:
    among = Sources({"a": having("a", "(x > 1)"), "b": having("b", "(x > 1)", "odd(x)")})
    after, told = settled(among, judge)
    one, other = (schema.table(name("users")) for schema in after.schemas.values())

    assert one is not None
    assert other is not None
    assert (one.unread, other.unread) == (frozenset(), frozenset({CheckConstraint, Index}))
    assert [len(other.checks), len(other.indexes)] == [1, 1]
    assert told == ("check of public.users: odd(x)", "element of public.users: odd(x)")


def test_what_all_spell_alike_is_not_told_beside_another_that_they_spell_apart() -> None:
    among = Sources({"a": having("a", "odd(x)", "(x > 1)"), "b": having("b", "odd(x)", "(x > 2)")})

    after, told = settled(among, judge)

    assert told == ()
    assert [len(each.tables[0].checks) for each in after.schemas.values()] == [1, 1], "nor is it compared"


def test_what_all_spell_alike_is_not_asked_about() -> None:
    asked: list[Question] = []

    def listening(context: Context, questions: tuple[Question, ...]) -> Answers:
        asked.extend(questions)
        return judge(context, questions)

    settled(Sources({"a": having("a", "odd(x)"), "b": having("b", "odd(x)")}), listening)
    settled(Sources({"a": having("a", "odd(x)")}), listening)

    assert asked == []


def test_columns_go_by_their_names_alone_and_what_needs_quotes_keeps_them() -> None:
    spelled = {
        '"users"."x" > 1 AND public.users.id < "x"': "x > 1 AND id < x",
        'other.users.x > 1 AND "users.x" > 1': 'other.users.x > 1 AND "users.x" > 1',
        'x::"char" = \'users.x\' AND "order" > "X"': 'x::"char" = \'users.x\' AND "order" > "X"',
        '"time" > 1 AND public.tidy(x)': '"time" > 1 AND tidy(x)',
    }
    among = Sources({"a": having("a", *spelled), "b": having("b", *spelled.values())})
    after, told = settled(among, lambda _, questions: {question: question.text for question in questions})

    assert told == ()
    for source in after.schemas.values():
        assert [check.expression.value for check in source.tables[0].checks] == list(spelled.values())


def test_what_is_named_in_text_is_looked_for_in_public() -> None:
    spelled = {
        "to_tsvector('public.dutch'::regconfig, odd(x))": "to_tsvector('dutch'::regconfig, odd(x))",
        """odd(nextval('"public"."S"'::regclass))::text""": """odd(nextval('"S"'::regclass))::text""",
        "odd('public.x', 'app.x'::regclass)": "odd('public.x', 'app.x'::regclass)",
    }
    among = Sources({"a": having("a", *spelled), "b": having("b", *spelled.values())})

    assert settled(among, judge)[1] == ()


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        ("timestamptz", ("now()", "CURRENT_TIMESTAMP", "('now'::text)::timestamp with time zone")),
        (
            "timestamp",
            ("LOCALTIMESTAMP", "(('now'::text)::timestamp(6) with time zone)::timestamp without time zone"),
        ),
        ("date", ("CURRENT_DATE", "('now'::cstring)::date", "(now())::date")),
        (
            "integer",
            ("nextval('s'::regclass)", "nextval(('s'::text)::regclass)", "nextval(('public.s'::text)::regclass)"),
        ),
    ],
)
def test_one_value_has_one_spelling(kind: str, texts: tuple[str, ...]) -> None:
    assert len({cheap(text, parse_type(kind)) for text in texts}) == 1


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("timestamptz", "now()", "('now'::text)::timestamp(3) with time zone"),
        ("date", "CURRENT_DATE", "'now'"),
        ("integer", "nextval('s'::regclass)", "nextval(('app.s'::text)::regclass)"),
    ],
)
def test_two_values_have_two(kind: str, one: str, other: str) -> None:
    assert cheap(one, parse_type(kind)) != cheap(other, parse_type(kind))
