"""Lark's LALR table, run over tokens that are there already.

Lark builds the table and what each rule calls; its own loop makes an object of every token and looks rules up by their
structure, which for schemas of many tables is half of the time that reading one takes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lark import Lark
from lark.lexer import Lexer

_END = "$END"


class NoLexer(Lexer):
    """Stands where Lark wants a lexer; the tokens do not come from one."""

    def __init__(self, lexer_conf: object) -> None:
        """Lark asks for this form."""

    def lex(self, lexer_state: Any, parser_state: Any) -> Any:
        """Never asked: `Table.parse` has the tokens."""
        raise NotImplementedError


Make = Callable[[list[Any]], Any]


@dataclass(frozen=True, slots=True)
class Table:
    """For each state, where a terminal or rule leads: a state if it is not negative, else the rule `~number` ends.

    `rules` gives for each rule its name, how many symbols it takes, and what makes a value of them; None: the value of
    its one symbol is its own.
    """

    states: list[dict[str, int]]
    rules: list[tuple[str, int, Make | None]]
    first: int
    last: int
    settled: dict[tuple[int, int, str], int] = field(default_factory=dict)
    """Where a state leads with a rule's symbol, once all rules are ended that only hand its value on."""

    def parse(self, tokens: Sequence[tuple[str, int, int, str]]) -> Any:
        """The value of `tokens`, whose first items are terminals; or the index of the first one that does not fit."""
        states, rules, settled = self.states, self.rules, self.settled
        reached = [self.first]
        values: list[Any] = []
        for at, token in enumerate((*tokens, (_END, 0, 0, ""))):
            terminal = token[0]
            while True:
                action = states[reached[-1]].get(terminal)
                if action is None:
                    return at
                if action >= 0:
                    break
                _, size, make = rules[~action]
                if make is not None:
                    taken = values[-size:]
                    del values[-size:]
                    values.append(make(taken))
                del reached[-size:]
                key = (reached[-1], action, terminal)
                state = settled.get(key)
                if state is None:
                    state = settled[key] = self._settled(*key)
                reached.append(state)
                if state == self.last and terminal == _END:
                    return values[-1]
            reached.append(action)
            values.append(token)
        return len(tokens)

    def _settled(self, below: int, action: int, terminal: str) -> int:
        """The state that `below` and a rule that has ended lead to, before `terminal`."""
        while True:
            state = self.states[below][self.rules[~action][0]]
            following = self.states[state].get(terminal, 0)
            if following >= 0 or self.rules[~following][1:] != (1, None) or state == self.last:
                return state
            action = following


def table_of(parser: Lark, makers: Mapping[str, Make]) -> Table:
    """The table of a parser that Lark has built; `makers` by the names of rules and aliases. No rule is empty."""
    table = parser.parser.parser.parser.parse_table
    numbers: dict[Any, int] = {}
    rules: list[tuple[str, int, Make | None]] = []
    states: list[dict[str, int]] = [{} for _ in range(max(table.states) + 1)]
    for state, actions in table.states.items():
        for symbol, (_, argument) in actions.items():
            if isinstance(argument, int):
                states[state][str(symbol)] = argument
                continue
            if argument not in numbers:
                numbers[argument] = len(rules)
                rules.append((str(argument.origin.name), len(argument.expansion), _make(argument, makers)))
            states[state][str(symbol)] = ~numbers[argument]
    (first,), (last,) = table.start_states.values(), table.end_states.values()
    return Table(states, rules, first, last)


def _make(rule: Any, makers: Mapping[str, Make]) -> Make | None:
    """What makes a value of a rule's symbols, the lists that stand for `x*` opened."""
    listed = [i for i, symbol in enumerate(rule.expansion) if str(symbol.name).startswith("__")]
    if str(rule.origin.name).startswith("__"):
        return _extended if listed else _as_it_is
    if rule.alias is None and rule.options.expand1 and len(rule.expansion) == 1:
        return None
    make = makers[str(rule.alias or rule.origin.name)]
    if not listed:
        return make

    def opened(children: list[Any]) -> Any:
        flat: list[Any] = []
        for i, child in enumerate(children):
            if i in listed:
                flat += child
            else:
                flat.append(child)
        return make(flat)

    return opened


def _as_it_is(children: list[Any]) -> Any:
    return children


def _extended(children: list[Any]) -> Any:
    # Lark puts the list first; it is handed on, and nobody else has it.
    found: list[Any] = children[0]
    found += children[1:]
    return found
