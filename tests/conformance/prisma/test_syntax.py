"""What Prisma's parser takes, we read whole; what it refuses for its syntax, we report."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ormistice.errors import AuditError
from ormistice.sources.prisma.lower import lower
from ormistice.sources.prisma.syntax import parse
from ormistice.text import Document
from sources.prisma.prisma_lines import BAD_LINES, GOOD_LINES, model

from .conftest import HERE, RefusedError

pytestmark = pytest.mark.conformance

HEAD = 'datasource db {\n  provider = "postgresql"\n}\n\n'
BLOCKS = sorted(
    f"{block}\n}}\n"
    for path in (HERE / "schemas").glob("*.prisma")
    for block in path.read_text().split("\n}\n")
    if "datasource" not in block and block.strip()
)
PIECES = [
    *'{}[]()@",:?!.=-/* \n\tab1_\\é²',
    "//",
    "/*",
    "*/",
    "@@",
    "\r\n",
    "\r",
    '"x"',
    "[]",
    "model ",
    "map: ",
    "\u00a0",
    "\ufeff",
    "\f",
]
OF_SYNTAX = (
    "This line is not a valid",
    "This line is invalid",
    "This block is invalid",
    "This line is not an enum value definition",
    "Trailing commas are not valid",
    "must not start with a number",
    "is not allowed in",
    "needs to be assigned a value",
    "field declaration is invalid",
    "Field declarations don't require",
    "Fields are required by default",
    "To specify a list, please",
    "Optional lists are not supported",
)
"""What Prisma says of syntax, as against meaning."""


def problems(text: str) -> list[str]:
    try:
        return [problem.message for problem in lower("prisma", [parse(Document("schema.prisma", text))]).problems]
    except AuditError as error:
        return [error.message]


@pytest.mark.parametrize("line", [line for line, _ in BAD_LINES])
def test_what_we_report_prisma_refuses(line, engine):
    with pytest.raises(RefusedError):
        engine.ask(7, "validate", [("schema.prisma", HEAD + model(line))])


@pytest.mark.parametrize("line", GOOD_LINES)
def test_what_we_take_prisma_takes(line, engine):
    assert engine.ask(7, "validate", [("schema.prisma", HEAD + model(line))]) == ""


@settings(max_examples=1500, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(
    st.sampled_from(BLOCKS),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3), st.sampled_from(["", *PIECES])), min_size=1, max_size=2),
)
def test_a_damaged_schema_is_reported_if_and_only_if_prisma_refuses_its_syntax(engine, block, damages):
    text = block
    for where, length, piece in damages:
        at = int(where * len(text))
        text = text[:at] + piece + text[at + length :]
    text = HEAD + text
    try:
        engine.ask(7, "validate", [("schema.prisma", text)])
    except RefusedError as refusal:
        if any(words in str(refusal) for words in OF_SYNTAX):
            assert problems(text)
    else:
        assert problems(text) == []
