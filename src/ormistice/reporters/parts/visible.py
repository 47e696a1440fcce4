"""Text of users of which every character can be seen: what moves, hides or turns the writing becomes an escape."""

import re

_UNSEEN = re.compile(
    r"[^\S\t ]|[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def visible(text: str) -> str:
    """`text` on one line, with escapes for line breaks, for controls of terminals, and for characters without width."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def visible_lines(text: str) -> str:
    """The same for text of several lines."""
    return "\n".join(visible(line.removesuffix("\r")) for line in text.split("\n"))
