"""Defaults, expressions and options as TypeScript."""

import re

from ormistice.model import IdentityGeneration
from ormistice.sources.drizzle.modules import Loaded
from ormistice.sources.drizzle.sequences import sequence_options
from ormistice.sources.drizzle.spelling import Style
from ormistice.sources.drizzle.values import Entry, Nothing, Record, Scalar, number_text
from ormistice.sources.drizzle.write_draft import Draft
from ormistice.sources.drizzle.write_lists import UnwritableError
from ormistice.sources.drizzle.write_types import Maker
from ormistice.text import Span
from ormistice.types import ColumnType, parse_type

_MOMENTS = frozenset(("timestamp", "date", "time"))
_NUMBERS = frozenset(("integer", "smallint", "bigint", "real", "doublePrecision"))
_TEXTS = frozenset(("text", "varchar", "char", "enum"))
_QUOTED = re.compile(r"^'((?:[^']|'')*)'(?:::(.+))?$", re.DOTALL)
_LARGEST_EXACT = 2**53 - 1
_OPTIONS = {
    "START WITH": "startWith",
    "INCREMENT BY": "increment",
    "MAXVALUE": "maxValue",
    "MINVALUE": "minValue",
    "CACHE": "cache",
}
_NOWHERE = Span("", 0, 0)


def sql_code(draft: Draft, loaded: Loaded, expression: str, hidden: set[str]) -> str:
    """An expression of SQL as a template."""
    text = expression.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${").replace("\r", "\\r")
    return f"{draft.of_drizzle(loaded, 'sql', hidden, 'drizzle-orm')}`{text}`"


def default_code(draft: Draft, loaded: Loaded, expression: str, maker: Maker, hidden: set[str]) -> str:
    """The method call that gives a column made by `maker` a default, dot and all."""
    if expression == "now()" and maker.function in _MOMENTS and not maker.array:
        return ".defaultNow()"
    if expression == "gen_random_uuid()" and maker.function == "uuid" and not maker.array:
        return ".defaultRandom()"
    literal = _literal(expression, maker, draft.style(loaded), modern=draft.rules.modern)
    return f".default({literal if literal is not None else sql_code(draft, loaded, expression, hidden)})"


def _literal(expression: str, maker: Maker, style: Style, *, modern: bool) -> str | None:
    """The expression as a literal of JavaScript; None where drizzle would make something else of it."""
    if maker.array:
        return "[]" if _text(expression, maker.type) == "{}" else None
    if maker.function in _NUMBERS and maker.mode != "bigint":
        return _number(expression)
    if maker.function == "boolean":
        return expression if expression in ("true", "false") else None
    text = _text(expression, maker.type)
    if text is None:
        return None
    if maker.function in ("json", "jsonb"):
        return text if text in ("{}", "[]") and _is_json(expression, maker.function) else None
    as_text = maker.function in _TEXTS or (maker.function in ("date", "timestamp") and maker.mode == "string")
    as_text = as_text or (maker.function in ("numeric", "uuid", "inet", "date") and maker.mode in (None, "string"))
    return style.quoted(text) if as_text and not (modern and "\\" in text) else None


def _number(expression: str) -> str | None:
    try:
        number = float(expression)
    except ValueError:
        return None
    exact = abs(number) <= _LARGEST_EXACT and number_text(number) == expression
    return expression if exact and expression[-1].isdigit() else None


def _text(expression: str, type_: ColumnType) -> str | None:
    """What an SQL string stands for, if it is one that is of the column's type anyway."""
    found = _QUOTED.match(expression)
    if found is None:
        return None
    return found[1].replace("''", "'") if found[2] is None or _is_own_type(found[2], type_) else None


def _is_own_type(cast: str, type_: ColumnType) -> bool:
    if type_.schema is not None:
        return cast.removesuffix("[]").rpartition(".")[2].strip('"') == type_.name
    kind = parse_type(cast)
    return kind.name == type_.name and kind.array == type_.array and kind.modifiers in ((), type_.modifiers)


def _is_json(expression: str, function: str) -> bool:
    return "::" not in expression or expression.endswith(f"::{function}")


def identity_code(identity: IdentityGeneration, type_: ColumnType, style: Style) -> str:
    """The method call that makes an identity column, dot and all."""
    name = "generatedAlwaysAsIdentity" if identity.always else "generatedByDefaultAsIdentity"
    if type_.name not in ("smallint", "integer", "bigint") or type_.array:
        raise UnwritableError
    options = options_of(identity.options)
    # What drizzle-kit takes for granted of a descending one is not what PostgreSQL does.
    for key in (None, "minValue", "maxValue", "startWith"):
        if key is not None:
            options.setdefault(key, _granted(key, options, type_.name))
        if _read(options, type_.name, least=True) == identity.options:
            return f".{name}({_object(options, style)})"
    raise UnwritableError


_LARGEST = {"smallint": 32767, "integer": 2147483647}


def _granted(key: str, options: dict[str, str], type_name: str) -> str:
    largest = _LARGEST.get(type_name, 9223372036854775807)
    least = -largest - 1
    descending = options.get("increment", "1").startswith("-")
    values = {
        "minValue": least if descending else 1,
        "maxValue": -1 if descending else largest,
        "startWith": -1 if descending else 1,
    }
    return str(values[key])


def _read(options: dict[str, str], type_name: str, *, least: bool) -> tuple[str, ...] | None:
    """What is read of these options."""
    entries = {
        key: Entry(Scalar(value if key != "cycle" else True, _NOWHERE), _NOWHERE) for key, value in options.items()
    }
    record = Record(entries, _NOWHERE) if entries else Scalar(Nothing.UNDEFINED, _NOWHERE)
    read = sequence_options(type_name, record, -32768 if least else None)
    return read if isinstance(read, tuple) else None


def options_of(options: tuple[str, ...]) -> dict[str, str]:
    """Sequence options in SQL as those of drizzle."""
    found: dict[str, str] = {}
    for option in options:
        word, _, value = option.rpartition(" ")
        if option == "CYCLE":
            found["cycle"] = "true"
        elif word in _OPTIONS:
            found[_OPTIONS[word]] = value
        else:
            raise UnwritableError
    return found


def sequence_code(options: tuple[str, ...], style: Style) -> str:
    """The options of a sequence as an argument; empty where there are none."""
    found = options_of(options)
    if _read(found, "bigint", least=False) != options:
        raise UnwritableError
    return _object(found, style)


def _object(options: dict[str, str], style: Style) -> str:
    if not options:
        return ""
    given = [f"{key}: {_option(value, style)}" for key, value in options.items()]
    return style.braced(", ".join(given))


def _option(value: str, style: Style) -> str:
    exact = value == "true" or abs(int(value)) <= _LARGEST_EXACT
    return value if exact else style.quoted(value)
