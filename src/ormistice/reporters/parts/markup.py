"""HTML that is safe by construction: text is escaped unless it was made by `tag`."""

from html import escape

from ormistice.reporters.parts.visible import visible_lines

VOID = frozenset({"input", "meta", "br"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Content = str | None


def raw(text: str) -> Markup:
    """Our own text, of which no user wrote a part, as HTML."""
    return Markup(text)


def text(content: str) -> Markup:
    """Any text as HTML that shows it."""
    return content if isinstance(content, Markup) else Markup(escape(visible_lines(content)))


def joined(*content: Content) -> Markup:
    """Pieces of HTML and text, one behind the other."""
    return Markup("".join(text(item) for item in content if item is not None))


def tag(name: str, /, *content: Content, **attributes: str | float | bool | None) -> Markup:
    """An element. Attributes are named as in HTML with `_` for `-` and at the end of Python's words; True: no value."""
    given = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{text(str(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in VOID:
        return Markup(f"<{name}{given}>")
    return Markup(f"<{name}{given}>{joined(*content)}</{name}>")


def table(caption: str, head: tuple[str, ...], rows: list[Markup], **attributes: str) -> Markup:
    """A table with a caption for readers who do not see it; rows are HTML already."""
    heads = joined(*(tag("th", cell, scope="col") for cell in head))
    drawn = tag(
        "table", tag("caption", caption), tag("thead", tag("tr", heads)), tag("tbody", joined(*rows)), **attributes
    )
    return tag("div", drawn, class_="scroll", tabindex="0", role="group", aria_label=caption)


def row(*cells: str, **attributes: str | None) -> Markup:
    """A row of a table, its first cell the heading of the rest."""
    first, *others = cells
    return tag("tr", tag("th", first, scope="row"), *(tag("td", cell) for cell in others), **attributes)
