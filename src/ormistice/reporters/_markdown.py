"""Text of users made safe inside Markdown: names and messages may hold anything."""

import re

_SPECIAL = re.compile(r"[\\`*\[\]<>&#|~$]|(?<!\w)_|_(?!\w)")


def escaped(text: str) -> str:
    """`text` as plain words inside a line of Markdown; nothing in it becomes a mark, a link, a tag or a mention."""
    flat = re.sub(r"\s+", " ", text)
    # A zero-width space behind an at-sign keeps it from calling somebody.
    return _SPECIAL.sub(r"\\\g<0>", flat).replace("@", "@\u200b")


def code(text: str) -> str:
    """`text` as inline code, of any content, in a table as well."""
    flat = re.sub(r"\s+", " ", text).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall(r"`+", flat)), default=0) + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def block(text: str, language: str = "") -> str:
    """`text` as a fenced block, of any content."""
    fence = "`" * max(3, max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def row(*cells: str) -> str:
    """A row of a table; cells are Markdown already."""
    return f"| {' | '.join(cells)} |"


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table; cells are Markdown already."""
    return "\n".join([row(*head), row(*("---" for _ in head)), *(row(*cells) for cells in rows)])
