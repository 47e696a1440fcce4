"""Types of GeoAlchemy, and the indexes that it makes of their columns by itself."""

import ast
from typing import Any

from ormistice.names import display
from ormistice.sources.sqlalchemy import syntax
from ormistice.sources.sqlalchemy.static.scope import External, Known, Project
from ormistice.sources.sqlalchemy.static.values import Call, Reader, Unknown

PACKAGE = "geoalchemy2"
_SHAPED = ("Geometry", "Geography")


def spatial(reader: Reader, call: Call) -> dict[str, Any]:
    """A type with the index that its column gets: `plain`, `nd` for all dimensions, or None. Raises Unknown."""

    def argument(position: int, name: str, default: object) -> Any:
        given = call.positional[position] if len(call.positional) > position else call.named(name)
        return default if given is None else reader.constant(call.file, given)

    name = call.name
    if name not in (*_SHAPED, "Raster") or any(call.named(word) for word in ("nullable", "name", "management")):
        raise Unknown(ast.unparse(call.node.func))
    shaped = name in _SHAPED
    wanted = argument(3 if shaped else 0, "spatial_index", default=True)
    every = shaped and argument(4, "use_N_D_index", default=False)
    shape = argument(0, "geometry_type", "GEOMETRY") if shaped else None
    text = name.lower() if shape is None else f"{name.lower()}({shape},{argument(1, 'srid', -1)})"
    index = None if not wanted else "nd" if every else "hull" if name == "Raster" else "plain"
    return {"text": text, "collation": None, "spatial": index}


def is_spatial(project: Project, file: str, node: ast.AST, depth: int = 0) -> bool:
    """Whether an expression is a type of GeoAlchemy, or one derived or decorated from such a type."""
    found = project.resolve(file, node)
    if isinstance(found, Known) and isinstance(found.node, ast.Call):
        file, found = found.file, project.resolve(found.file, found.node.func)
    if isinstance(found, External):
        return found.package == PACKAGE
    if not isinstance(found, Known) or not isinstance(found.node, ast.ClassDef) or depth:
        return False
    lineage = project.lineage(found.file, found.node)
    decorated = getattr(syntax.attribute(found.node, "impl"), "value", None)
    return any(isinstance(each, External) and each.package == PACKAGE for each in lineage) or (
        decorated is not None and is_spatial(project, found.file, decorated, depth + 1)
    )


def index_of(table: str, column: str, kind: str) -> dict[str, Any]:
    """The index that GeoAlchemy makes of a column, but for what every index has."""
    hull = {"expression": f"ST_ConvexHull({display(column)})"}
    element = hull if kind == "hull" else {"column": column}
    operators = "gist_geometry_ops_nd" if kind == "nd" else None
    return {
        "elements": [{"modifiers": [], "collation": None, "opclass": operators, **element}],
        "method": "gist",
        "unique": False,
        "name": f"idx_{table}_{column}",
        "derived": False,
    }
