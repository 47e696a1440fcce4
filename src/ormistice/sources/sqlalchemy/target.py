"""What the user named: which modules to import, from which folders."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ormistice.errors import AuditError
from ormistice.sources import SourceRequest, shown
from ormistice.sources.sqlalchemy.location import split
from ormistice.sources.sqlalchemy.syntax import BOM, parsed

_LEFT_OUT = frozenset({"tests", "test", "migrations", "alembic", "node_modules", "__pycache__"})
_SCRIPTS = frozenset({"conftest.py", "__main__.py", "setup.py", "manage.py", "noxfile.py"})
_BUILDERS = frozenset({"Table", "Column", "mapped_column"})


@dataclass(frozen=True, slots=True)
class Target:
    """One target as the probe is asked for it.

    `module` is imported, then `also`; both start from `root`. `file` is None where only the interpreter may know it.
    """

    text: str
    module: str
    root: Path
    file: Path | None
    attribute: str | None
    also: tuple[str, ...] = ()


def resolve(request: SourceRequest, text: str) -> Target:
    """A target as the user wrote it: a file, a folder or a dotted name, and perhaps an attribute behind a colon."""
    head, attribute = split(text)
    path = request.path(head)
    if path.is_dir() or (path.name == "__init__.py" and path.is_file()):
        folder = path if path.is_dir() else path.parent  # the file is the package
        return _folder(text, folder.resolve(), request.base.resolve(), attribute)
    if path.is_file():
        file = path.resolve()
        root = import_root(file, request.base.resolve())
        return Target(text, _dotted(file, root), root, file, attribute)
    if head.endswith(".py") or "/" in head or "\\" in head or not all(part.isidentifier() for part in head.split(".")):
        raise AuditError(f"{shown(path)}: no such file or directory")
    for root in (request.base, request.base / "src"):
        found = root.joinpath(*head.split("."))
        if found.is_dir():
            also = tuple(_modules(found.resolve(), root.resolve(), own=head))
            start = found.resolve() / "__init__.py"
            return Target(
                text, head, root.resolve(), start if start.exists() else None, attribute, () if attribute else also
            )
        if found.with_suffix(".py").is_file():
            return Target(text, head, root.resolve(), found.with_suffix(".py").resolve(), attribute)
    return Target(text, head, request.base.resolve(), None, attribute)


def together(targets: tuple[Target, ...]) -> tuple[Target, ...]:
    """Targets that start from nested folders, from the outermost of them, so that no module is imported by two names.

    One that imports from its own folder by name stays with that.
    """
    return tuple(_from_above(target, {other.root for other in targets}) for target in targets)


def _from_above(target: Target, roots: set[Path]) -> Target:
    above = min(roots & set(target.root.parents), key=lambda root: len(root.parts), default=None)
    if (
        above is None
        or target.file is None
        or any(_leads(target.root, parts, level) for parts, level in imports(target.file))
    ):
        return target
    prefix = ".".join(target.root.relative_to(above).parts)
    names = [f"{prefix}.{name}" for name in (target.module, *target.also)]
    if not all(part.isidentifier() for name in names for part in name.split(".")):
        return target
    return replace(target, root=above, module=names[0], also=tuple(names[1:]))


def _leads(root: Path, parts: tuple[str, ...], level: int) -> bool:
    """Whether an absolute import leads to something in the folder `root`."""
    return not level and bool(parts) and _is_module(root / parts[0])


def _folder(text: str, folder: Path, base: Path, attribute: str | None) -> Target:
    start = folder / "__init__.py"
    files = list(_python_files(folder))
    if not files:
        raise AuditError(f"{shown(folder)}: no Python module in this folder")
    root = import_root(start, base) if start.exists() else folder
    named = [file for file in files if _may_name_folder(file, root, base)] if start.exists() else files
    root = min([root, *(import_root(file, base) for file in named)], key=lambda each: len(each.parts))
    own = _dotted(start, root) if folder != root else ""
    also = tuple(_modules(folder, root, own if start.exists() else ""))
    if start.exists():
        return Target(text, own, root, start, attribute, () if attribute else also)
    if not also:
        raise AuditError(f"{shown(folder)}: no module in this folder declares a table")
    first = root.joinpath(*also[0].split("."))
    file = first.with_suffix(".py") if first.with_suffix(".py").exists() else first / "__init__.py"
    return Target(text, also[0], root, file, attribute, also[1:])


def _may_name_folder(file: Path, root: Path, base: Path) -> bool:
    """Whether the text of a file may import from a folder that lies between `base` and `root`."""
    names = root.relative_to(base).parts if base in root.parents else ()
    try:
        text = file.read_bytes() if names else b""
    except OSError:
        return False
    return any(f"{word} {name}.".encode() in text for name in names for word in ("from", "import"))


def _modules(folder: Path, root: Path, own: str) -> Iterator[str]:
    """The modules below a folder that declare tables, by dotted name, without `own`."""
    for file in _python_files(folder):
        name = _dotted(file, root)
        if name != own and all(part.isidentifier() for part in name.split(".")) and declares_tables(file):
            yield name


def _python_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            skipped = path.name in _LEFT_OUT or path.name.startswith(".") or (path / "pyvenv.cfg").exists()
            yield from () if skipped else _python_files(path)
        elif (
            path.suffix == ".py"
            and path.name not in _SCRIPTS
            and not path.stem.startswith("test_")
            and not path.stem.endswith("_test")
        ):
            yield path


def declares_tables(file: Path) -> bool:
    """Whether a module's text holds a table: a mapped class, or a call that makes tables or columns."""
    return any(_declares(node) for node in ast.walk(_tree(file)))


