"""The values that single aspects of columns and constraints take."""

from dataclasses import dataclass, field
from enum import Enum as Enumeration

from ormistice.names import QualifiedName


class ReferentialAction(Enumeration):
    """ON DELETE and ON UPDATE actions; the values are SQL."""

    NO_ACTION = "NO ACTION"
    RESTRICT = "RESTRICT"
    CASCADE = "CASCADE"
    SET_NULL = "SET NULL"
    SET_DEFAULT = "SET DEFAULT"


class Deferrability(Enumeration):
    """When a constraint is checked; the values are SQL."""

    NOT_DEFERRABLE = "NOT DEFERRABLE"
    INITIALLY_IMMEDIATE = "DEFERRABLE INITIALLY IMMEDIATE"
    INITIALLY_DEFERRED = "DEFERRABLE INITIALLY DEFERRED"


class MatchType(Enumeration):
    """How a composite foreign key treats NULLs; the values are SQL."""

    SIMPLE = "MATCH SIMPLE"
    FULL = "MATCH FULL"


@dataclass(frozen=True, slots=True)
class SqlDefault:
    """A default that the database computes, as `pg_get_expr` prints it where that is known."""

    expression: str

    def __str__(self) -> str:
        """The expression."""
        return self.expression


@dataclass(frozen=True, slots=True)
class SerialDefault:
    """A default drawn from a sequence that the column owns, as `serial` makes it; None: the server names it."""

    sequence: QualifiedName | None = field(default=None, compare=False)

    def __str__(self) -> str:
        """In words, for two sequences of other names do the same."""
        return "nextval of its own sequence"


ColumnDefault = SqlDefault | SerialDefault


@dataclass(frozen=True, slots=True)
class IdentityGeneration:
    """GENERATED ... AS IDENTITY; `options` are sequence options that are not the default, as SQL, in catalog order."""

    always: bool
    options: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The clause as SQL."""
        kind = "ALWAYS" if self.always else "BY DEFAULT"
        return f"GENERATED {kind} AS IDENTITY" + (f" ({' '.join(self.options)})" if self.options else "")


@dataclass(frozen=True, slots=True)
class GeneratedExpression:
    """GENERATED ALWAYS AS (expression)."""

    expression: str
    stored: bool = True

    def __str__(self) -> str:
        """The clause as SQL."""
        return f"GENERATED ALWAYS AS ({self.expression}) {'STORED' if self.stored else 'VIRTUAL'}"
