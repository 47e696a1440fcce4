"""Rule `missing-view`."""

from collections.abc import Iterator
from dataclasses import replace

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Violation, absence, rule
from ormistice.model import View


@rule(View, severity=Severity.INFO)
def missing_view(view: Aligned[View]) -> Iterator[Violation]:
    """A view that one source declares is missing in another.

    Queries to it fail in a database that lacks it, which is an error where a source creates the view. A note where a
    source merely does not know a view of the database, which only concerns a migration that is generated from it.
    """
    if view.missing:
        violation = absence(view, f"view {view.identity.name}", claim=_claim)
        created = any(
            item.created and View in view.among.schemas[name].expresses for name, item in view.declared.items()
        )
        lacking = any(name in view.among.databases for name in view.missing)
        yield replace(violation, severity=Severity.ERROR) if created and lacking else violation


def _claim(view: View) -> str:
    kind = "MATERIALIZED VIEW" if view.materialized else "VIEW"
    return kind if view.columns is None else f"{kind} ({', '.join(view.columns.value)})"
