"""Lark's LALR table, run over tokens that are there already.

Lark builds the table and what each rule calls; its own loop makes an object of every token and looks rules up by their
structure, which for schemas of many tables is half of the time that reading one takes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Table:
    """For each state, where a terminal or rule leads: a state if it is not negative, else the rule `~number` ends.

    `rules` gives for each rule its name, how many symbols it takes, and what makes a value of them.
    """

    states: list[dict[str, int]]
    rules: list[tuple[str, int, Callable[[list[Any]], Any]]]
    first: int
    last: int

    def parse(self, tokens: Sequence[tuple[str, int, int, str]]) -> Any:
        """The value of `tokens`, whose first items are terminals; or the index of the first one that does not fit."""
        states, rules = self.states, self.rules
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
                origin, size, make = rules[~action]
                taken = values[-size:] if size else []
                if size:
                    del reached[-size:], values[-size:]
                values.append(make(taken))
                reached.append(states[reached[-1]][origin])
                if reached[-1] == self.last and terminal == _END:
                    return values[-1]
            reached.append(action)
            values.append(token)
        return len(tokens)


def table_of(parser: Lark) -> Table:
    """The table of a parser that Lark has built."""
    made = parser.parser.parser.parser
    table, callbacks = made.parse_table, made.callbacks
    numbers: dict[Any, int] = {}
    rules: list[tuple[str, int, Callable[[list[Any]], Any]]] = []
    states: list[dict[str, int]] = [{} for _ in range(max(table.states) + 1)]
    for state, actions in table.states.items():
        for symbol, (action, argument) in actions.items():
            if type(argument) is int:
                states[state][str(symbol)] = argument
                continue
            del action
            if argument not in numbers:
                numbers[argument] = len(rules)
                rules.append((str(argument.origin.name), len(argument.expansion), callbacks[argument]))
            states[state][str(symbol)] = ~numbers[argument]
    (first,), (last,) = table.start_states.values(), table.end_states.values()
    return Table(states, rules, first, last)
