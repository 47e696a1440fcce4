"""Rule `column-name-mismatch`."""

from collections.abc import Iterator, Mapping

from ormistice.alignment import Aligned
from ormistice.findings import Severity, Site, Violation, listed, rule
from ormistice.fixes import Change
from ormistice.model import Table
from ormistice.names import truncated

_MOST_TOLD = 8
"""How many pairs a message names; the claims name all."""


@rule(Table, severity=Severity.ERROR)
def column_name_mismatch(table: Aligned[Table]) -> Iterator[Violation]:
    """The same columns of a table bear other names in another source.

    `isActive`, `is_active` and `isactive` are three columns to PostgreSQL, and a statement that names the wrong one
    fails. Somebody forgot `@map`, a generator made its own names, or a name lost its quotes and with them its capitals.
    It is told once a table, with the pairs, in place of two missing columns for each; and the columns are compared as
    one, with the keys and indexes over them. Two names are one column only if they are the same letters and digits and
    no source has both. Where not even their words are the same (`userid`, `user_id`), their types have to be alike. The
    `casing` of drizzle counts where the source is the `drizzle.config.ts` that says it.
    """
    pairs = {name: own for name in table.declared if (own := _own_names(name, table))}
    if not pairs:
        return
    # Each column's common name is that of the first source that has it.
    concerned = {common for own in pairs.values() for common in own}
    holders = {common: _first(common, table) for common in sorted(concerned)}
    first = next(name for name in table.declared if name in holders.values())
    yield Violation(
        message=_message(pairs, first, table),
        authority=first,
        outliers=tuple(pairs),
        claims={name: words for name in table.declared if (words := _claim(name, concerned, table))},
        sites=tuple(_sites(pairs, holders, table)),
        changes=tuple(Change(name, table.declared[name], table.declared[name]) for name in pairs),
    )


_Pairs = Mapping[str, Mapping[str, str]]
"""By source, its own names of columns by those that they are compared under."""


def _own_names(source: str, table: Aligned[Table]) -> dict[str, str]:
    if not table.among.own_names.get(source):
        return {}
    names = [column.name for column in table.declared[source].columns]
    own = {name: table.among.own_column(source, table.identity.name, name) for name in names}
    return {common: other for common, other in own.items() if truncated(other) != common}


def _first(column: str, table: Aligned[Table]) -> str:
    return next(name for name, item in table.declared.items() if item.column(column) is not None)


def _message(pairs: _Pairs, first: str, table: Aligned[Table]) -> str:
    """The sources of the same pairs in one clause."""
    alike: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for name, own in pairs.items():
        alike.setdefault(tuple(own.items()), []).append(name)
    clauses = []
    for same, names in alike.items():
        said = [f"{other} is {common}" for common, other in same[:_MOST_TOLD]]
        more = [f"{len(same) - len(said)} more"] * (len(same) > len(said))
        bear = "1 column bears another name" if len(same) == 1 else f"{len(same)} columns bear other names"
        clauses.append(f"{bear} in {listed(names)} than in {first}: {', '.join([*said, *more])}")
    return f"{table.identity.name}: {'; '.join(clauses)}"


def _claim(source: str, concerned: set[str], table: Aligned[Table]) -> str:
    columns = (column.name for column in table.declared[source].columns if column.name in concerned)
    return ", ".join(table.among.own_column(source, table.identity.name, column) for column in columns)


def _sites(pairs: _Pairs, holders: Mapping[str, str], table: Aligned[Table]) -> Iterator[Site]:
    for name, own in pairs.items():
        for common, other in own.items():
            column = table.declared[name].column(common)
            if column is not None:
                yield Site(name, column.place, f"{other}, which is {common}")
    for common, name in holders.items():
        column = table.declared[name].column(common)
        if column is not None:
            yield Site(name, column.place, common)
