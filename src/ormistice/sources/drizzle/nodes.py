"""The tree of a module: JavaScript as it is once its types are gone, every node with the offsets of its text."""

from typing import Union

from ormistice.sources.drizzle.records import record


@record
class Name:
    """An identifier that is read, or bound where it stands in a pattern."""

    name: str
    start: int
    end: int


@record
class Literal:
    """A number or string; a big integer is an `int`, any other number a `float`."""

    value: str | int | float | None
    start: int
    end: int


@record
class Regex:
    """A regular expression, without its slashes."""

    pattern: str
    flags: str
    start: int
    end: int


@record
class Template:
    """A template literal: one more string than values."""

    strings: tuple[str, ...]
    values: tuple["Node", ...]
    start: int
    end: int


@record
class Spread:
    """`...value` in a list or an object; as a parameter, the rest."""

    value: "Node"
    start: int
    end: int


@record
class Hole:
    """An element of an array that is left out."""

    start: int
    end: int


@record
class Array:
    """An array, or the pattern of one."""

    items: tuple["Node", ...]
    start: int
    end: int


@record
class Property:
    """An entry of an object; `key` is a string unless it is computed. A shorthand has a `Name` for its value."""

    key: Union[str, "Node"]
    value: "Node"
    start: int
    end: int


@record
class Object:
    """An object, or the pattern of one."""

    entries: tuple[Property | Spread, ...]
    start: int
    end: int


@record
class Function:
    """A function of any form; a `Block` for its body, or an expression."""

    parameters: tuple["Node", ...]
    body: Union["Node", "Block"]
    start: int
    end: int


@record
class Member:
    """`.name` behind an operand."""

    name: str
    start: int
    end: int


@record
class Call:
    """`(arguments)` behind an operand."""

    arguments: tuple["Node", ...]
    start: int
    end: int


@record
class Index:
    """`[key]` behind an operand."""

    key: "Node"
    start: int
    end: int


@record
class Tagged:
    """A template literal behind an operand, which is its tag; `raw` are its strings as they are written."""

    template: Template
    raw: tuple[str, ...]
    start: int
    end: int


@record
class Optional:
    """`?.` before another link: behind nothing the chain ends there."""

    start: int
    end: int


Step = Member | Call | Index | Tagged
Link = Step | Optional


@record
class Chain:
    """An operand and all that is done to it, in order: one flat list, however long."""

    head: "Node"
    links: tuple[Link, ...]
    start: int
    end: int


@record
class Unary:
    """An operator before its operand."""

    operator: str
    operand: "Node"
    start: int
    end: int


@record
class Binary:
    """Operands and the operators between them, not yet grouped by precedence."""

    operands: tuple["Node", ...]
    operators: tuple[str, ...]
    start: int
    end: int


@record
class Conditional:
    """`test ? consequent : alternate`."""

    test: "Node"
    consequent: "Node"
    alternate: "Node"
    start: int
    end: int


@record
class Assignment:
    """`target = value`, or a default in a pattern; `operator` may be `+=` and the like."""

    target: "Node"
    operator: str
    value: "Node"
    start: int
    end: int


@record
class Comma:
    """Expressions of which the last is the value."""

    items: tuple["Node", ...]
    start: int
    end: int


@record
class Unread:
    """An expression that is stepped over: a class, an accessor, `x++`."""

    what: str
    start: int
    end: int


Node = (
    Name | Literal | Regex | Template | Spread | Hole | Array | Object | Function | Chain | Unary | Binary | Conditional
    | Assignment | Comma | Unread
)  # fmt: skip


@record
class Declaration:
    """`const`, `let` or `var`: names, patterns, and assignments to them."""

    items: tuple[Node, ...]
    constant: bool
    start: int
    end: int


@record
class FunctionDeclaration:
    """A function with a name, bound before its block is run."""

    name: str
    function: Function
    start: int
    end: int


@record
class EnumDeclaration:
    """An enum of TypeScript; members without a value count on from the one before."""

    name: str
    members: Object
    start: int
    end: int


@record
class UnreadDeclaration:
    """A class or namespace: it binds a name, and is stepped over."""

    name: str
    start: int
    end: int


@record
class UnreadStatement:
    """A loop or `try` that is stepped over; it may change whatever has one of `names`."""

    names: tuple[str, ...]
    start: int
    end: int


@record
class ForOf:
    """`for (const pattern of value) body`; `names` as in UnreadStatement."""

    names: tuple[str, ...]
    pattern: Node
    value: Node
    body: "Statement"
    start: int
    end: int


@record
class Clause:
    """`case test:` and what stands below it; `default:` has no test."""

    test: Node | None
    statements: tuple["Statement", ...]
    start: int
    end: int


@record
class Switch:
    """`switch (value)` with its clauses; `names` as in UnreadStatement."""

    names: tuple[str, ...]
    value: Node
    clauses: tuple[Clause, ...]
    start: int
    end: int


@record
class Try:
    """`try` with `catch`, which a program that works does not come to; `names` as in UnreadStatement."""

    names: tuple[str, ...]
    body: "Block"
    start: int
    end: int


@record
class Return:
    """`return`, with its value if it has one."""

    value: Node | None
    start: int
    end: int


@record
class Throw:
    """`throw`."""

    start: int
    end: int


@record
class Jump:
    """`break`, `continue` or `debugger`, which is `what`; where it goes to a label, that."""

    what: str
    start: int
    end: int


@record
class If:
    """`if`, with its `else` if it has one."""

    test: Node
    consequent: "Statement"
    alternate: Union["Statement", None]
    start: int
    end: int


@record
class Block:
    """Statements in braces."""

    statements: tuple["Statement", ...]
    start: int
    end: int


@record
class Expression:
    """An expression for its effect alone."""

    value: Node
    start: int
    end: int


@record
class Import:
    """`names` pairs what is imported (`default`, or `*` for all) with what it is called here."""

    names: tuple[tuple[str, str], ...]
    module: str
    start: int
    end: int


@record
class ExportNames:
    """`names` pairs what is exported with the name it goes by, `("*", "*")` being all.

    `module` None: the names are of this module.
    """

    names: tuple[tuple[str, str], ...]
    module: str | None
    start: int
    end: int


@record
class ExportDefault:
    """`export default value`, or `export = value`."""

    value: Node
    start: int
    end: int


@record
class Exported:
    """A declaration with `export` before it."""

    declaration: "Statement"
    start: int
    end: int


Statement = (
    Declaration | FunctionDeclaration | EnumDeclaration | UnreadDeclaration | UnreadStatement | ForOf | Switch | Try
    | Return | Throw | Jump | If | Block | Expression | Import | ExportNames | ExportDefault | Exported
)  # fmt: skip
