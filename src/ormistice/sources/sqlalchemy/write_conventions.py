"""Names of constraints that nobody has to write: those that a naming convention, SQLAlchemy or PostgreSQL derives."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ormistice.model import Schema
from ormistice.names import DEFAULT_SCHEMA, NAME_BYTES, QualifiedName
from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.syntax import Module
from ormistice.sources.sqlalchemy.write_layout import module_of, string
from ormistice.sources.sqlalchemy.write_names import Names
from ormistice.text import Document

_GIVEN = "%(constraint_name)s"
_SUFFIXES = {"uq": "_key", "fk": "_fkey"}
_PLAIN = {"ix": "ix_%(column_0_label)s"}


@dataclass(frozen=True)
class Subject:
    """What a name is derived from; `kind` is a key of naming conventions."""

    kind: str
    table: QualifiedName
    columns: tuple[str, ...] = ()
    referenced: str = ""


@dataclass(frozen=True)
class Conventions:
    """The templates of a project's naming convention by kind; `known` is False where there is one that is not read."""

    templates: dict[str, str]
    known: bool = True

    def derived(self, subject: Subject) -> str | None:
        """The name that a constraint gets which states none; None: PostgreSQL names it, or it is not known."""
        template = self.templates.get(subject.kind)
        if template is None or _GIVEN in template:
            return None
        return filled(template, subject)

    def needless(self, subject: Subject, wanted: str) -> bool:
        """Whether a constraint without a name gets the one that is wanted."""
        if not self.known:
            return False
        if subject.kind in self.templates:
            return self.derived(subject) == wanted
        return served(subject) == wanted

    def written(self, names: Names, subject: Subject, wanted: str, quote: str) -> str:
        """The value of `name` that gives a constraint the name that is wanted."""
        template = self.templates.get(subject.kind)
        if template is None or _GIVEN not in template:
            return string(wanted, quote)
        head, _, tail = template.partition(_GIVEN)
        before, behind = filled(head, subject), filled(tail, subject)
        if before is not None and behind is not None and wanted.startswith(before) and wanted.endswith(behind):
            own = wanted[len(before) : len(wanted) - len(behind)]
            if own:
                return string(own, quote)
        return f"{names.name('sqlalchemy.schema', 'conv')}({string(wanted, quote)})"


def filled(template: str, subject: Subject) -> str | None:
    """A template with its tokens put in; None where one is not known, or SQLAlchemy would cut the name."""
    label = (
        subject.table.name if subject.table.schema == DEFAULT_SCHEMA else f"{subject.table.schema}_{subject.table.name}"
    )
    first = subject.columns[0] if subject.columns else ""
    tokens = {
        "table_name": subject.table.name,
        "column_0_name": first,
        "column_0_key": first,
        "column_0_label": f"{label}_{first}",
        "column_0_N_name": "_".join(subject.columns),
        "column_0_N_key": "_".join(subject.columns),
        "column_0N_name": "".join(subject.columns),
        "column_0_N_label": "_".join(f"{label}_{column}" for column in subject.columns),
        "referred_table_name": subject.referenced,
    }
    try:
        name = template % tokens
    except (KeyError, ValueError, TypeError):
        return None
    return name if len(name.encode()) <= NAME_BYTES else None


def served(subject: Subject) -> str | None:
    """The name that PostgreSQL gives a constraint without one."""
    if subject.kind == "pk":
        name = f"{subject.table.name}_pkey"
    elif subject.kind in _SUFFIXES:
        name = f"{subject.table.name}_{'_'.join(subject.columns)}{_SUFFIXES[subject.kind]}"
    else:
        return None
    return name if len(name.encode()) <= NAME_BYTES else None


def conventions(schema: Schema) -> Conventions:
    """The naming convention of a project's MetaData: the one that its files state."""
    return _conventions(schema.documents)


@lru_cache(maxsize=4)
def _conventions(documents: tuple[Document, ...]) -> Conventions:
    stating = any("naming_convention" in document.text for document in documents)
    modules = [module_of(document) for document in documents] if stating else []
    stated = [found for module in modules for found in _stated(module)]
    read = [_templates(module, value, modules) for module, value in stated]
    if not read:
        return Conventions(_PLAIN)
    if any(each is None or each != read[0] for each in read):
        return Conventions({}, known=False)
    return Conventions(read[0] or _PLAIN)


def _stated(module: Module) -> Iterator[tuple[Module, ast.expr]]:
    for call in module.calls:
        if (value := syntax.keyword(call, "naming_convention")) is not None:
            yield module, value
    for node in module.nodes:
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        named = isinstance(target, ast.Attribute) and target.attr == "naming_convention"
        if isinstance(node, ast.Assign) and named:
            yield module, node.value


def _templates(module: Module, value: ast.expr, modules: list[Module]) -> dict[str, str] | None:
    if isinstance(value, ast.Name):
        found = module.assigned.get(value.id)
        if found is None:
            original = module.imported.get(value.id, (0, "", value.id))[2]
            found = next((each.assigned[original] for each in modules if original in each.assigned), None)
        return None if found is None or isinstance(found, ast.Name) else _templates(module, found, modules)
    if isinstance(value, ast.Call) and not value.args and all(word.arg for word in value.keywords):
        pairs = [(ast.Constant(word.arg), word.value) for word in value.keywords]
    elif isinstance(value, ast.Dict):
        pairs = [
            (key, each) for key, each in zip(value.keys, value.values, strict=True) if isinstance(key, ast.Constant)
        ]
        if len(pairs) != len(value.keys):
            return None
    else:
        return None
    if not all(isinstance(each, ast.Constant) and isinstance(each.value, str) for _, each in pairs):
        return None
    return {str(key.value): str(each.value) for key, each in pairs if isinstance(each, ast.Constant)}
