"""The reference graph of all sources as one SVG; which source sees what is in its attributes, for the page's script."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from ormistice.alignment import align
from ormistice.findings import Report
from ormistice.model import ForeignKey
from ormistice.names import QualifiedName
from ormistice.reporters.parts.content import table_name, target, wrong_keys
from ormistice.reporters.parts.layout import HEIGHT, Box, Layout, layout
from ormistice.reporters.parts.markup import Markup, joined, tag

LEAST_WIDTH = 1000
SHOWN_WIDTH = 1170
MOST_HEIGHT = 760
BEND = 60
LANE = 6


@dataclass(frozen=True, slots=True)
class Line:
    """A key as some sources see it; `wrong` where those are out of line."""

    key: ForeignKey
    referenced: QualifiedName
    sources: tuple[str, ...]
    wrong: bool


def picture(report: Report, anchors: dict[QualifiedName, str]) -> Markup:
    """The graph; a table links to its anchor in the page."""
    tables = {table.name for schema in report.among.schemas.values() for table in schema.tables}
    lines = list(_lines(report))
    names = tables | {line.referenced for line in lines}
    # Keys that are out of line do not decide where tables stand, but for tables that have no others.
    right = {(line.key.table, line.referenced) for line in lines if not line.wrong}
    placed = {name for edge in right for name in edge}
    more = {(line.key.table, line.referenced) for line in lines if not {line.key.table, line.referenced} <= placed}
    drawn = layout({name: table_name(name) for name in names}, frozenset(right | more))
    numbers = {name: number for number, name in enumerate(sorted(names))}
    order = {source.name: number for number, source in enumerate(report.sources)}
    lanes: dict[QualifiedName, int] = defaultdict(int)
    edges = []
    for line in lines:
        lanes[line.referenced] += 1
        edges.append(_edge(line, drawn, lanes[line.referenced], numbers, order))
    nodes = [_node(name, drawn.boxes[name], numbers[name], anchors.get(name)) for name in sorted(names)]
    width = max(drawn.width, LEAST_WIDTH)
    height = drawn.height * min(1, SHOWN_WIDTH / width) + 30
    size = f"{(drawn.width - width) / 2:.0f} 0 {width:.0f} {drawn.height:.0f}"
    return tag(
        "svg",
        _markers(),
        tag("g", *edges, class_="edges"),
        tag("g", *nodes, class_="nodes"),
        id="graph",
        viewBox=size,
        data_size=size,
        height=f"{min(max(height, 160), MOST_HEIGHT):.0f}",
        role="group",
        tabindex="0",
        aria_label="Tables, with an arrow from each referencing table to the table that it references",
    )


def _lines(report: Report) -> Iterator[Line]:
    wrong = wrong_keys(report)
    for aligned in align(ForeignKey, report.among):
        seen: dict[tuple[QualifiedName, bool], list[str]] = defaultdict(list)
        for source, key in aligned.declared.items():
            if key.references is not None:
                seen[key.references.value.table, (source, aligned.identity) in wrong].append(source)
        for (referenced, differs), sources in seen.items():
            yield Line(aligned.declared[sources[0]], referenced, tuple(sources), differs)


def _markers() -> Markup:
    arrow = tag("path", d="M0 0L8 4L0 8z")
    kinds = ("right", "wrong")
    shape = {"refX": "8", "refY": "4", "markerWidth": "9", "markerHeight": "9", "orient": "auto"}
    heads = (
        tag("marker", arrow, id=f"arrow-{kind}", viewBox="0 0 8 8", markerUnits="userSpaceOnUse", **shape)
        for kind in kinds
    )
    return tag("defs", *heads)


def _node(name: QualifiedName, box: Box, number: int, anchor: str | None) -> Markup:
    shape = tag("rect", x=box.x, y=box.y, width=box.width, height=HEIGHT, rx=5)
    label = tag("text", box.label, x=box.x + 12, y=box.y + HEIGHT / 2 + 4.5)
    whole = tag("title", table_name(name))
    return tag(
        "a", whole, shape, label, href=f"#{anchor}" if anchor else None, class_="node", data_node=number, tabindex="0"
    )


def _edge(line: Line, drawn: Layout, lane: int, numbers: dict[QualifiedName, int], order: dict[str, int]) -> Markup:
    kind = "wrong" if line.wrong else "right"
    told = f"{table_name(line.key.table)}.{', '.join(line.key.columns)} → {target(line.key)}: {', '.join(line.sources)}"
    title = tag("title", f"{told} (differs)" if line.wrong else told)
    path = _path(drawn.boxes[line.key.table], drawn.boxes[line.referenced], lane)
    return tag(
        "g",
        title,
        tag("path", d=path, class_="hit"),
        tag("path", d=path, class_="line", marker_end=f"url(#arrow-{kind})"),
        class_=f"edge {kind}",
        data_from=numbers[line.key.table],
        data_to=numbers[line.referenced],
        data_sources=" ".join(str(order[source]) for source in line.sources),
    )


def _path(start: Box, end: Box, lane: int) -> str:
    """A curve from the left side of one box to the right side of another; on the right of both within a column."""
    shift = (lane % 4 - 1.5) * LANE / 1.5
    y1, y2 = start.y + HEIGHT / 2, end.y + HEIGHT / 2 + shift
    right = end.x + end.width
    if start == end:
        x = start.x + start.width
        return f"M{x:.0f} {y1 - 6:.0f}C{x + 40:.0f} {y1 - 22:.0f} {x + 40:.0f} {y1 + 22:.0f} {x:.0f} {y1 + 6:.0f}"
    if start.x > right:
        bend = max(BEND, (start.x - right) / 2)
        return f"M{start.x:.0f} {y1:.0f}C{start.x - bend:.0f} {y1:.0f} {right + bend:.0f} {y2:.0f} {right:.0f} {y2:.0f}"
    x = start.x + start.width
    bend = max(x, right) + BEND
    return f"M{x:.0f} {y1:.0f}C{bend:.0f} {y1:.0f} {bend:.0f} {y2:.0f} {right:.0f} {y2:.0f}"


def legend() -> Markup:
    """What the lines mean."""
    return tag("p", joined("Red and dashed: a key of sources that are out of line."), class_="legend")
