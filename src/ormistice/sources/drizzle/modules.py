"""Modules: files read when they are first needed, their names, imports and exports."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from ormistice.errors import AuditError
from ormistice.fixes import Fix
from ormistice.parsing import read_document
from ormistice.sources import shown
from ormistice.sources.drizzle import nodes, presets
from ormistice.sources.drizzle.builtins import global_value
from ormistice.sources.drizzle.errors import SyntaxFailure
from ormistice.sources.drizzle.evaluate import Evaluator
from ormistice.sources.drizzle.functions import declare, given
from ormistice.sources.drizzle.pgcore import construct
from ormistice.sources.drizzle.resolve import is_relative
from ormistice.sources.drizzle.running import changed_by
from ormistice.sources.drizzle.scope import Lazy, Scope, assigned_values, bound_names, changed_names
from ormistice.sources.drizzle.spelling import Style
from ormistice.sources.drizzle.stepping import changes_on_top
from ormistice.sources.drizzle.syntax import Module, parse
from ormistice.sources.drizzle.values import Arguments, Native, Opaque, Symbol, Value, Whole, text_of
from ormistice.text import Document, Span


@dataclass(slots=True)
class Loaded:
    """A module with its names bound; `unread` are `export *` of what is not found, `packages` those of drizzle."""

    file: Path
    document: Document
    module: Module
    scope: Scope
    exports: dict[str, Lazy] = field(default_factory=dict)
    passed_on: list["Loaded"] = field(default_factory=list, repr=False)
    """The modules of which it exports all."""
    unread: list[Opaque] = field(default_factory=list)
    packages: list[str] = field(default_factory=list)
    style: list[Style] = field(default_factory=list, compare=False)
    """The hand that it is written in, once that was asked for."""


_LARGE = 1_000_000


class Project:
    """All modules that one reading needs, by the path that places show.

    `documents` are read in place of what is on disk. Without them the trees of a large project are not kept, and it is
    not `whole`: nothing can then be written into it.
    """

    def __init__(
        self,
        fixes: tuple[Fix, ...],
        resolve: Callable[[str, Path], Path | None],
        documents: tuple[Document, ...] | None = None,
        globals_: Callable[[str, Span], Value | None] = global_value,
    ) -> None:
        self.fixes = fixes
        self.documented = None if documents is None else {document.path: document for document in documents}
        self.whole = True
        self._size = 0
        self.evaluator = Evaluator(construct, self.exports, self.missed, globals_)
        self.loaded: dict[Path, Loaded] = {}
        self.roots: list[Loaded] = []
        self.by_path: dict[str, Loaded] = {}
        """What was read before its documents were asked for: what is read later has no part in the schema."""
        self._every: dict[str, Loaded] = {}
        self._documents: tuple[Document, ...] | None = None
        self.written_order: dict[Span, tuple[str, ...]] = {}
        self._resolve = resolve

    def documents(self) -> tuple[Document, ...]:
        """Every file that was read by now or is given, by path; later ones, which only writing asks for, are none."""
        if self._documents is None:
            read = {path: loaded.document for path, loaded in self.by_path.items()}
            every = {**(self.documented or {}), **read}
            self._documents = tuple(every[path] for path in sorted(every))
        return self._documents

    def load(self, file: Path) -> Loaded:
        """The module in `file`; raises AuditError where there is none to read."""
        file = file.resolve()
        if file not in self.loaded:
            document = self._document(file)
            text = document.text
            before = "export default " if file.suffix == ".json" else ""
            module = parse(document.path, before + text)
            changed = changed_names(module.changing)
            steps = changes_on_top(module.statements, changed_names(module.changing, exact=True)) if changed else {}
            scope = Scope(document.path, changed=changed - steps.keys(), shift=len(before))
            found = Loaded(file, document, module, scope)
            # A large schema may take its time; a small one that does runs on.
            self.evaluator.steps += len(text)
            self.loaded[file] = self._every[document.path] = found
            if self._documents is None:
                self.by_path[document.path] = found
            self._bind(found)
            self._follow(found, steps)
            self._note_statements(found)
            self._size += len(text)
            if self.documented is None and self._size > _LARGE:
                # What is bound holds what it needs, and lets go of it once it is evaluated.
                imports = tuple(item for item in module.statements if isinstance(item, nodes.Import))
                found.module, self.whole = replace(module, statements=imports, changing=()), False
        return self.loaded[file]

    def _document(self, file: Path) -> Document:
        display = shown(file)
        given = None if self.documented is None else self.documented.get(display)
        return given or read_document(file, display, self.fixes)

    def exports(self, path: str) -> Mapping[str, Lazy]:
        """Exports of the module whose places show `path`."""
        return self._every[path].exports

    def missed(self, path: str) -> tuple[Opaque, ...]:
        """What the module whose places show `path` may export besides."""
        return tuple(self._every[path].unread)

    def at(self, path: str) -> Loaded | None:
        """The module whose places show `path`; one that is given is read now, if nothing asked for it yet."""
        if path not in self._every and self.documented is not None and path in self.documented:
            self.load(Path(path))
        return self._every.get(path)

    def module_of(self, loaded: Loaded, specifier: str) -> Loaded | None:
        """The module that `loaded` means by `specifier`, if it is one that can be read."""
        found = self._module(loaded, specifier, Span(loaded.document.path, 0, 0))
        return found if isinstance(found, Loaded) else None

    def _bind(self, loaded: Loaded) -> None:
        scope = loaded.scope
        if loaded.file.suffix in (".js", ".cjs", ".ts", ".cts"):
            scope.names["require"] = Lazy(given(self._required(loaded)), Span(scope.path, 0, 0))
        for failure in loaded.module.failures:
            _bind_broken(scope, loaded.document.text, failure)
        for statement in loaded.module.statements:
            declare(self.evaluator, (statement,), scope)
            if isinstance(statement, nodes.Import):
                for imported, local in statement.names:
                    place = scope.span(statement)
                    value = self._imported(loaded, statement.module, imported, place)
                    exported = self._exporter(loaded, statement.module, imported)
                    scope.names[local] = Lazy(value, place, exported=exported)
        for name in sorted(scope.changed & scope.names.keys()):
            assigned = tuple(assigned_values(loaded.module.statements, name))
            scope.names[name].source = (nodes.Array(assigned, 0, 0), scope)
        for statement in loaded.module.statements:
            self._export(loaded, statement)

    def _follow(self, loaded: Loaded, steps: dict[str, tuple[nodes.Statement, ...]]) -> None:
        """Let names that the module changes be what they are behind the last change."""
        for name, changes in steps.items():
            binding = loaded.scope.names[name]
            nothing = nodes.Name("undefined", binding.place.start, binding.place.end)
            initial = binding.source or (nothing, loaded.scope)
            binding.compute = partial(changed_by, self.evaluator, initial, name, changes)
            assigned = tuple(assigned_values(loaded.module.statements, name))
            binding.source = (nodes.Array(assigned, 0, 0), loaded.scope)

    def _note_statements(self, loaded: Loaded) -> None:
        """Let every value of the module know, while it is computed, which statement it is declared by."""
        for statement in loaded.module.statements:
            inner = statement.declaration if isinstance(statement, nodes.Exported) else statement
            if isinstance(inner, nodes.Declaration):
                for item in inner.items:
                    target = item.target if isinstance(item, nodes.Assignment) else item
                    binding = loaded.scope.names.get(target.name) if isinstance(target, nodes.Name) else None
                    if binding is not None and binding.compute is not None:
                        binding.compute = self._within(binding.compute, loaded.scope.span(statement))

    def _within(self, compute: Callable[[], Value], statement: Span) -> Callable[[], Value]:
        def run() -> Value:
            self.evaluator.statements.append(statement)
            try:
                return compute()
            finally:
                self.evaluator.statements.pop()

        return run

    def _imported(self, loaded: Loaded, specifier: str, name: str, place: Span) -> Callable[[], Value]:
        def value() -> Value:
            found = self._module(loaded, specifier, place)
            if isinstance(found, Opaque):
                return found
            if isinstance(found, Symbol):
                return found if name == "*" else presets.exported(found.package, name, place)
            if name == "*":
                return Whole(found.document.path, place)
            return _export_of(found, specifier, name, place)

        return value

    def _exporter(self, loaded: Loaded, specifier: str, name: str) -> Callable[[], Lazy | None]:
        def exporter() -> Lazy | None:
            module = self.module_of(loaded, specifier)
            return None if module is None else module.exports.get(name)

        return exporter

    def _module(self, loaded: Loaded, specifier: str, place: Span) -> Loaded | Symbol | Opaque:
        if specifier.startswith("drizzle-orm") and specifier[11:12] in ("", "/"):
            return Symbol(specifier, "*", place)
        file = self._resolve(specifier, loaded.file)
        if file is None:
            unread = Opaque(f"the module `{specifier}` is not found", place)
            return unread if is_relative(specifier) else Symbol(specifier, "*", place)
        try:
            return self.load(file)
        except AuditError as error:
            return Opaque(error.message, place)

    def _export(self, loaded: Loaded, statement: nodes.Statement) -> None:
        place = loaded.scope.span(statement)
        match statement:
            case nodes.Exported(declaration=declaration):
                for name in declared_names(declaration):
                    loaded.exports[name] = loaded.scope.names[name]
            case nodes.ExportDefault(value=value):
                compute = self._within(lambda: self.evaluator.value(value, loaded.scope), place)
                loaded.exports["default"] = Lazy(compute, place, (value, loaded.scope))
            case nodes.ExportNames(module=None, names=names):
                for local, exported in names:
                    undefined = Opaque(f"`{local}` is not declared", place)
                    loaded.exports[exported] = loaded.scope.names.get(local) or Lazy(given(undefined), place)
            case nodes.ExportNames(module=str() as module, names=(("*", "*"),)):
                self._export_all(loaded, module, place)
            case nodes.ExportNames(module=str() as module, names=names):
                found = self._module(loaded, module, place)
                for imported, exported in names:
                    direct = found.exports.get(imported) if isinstance(found, Loaded) else None
                    loaded.exports[exported] = direct or Lazy(self._imported(loaded, module, imported, place), place)
            case nodes.Expression(value=nodes.Assignment() as assignment):
                self._export_assignment(loaded, assignment)
            case _:
                return

    def _export_assignment(self, loaded: Loaded, assignment: nodes.Assignment) -> None:
        targets: list[nodes.Node] = []
        value: nodes.Node = assignment
        while isinstance(value, nodes.Assignment):
            targets.append(value.target)
            value = value.value
        for target in targets:
            if isinstance(target, nodes.Chain):
                self._export_assigned(loaded, target, value)

    def _export_assigned(self, loaded: Loaded, target: nodes.Chain, value: nodes.Node) -> None:
        """`module.exports = { ... }`, `module.exports.x = ...` and `exports.x = ...`."""
        head = target.head.name if isinstance(target.head, nodes.Name) else ""
        path = (head, *(link.name for link in target.links if isinstance(link, nodes.Member)))
        if len(path) != len(target.links) + 1 or path[:1] not in (("module",), ("exports",)):
            return
        name = path[2:] if path[:2] == ("module", "exports") else path[1:]
        if len(name) == 1:
            self._export_value(loaded, name[0], value)
        elif not name and path[:2] == ("module", "exports"):
            self._export_value(loaded, "default", value)
            for entry in value.entries if isinstance(value, nodes.Object) else ():
                if isinstance(entry, nodes.Property) and isinstance(entry.key, str):
                    self._export_value(loaded, entry.key, entry.value)
                else:
                    loaded.unread.append(Opaque("what is exported here is not known", loaded.scope.span(entry)))

    def _export_value(self, loaded: Loaded, name: str, value: nodes.Node) -> None:
        place = loaded.scope.span(value)
        compute = self._within(lambda: self.evaluator.value(value, loaded.scope), place)
        loaded.exports[name] = Lazy(compute, place, (value, loaded.scope))

    def _required(self, loaded: Loaded) -> Native:
        """`require`, which gives all exports of a module as one object."""

        def require(arguments: Arguments, place: Span) -> Value:
            specifier = text_of(arguments.get(0))
            if specifier is None:
                return Opaque("which module this is is not known", place)
            return self._imported(loaded, specifier, "*", place)()

        return Native("require", require, Span(loaded.document.path, 0, 0))

    def _export_all(self, loaded: Loaded, specifier: str, place: Span) -> None:
        found = self._module(loaded, specifier, place)
        match found:
            case Loaded():
                loaded.passed_on.append(found)
                for name, value in found.exports.items():
                    if name != "default":
                        loaded.exports.setdefault(name, value)
                loaded.unread += found.unread
                loaded.packages += found.packages
            case Symbol(package=package) if package.startswith("drizzle-orm"):
                loaded.packages.append(package)
            case Symbol():
                loaded.unread.append(Opaque(f"the package `{specifier}` is not found", place))
            case Opaque():
                loaded.unread.append(found)


def _export_of(module: Loaded, specifier: str, name: str, place: Span) -> Value:
    exported = module.exports.get(name)
    if exported is not None:
        return exported.get()
    if module.packages:
        # A module of drizzle's that makes tables goes before one that does not.
        package = next((package for package in module.packages if package.endswith("-core")), module.packages[0])
        return presets.exported(package if name != "sql" else "drizzle-orm", name, place)
    if module.unread:
        return module.unread[0]
    return Opaque(f"`{specifier}` does not export `{name}`", place)


def _bind_broken(scope: Scope, text: str, failure: SyntaxFailure) -> None:
    """What a statement that could not be read would declare, is unknown and not undefined."""
    from ormistice.sources.drizzle.lexer import NAME, tokenize

    start, end = failure.lost
    unread = Opaque(
        f"its declaration has a syntax error: {failure.message}", Span(scope.path, failure.start, failure.end)
    )
    tokens = tokenize(text[start : min(end, start + 300)].split("\n", 1)[0])
    for i, kind in enumerate(tokens.kinds):
        if kind in ("const", "let", "var", "function", "class", "enum") and tokens.kinds[i + 1] == NAME:
            scope.names[tokens.word(i + 1)] = Lazy(lambda: unread, unread.place)


def declared_names(statement: nodes.Statement) -> tuple[str, ...]:
    """Names that a declaration binds, in order."""
    match statement:
        case nodes.Declaration(items=items):
            return tuple(name for item in items for name in bound_names(item))
        case (
            nodes.FunctionDeclaration(name=name) | nodes.EnumDeclaration(name=name) | nodes.UnreadDeclaration(name=name)
        ):
            return (name,)
        case _:
            return ()
