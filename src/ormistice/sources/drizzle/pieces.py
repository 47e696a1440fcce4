"""The pieces of a module, of which excerpts are made: its statements, with what each declares."""

from collections.abc import Iterator

from ormistice.excerpts import Name, Part, Piece, pieces_of
from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.modules import Loaded, declared_names


def pieces(loaded: Loaded) -> tuple[Piece, ...]:
    """All of a file. Imports, exports and what may change a value have a part in everything."""
    text = loaded.document.text
    if loaded.scope.shift:
        return (Piece(0, len(text), frozenset(), Part.FRAME),)
    changing = {id(statement) for statement in loaded.module.changing}
    return pieces_of(
        text,
        (
            (statement.end, frozenset(_names(statement)), _part(statement, alone=id(statement) not in changing))
            for statement in loaded.module.statements
        ),
    )


def _part(statement: nodes.Statement, *, alone: bool) -> Part:
    match statement:
        case nodes.Import():
            return Part.IMPORT
        case nodes.Exported(declaration=declared):
            return _part(declared, alone=alone)
        # What a function mentions has a part in those that mention the function.
        case nodes.Declaration() | nodes.FunctionDeclaration() if alone:
            return Part.DECLARATION
        case _:
            return Part.FRAME


def _names(statement: nodes.Statement) -> Iterator[Name]:
    """What a statement declares, and the members of that."""
    inner = statement.declaration if isinstance(statement, nodes.Exported) else statement
    if isinstance(inner, nodes.Import):
        yield from (local for _, local in inner.names)
    yield from declared_names(inner)
    if isinstance(inner, nodes.Declaration):
        for item in inner.items:
            match item:
                case nodes.Assignment(target=nodes.Name(name=name), value=value):
                    yield from ((name, key) for key in _keys(value))
                case _:
                    pass


def _keys(value: nodes.Node) -> Iterator[str]:
    """The keys of an object, or of the objects that a call is given."""
    match value:
        case nodes.Object(entries=entries):
            for entry in entries:
                if isinstance(entry, nodes.Property) and isinstance(entry.key, str):
                    yield entry.key
        case nodes.Chain(links=links):
            for link in links:
                for argument in link.arguments if isinstance(link, nodes.Call) else ():
                    if isinstance(argument, nodes.Object):
                        yield from _keys(argument)
        case _:
            pass
