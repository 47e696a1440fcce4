"""JavaScript's operators on values that are known."""

import math
from collections.abc import Callable, Mapping
from operator import ge, gt, le, lt
from typing import Any

from ormistice.sources.drizzle.values import (
    LARGEST,
    Array,
    Foreign,
    Nothing,
    Opaque,
    Scalar,
    Symbol,
    Value,
    is_nothing,
    spelled,
    truth,
)
from ormistice.text import Span

PRECEDENCE = {
    operator: rank
    for rank, operators in enumerate(
        (
            ("??",),
            ("||",),
            ("&&",),
            ("|",),
            ("^",),
            ("&",),
            ("==", "!=", "===", "!=="),
            ("<", ">", "<=", ">=", "in", "instanceof"),
            ("<<", ">>", ">>>"),
            ("+", "-"),
            ("*", "/", "%"),
            ("**",),
        )
    )
    for operator in operators
}
Number = float | int


def unary(operator: str, operand: Value, place: Span) -> Value:
    """`operator` before `operand`."""
    if operator == "!":
        known = truth(operand)
        return Opaque("the condition is not known", place) if known is None else Scalar(not known, place)
    if operator == "void":
        return Scalar(Nothing.UNDEFINED, place)
    if operator in ("-", "+") and isinstance(operand, Scalar) and not isinstance(operand.value, Nothing | str):
        return Scalar(-operand.value if operator == "-" else +operand.value, place)
    if operator == "await":
        return operand if isinstance(operand, Opaque) else Opaque("it is awaited", place)
    return operand if isinstance(operand, Opaque) else Opaque(f"`{operator}` is not evaluated", place)


def binary(operator: str, left: Value, right: Value, place: Span) -> Value:
    """`left operator right`, both evaluated."""
    if isinstance(left, Opaque):
        return left
    if isinstance(right, Opaque):
        return right
    result: object = None
    if operator == "+":
        result = _plus(left, right)
    elif operator in ("==", "===", "!=", "!=="):
        same = _same(left, right, strict=operator in ("===", "!=="))
        result = None if same is None else same == (operator[0] == "=")
    elif isinstance(left, Scalar) and isinstance(right, Scalar):
        result = _arithmetic(operator, left.value, right.value)
    if isinstance(result, bool | str | int | float):
        return Scalar(result, place)
    return Opaque(f"`{operator}` is not evaluated on these values", place)


def _plus(left: Value, right: Value) -> object:
    if isinstance(left, Scalar) and isinstance(right, Scalar):
        one, other = left.value, right.value
        if type(one) is float and type(other) is float:
            return one + other
        if type(one) is int and type(other) is int:
            return one + other
        if isinstance(one, str) or isinstance(other, str):
            return _text(spelled(left), spelled(right))
        return None
    if isinstance(left, Scalar | Array) and isinstance(right, Scalar | Array):
        return _text(spelled(left), spelled(right))
    return None


def _text(first: str | None, second: str | None) -> str | None:
    if first is None or second is None or len(first) + len(second) > LARGEST:
        return None
    return first + second


def _same(left: Value, right: Value, *, strict: bool) -> bool | None:
    if isinstance(left, Scalar) and isinstance(right, Scalar):
        if not strict and is_nothing(left) and is_nothing(right):
            return True
        if type(left.value) is type(right.value):
            return left.value == right.value
        if strict or is_nothing(left) or is_nothing(right):
            return False
        return None
    if isinstance(left, Foreign | Symbol) or isinstance(right, Foreign | Symbol):
        return None
    if isinstance(left, Scalar) or isinstance(right, Scalar):
        return False if strict or is_nothing(left) or is_nothing(right) else None
    return True if left is right else None


def _arithmetic(operator: str, left: object, right: object) -> object:
    if isinstance(left, str) and isinstance(right, str) and operator in ("<", ">", "<=", ">="):
        return _compared(operator, left, right)
    if (
        not (isinstance(left, int | float) and isinstance(right, int | float))
        or isinstance(left, bool)
        or isinstance(right, bool)
    ):
        return None
    if operator in ("<", ">", "<=", ">="):
        return _compared(operator, left, right)
    if type(left) is not type(right):
        return None
    try:
        return _computed(operator, left, right)
    except (ZeroDivisionError, OverflowError, ValueError):
        return None


def _compared(operator: str, left: Any, right: Any) -> bool:
    compare: Mapping[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
    return compare[operator](left, right)


_LARGEST_POWER = 1024


def _computed(operator: str, left: Number, right: Number) -> Number | None:
    match operator:
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right if isinstance(left, float) else int(left / right)
        case "%":
            return math.fmod(left, right) if isinstance(left, float) else None
        case "**" if abs(left) < _LARGEST_POWER and abs(right) < _LARGEST_POWER:
            return left**right
        case _:
            return None
