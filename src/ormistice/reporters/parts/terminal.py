"""What the reader's terminal can show, and text made fit for it."""

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TextIO
from urllib.parse import quote


class Style(Enum):
    """How a piece of text looks, as terminals number it."""

    BOLD = "1"
    DIM = "2"
    RED = "31"
    GREEN = "32"
    YELLOW = "33"
    CYAN = "36"


@dataclass(frozen=True, slots=True)
class Terminal:
    """What may be used: colours, links (`link` is a URL with `{path}`, `{line}` and `{column}`), and how wide it is."""

    colour: bool = False
    link: str | None = None
    width: int | None = None
    base: str = ""

    def styled(self, text: str, *styles: Style) -> str:
        """`text` in these styles, where there are colours."""
        if not self.colour or not text:
            return text
        return f"\x1b[{';'.join(style.value for style in styles)}m{text}\x1b[0m"

    def linked(self, text: str, path: str, line: int, column: int) -> str:
        """`text` as a link to a place in a file, where there are links; paths start from `base`."""
        if self.link is None:
            return text
        whole = Path(os.path.abspath(os.path.join(self.base, path))).as_posix()
        whole = quote(f"/{whole.lstrip('/')}", safe="/:")
        url = self.link.format(path=whole, line=line, column=column)
        return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\"


PLAIN = Terminal()
"""A file, or a terminal of which nothing is known."""

_CONTROL = re.compile(r"\x1b\]8;;[^\x1b]*\x1b\\|\x1b\[[\d;]*m")


def shown_width(text: str) -> int:
    """How many characters of `text` are seen, its colours and links left out."""
    return len(_CONTROL.sub("", text))


def terminal_of(stream: TextIO, environment: Mapping[str, str], base: str) -> Terminal:
    """What `stream` can show. NO_COLOR and FORCE_COLOR are heeded, the former first where both are set."""
    is_terminal = stream.isatty()
    dumb = environment.get("TERM") == "dumb"
    forced = environment.get("FORCE_COLOR", "") not in ("", "0")
    colour = not environment.get("NO_COLOR") and (forced or (is_terminal and not dumb))
    return Terminal(
        colour=colour,
        link=_link(environment) if is_terminal and not dumb else None,
        width=shutil.get_terminal_size().columns if is_terminal else None,
        base=base,
    )


def _link(environment: Mapping[str, str]) -> str | None:
    """The form of links that the terminal is known to open; None where it is not known to."""
    program = environment.get("TERM_PROGRAM", "")
    if program == "vscode":
        return "vscode://file{path}:{line}:{column}"
    import socket

    # Elsewhere the line is a fragment, which those that do not know it pass over.
    host = socket.gethostname()
    if environment.get("TERM", "").startswith(("xterm-kitty", "foot")) or program in (
        "iTerm.app",
        "WezTerm",
        "ghostty",
    ):
        return f"file://{host}{{path}}#{{line}}"
    vte = environment.get("VTE_VERSION", "")
    if (vte.isdecimal() and int(vte) >= 5000) or "WT_SESSION" in environment or "KONSOLE_VERSION" in environment:  # noqa: PLR2004 - VTE 0.50
        return f"file://{host}{{path}}"
    return None
