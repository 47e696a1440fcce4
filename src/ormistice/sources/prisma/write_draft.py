"""A schema as it becomes, so that each edit is made of what the one before it left.

Only the blocks that are touched are read again, each as a text of its own; what is to be written in the files is told
at the end, from the difference between each block and what became of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from ormistice.fixes import Edit, Patch, edited
from ormistice.names import QualifiedName
from ormistice.sources.prisma.nodes import Block
from ormistice.sources.prisma.scope import ModelScope, Scope, build
from ormistice.sources.prisma.syntax import parse_once
from ormistice.sources.prisma.write_lines import trimmed
from ormistice.text import Document, Span


@dataclass(frozen=True, slots=True)
class Files:
    """What is written in: the names, every file, the datasource's name, and the database schemas that it lists."""

    scope: Scope
    documents: tuple[Document, ...]
    datasource: str = "db"
    schemas: tuple[str, ...] = ()


class Draft:
    """The names in some files, and edits of them. `unsafe`: some application may have to be written otherwise."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.scope = replace(files.scope, models=dict(files.scope.models), problems=[])
        self.unsafe = False
        self._opened: dict[str, Block] = {}
        self._outside: list[Edit] = []

    def model(self, table: QualifiedName) -> ModelScope | None:
        """The model that makes a table, as it is by now."""
        return next((model for model in self.scope.models.values() if model.has_table and model.table == table), None)

    def again(self, model: ModelScope) -> ModelScope:
        """The same model as it is by now."""
        return self.scope.models[model.block.name]

    def take(self, edits: Iterable[Edit] | None) -> bool:
        """Make edits of the schema as it is by now; False where there are none to make, or where they do not fit."""
        if edits is None:
            return False
        touched: dict[str, list[Edit]] = defaultdict(list)
        for edit in edits:
            name = self._name(edit.span)
            if name is None:
                self._outside.append(edit)
            else:
                touched[name].append(edit)
        return all(self._edit(name, own) for name, own in touched.items())

    def add(self, name: str, text: str, table: QualifiedName) -> bool:
        """A new model; where it is to stand is said by an edit of `place`."""
        return self._read(name, Document(_path("", name), text), table)

    def place(self, name: str, span: Span, before: str, behind: str) -> None:
        """Write a model that was added, as it is by now, between two texts."""
        text = self.scope.models[name].block.document.text
        self._outside.append(Edit(span, f"{before}{text}{behind}"))

    def edits(self) -> tuple[Edit, ...]:
        """Everything that is to be written in the files."""
        found = list(self._outside)
        for name, original in self._opened.items():
            found += _differences(original, self.scope.models[name].block.document.text)
        return tuple(sorted(found, key=lambda edit: (edit.span, edit.text)))

    def _name(self, span: Span) -> str | None:
        """The model that a place is in."""
        for name, model in self.scope.models.items():
            block = model.block
            if block.document.path == span.file and block.start <= span.start and span.end < block.end:
                return name
        return None

    def _edit(self, name: str, edits: list[Edit]) -> bool:
        model = self.scope.models[name]
        block = model.block
        patch = Patch("", tuple(edits))
        text = edited(block.document.path, block.document.text, (patch,))
        if name not in self._opened and "\0" not in block.document.path:
            self._opened[name] = block
            grown = len(text) - len(block.document.text)
            text = text[block.start : block.end + grown]
        return self._read(name, Document(_path(block.document.path, name), text), model.table, block.broken)

    def _read(self, name: str, document: Document, table: QualifiedName | None, broken: tuple[str, ...] = ()) -> bool:
        blocks = parse_once(document).blocks
        if len(blocks) != 1 or blocks[0].broken != broken or blocks[0].name != name:
            return False
        self.scope.models[name] = _model(blocks[0], table, self.scope.models)
        return True


def _path(path: str, name: str) -> str:
    """A path that no file has, for the text of one block."""
    return path if "\0" in path else f"{path}\0{name}"


def _model(block: Block, table: QualifiedName | None, models: Mapping[str, ModelScope]) -> ModelScope:
    """What a block stands for among the models that its fields name."""
    named = {field.type.name for field in block.fields if field.type is not None} - {block.name}
    others = [replace(models[name].block, fields=(), attributes=()) for name in sorted(named & models.keys())]
    scope = Scope()
    build([block, *others], scope)
    return replace(scope.models[block.name], table=table)


def _differences(block: Block, text: str) -> Iterator[Edit]:
    """The edits that make `text` of a block, line by line, each as small as it can be."""
    before = block.document.text[block.start : block.end].splitlines(keepends=True)
    after = text.splitlines(keepends=True)
    starts = [block.start]
    for line in before:
        starts.append(starts[-1] + len(line))
    for tag, first, last, new_first, new_last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            yield from _lines(block, starts[first], before[first:last], after[new_first:new_last])


def _lines(block: Block, start: int, before: list[str], after: list[str]) -> Iterator[Edit]:
    if len(before) != len(after):
        yield from trimmed(block, start, "".join(before), "".join(after))
        return
    for old, new in zip(before, after, strict=True):
        yield from trimmed(block, start, old, new)
        start += len(old)
