"""What the names in a Prisma schema stand for, and the database's names of it all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ormistice.model import Problem, ProblemKind
from ormistice.names import DEFAULT_SCHEMA, NAME_BYTES, QualifiedName, truncated
from ormistice.sources.prisma.nodes import Array, Attribute, Block, Call, Expression, Field, String, Word
from ormistice.text import Span


@dataclass(frozen=True, slots=True)
class EnumScope:
    """An enum; `labels` maps its values to the database's labels. `type_name` None: `@@map` could not be read."""

    block: Block
    type_name: QualifiedName | None
    labels: Mapping[str, str]
    whole: bool


@dataclass(frozen=True, slots=True)
class ModelScope:
    """A model or view. `table` is None where its name could not be read; `columns` maps scalar fields to columns.

    `ends` are its relation fields by the model that they lead to and the name of their relation.
    """

    block: Block
    table: QualifiedName | None
    columns: Mapping[str, str]
    scalars: tuple[Field, ...]
    relations: tuple[Field, ...]
    ends: Mapping[tuple[str, str | None], Sequence[Field]] = field(init=False)

    def __post_init__(self) -> None:
        """Fill `ends`."""
        ends: defaultdict[tuple[str, str | None], list[Field]] = defaultdict(list)
        for each in self.relations:
            if each.type is not None:
                ends[each.type.name, mapped(each.attribute("relation"))].append(each)
        object.__setattr__(self, "ends", ends)

    @property
    def has_table(self) -> bool:
        """Whether migrations create it: they leave views alone."""
        return self.block.keyword == "model"

    def identifier(self) -> Field | None:
        """The one field that is the primary key, if it is one field."""
        for candidate in self.scalars:
            if candidate.attribute("id") is not None:
                return candidate
        names = field_names(self.block.attribute("id"))
        return next((candidate for candidate in self.scalars if [candidate.name] == names), None)


@dataclass(slots=True)
class Scope:
    """All names of a schema. `problems` grows while it is lowered."""

    models: dict[str, ModelScope] = field(default_factory=dict)
    enums: dict[str, EnumScope] = field(default_factory=dict)
    composites: set[str] = field(default_factory=set)
    enforces_relations: bool = True
    join_table_key: bool = True
    problems: list[Problem] = field(default_factory=list)

    def unsupported(self, message: str, place: Span) -> None:
        """Report what is not understood."""
        self.problems.append(Problem(ProblemKind.UNSUPPORTED_CONSTRUCT, message, place))


def build(blocks: Iterable[Block], scope: Scope) -> None:
    """Enter every model, view, enum and composite type."""
    kept = [block for block in blocks if block.keyword in {"model", "view", "enum", "type"}]
    known: set[str] = set()
    relations = {block.name for block in kept if block.keyword in {"model", "view"}}
    for block in kept:
        if block.name in known:
            place = block.span(block.name_start, block.name_start + len(block.name))
            scope.unsupported(f"`{block.name}` is declared twice; only the first is read", place)
            continue
        known.add(block.name)
        if block.keyword == "enum":
            scope.enums[block.name] = _enum(block, scope)
        elif block.keyword == "type":
            scope.composites.add(block.name)
            place = block.span(block.name_start, block.name_start + len(block.name))
            scope.unsupported(f"composite type `{block.name}`: Prisma has none in PostgreSQL", place)
        else:
            scope.models[block.name] = _model(block, relations, scope)


def _enum(block: Block, scope: Scope) -> EnumScope:
    attributes = [attribute for value in block.fields for attribute in value.attributes if attribute.name != "map"]
    attributes += [attribute for attribute in block.attributes if attribute.name not in {"map", "schema"}]
    for attribute in attributes:
        scope.unsupported(f"unknown attribute `{attribute.name}`", block.span(attribute.start, attribute.end))
    values = ((value.name, mapped(value.attribute("map"))) for value in block.fields if value.type is None)
    labels = {name: name if label is None else label for name, label in values}
    return EnumScope(block, _database_name(block), labels, whole=not (block.broken or attributes))


def _model(block: Block, relations: set[str], scope: Scope) -> ModelScope:
    known: set[str] = set()
    scalars: list[Field] = []
    linked: list[Field] = []
    for each in block.fields:
        leads = each.type is not None and each.type.name in relations
        if each.name in known:
            # A pull gives a relation the name of a column, where no other is left.
            rest = "" if leads else "; only the first is read"
            scope.unsupported(f"field `{each.name}` is declared twice{rest}", block.span(each.start, each.name_end))
            if not leads:
                continue
        known.add(each.name)
        (linked if leads else scalars).append(each)
    columns = {each.name: column_name(each) for each in scalars}
    model = ModelScope(block, _database_name(block), columns, tuple(scalars), tuple(linked))
    _tell_relations_apart(model, scope)
    return model


def _tell_relations_apart(model: ModelScope, scope: Scope) -> None:
    """Report fields that Prisma refuses, since they might be of one relation: only one's own has two in a model."""
    for (target, name), fields in model.ends.items():
        most = 2 if target == model.block.name and name is not None else 1
        if len(fields) > most:
            extra = fields[most]
            *others, last = (f"`{each.name}`" for each in fields)
            scope.unsupported(
                f"{', '.join(others)} and {last} refer to `{target}`, and no name of a relation tells them apart",
                model.block.span(extra.start, extra.name_end),
            )


def _database_name(block: Block) -> QualifiedName | None:
    if any(line.lstrip("@ \t").split(".")[0] in {"map", "schema"} for line in block.broken if line.startswith("@@")):
        return None
    name = mapped(block.attribute("map")) or block.name
    return QualifiedName(mapped(block.attribute("schema")) or DEFAULT_SCHEMA, truncated(name))


def column_name(scalar: Field) -> str:
    """The column of a scalar field."""
    return truncated((scalar.attributes and mapped(scalar.attribute("map"))) or scalar.name)


def mapped(attribute: Attribute | None) -> str | None:
    """The string that `@map`, `@@map` or `@@schema` gives."""
    match attribute.argument("name", first=True) if attribute else None:
        case String(text):
            return text
        case _:
            return None


def field_names(attribute: Attribute | None) -> list[str]:
    """The fields that `@@id`, `@@unique` or `@@index` list, without what stands in parentheses behind them."""
    return [name for name, _ in listed(attribute.argument("fields", first=True))] if attribute else []


def listed(value: Expression | None) -> list[tuple[str, Word | Call]]:
    """Names and nodes of a list of fields, which one alone stands for, too; what is no name is left out."""
    items = value.items if isinstance(value, Array) else (value,)
    found: list[tuple[str, Word | Call]] = []
    for item in items:
        if isinstance(item, Word):
            found.append((item.text, item))
        elif isinstance(item, Call):
            found.append((item.name, item))
    return found


def derived_name(table: str, columns: Iterable[str], suffix: str) -> str:
    """The name that Prisma gives a constraint or an index: the part before the suffix is cut to leave it whole."""
    stem = "_".join([table, *columns]).encode()[: NAME_BYTES - len(suffix)]
    return stem.decode(errors="ignore") + suffix
