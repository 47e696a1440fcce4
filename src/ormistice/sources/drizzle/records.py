"""Records that are made by the hundred thousand."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, eq_default=False)
def record(kind: type[T]) -> type[T]:
    """A dataclass whose objects are themselves alone.

    It is frozen for type checkers only: really frozen ones take eight times as long to make.
    """
    return dataclass(slots=True, eq=False, repr=False)(kind)
