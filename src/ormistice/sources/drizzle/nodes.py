"""The tree of a module: JavaScript as it is once its types are gone, every node with the offsets of its text."""

from dataclasses import dataclass
from typing import Union


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier that is read, or bound where it stands in a pattern."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, string, or regular expression; a big integer is an `int`, any other number a `float`."""

    value: str | int | float | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Template:
    """A template literal: one more string than values. `raw` is what a tag like `String.raw` sees."""

    strings: tuple[str, ...]
    values: tuple["Node", ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Spread:
    """`...value` in a list or an object; as a parameter, the rest."""

    value: "Node"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hole:
    """An element of an array that is left out."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Array:
    """An array, or the pattern of one."""

    items: tuple["Node", ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Property:
    """An entry of an object; `key` is a string unless it is computed. A shorthand has a `Name` for its value."""

    key: Union[str, "Node"]
    value: "Node"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Object:
    """An object, or the pattern of one."""

    entries: tuple[Property | Spread, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Function:
    """A function of any form; a `Block` for its body, or an expression."""

    parameters: tuple["Node", ...]
    body: Union["Node", "Block"]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Member:
    """`.name` behind an operand."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Call:
    """`(arguments)` behind an operand."""

    arguments: tuple["Node", ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Index:
    """`[key]` behind an operand."""

    key: "Node"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tagged:
    """A template literal behind an operand, which is its tag."""

    template: Template
    start: int
    end: int


Link = Member | Call | Index | Tagged


@dataclass(frozen=True, slots=True)
class Chain:
    """An operand and all that is done to it, in order: one flat list, however long."""

    head: "Node"
    links: tuple[Link, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Unary:
    """An operator before its operand."""

    operator: str
    operand: "Node"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Binary:
    """Operands and the operators between them, not yet grouped by precedence."""

    operands: tuple["Node", ...]
    operators: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Conditional:
    """`test ? consequent : alternate`."""

    test: "Node"
    consequent: "Node"
    alternate: "Node"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """`target = value`, or a default in a pattern; `operator` may be `+=` and the like."""

    target: "Node"
    operator: str
    value: "Node"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Comma:
    """Expressions of which the last is the value."""

    items: tuple["Node", ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Unread:
    """An expression that is stepped over: a class, an accessor, `x++`."""

    what: str
    start: int
    end: int


Node = (
    Name | Literal | Template | Spread | Hole | Array | Object | Function | Chain | Unary | Binary | Conditional
    | Assignment | Comma | Unread
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Declaration:
    """`const`, `let` or `var`: names, patterns, and assignments to them."""

    items: tuple[Node, ...]
    constant: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FunctionDeclaration:
    """A function with a name, bound before its block is run."""

    name: str
    function: Function
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EnumDeclaration:
    """An enum of TypeScript; members without a value count on from the one before."""

    name: str
    members: Object
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class UnreadDeclaration:
    """A class or namespace: it binds a name, and is stepped over."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class UnreadStatement:
    """A loop, `switch` or `try`, stepped over; it may change whatever has one of `names`."""

    names: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Return:
    """`return`, with its value if it has one."""

    value: Node | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Throw:
    """`throw`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Jump:
    """`break`, `continue` or `debugger`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class If:
    """`if`, with its `else` if it has one."""

    test: Node
    consequent: "Statement"
    alternate: Union["Statement", None]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """Statements in braces."""

    statements: tuple["Statement", ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression for its effect alone."""

    value: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Import:
    """`names` pairs what is imported (`default`, or `*` for all) with what it is called here."""

    names: tuple[tuple[str, str], ...]
    module: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ExportNames:
    """`names` pairs what is exported with the name it goes by, `("*", "*")` being all.

    `module` None: the names are of this module.
    """

    names: tuple[tuple[str, str], ...]
    module: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ExportDefault:
    """`export default value`, or `export = value`."""

    value: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Exported:
    """A declaration with `export` before it."""

    declaration: "Statement"
    start: int
    end: int


Statement = (
    Declaration | FunctionDeclaration | EnumDeclaration | UnreadDeclaration | UnreadStatement | Return | Throw | Jump
    | If | Block | Expression | Import | ExportNames | ExportDefault | Exported
)  # fmt: skip
