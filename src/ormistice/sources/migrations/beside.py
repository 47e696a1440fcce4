"""Files that lie among migrations and declare something, and that the tool of their folder never applies."""

from pathlib import Path

from ormistice.model import Problem, ProblemKind
from ormistice.parsing import read_document
from ormistice.sources import shown
from ormistice.sources.migrations.declaring import declared_in
from ormistice.sources.migrations.folders import passed_over
from ormistice.text import Document, Span

_NAMED_AT_MOST = 3


def beside(folder: Path) -> tuple[tuple[Problem, ...], tuple[Document, ...]]:
    """What there is to tell of such files in `folder`, all at once, and the files."""
    found = passed_over(folder)
    read = (read_document(path, shown(path)) for path in found.paths)
    documents = tuple(document for document in read if declared_in(document))
    if not documents:
        return (), ()
    names = [f"`{Path(document.path).name}`" for document in documents]
    left = len(names) - _NAMED_AT_MOST
    *listed, last = names if left <= 1 else (*names[:_NAMED_AT_MOST], f"{left} more")
    together = f"{', '.join(listed)} and {last}" if listed else last
    files = "a file" if len(names) == 1 else f"{len(names)} files"
    message = f"{found.tool} passes over {files} {found.reason}: {together}"
    place, *others = (Span(document.path, 0, 0) for document in documents)
    related = tuple((other, "passed over, too") for other in others)
    return (Problem(ProblemKind.MIGRATION_OUT_OF_ORDER, message, place, related),), documents
