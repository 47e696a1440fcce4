"""The declaration of one column while it is being rewritten, one step after the other."""

import ast
from dataclasses import dataclass, replace

from ormistice.fixes import Edit, Patch, edited
from ormistice.model import Column
from ormistice.sources.sqlalchemy import arguments, syntax
from ormistice.sources.sqlalchemy.arguments import Argument, Display
from ormistice.sources.sqlalchemy.syntax import Module
from ormistice.sources.sqlalchemy.write_annotations import inner, is_mapped
from ormistice.sources.sqlalchemy.write_layout import mark, replaced, snippet, string
from ormistice.sources.sqlalchemy.write_names import Names
from ormistice.sources.sqlalchemy.write_places import CONSTRUCTORS, ColumnText, Style

BESIDE_TYPE = ("ForeignKey", "Identity", "Computed", "Sequence", "CheckConstraint", "FetchedValue")
# What SQLModel's Field says itself; the rest goes to the column through `sa_column_kwargs`.
_OF_FIELD = frozenset(
    (
        "default",
        "default_factory",
        "primary_key",
        "foreign_key",
        "ondelete",
        "unique",
        "nullable",
        "index",
        "sa_type",
        "max_length",
        "max_digits",
        "decimal_places",
        "sa_column_args",
        "sa_column_kwargs",
    )
)


class Unwritable(Exception):  # noqa: N818 - no error: the change has no faithful text
    """What is asked cannot be written here."""


