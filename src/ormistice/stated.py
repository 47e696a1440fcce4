"""What is said, where, and about which object: the words in which the model is written."""

from dataclasses import Field, dataclass, field
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from ormistice.names import QualifiedName
from ormistice.text import Span

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class CatalogRow:
    """The place of what has no text: a row of a PostgreSQL catalog, `pg_constraint orders_user_id_fkey`."""

    catalog: str
    name: str


Place = Span | CatalogRow


@dataclass(frozen=True, slots=True)
class Stated(Generic[V]):
    """A value and the place that states it.

    An implicit value is a default that the source leaves unsaid; its place is the empty span at which it would be
    written, or the declaration that it belongs to where there is no such point.
    """

    value: V
    place: Place = field(compare=False)
    implicit: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes objects of several sources one object: structure, never the name of a constraint.

    `kind` is a word of `KINDS`; `name` is the table, or the enum itself; `detail` tells apart what table and columns
    cannot (an expression, a second key on the same columns).
    """

    kind: str
    name: QualifiedName
    columns: tuple[str, ...] = ()
    detail: str = ""

    def order(self) -> tuple[QualifiedName, int, tuple[str, ...], str]:
        """What reports sort by: the table, and the table itself first."""
        return (self.name, KINDS[self.kind], self.columns, self.detail)


_KIND_NAMES = (
    "schema",
    "enum",
    "sequence",
    "table",
    "column",
    "primary key",
    "foreign key",
    "unique constraint",
    "index",
    "check",
    "exclusion",
    "relation",
    "view",
    "domain",
)
KINDS = {name: number for number, name in enumerate(_KIND_NAMES)}


class Declared(Protocol):
    """An object that a source declares: a dataclass with a place, and an identity that it shares with its like."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def place(self) -> Place:
        """The whole declaration."""

    def key(self) -> Identity:
        """What makes it the same object in another source."""
