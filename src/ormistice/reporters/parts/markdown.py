"""Text of users made safe inside Markdown: names and messages may hold anything."""

import html
import re

from ormistice.reporters.parts.visible import visible, visible_lines

_SPECIAL = re.compile(r"[\\`*\[\]<>&#|~$]|(?<![^\W_])_|_(?![^\W_])")
# What renderers turn into links to people, issues and pages; a zero-width space behind it keeps them from it.
_CALLING = re.compile(r"@|#|:(?=//)|\bwww(?=\.)|\bGH(?=-\d)|\b(?:mailto|xmpp)(?=:)", re.IGNORECASE)
_PIPE = re.compile(r"(\\*)\|")


def escaped(text: str) -> str:
    """`text` as plain words inside a line of Markdown; nothing in it becomes a mark, a link, a tag or a mention."""
    flat = _SPECIAL.sub(r"\\\g<0>", visible(re.sub(r"\s+", " ", text)))
    return _CALLING.sub("\\g<0>\u200b", flat)


def code(text: str) -> str:
    """`text` as inline code, of any content; blank text cannot be that, and is told in words."""
    flat = visible(re.sub(r"\s+", " ", text))
    if not flat.strip():
        return "(blank)"
    fence = "`" * (max((len(run) for run in re.findall(r"`+", flat)), default=0) + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def block(text: str, language: str = "") -> str:
    """`text` as a fenced block, of any content."""
    fence = "`" * max(3, max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    return f"{fence}{language}\n{visible_lines(text).rstrip()}\n{fence}"


def row(*cells: str) -> str:
    """A row of a table; cells are Markdown already, and a bar in them ends none."""
    return f"| {' | '.join(_PIPE.sub(_kept, cell) for cell in cells)} |"


def _kept(bar: re.Match[str]) -> str:
    return bar[0] if len(bar[1]) % 2 else f"{bar[1]}\\|"


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table; cells are Markdown already."""
    return "\n".join([row(*head), row(*("---" for _ in head)), *(row(*cells) for cells in rows)])


def folded(head: str, text: str) -> str:
    """Markdown that a click on a heading opens; the heading is HTML."""
    return f"<details>\n<summary>{head}</summary>\n\n{text.rstrip()}\n\n</details>"


def tagged(text: str) -> str:
    """`text` as code where HTML is written."""
    return f"<code>{html.escape(visible(text))}</code>"
