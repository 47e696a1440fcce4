"""Lark's LALR tables, walked once for each shape of a line.

Lark builds and keeps the tables. What they make of a line depends on the kinds of its lexemes alone, and a schema has
few kinds of lines: the walk is written down as a `Plan`, which is then carried out for every line of that shape.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from ormistice.grammar import load_grammar
from ormistice.sources.prisma.lexer import Lexeme

Action = Callable[[Sequence[Any]], Any]
States = Mapping[int, Mapping[str, "int | _Reduction"]]

_START = "_member"
_KEPT_PLANS = 2_048
_LONG = 100
"""Lexemes in a line; the plan of a longer one will hardly be of use again."""


class UnexpectedLexemeError(Exception):
    """A lexeme that cannot stand where it does; `expected` are the terminals that could."""

    def __init__(self, lexeme: Lexeme, expected: frozenset[str]) -> None:
        super().__init__(lexeme)
        self.lexeme = lexeme
        self.expected = expected


class _UnexpectedKindError(Exception):
    """The same of a shape: the lexeme is told by where it stands in its line."""

    def __init__(self, at: int, expected: frozenset[str]) -> None:
        super().__init__(at)
        self.at = at
        self.expected = expected


class _Reduction(NamedTuple):
    """What to do behind a rule; `origin` is the name under which to go on.

    `spliced`: a symbol's name starts with `_`, so that it has no value of its own, but those that its rule hands on.
    """

    rule: str
    length: int
    origin: str
    spliced: bool


class _Tables(NamedTuple):
    states: States
    start: int
    end: int


class Plan(NamedTuple):
    """Which actions make the value of a line, in order.

    Each takes values out of a list of the line's lexemes, and behind them of what every action before it gave.
    `result` is the place of the value in that list.
    """

    steps: tuple[tuple[str, Callable[[Sequence[Any]], Sequence[Any]]], ...]
    result: int


def value_of(line: Sequence[Lexeme], actions: Mapping[str, Action]) -> Any:
    """The value that `actions` make of a line.

    An action is called with the values of its rule's symbols, terminals with `_` left out; a rule whose name starts
    with `_` hands its values on to the rule that it stands in. Raises UnexpectedLexemeError.
    """
    kinds = tuple([lexeme[0] for lexeme in line])
    try:
        steps, result = _plan(kinds) if len(kinds) <= _LONG else _planned(kinds)
    except _UnexpectedKindError as error:
        raise UnexpectedLexemeError(line[error.at], error.expected) from None
    values: list[Any] = [*line]
    for rule, taken in steps:
        values.append(actions[rule](taken(values)))
    return values[result]


@dataclass(slots=True)
class _Walk:
    """A walk through the tables. `values` are places in the list of a plan, lists of them where a rule hands on."""

    states: States
    path: list[int]
    made: int
    values: list[Any] = field(default_factory=list)
    steps: list[tuple[str, Callable[[Sequence[Any]], Sequence[Any]]]] = field(default_factory=list)

    def shift(self, kind: str, at: int) -> None:
        """Go behind the next terminal, once all is reduced that ends before it."""
        while isinstance(step := self.states[self.path[-1]].get(kind), _Reduction):
            self.reduce(step)
        if step is None:
            raise _UnexpectedKindError(at, _expected(self.states, self.path))
        self.path.append(step)
        self.values.append([] if kind.startswith("_") else at)

    def reduce(self, reduction: Any) -> None:
        """Put one value in the place of a rule's, and go on."""
        taken = self.values[-reduction.length :]
        del self.values[-reduction.length :], self.path[-reduction.length :]
        if reduction.rule.startswith("_"):
            self.values.append(taken[0] if reduction.length == 1 else _joined(taken))
        else:
            self.steps.append((reduction.rule, _taking(_joined([[], *taken]) if reduction.spliced else taken)))
            self.values.append(self.made)
            self.made += 1
        self.path.append(_goal(self.states, self.path, reduction))


def _goal(states: States, path: Sequence[int], reduction: _Reduction) -> int:
    goal = states[path[-1]][reduction.origin]
    assert isinstance(goal, int)  # noqa: S101 - behind a rule, tables tell where to go on, and nothing else
    return goal


def _planned(kinds: Sequence[str]) -> Plan:
    states, start, end = _tables()
    walk = _Walk(states, [start], len(kinds))
    for at, kind in enumerate(kinds):
        walk.shift(kind, at)
    while walk.path[-1] != end:
        walk.reduce(states[walk.path[-1]]["$END"])
    return Plan(tuple(walk.steps), walk.values[0])


_plan = lru_cache(_KEPT_PLANS)(_planned)


def _taking(places: list[int]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """What takes the values of some places out of a list."""
    first, end = places[0], places[-1] + 1
    if places == list(range(first, end)):
        return itemgetter(slice(first, end))
    return itemgetter(*places)


def _joined(taken: list[Any]) -> list[Any]:
    """All values in one list, which is that of the first where it has one: long repetitions would cost squares else."""
    first = taken[0]
    joined: list[Any] = first if isinstance(first, list) else [first]
    for value in taken[1:]:
        if isinstance(value, list):
            joined += value
        else:
            joined.append(value)
    return joined


def _expected(states: States, path: Sequence[int]) -> frozenset[str]:
    """The terminals that can stand next: a table knows more, since it merges states that look ahead differently."""
    return frozenset(kind for kind in states[path[-1]] if kind.isupper() and _shifts(states, list(path), kind))


def _shifts(states: States, path: list[int], kind: str) -> bool:
    while isinstance(step := states[path[-1]].get(kind), _Reduction):
        del path[-step.length :]
        path.append(_goal(states, path, step))
    return step is not None


@cache
def _tables() -> _Tables:
    parser: Any = load_grammar("prisma", start=_START).parser
    table = parser.parser._parse_table  # noqa: SLF001 - the tables have no public name
    states = {
        state: {str(symbol): _step(argument) for symbol, (_, argument) in actions.items()}
        for state, actions in table.states.items()
    }
    return _Tables(states, table.start_states[_START], table.end_states[_START])


def _step(argument: Any) -> int | _Reduction:
    if isinstance(argument, int):
        return argument
    name = str(argument.origin.name)
    spliced = any(symbol.name.startswith("_") for symbol in argument.expansion)
    return _Reduction(str(argument.alias or name), len(argument.expansion), name, spliced)
