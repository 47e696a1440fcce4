"""PostgreSQL as the judge of spelling."""

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
