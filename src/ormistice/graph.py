"""Tables as a graph: an edge from the referencing to the referenced table, one for each foreign key."""

from typing import TYPE_CHECKING

from ormistice.model import ForeignKey, Table
from ormistice.names import QualifiedName

if TYPE_CHECKING:
    # It takes longer to import than most commands run, and few of them need it.
    import networkx as nx


def references(tables: tuple[Table, ...]) -> "nx.MultiDiGraph[QualifiedName]":
    """The graph of `tables` and of what they reference; each edge holds its `ForeignKey` as `foreign_key`."""
    import networkx as nx

    graph: nx.MultiDiGraph[QualifiedName] = nx.MultiDiGraph()
    graph.add_nodes_from(sorted(table.name for table in tables))
    for table in sorted(tables, key=lambda table: table.name):
        for key in table.foreign_keys:
            if key.references is not None:
                graph.add_edge(table.name, key.references.value.table, foreign_key=key)
    return graph


def creation_order(tables: tuple[Table, ...]) -> tuple[tuple[QualifiedName, ...], ...]:
    """Tables in an order in which they can be created, referenced ones first.

    Tables of one cycle come together, as one tuple of several: their keys have to be added afterwards.
    """
    import networkx as nx

    condensed = nx.condensation(nx.DiGraph(references(tables)).reverse())
    groups = {node: tuple(sorted(condensed.nodes[node]["members"])) for node in condensed}
    return tuple(groups[node] for node in nx.lexicographical_topological_sort(condensed, key=lambda node: groups[node]))


def referencing(tables: tuple[Table, ...], table: QualifiedName) -> tuple[ForeignKey, ...]:
    """Foreign keys that reference `table`, by referencing table and columns."""
    keys = (key for item in tables for key in item.foreign_keys)
    found = [key for key in keys if key.references is not None and key.references.value.table == table]
    return tuple(sorted(found, key=lambda key: (key.table, key.columns)))
