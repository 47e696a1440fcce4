"""Defaults, identities and generated values as SQLAlchemy spells them."""

import re

from ormistice.model import GeneratedExpression, IdentityGeneration
from ormistice.sources.sqlalchemy.write_layout import string
from ormistice.sources.sqlalchemy.write_names import CORE, Names

# What `text()` takes for a parameter: a name behind a colon that neither a word nor another colon stands before.
_PARAMETER = re.compile(r"(?<![:\w\\]):(?=\w+(?!:))")
_OPTIONS = {
    "START WITH": "start",
    "INCREMENT BY": "increment",
    "MAXVALUE": "maxvalue",
    "MINVALUE": "minvalue",
    "CACHE": "cache",
}


def sql(names: Names, expression: str, quote: str) -> str:
    """An SQL expression as `text()`."""
    return f"{names.name(CORE, 'text')}({quoted_sql(expression, quote)})"


def quoted_sql(expression: str, quote: str) -> str:
    """An SQL expression as the string that `text()` takes, and constraints with it."""
    return string(_PARAMETER.sub(r"\\:", expression), quote)


def server_default(names: Names, expression: str, quote: str) -> str:
    """What the server fills in: a string literal as a string, the current time as a function, the rest as SQL."""
    if expression.lower() == "now()":
        return f"{names.name(CORE, 'func')}.now()"
    if len(expression) > 1 and expression[0] == expression[-1] == "'" and "'" not in expression[1:-1].replace("''", ""):
        return string(expression[1:-1].replace("''", "'"), quote)
    return sql(names, expression, quote)


def identity(names: Names, value: IdentityGeneration) -> str | None:
    """`Identity(...)`; None for an option that it has no word for."""
    words = ["always=True"] if value.always else []
    for option in value.options:
        if option == "CYCLE":
            words.append("cycle=True")
            continue
        name, _, number = option.rpartition(" ")
        if name not in _OPTIONS:
            return None
        words.append(f"{_OPTIONS[name]}={number}")
    return f"{names.name(CORE, 'Identity')}({', '.join(words)})"


def computed(names: Names, value: GeneratedExpression, quote: str) -> str:
    """`Computed(...)`, which says whether it is stored: releases differ in what they take it for."""
    text = quoted_sql(value.expression, quote)
    return f"{names.name(CORE, 'Computed')}({text}, persisted={value.stored})"
