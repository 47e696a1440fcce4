"""Which releases an application runs on, and what of its text means something else in some of them."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Release = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Releases:
    """The releases that are installed beside an interpreter; None where one is not, and its like may be any."""

    sqlalchemy: Release | None
    sqlmodel: Release | None
    pydantic: Release | None = None

    @property
    def takes_default_none(self) -> bool | None:
        """Whether a field of SQLModel is nullable for being None by default; None: not known."""
        return None if self.pydantic is None else self.pydantic < (2,)

    @property
    def aware(self) -> bool | None:
        """Whether SQLModel makes datetime a timestamp with time zone; None: not known."""
        return None if self.sqlmodel is None else self.sqlmodel >= (0, 0, 45)

    @property
    def says_ondelete(self) -> bool:
        """Whether SQLModel's Field has `ondelete`."""
        return self.sqlmodel is None or self.sqlmodel >= (0, 0, 21)

    @property
    def keeps_both(self) -> bool:
        """Whether what Fields say of a column is sure to be kept where an annotation carries one of them."""
        return self.sqlmodel is not None and self.sqlmodel >= (0, 0, 33)

    @property
    def enums_last(self) -> bool:
        """Whether SQLModel takes an enum that is a str or an int too for that, and not for an enum."""
        return self.sqlmodel is not None and self.sqlmodel < (0, 0, 9)

    @property
    def by_creation(self) -> bool:
        """Whether the columns of a table stand in the order in which they were made, and not as the class has them."""
        return self.sqlalchemy is not None and self.sqlalchemy < (2,)

    @property
    def inherits_schema(self) -> bool | None:
        """Whether a type without a schema of its own is in that of its MetaData; None: not known."""
        return None if self.sqlalchemy is None else self.sqlalchemy >= (2, 1)

    @property
    def always_stores(self) -> bool:
        """Whether a computed column that does not say so is stored whatever the server's release is."""
        return self.sqlalchemy is not None and self.sqlalchemy < (2, 1)

    @property
    def omits_aliases(self) -> bool:
        """Whether further names of a value are no labels of an enum, unless it says otherwise."""
        return not self.by_creation


def releases(python: str) -> Releases:
    """What is installed beside an interpreter."""
    found = {name: release for folder in _packages(python) for name, release in _installed(folder)}
    return Releases(found.get("sqlalchemy"), found.get("sqlmodel"), found.get("pydantic"))


def _packages(python: str) -> Iterator[Path]:
    """The folders that hold an interpreter's packages."""
    prefix = Path(shutil.which(python) or python).parent.parent
    for pattern in ("lib*/python*/*-packages", "Lib/site-packages"):
        yield from sorted(prefix.glob(pattern))


def _installed(folder: Path) -> Iterator[tuple[str, Release]]:
    for entry in (*folder.glob("[Ss][Qq][Ll]*.dist-info"), *folder.glob("pydantic-*.dist-info")):
        name, _, version = entry.name.removesuffix(".dist-info").partition("-")
        yield name.lower(), tuple(int(part) for part in version.split(".") if part.isdecimal())
