"""PostgreSQL as the judge of spelling."""

import pytest

from ormistice.names import QualifiedName
from ormistice.settling import Context, Question
from ormistice.sources.postgres.judge import judge
from ormistice.types import parse_type


def test_indexes_of_several_tables_are_read() -> None:
    tables = [QualifiedName("public", name) for name in ("t", "u")]
    context = Context({table: {"a": parse_type("integer")} for table in tables}, ())
    questions = tuple(
        Question(table, kind, "", text)
        for table in tables
        for kind, text in (("predicate", f'"{table.name}"."a" IS NOT NULL'), ("element", "a + 1"), ("check", "a > 1"))
    )

    answers = judge(context, questions)

    assert [answers[question] for question in questions] == ["(a IS NOT NULL)", "((a + 1))", "(a > 1)"] * 2


def test_functions_of_a_platform_are_known() -> None:
    table = QualifiedName("public", "t")
    context = Context({table: {"a": parse_type("uuid")}}, ())
    questions = (Question(table, "default", "a", "auth.uid()"), Question(table, "default", "a", "(auth.uid ())"))

    answers = judge(context, questions)

    assert [answers[question] for question in questions] == ["auth.uid()"] * 2


ONE_CALL = (
    ("mine('x_')", "public.mine('x_'::text)", '"public"."mine"(\'x_\')', "MINE('x_')"),
    ("(own.mine())::uuid", "own.mine()::uuid"),
    ("mine(1, 'a', -2.5)", "mine( 1,'a'::text , -2.5 )"),
    ("mine('it''s, (so)')", "public.mine('it''s, (so)'::text)"),
)
PERHAPS_TWO_CALLS = (
    ("mine('x')", "mine('y')"),
    ("mine('x')", "mine('x', 'x')"),
    ("mine('x')", "own.mine('x')"),
    ("mine('x')", "\"Mine\"('x')"),
    ("mine('x')", "mine('x'::varchar)"),
    ("mine('x')", "mine('x'::text[])"),
    ("mine('x')", "mine('X')"),
    ("mine('x')::text", "mine('x')::date"),
    ("mine(1)", "mine(1.0)"),
    ("mine(1)", "mine('1')"),
    ("mine('a' || 'b')", "mine('a'::text || 'b')"),
    ("(mine('x')", "mine('x')"),
    ("lower(1)", "public.lower(1)"),
)


def of_columns(columns, kind="text"):
    """What becomes of the defaults of several columns, each of which is spelled in several ways."""
    table = QualifiedName("public", "t")
    asked = {
        f"c{at}": [Question(table, "default", f"c{at}", text) for text in texts] for at, texts in enumerate(columns)
    }
    context = Context({table: dict.fromkeys(asked, parse_type(kind))}, ())
    answers = judge(context, tuple(question for questions in asked.values() for question in questions))
    return [[answers[question] for question in questions] for questions in asked.values()]


def defaults(*texts, kind="text"):
    """The same for one column."""
    return of_columns([texts], kind)[0]


def test_an_unknown_function_called_in_two_spellings_is_one() -> None:
    for answers in of_columns(ONE_CALL):
        assert None not in answers
        assert len(set(answers)) == 1


def test_unknown_calls_that_may_differ_are_not_compared() -> None:
    assert of_columns(PERHAPS_TWO_CALLS) == [[None, None]] * len(PERHAPS_TWO_CALLS)


def test_a_call_that_is_known_is_another_than_one_that_is_not() -> None:
    """Though their names are the same."""
    assert defaults("lower('x')", "public.lower('x')")[1] is None
    assert defaults("lower('x')", "public.lower('x')", kind="not_there") == [None, None]


