"""The one exception that a user of ormistice is meant to see."""


class AuditError(Exception):
    """The audit cannot be made as asked: a wrong path, an unreachable database, a module that raises.

    `hint`, where given, is one sentence on what to do about it. Caught once, in `cli`, which exits with 2.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
