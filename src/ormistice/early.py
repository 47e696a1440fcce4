"""What is started before the command line is read for good, which takes longer than to look at its words."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from ormistice.errors import AuditError
from ormistice.sources import SourceKind, SourceRequest, kind_of, named

_READ_OTHERWISE = ("--config", "--python", "--static")


def stand_by(words: Sequence[str]) -> None:
    """Start the processes that an audit will ask for, as far as that is plain from the words of the command line.

    What was started in vain costs no more than that. Mistakes are told when the words are read for good.
    """
    if words[:1] != ["audit"] or any(word.startswith(_READ_OTHERWISE) for word in words):
        return
    with suppress(AuditError, OSError, RuntimeError, ValueError):
        for kind, request in _named_in(words[1:]) or _configured():
            if kind.stand_by is not None:
                kind.stand_by(request)


def _named_in(words: Sequence[str]) -> list[tuple[SourceKind, SourceRequest]]:
    """The sources among the words, which may be values of options as well."""
    found = []
    for word in words:
        with suppress(AuditError):
            kind, prefix, target = kind_of(named(word)[1], Path.cwd())
            if target:
                found.append((kind, SourceRequest(prefix, prefix, (target,), Path.cwd())))
    return found


def _configured() -> Iterator[tuple[SourceKind, SourceRequest]]:
    """The sources that the configuration here names."""
    from ormistice.config import find_config, read_config, requests

    path = find_config(Path.cwd())
    for request in () if path is None else requests(read_config(path)):
        yield kind_of(f"{request.kind}:", request.base)[0], request