def test_what_supabase_has_in_a_schema_for_extensions_is_what_it_is_elsewhere() -> None:
    columns = (
        ("uuid_generate_v4()", "extensions.uuid_generate_v4()", '"extensions"."uuid_generate_v4"()'),
        ("encode(gen_random_bytes(8), 'hex')::uuid", "encode(extensions.gen_random_bytes(8), 'hex'::text)::uuid"),
    )
    for answers in of_columns(columns, kind="uuid"):
        assert None not in answers
        assert len(set(answers)) == 1


def test_a_column_of_an_extension_is_read_wherever_that_is() -> None:
    answers = defaults("extensions.uuid_generate_v4()::text::citext", "uuid_generate_v4()::text::citext", kind="citext")

    assert answers == ["((uuid_generate_v4())::text)::citext"] * 2


def test_what_is_printed_so_that_nobody_can_read_it_is_an_answer() -> None:
    table = QualifiedName("public", "t")
    context = Context({table: {"a": parse_type("date"), "b": parse_type("integer")}}, ())
    asked = [("a", "('now'::text)"), ("a", "('now'::text)::date"), ("b", "nothing +")]
    questions = tuple(Question(table, "default", column, text) for column, text in asked)

    answers = judge(context, questions)

    assert [answers[question] for question in questions] == ["('now'::cstring)::date"] * 2 + [None]


def test_sequences_are_there_to_be_drawn_from() -> None:
    table = QualifiedName("public", "t")
    context = Context({table: {"a": parse_type("text")}}, ())
    texts = (
        "'N-' || nextval('s')",
        "('N-'::text || nextval('public.s'::regclass))",
        "nextval('\"S\"'::regclass)::text",
    )
    questions = tuple(Question(table, "default", "a", text) for text in texts)

    answers = judge(context, questions)

    drawn = "('N-'::text || (nextval('s'::regclass))::text)"
    assert [answers[question] for question in questions] == [drawn, drawn, "(nextval('\"S\"'::regclass))::text"]


def checks(table, columns, *texts):
    """What is answered to questions for the checks of one table."""
    context = Context({table: {name: parse_type(kind) for name, kind in columns.items()}}, ())
    questions = tuple(Question(table, "check", "", text) for text in texts)
    answers = judge(context, questions)
    return [answers[question] for question in questions]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("public.tidy((a)::text)", "tidy(a::text)"),
        ("(public.score(b) > 3)", "score(b)>3"),
        ("((public.score(b) > 3) AND public.tidy((a)::text))", "public.score(b) > 3 and tidy(cast(a as text))"),
        ("(lower((\"A b\")::text) = 'x'::text)", "lower(\"A b\"::text) = 'x'"),
        (
            "CASE WHEN (d IS NULL) THEN (e IS NOT NULL) ELSE false END",
            "case when d is null then e is not null else false end",
        ),
        ("(p > (0)::numeric)", "p > 0::numeric"),
        ("(public.st_srid(g) = 4326)", "ST_SRID(g) = 4326"),
    ],
)
def test_two_spellings_that_call_or_compare_what_is_not_here_are_one(one: str, other: str) -> None:
    columns = {
        "a": "varchar",
        "b": "integer",
        "A b": "text",
        "d": "public.d",
        "e": "other.e",
        "p": "public.p",
        "g": "geometry(Point,4326)",
    }
    answers = checks(QualifiedName("elsewhere", "t"), columns, one, other)

    assert None not in answers
    assert len(set(answers)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("public.tidy(a)", "other.tidy(a)"),
        ("public.tidy(a)", "tidy(a, 1)"),
        ("other.tidy(a)", "tidy(a)"),
        ("(p > 0)", "p >= 0"),
        ("(d IS NULL)", "d IS NOT NULL"),
        ("public.tidy(a)", "public.tidy("),
    ],
)
def test_what_may_differ_in_what_is_not_here_is_not_compared(one: str, other: str) -> None:
    columns = {"a": "varchar", "p": "public.p", "d": "public.d"}

    assert checks(QualifiedName("public", "t"), columns, one, other) == [None, None]
