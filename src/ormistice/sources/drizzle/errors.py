"""What a part of a TypeScript file is wrong with; caught for each statement, and never seen by a user as such."""


class SyntaxFailure(Exception):  # noqa: N818 - it is a failure to read, not an error of ours
    """A message, the offsets it is about, and the offsets of all that is lost to it where that is more."""

    def __init__(self, message: str, start: int, end: int, lost: tuple[int, int] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.lost = lost or (start, end)
