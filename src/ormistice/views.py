"""The model of one source in the forms that `ormistice show` prints."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from ormistice.graph import creation_order
from ormistice.model import Column, Schema, Table
from ormistice.names import QualifiedName
from ormistice.places import printed
from ormistice.reporters.parts.content import counted
from ormistice.reporters.parts.markdown import code
from ormistice.reporters.parts.markdown import table as markdown_table
from ormistice.snapshot import json_pieces


def view(schema: Schema, form: str) -> Iterator[str]:
    """The schema as `text`, `markdown`, `json` or `mermaid`, in pieces, since the whole may be very long."""
    match form:
        case "json":
            return json_pieces(schema)
        case "markdown":
            return _markdown(schema)
        case "mermaid":
            return (f"{line}\n" for line in _mermaid(schema))
        case _:
            return (f"{line}\n" for line in _text(schema))


def _text(schema: Schema) -> Iterator[str]:
    for enum in schema.enums:
        yield f"enum {enum.name} ({', '.join(label.value for label in enum.labels)})\n"
    for table in schema.tables:
        yield f"table {table.name}  {printed(table.place, schema)}"
        yield from (f"  {line}" for line in _aligned([_row(column) for column in table.columns]))
        yield from (f"  {line}" for line in _constraints(table))
        yield ""
    for problem in schema.problems:
        yield f"{printed(problem.place, schema)}: {problem.kind.value}: {problem.message}"
    counts = {"table": schema.tables, "enum": schema.enums, "problem": schema.problems}
    yield ", ".join(counted(len(items), word) for word, items in counts.items())


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows as lines whose cells stand below each other; a cell of several lines makes a row of as many."""
    lines = [line for row in rows for line in _lines(row)]
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    for line in lines:
        yield "  ".join([cell.ljust(width) for cell, width in zip(line, widths, strict=True)]).rstrip()


def _lines(row: Sequence[str]) -> Iterator[Sequence[str]]:
    if any("\n" in cell for cell in row):
        yield from zip_longest(*(cell.split("\n") for cell in row), fillvalue="")
    else:
        yield row


def _row(column: Column) -> tuple[str, ...]:
    kind = "(not understood)" if column.type is None else str(column.type.value)
    null = "" if column.nullable is None or column.nullable.value else "NOT NULL"
    return column.name, kind, null, " ".join(_source_of_value(column))


def _source_of_value(column: Column) -> Iterator[str]:
    if column.default is not None and column.default.value is not None:
        yield f"DEFAULT {column.default.value}"
    for aspect in (column.identity, column.generated):
        if aspect is not None and aspect.value is not None:
            yield str(aspect.value)
    if column.client_default is not None:
        yield f"(client: {column.client_default.value})"


def _constraints(table: Table) -> Iterator[str]:
    if table.primary_key is not None:
        yield f"PRIMARY KEY ({', '.join(table.primary_key.columns.value)})"
    for key in table.foreign_keys:
        yield f"FOREIGN KEY ({', '.join(key.columns)}) {key}"
    for constraint in table.unique_constraints:
        yield f"UNIQUE ({', '.join(constraint.columns)})"
    for index in table.indexes:
        unique = "UNIQUE " if index.unique is not None and index.unique.value else ""
        yield f"{unique}INDEX ({', '.join(element.column or element.expression or '?' for element in index.elements)})"
    for check in table.checks:
        yield f"CHECK ({check.expression.value})"


def _markdown(schema: Schema) -> Iterator[str]:
    between = ""
    for section in _sections(schema):
        yield f"{between}{section}"
        between = "\n\n"
    yield "\n"


def _sections(schema: Schema) -> Iterator[str]:
    for table in schema.tables:
        yield f"## {code(str(table.name))}"
        rows = [tuple(code(cell) if cell else "" for cell in _row(column)) for column in table.columns]
        yield markdown_table(("column", "type", "null", "value"), rows)
        if lines := [f"- {code(line)}" for line in _constraints(table)]:
            yield "\n".join(lines)
    for enum in schema.enums:
        yield f"## enum {code(str(enum.name))}\n\n" + "\n".join(f"- {code(label.value)}" for label in enum.labels)


def _mermaid(schema: Schema) -> Iterator[str]:
    """An entity relationship diagram; Mermaid takes neither dots nor quotes in a type, so those become underscores."""
    yield "erDiagram"
    tables = {table.name: table for table in schema.tables}
    for name in (name for group in creation_order(schema.tables) for name in group if name in tables):
        yield f'  "{_plain(name)}" {{'
        for column in tables[name].columns:
            kind = "unknown" if column.type is None else str(column.type.value)
            yield f"    {_word(kind)} {_word(column.name)}"
        yield "  }"
    for table in schema.tables:
        for key in table.foreign_keys:
            if key.references is not None:
                target = _plain(key.references.value.table)
                yield f'  "{target}" ||--o{{ "{_plain(table.name)}" : "{_word(", ".join(key.columns))}"'


def _plain(name: QualifiedName) -> str:
    return f"{name.schema}.{name.name}".replace('"', "'")


def _word(text: str) -> str:
    return "".join(character if character.isalnum() else "_" for character in text)
