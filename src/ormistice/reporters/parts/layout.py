"""Where the tables of a reference graph stand in a picture: layers from the referenced to the referencing."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, sqrt

from ormistice.names import QualifiedName

HEIGHT = 28
ROW = 44
GAP = 100
LETTER = 7.4
MOST_LETTERS = 34
SWEEPS = 4

Edges = frozenset[tuple[QualifiedName, QualifiedName]]


@dataclass(frozen=True, slots=True)
class Box:
    """A table's place in the picture: its upper left corner and width."""

    x: float
    y: float
    width: float
    label: str


@dataclass(frozen=True, slots=True)
class Layout:
    """Every table's box, and the size of the whole."""

    boxes: Mapping[QualifiedName, Box]
    width: float
    height: float


def layout(labels: Mapping[QualifiedName, str], edges: Edges) -> Layout:
    """Referenced tables left of those that reference them, as far as there are no cycles; always alike."""
    linked = {name for edge in edges for name in edge}
    columns = _columns(_ordered(_layers(edges), edges), len(linked))
    columns += _split(sorted(labels.keys() - linked), _rows(len(labels)))
    boxes: dict[QualifiedName, Box] = {}
    x, height = 20.0, 0.0
    highest = max((len(column) for column in columns), default=0)
    for order, column in enumerate(columns):
        shown = {name: _short(labels[name]) for name in column}
        width = max(len(label) for label in shown.values()) * LETTER + 24
        # Every other column stands half a row lower, so that a line across it passes between its boxes.
        top = 20.0 + (highest - len(column)) // 2 * ROW + order % 2 * ROW / 2
        for number, name in enumerate(column):
            boxes[name] = Box(x, top + number * ROW, round(len(shown[name]) * LETTER + 24, 1), shown[name])
        height = max(height, top + len(column) * ROW)
        x += round(width, 1) + GAP
    return Layout(boxes, x - GAP + 20, height)


def _short(label: str) -> str:
    return label if len(label) <= MOST_LETTERS else f"{label[: MOST_LETTERS - 1]}…"


def _layers(edges: Edges) -> list[list[QualifiedName]]:
    """Tables by the longest way to a table that references none; those of one cycle together."""
    import networkx as nx

    graph: nx.DiGraph[QualifiedName] = nx.DiGraph()
    graph.add_edges_from(sorted(edges))
    condensed = nx.condensation(graph)
    depth: dict[int, int] = {}
    for node in reversed(list(nx.topological_sort(condensed))):
        depth[node] = 1 + max((depth[after] for after in condensed.successors(node)), default=-1)
    layers: dict[int, list[QualifiedName]] = defaultdict(list)
    for node, number in depth.items():
        layers[number] += condensed.nodes[node]["members"]
    return [sorted(layers[number]) for number in sorted(layers)]


def _ordered(layers: list[list[QualifiedName]], edges: Edges) -> list[list[QualifiedName]]:
    """Layers, each in the order of the middles of what its tables are linked with, so that few lines cross."""
    neighbours: dict[QualifiedName, list[QualifiedName]] = defaultdict(list)
    for referencing, referenced in sorted(edges):
        neighbours[referencing].append(referenced)
        neighbours[referenced].append(referencing)
    for sweep in range(SWEEPS):
        place = {name: number / max(len(layer), 1) for layer in layers for number, name in enumerate(layer)}
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            middles = {name: sum(place[n] for n in neighbours[name]) / len(neighbours[name]) for name in layer}
            layer.sort(key=lambda name: (middles[name], name))
            place |= {name: number / len(layer) for number, name in enumerate(layer)}
    return layers


def _columns(layers: list[list[QualifiedName]], count: int) -> list[list[QualifiedName]]:
    return [column for layer in layers for column in _split(layer, _rows(count))]


def _rows(count: int) -> int:
    """How many tables stand one below the other at most."""
    return max(10, ceil(3 * sqrt(count)))


def _split(names: list[QualifiedName], most: int) -> list[list[QualifiedName]]:
    """Names in as few columns as hold no more than `most` each, of about the same height."""
    size = ceil(len(names) / max(1, ceil(len(names) / most)))
    return [names[start : start + size] for start in range(0, len(names), size)] if names else []
