"""Fields of SQLModel that are stated twice: by what is assigned, and by a Field that the annotation carries."""

import ast

from ormistice.sources.sqlalchemy.static.annotations import forward
from ormistice.sources.sqlalchemy.static.attributes import Attribute
from ormistice.sources.sqlalchemy.static.factories import anything
from ormistice.sources.sqlalchemy.static.releases import Releases
from ormistice.sources.sqlalchemy.static.scope import External, Known
from ormistice.sources.sqlalchemy.static.values import Call, Reader

_OF_COLUMNS = ("index", "unique", "primary_key", "foreign_key", "nullable", "ondelete", "sa_type", "sa_column_kwargs")
_SIZES = (("max_length",), ("max_digits", "decimal_places"))


def fields(attribute: Attribute, reader: Reader, releases: Releases) -> tuple[Call, ...]:
    """The calls that count. Of what is below `Optional` none does; beside an assigned Field only sizes do."""
    calls = attribute.calls
    assigned = isinstance(getattr(attribute.statement, "value", None), ast.Call)
    own = [each for each in calls if each.name == "Field" and each.positional]
    carried = calls[1:] if assigned else tuple(each for each in calls if each not in own)
    if not calls or not carried or any(each.name != "Field" for each in calls) or attribute.annotation is None:
        return calls
    if not _is_annotated(reader, *attribute.annotation):
        return calls[:1] if assigned else tuple(own)
    if not releases.keeps_both and (assigned or any(each.named(*_OF_COLUMNS) is not None for each in carried)):
        return (anything(calls[0].file, calls[0]),)
    return (_sized(calls[0], carried),) if assigned else calls


def _sized(call: Call, carried: tuple[Call, ...]) -> Call:
    """A call with the sizes of the others that it says nothing of."""
    more: list[ast.keyword] = []
    for names in _SIZES:
        stated = [[word for word in each.node.keywords if word.arg in names] for each in (call, *carried)]
        more += next((words for words in stated if words), []) if not stated[0] else []
    node = ast.Call(call.node.func, call.node.args, [*call.node.keywords, *more])
    return Call(call.file, ast.copy_location(node, call.node), call.function)


def _is_annotated(reader: Reader, file: str, node: ast.expr) -> bool:
    """Whether an annotation is as a whole an `Annotated`."""
    written = forward(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str) else node
    found = reader.project.resolve(file, written)
    if not isinstance(found, Known) or not isinstance(found.node, ast.Subscript):
        return False
    made = reader.project.resolve(found.file, found.node.value)
    return isinstance(made, External) and made.name == "Annotated"
