"""The reference graph as Mermaid, which GitHub and GitLab draw."""

from collections.abc import Iterator

from ormistice.model import ForeignKey, Identity, Table
from ormistice.names import QualifiedName
from ormistice.reporters.parts.content import table_name
from ormistice.reporters.parts.visible import visible

# What Mermaid draws without being told otherwise; GitHub does not tell it otherwise.
MOST_EDGES = 500
MOST_CHARACTERS = 50_000

_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_., ()")


def mermaid(tables: tuple[Table, ...], wrong: frozenset[Identity]) -> str | None:
    """A flow chart with an arrow from referencing to referenced table for each key; None where there is too much of it.

    Where not all can be drawn, the tables of the keys in `wrong` and what they touch are.
    """
    every = (key for table in tables for key in table.foreign_keys if key.references is not None)
    keys = sorted(every, key=lambda key: (key.table, key.columns))
    named = {name for key in keys if key.key() in wrong for name in _ends(key)}
    for chosen in (keys, [key for key in keys if named & set(_ends(key))], [k for k in keys if k.key() in wrong]):
        text = "\n".join(_lines(chosen, wrong))
        if chosen and len(chosen) <= MOST_EDGES and len(text) <= MOST_CHARACTERS:
            return text
    return None


def _ends(key: ForeignKey) -> tuple[QualifiedName, ...]:
    return (key.table, key.references.value.table) if key.references is not None else (key.table,)


def _lines(keys: list[ForeignKey], wrong: frozenset[Identity]) -> Iterator[str]:
    names = sorted({name for key in keys for name in _ends(key)})
    nodes = {name: f"t{number}" for number, name in enumerate(names)}
    yield "flowchart LR"
    yield from (f'  {node}["{_label(table_name(name))}"]' for name, node in nodes.items())
    for key in keys:
        referencing, *referenced = _ends(key)
        label = _label(", ".join(key.columns))
        arrow = f'-. "✗ {label}" .->' if key.key() in wrong else f'-- "{label}" -->'
        yield f"  {nodes[referencing]} {arrow} {nodes[referenced[0]]}"
    marked = [str(number) for number, key in enumerate(keys) if key.key() in wrong]
    if marked:
        yield f"  linkStyle {','.join(marked)} stroke:#d1242f,color:#d1242f"


def _label(text: str) -> str:
    """Text in quotes. Mermaid reads `#60;` as the character of that number; anything else might mean something."""
    return "".join(letter if letter in _SAFE else f"#{ord(letter)};" for letter in visible(text))
