"""Lark's LALR tables, walked without Lark's trees and tokens.

Lark builds and keeps the tables. Walking them, it would spend most of its time on tokens and trees, of which nothing is
kept here, since every rule makes a node at once.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ormistice.parsing import load_grammar
from ormistice.sources.prisma.lexer import Lexeme

Action = Callable[[list[Any]], Any]
_Reduction = tuple[str, int, str]


class UnexpectedLexemeError(Exception):
    """A lexeme that cannot stand where it does; `expected` are the terminals that could."""

    def __init__(self, lexeme: Lexeme, expected: frozenset[str]) -> None:
        super().__init__(lexeme)
        self.lexeme = lexeme
        self.expected = expected


@dataclass(frozen=True, slots=True)
class _Tables:
    """What to do in each state: go to a state, or reduce by (rule, length, name under which to go on)."""

    states: Mapping[int, Mapping[str, int | _Reduction]]
    starts: Mapping[str, int]
    ends: frozenset[int]


@cache
def _tables() -> _Tables:
    parser: Any = load_grammar("prisma", start=["block", "member"]).parser
    table = parser.parser._parse_table  # noqa: SLF001 - the tables have no public name
    return _Tables(
        {
            state: {str(symbol): _step(argument) for symbol, (_, argument) in actions.items()}
            for state, actions in table.states.items()
        },
        {str(name): state for name, state in table.start_states.items()},
        frozenset(table.end_states.values()),
    )


def _step(argument: Any) -> int | _Reduction:
    if isinstance(argument, int):
        return argument
    name = str(argument.origin.name)
    return str(argument.alias or name), len(argument.expansion), name


def walk(start: str, lexemes: Iterable[Lexeme], actions: Mapping[str, Action]) -> Any:
    """The value that `actions` make of `lexemes`, which are one `start` of the grammar.

    An action is called with the values of its rule's symbols, terminals with `_` left out; a rule without an action
    hands its values on to the rule that it stands in. Raises UnexpectedLexemeError.
    """
    tables = _tables()
    states = tables.states
    path = [tables.starts[start]]
    values: list[Any] = []
    for lexeme in lexemes:
        kind = lexeme[0]
        while isinstance(todo := states[path[-1]].get(kind), tuple):
            _reduce(todo, states, path, values, actions)
        if todo is None:
            raise UnexpectedLexemeError(lexeme, _expected(tables, path))
        path.append(todo)
        values.append([] if kind[0] == "_" else lexeme)
    while path[-1] not in tables.ends:
        _reduce(states[path[-1]]["$END"], states, path, values, actions)
    return values[0]


def _expected(tables: _Tables, path: list[int]) -> frozenset[str]:
    """The terminals that can stand next: a table knows more, since it merges states that look ahead differently."""
    return frozenset(kind for kind in tables.states[path[-1]] if kind.isupper() and _shifts(tables, list(path), kind))


def _shifts(tables: _Tables, path: list[int], kind: str) -> bool:
    while isinstance(todo := tables.states[path[-1]].get(kind), tuple):
        _, length, name = todo
        del path[len(path) - length :]
        goal = tables.states[path[-1]][name]
        if isinstance(goal, int):
            path.append(goal)
    return todo is not None


def _reduce(todo: Any, states: Any, path: list[int], values: list[Any], actions: Mapping[str, Action]) -> None:
    rule, length, name = todo
    taken = values[-length:]
    del values[-length:]
    del path[-length:]
    action = actions.get(rule)
    if action is not None:
        values.append(action(_spliced(taken)))
    else:
        values.append(taken[0] if length == 1 else _joined(taken))
    path.append(states[path[-1]][name])


def _spliced(taken: list[Any]) -> list[Any]:
    """Values of symbols, those that were handed on in the place of their rule."""
    return _joined([[], *taken]) if any(value.__class__ is list for value in taken) else taken


def _joined(taken: list[Any]) -> list[Any]:
    """All values in one list, which is that of the first where it has one: long repetitions would cost squares else."""
    first, *rest = taken
    joined: list[Any] = first if first.__class__ is list else [first]
    for value in rest:
        if value.__class__ is list:
            joined.extend(value)
        else:
            joined.append(value)
    return joined
