"""Names for what is new in a Prisma schema: as those that are there are made, and none that Prisma refuses."""

import re
from collections.abc import Callable, Iterable, Iterator

from ormistice.sources.prisma.columns import SCALARS
from ormistice.sources.prisma.scope import EnumScope, ModelScope, Scope

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_INSIDE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OTHER = re.compile(r"[^A-Za-z0-9_]+")
_JAVASCRIPT = """
PrismaClient async await break case catch class const continue debugger default delete do else enum export extends false
finally for function if implements import in instanceof interface let new null package private protected public return
super switch this throw true try using typeof var void while with yield
"""
_REFUSED = frozenset({*_JAVASCRIPT.split(), *SCALARS, "Unsupported"})
"""Names that no model and no enum may have."""


def field_name(scope: Scope, model: ModelScope | None, column: str, taken: Iterable[str]) -> str:
    """A name for the field of a new column; in camel case where the fields around it, or else most, are so."""
    near = list(_fields([model])) if model is not None else []
    camel = _evidence(near) or _evidence(_fields(scope.models.values()))
    return free(identifier(_camel(column) if camel > 0 else column, "field"), taken)


def _fields(models: Iterable[ModelScope]) -> Iterator[tuple[str, str]]:
    for model in models:
        yield from model.columns.items()


def _evidence(fields: Iterable[tuple[str, str]]) -> int:
    """How many more fields are in camel case above a column that is not, than are named like a column that is not."""
    return sum(
        (1 if name != column and name == _camel(column) else -1 if name == column and "_" in column.strip("_") else 0)
        for name, column in fields
    )


def model_name(scope: Scope, table: str) -> str:
    """A name for the model of a new table, made as those of the other models."""
    pairs = [(model.block.name, model.table.name) for model in scope.models.values() if model.table is not None]
    return _block_name(scope, table, pairs, "Model")


def enum_name(scope: Scope, name: str) -> str:
    """A name for the block of a new enum, made as those of the other enums, or else of the models."""
    pairs = [(enum.block.name, enum.type_name.name) for enum in scope.enums.values() if enum.type_name is not None]
    models = [(model.block.name, model.table.name) for model in scope.models.values() if model.table is not None]
    return _block_name(scope, name, pairs or models, "Enum")


def _block_name(scope: Scope, wished: str, pairs: list[tuple[str, str]], fallback: str) -> str:
    styles: tuple[Callable[[str], str], ...] = (_pascal_singular, _pascal, str) if pairs else (str,)
    counts = [sum(style(name) == block for block, name in pairs) for style in styles]
    best = styles[counts.index(max(counts))] if any(counts) else str
    name = identifier(best(wished), fallback)
    taken = {*scope.models, *scope.enums, *scope.composites}
    return free(f"{name}_" if name in _REFUSED else name, taken)


def value_name(enum: EnumScope | None, label: str, taken: Iterable[str]) -> str:
    """A name for the value of an enum's label; in capitals where the other mapped ones are so."""
    mapped = [(name, other) for name, other in enum.labels.items() if name != other] if enum is not None else []
    capitals = bool(mapped) and all(name == _capitals(other) for name, other in mapped)
    name = identifier(label, "value")
    return free(_capitals(name) if capitals else name, taken)


def identifier(text: str, fallback: str) -> str:
    """The text where it can be a name; else what of it can."""
    if _IDENTIFIER.fullmatch(text):
        return text
    plain = _OTHER.sub("_", text).strip("_")
    return f"{fallback}_{plain}" if plain[:1].isdigit() else plain or fallback


def free(wished: str, taken: Iterable[str]) -> str:
    """A name as wished, or with the next number that makes it free."""
    known = set(taken)
    number, name = 2, wished
    while name in known:
        name, number = f"{wished}{number}", number + 1
    return name


def joined(words: Iterable[str], *, camel: bool) -> str:
    """Words as one name."""
    name = "_".join(words)
    return _camel(name) if camel else name


def _camel(name: str) -> str:
    first, *rest = name.strip("_").split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest) if rest else name


def _pascal(name: str) -> str:
    return "".join(word[0].upper() + word[1:].lower() for word in _WORD.findall(name)) or name


def _pascal_singular(name: str) -> str:
    words = _WORD.findall(name)
    return _pascal("_".join([*words[:-1], _singular(words[-1])])) if words else name


def _capitals(label: str) -> str:
    return _OTHER.sub("_", _INSIDE.sub("_", label)).upper()


def plural(name: str) -> str:
    """The plural as far as a rule of thumb finds it."""
    if name.endswith("y") and name[-2:-1] not in set("aeiouAEIOU"):
        return f"{name[:-1]}ies"
    return name if name.endswith("s") and not name.endswith("ss") else f"{name}{'es' if name.endswith('ss') else 's'}"


def _singular(word: str) -> str:
    """The singular as far as a rule of thumb finds it."""
    if word.endswith("ies") and len(word) > len("ties"):
        return word[: -len("ies")] + "y"
    if word.endswith(("sses", "uses", "xes", "zes", "ches", "shes")):
        return word[: -len("es")]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
