from hypothesis import given
from hypothesis import strategies as st

from ormistice.sources.postgres.scripts import comment_lines, split

PIECES = (
    "'", '"', "$$", "$a$", "/*", "*/", "--", "\n", ";", "(", ")", "\\", "\\.", "E'", "begin", "end", "case", "atomic", " ", "x", "é",
    "create function ", "copy t from stdin", "\r\n", "U&'", "1", "--> statement-breakpoint", "\t", "''", "\ufeff",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_statements_are_pieces_of_the_text_in_their_order(text):
    behind = 0
    for statement in split(text):
        assert statement.text == text[statement.start : statement.end]
        assert statement.text.strip()
        assert statement.start >= behind
        behind = statement.end


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_lines_of_comments_are_pieces_of_the_text_in_their_order(text):
    behind = 0
    for line in comment_lines(text):
        assert line.text == text[line.start : line.end]
        assert line.start >= behind
        behind = line.end


def texts(script):
    return [statement.text for statement in split(script)]


def test_semicolons_that_end_nothing_are_passed_over():
    assert texts("SELECT ';', E'\\';', \"a;b\", $$;$$, $x$;$$;$x$ /* ; /* ; */ ; */ -- ;\n, (1;2);x") == [
        "SELECT ';', E'\\';', \"a;b\", $$;$$, $x$;$$;$x$ /* ; /* ; */ ; */ -- ;\n, (1;2)",
        "x",
    ]


def test_a_body_of_sql_ends_with_its_own_end():
    body = "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END"

    assert texts(f"{body}; SELECT 3") == [body, "SELECT 3"]


def test_a_dollar_inside_a_name_opens_nothing():
    assert texts("SELECT a$b$c; SELECT $1; SELECT 2") == ["SELECT a$b$c", "SELECT $1", "SELECT 2"]


def test_the_first_words_leave_out_comments_strings_and_parentheses():
    (statement,) = split('/* x */ Create -- y\n TABLE "My ""T" (a text DEFAULT \'create\')')

    assert statement.words == ("create", "table", 'My "T')


def test_a_breakpoint_of_drizzle_ends_a_statement():
    script = "SELECT 1\n--> statement-breakpoint\n\n--> statement-breakpoint\nSELECT (2;--> statement-breakpoint\r\n$$;\n--> statement-breakpoint\n$$"

    assert texts(script) == ["SELECT 1", "SELECT (2;", "$$;\n--> statement-breakpoint\n$$"]


def test_what_never_ends_reaches_to_the_end():
    assert texts("SELECT 1; SELECT 'open; DROP") == ["SELECT 1", "SELECT 'open; DROP"]
    assert texts("SELECT 1; SELECT $a$ ; $b$") == ["SELECT 1", "SELECT $a$ ; $b$"]