@dataclass(frozen=True)
class Draft:
    """The text of a column's declaration. Every step gives another draft, or raises Unwritable."""

    place: ColumnText
    names: Names
    text: str

    @property
    def column(self) -> Column:
        """The column as it was read."""
        return self.place.column

    @property
    def module(self) -> Module:
        """The text as a module."""
        return snippet(self.text)

    @property
    def node(self) -> ast.AST:
        """The statement or the call."""
        body = self.module.tree.body
        if len(body) != 1:
            raise Unwritable
        return body[0].value if isinstance(body[0], ast.Expr) else body[0]

    @property
    def quote(self) -> str:
        """The quotation mark of the declaration, else of the module."""
        return next((each for each in self.text if each in "'\""), mark(self.place.module.document))

    def function(self, call: ast.Call) -> str:
        """What a call in the text calls, by the name that it was imported by."""
        return self.place.module.function(call)

    def call(self) -> ast.Call | None:
        """What makes the column: the `Column` in a `sa_column`, else the outermost call."""
        outer = self.outer()
        if outer is None:
            return None
        own = syntax.keyword(outer, "sa_column")
        if own is not None and not (isinstance(own, ast.Call) and self.function(own) == "Column"):
            raise Unwritable
        return own if isinstance(own, ast.Call) else outer

    def outer(self) -> ast.Call | None:
        """The call that is the statement's value, or the column itself; None where it has none."""
        node = self.node
        value = node if isinstance(node, ast.Call) else getattr(node, "value", None)
        if isinstance(value, ast.Call) and self.function(value) in ("deferred", "column_property") and value.args:
            value = value.args[0]
        if isinstance(value, ast.Call) and self.function(value) in CONSTRUCTORS:
            return value
        if isinstance(value, ast.Call) and self.style is not Style.SQLMODEL:
            raise Unwritable
        return None

    @property
    def style(self) -> Style:
        """How the column is declared; a `Column` in a `sa_column` is declarative."""
        node = self.node
        value = node if isinstance(node, ast.Call) else getattr(node, "value", None)
        called = self.function(value) if isinstance(value, ast.Call) else ""
        if isinstance(value, ast.Call) and called == "Field":
            return Style.DECLARATIVE if syntax.keyword(value, "sa_column") is not None else Style.SQLMODEL
        if called in ("mapped_column", "Column"):
            return Style.MAPPED if called == "mapped_column" else Style.DECLARATIVE
        annotation = self.annotation
        return Style.MAPPED if annotation is not None and is_mapped(annotation) else Style.SQLMODEL

    @property
    def annotation(self) -> ast.expr | None:
        """The annotation of the attribute."""
        node = self.node
        return node.annotation if isinstance(node, ast.AnnAssign) else None

    def _with(self, *edits: Edit) -> "Draft":
        changed = replace(self, text=edited("", self.text, (Patch("", edits),)))
        if changed.module.error is not None:
            raise Unwritable
        return changed

    def _substitute(self, node: ast.AST, text: str) -> "Draft":
        return self._with(Edit(self.module.span(node), text))

    # Arguments

    def constructed(self) -> "Draft":
        """With a call, where an annotation alone or a plain value makes the column."""
        if self.outer() is not None:
            return self
        node = self.node
        if not isinstance(node, ast.AnnAssign):
            raise Unwritable
        word = self.place.owner.constructor(self.names, self.style.value)
        if node.value is None:
            return replace(self, text=f"{self.text} = {word}()")
        if self.style is not Style.SQLMODEL:
            raise Unwritable
        return self._substitute(node.value, f"{word}(default={self.module.text(node.value)})")

    def checked(self) -> ast.Call:
        """The call, which takes no more than is written in it. Raises Unwritable."""
        call = self.call()
        if call is None or any(each.spread and each.name is None for each in arguments.of(self.module, call)):
            raise Unwritable
        return call

    def stated(self, name: str) -> ast.expr | None:
        """The value of a keyword, wherever the style has it."""
        call = self.call()
        if call is None:
            return None
        return syntax.keyword(call, name) or syntax.entry(syntax.keyword(call, "sa_column_kwargs"), name)

    def with_keyword(self, name: str, value: str | None, behind: str | None = None) -> "Draft":
        """With a keyword argument; without it for None."""
        if value is None and self.stated(name) is None:
            return self
        draft = self.constructed()
        call = draft.checked()
        if draft.style is Style.SQLMODEL and name not in _OF_FIELD:
            return draft.with_entry(name, value)
        return draft.with_argument(call, name, value, f"{name}={value}", behind)

    def with_argument(
        self, display: Display, name: str, value: str | None, text: str, behind: str | None = None
    ) -> "Draft":
        """With an item of a display by name, of which `text` is the whole; without it for None."""
        listed = arguments.of(self.module, display)
        found = next((each for each in listed if each.name == name), None)
        if found is not None and value is not None:
            return self._substitute(found.value, value)
        after = next((each for each in listed if each.name == behind), None) if behind else None
        gone, new = [found] if found else [], [] if value is None else [text]
        return self._with(*arguments.rewritten(self.module, display, gone, new, after))

    def with_entry(self, name: str, value: str | None) -> "Draft":
        """With an argument that a Field hands on to the column; without it for None."""
        call = self.checked()
        more = syntax.keyword(call, "sa_column_kwargs")
        key = string(name, self.quote)
        if more is None:
            return self.with_keyword("sa_column_kwargs", f"{{{key}: {value}}}")
        if not isinstance(more, ast.Dict) and not (isinstance(more, ast.Call) and syntax.entry(more, name) is not None):
            raise Unwritable
        if value is None and len(arguments.of(self.module, more)) == 1:
            return self.with_keyword("sa_column_kwargs", None)
        text = f"{name}={value}" if isinstance(more, ast.Call) else f"{key}: {value}"
        return self.with_argument(more, name, value, text)

    def constructs(self, kind: str) -> list[Argument]:
        """The positional arguments that are calls of a kind, in `sa_column_args` for a Field."""
        display = self._positional()
        if display is None:
            return []
        return [
            each
            for each in arguments.of(self.module, display)
            if each.name is None and isinstance(each.value, ast.Call) and self.function(each.value) == kind
        ]

    def _positional(self) -> Display | None:
        call = self.call()
        if call is None or self.style is not Style.SQLMODEL:
            return call
        more = syntax.keyword(call, "sa_column_args")
        if more is not None and not isinstance(more, (ast.List, ast.Tuple)):
            raise Unwritable
        return more

    def with_construct(self, kind: str, text: str | None) -> "Draft":
        """With the one construct of a kind, such as `Identity()`; without any for None."""
        found = self.constructs(kind)
        if len(found) > 1 or (text is None and not found):
            raise Unwritable
        if found and text is not None:
            return self._substitute(found[0].value, text)
        if text is not None:
            return self.constructed().with_positional(text)
        display = self._positional()
        if display is None or (self.style is Style.SQLMODEL and len(arguments.of(self.module, display)) == 1):
            return self.with_keyword("sa_column_args", None)
        return self.without(display, found[0])

    def without(self, display: Display, argument: Argument) -> "Draft":
        """Without an argument."""
        return self._with(*arguments.rewritten(self.module, display, [argument], []))

    def with_positional(self, text: str, *, first: bool = False) -> "Draft":
        """With another positional argument behind the others; `first`: behind the name alone."""
        call = self.checked()
        if self.style is Style.SQLMODEL:
            display = self._positional()
            if display is None:
                return self.with_keyword("sa_column_args", f"[{text}]")
            return self._with(*arguments.rewritten(self.module, display, [], [text]))
        listed = arguments.of(self.module, call)
        before = [each for each in listed if each.name is None and not (first and not _is_string(each.value))]
        if before:
            return self._with(*arguments.rewritten(self.module, call, [], [text], before[-1]))
        if not listed:
            return self._with(*arguments.rewritten(self.module, call, [], [text]))
        return self._with(arguments.ahead(self.module, call, text))

    def with_name(self, text: str) -> "Draft":
        """With a name of its own in the database, whatever its attribute is called."""
        return self.constructed().named(text)

    def named(self, text: str) -> "Draft":
        """The same of a call. Raises Unwritable where the column is reached by a key of its own."""
        if self.style is Style.SQLMODEL:
            return self.with_keyword("name", text)
        call = self.checked()
        if syntax.keyword(call, "key") is not None:
            raise Unwritable
        own = syntax.keyword(call, "name") or next((each for each in call.args[:1] if _is_string(each)), None)
        if own is not None:
            return self._substitute(own, text)
        if not arguments.of(self.module, call):
            return self._with(*arguments.rewritten(self.module, call, [], [text]))
        return self._with(arguments.ahead(self.module, call, text))

    # Types and annotations

    def type(self) -> ast.expr | None:
        """The expression that gives the type; None where the annotation or a key does."""
        call = self.call()
        if call is None:
            return None
        for name in ("sa_type", "type_"):
            if (value := syntax.keyword(call, name)) is not None:
                return value
        for value in call.args if self.style is not Style.SQLMODEL else ():
            beside = isinstance(value, ast.Call) and self.function(value) in BESIDE_TYPE
            if not _is_string(value) and not beside and not isinstance(value, ast.Starred):
                return value
        return None

    def with_type(self, text: str) -> "Draft":
        """With a type of its own."""
        found = self.type()
        if found is not None:
            return self._substitute(found, text)
        draft = self.constructed()
        if draft.style is Style.SQLMODEL:
            return draft.with_keyword("sa_type", text)
        return draft.with_positional(text, first=True)

    def with_annotation(self, text: str) -> "Draft":
        """With another annotation inside `Mapped`, if it has that."""
        if self.annotation is None:
            raise Unwritable
        return self._substitute(inner(self.annotation), text)

    def with_default(self, text: str | None) -> "Draft":
        """With what SQLModel's client fills in, as the first argument or the value; without it for None."""
        node, outer = self.node, self.outer()
        if outer is not None:
            positional = [each for each in arguments.of(self.module, outer) if each.name is None]
            found = next((each for each in arguments.of(self.module, outer) if each.name == "default"), None)
            old = positional[0] if positional else found
            if text is None:
                return self if old is None else self.without(outer, old)
            if old is not None:
                return self._substitute(old.value, text)
            if not arguments.of(self.module, outer):
                return self._with(*arguments.rewritten(self.module, outer, [], [f"default={text}"]))
            return self._with(arguments.ahead(self.module, outer, f"default={text}"))
        if not isinstance(node, ast.AnnAssign):
            raise Unwritable
        if node.value is not None:
            end = self.module.span(node.annotation).end
            rest = "" if text is None else f" = {text}"
            return replace(self, text=self.text[:end] + rest)
        return self if text is None else replace(self, text=f"{self.text} = {text}")

    # The end

    def edits(self) -> list[Edit]:
        """The edits of the file that bring the text to what it is now, with the imports that it needs."""
        own = replaced(self.place.module, self.place.node, self.text)
        return [*([own] if own else []), *self.names.edits()]


def _is_string(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def draft(place: ColumnText, names: Names | None = None) -> Draft:
    """A column as it is written."""
    return Draft(place, names or place.names(), place.module.text(place.node))