def _tree(file: Path) -> ast.Module:
    """The syntax of a file; nothing where it cannot be read or parsed."""
    try:
        tree = parsed(file.read_bytes().decode(errors="replace").removeprefix(BOM))
    except OSError:
        return ast.Module([], [])
    return ast.Module([], []) if isinstance(tree, SyntaxError) else tree


def _declares(node: ast.AST) -> bool:
    match node:
        case ast.ClassDef():
            return names_table(node)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in _BUILDERS
        case _:
            return False


def names_table(node: ast.ClassDef) -> bool:
    """Whether a class is declared to have a table."""
    constants = {word.arg: word.value.value for word in node.keywords if isinstance(word.value, ast.Constant)}
    return constants.get("table") is True or any(_names_table(statement) for statement in node.body)


def _names_table(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign(targets=[ast.Name(id="__tablename__" | "__table__")]):
            return True
        case ast.AnnAssign(target=ast.Name(id="__tablename__" | "__table__")):
            return True
        case ast.FunctionDef(name="__tablename__"):
            return True
        case _:
            return False


def import_root(file: Path, base: Path) -> Path:
    """The folder that imports start from: the one that holds the outermost package of a file.

    A folder without `__init__.py` is a package too if the file's own imports name it, or climb out of it.
    """
    root = _import_root(file, base)
    return root.parent if base in root.parents and _hides_standard_modules(root) else root


def _hides_standard_modules(root: Path) -> bool:
    """Whether modules in a folder, which none of them imports by name, are called like some of the standard library."""
    files = sorted(root.glob("*.py"))
    if not root.name.isidentifier() or root.name in sys.stdlib_module_names:
        return False  # no package that could be imported
    if sys.stdlib_module_names.isdisjoint(file.stem for file in files):
        return False
    found = (parts for file in files for parts, level in imports(file) if _leads(root, parts, level))
    return all(parts[0] in sys.stdlib_module_names for parts in found)


def _import_root(file: Path, base: Path) -> Path:
    package = file.parent
    while (package / "__init__.py").exists() and package != package.parent:
        package = package.parent
    if package in base.parents and any(
        not level and _starts_from(base, parts, package)
        for each in _beside(file, base)
        for parts, level in imports(each)
    ):
        return base  # a package too, but run from within
    climbed = file.parent
    for parts, level in imports(file):
        candidate = file.parent
        for _ in range(level):
            candidate = candidate.parent
        if level and candidate in package.parents:
            climbed = min(climbed, candidate, key=lambda each: len(each.parts))
        above = (each for each in package.parents if each == base or base in each.parents)
        named = [each for each in above if not level and _names_folder(each, parts, package)]
        climbed = min([climbed, *named], key=lambda each: len(each.parts))
    return min(package, climbed, key=lambda each: len(each.parts))


def _beside(file: Path, base: Path) -> Iterator[Path]:
    """A file, the packages that it lies in, and the files beside it: what tells how all of them are imported."""
    yield file
    yield from (
        folder / "__init__.py"
        for folder in file.parents
        if base in folder.parents and (folder / "__init__.py").exists()
    )
    yield from sorted(file.parent.glob("*.py"))


def _starts_from(base: Path, parts: tuple[str, ...], package: Path) -> bool:
    """Whether an import leads to a module in the folder `base`, and to none below `package`."""
    return bool(parts) and _is_module(base / parts[0]) and not _is_module(package / parts[0])


def _is_module(place: Path) -> bool:
    return place.is_dir() or place.with_suffix(".py").is_file()


def _names_folder(root: Path, parts: tuple[str, ...], package: Path) -> bool:
    """Whether an import from `root` leads to a module in a folder above the file, and not to a namesake elsewhere."""
    if not parts or root / parts[0] not in (package, *package.parents):
        return False
    found = root.joinpath(*parts[:2])
    return len(parts) > 1 and (found.is_dir() or found.with_suffix(".py").is_file())


def imports(file: Path) -> Iterator[tuple[tuple[str, ...], int]]:
    """Every name that a file imports, in parts, with how many dots stand before it."""
    for node in _statements(_tree(file)):
        match node:
            case ast.Import(names=names):
                yield from ((tuple(alias.name.split(".")), 0) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                own = tuple((module or "").split(".")) if module else ()
                yield from (((*own, alias.name), level) for alias in names)
            case _:
                pass


def _statements(within: ast.AST) -> Iterator[ast.stmt]:
    """Every statement, in whatever it stands; expressions, which are most of a module, hold none."""
    for field in ("body", "orelse", "finalbody", "handlers", "cases"):
        for node in getattr(within, field, ()):
            if isinstance(node, ast.stmt):
                yield node
            yield from _statements(node)


def _dotted(file: Path, root: Path) -> str:
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def package_files(target: Target) -> list[Path]:
    """The modules of the package that a target is, or the one module that it is."""
    if target.file is None:
        return []
    return list(_python_files(target.file.parent)) if target.file.name == "__init__.py" else [target.file]


def module_file(root: Path, name: str) -> Path | None:
    """The file of a module by its dotted name."""
    stem = root.joinpath(*name.split("."))
    return next((file for file in (stem / "__init__.py", stem.with_suffix(".py")) if file.is_file()), None)
