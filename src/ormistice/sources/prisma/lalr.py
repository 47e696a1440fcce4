"""Lark's LALR tables, walked without Lark's trees and tokens.

Lark builds and keeps the tables. Walking them, it would spend most of its time on tokens and trees, of which nothing is
kept here, since every rule makes a node at once.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from ormistice.parsing import load_grammar
from ormistice.sources.prisma.lexer import Lexeme

Action = Callable[[list[Any]], Any]
States = Mapping[int, Mapping[str, "int | _Reduction"]]


class UnexpectedLexemeError(Exception):
    """A lexeme that cannot stand where it does; `expected` are the terminals that could."""

    def __init__(self, lexeme: Lexeme, expected: frozenset[str]) -> None:
        super().__init__(lexeme)
        self.lexeme = lexeme
        self.expected = expected


class _Reduction(NamedTuple):
    """What to do behind a rule. `origin` is the name under which to go on.

    `spliced`: a symbol's name starts with `_`, so that it has no value of its own, but those that its rule hands on.
    """

    rule: str
    length: int
    origin: str
    spliced: bool

    @property
    def idle(self) -> bool:
        """Whether it hands on a single value and does nothing else."""
        return self.length == 1 and self.rule.startswith("_")


class _Tables(NamedTuple):
    states: States
    starts: Mapping[str, int]
    ends: frozenset[int]


@cache
def _tables() -> _Tables:
    parser: Any = load_grammar("prisma", start=["block", "member"]).parser
    table = parser.parser._parse_table  # noqa: SLF001 - the tables have no public name
    states = {
        state: {str(symbol): _step(argument) for symbol, (_, argument) in actions.items()}
        for state, actions in table.states.items()
    }
    starts = {str(name): state for name, state in table.start_states.items()}
    return _Tables(_shortened(states), starts, frozenset(table.end_states.values()))


def _step(argument: Any) -> int | _Reduction:
    if isinstance(argument, int):
        return argument
    name = str(argument.origin.name)
    spliced = any(symbol.name.startswith("_") for symbol in argument.expansion)
    return _Reduction(str(argument.alias or name), len(argument.expansion), name, spliced)


def _shortened(states: States) -> States:
    """The same tables without the ways through states where there is nothing to do but to hand on one value."""
    return {
        state: {
            symbol: step if isinstance(step, _Reduction) else _goal(states, state, step)
            for symbol, step in steps.items()
        }
        for state, steps in states.items()
    }


def _goal(states: States, state: int, step: int) -> int:
    while len(only := set(states[step].values())) == 1:
        (reduction,) = only
        if not isinstance(reduction, _Reduction) or not reduction.idle:
            break
        following = states[state][reduction.origin]
        if isinstance(following, _Reduction):
            break
        step = following
    return step


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
        step = states[path[-1]].get(kind)
        while step.__class__ is _Reduction:
            path.append(_reduced(step, states, path, values, actions))
            step = states[path[-1]].get(kind)
        if not isinstance(step, int):
            raise UnexpectedLexemeError(lexeme, _expected(tables, path))
        path.append(step)
        values.append([] if kind[0] == "_" else lexeme)
    while path[-1] not in tables.ends:
        path.append(_reduced(states[path[-1]]["$END"], states, path, values, actions))
    return values[0]


def _reduced(step: Any, states: States, path: list[int], values: list[Any], actions: Mapping[str, Action]) -> Any:
    """Put one value in the place of a rule's, and say where to go on."""
    rule, length, origin, spliced = step
    taken = values[-length:]
    del values[-length:], path[-length:]
    if rule in actions:
        values.append(actions[rule](_joined([[], *taken]) if spliced else taken))
    else:
        values.append(taken[0] if length == 1 else _joined(taken))
    return states[path[-1]][origin]


def _joined(taken: list[Any]) -> list[Any]:
    """All values in one list, which is that of the first where it has one: long repetitions would cost squares else."""
    first = taken[0]
    joined: list[Any] = first if first.__class__ is list else [first]
    for value in taken[1:]:
        if value.__class__ is list:
            joined += value
        else:
            joined.append(value)
    return joined


def _expected(tables: _Tables, path: list[int]) -> frozenset[str]:
    """The terminals that can stand next: a table knows more, since it merges states that look ahead differently."""
    return frozenset(
        kind for kind in tables.states[path[-1]] if kind.isupper() and _shifts(tables.states, list(path), kind)
    )


def _shifts(states: States, path: list[int], kind: str) -> bool:
    while isinstance(step := states[path[-1]].get(kind), _Reduction):
        del path[-step.length :]
        goal = states[path[-1]][step.origin]
        if isinstance(goal, int):
            path.append(goal)
    return step is not None
