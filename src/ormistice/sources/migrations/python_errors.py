"""What Python raised in a migration, told as the environment's or the migration's own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ormistice.sources import shown

_SEARCH = "set `prepend_sys_path` in alembic.ini to the folder that it is imported from"


def is_environments(error: Mapping[str, Any], root: Path) -> bool:
    """Whether another environment would do: a package is not installed or of another version, a variable not set."""
    if error.get("variable"):
        return True
    if error.get("missing"):
        return not _is_gone(root, str(error["missing"]))
    _, file = error.get("lacking") or (None, None)
    return file is not None and (not Path(file).resolve().is_relative_to(root.resolve()) or _is_installed(file))


def told(error: Mapping[str, Any], root: Path) -> str:
    """The exception in one line, without the paths of this machine."""
    message = str(error["message"])
    _, file = error.get("lacking") or (None, None)
    if file is not None:
        message = message.replace(f" ({file})", "" if is_environments(error, root) else f" ({shown(Path(file))})")
    return f"{error['type']}: {message}"


def hint(error: Mapping[str, Any], root: Path, python: str) -> str | None:
    """What to do about it; None where nobody can tell."""
    lacking, _ = error.get("lacking") or (None, None)
    missing = error.get("missing")
    if error.get("variable"):
        several = "," in str(error["variable"])
        names, it, its = (
            (str(error["variable"]), "them", "their") if several else (f"`{error['variable']}`", "it", "its")
        )
        return f"set {names}, and name {it} in `pass_env` if {its} value{'s matter' if several else ' matters'}"
    if missing and any(_is_module(base / str(missing).partition(".")[0]) for base in (root, root / "src")):
        gone = _is_gone(root, str(missing))
        return f"the project has no module `{missing}` any more" if gone else _SEARCH
    if missing:
        return f"`{missing}` is not installed in {python}: name the application's own Python with --python"
    if lacking and is_environments(error, root):
        package = str(lacking).partition(".")[0]
        return f"{python} has another version of `{package}`: name the application's own Python with --python"
    return f"`{lacking}` no longer has it" if lacking else None


def _is_gone(root: Path, module: str) -> bool:
    """Whether a module is not there though its package is the project's own."""
    package, *_ = parts = module.split(".")
    bases = [base for base in (root, root / "src") if _is_module(base / package)]
    return bool(bases) and not any(_is_module(base.joinpath(*parts)) for base in bases)


def _is_module(path: Path) -> bool:
    return path.is_dir() or path.with_name(f"{path.name}.py").is_file()


def _is_installed(file: str) -> bool:
    """Whether a file lies among installed packages, though they may be within the project."""
    return bool({"site-packages", "dist-packages"} & set(Path(file).parts))
