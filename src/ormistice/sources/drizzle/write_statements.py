"""Declarations as whole statements: where a new one goes, and whether one can go."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ormistice.model import Place
from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.lexer import NAME, WORDS, tokenize
from ormistice.sources.drizzle.modules import Loaded, Project
from ormistice.sources.drizzle.spelling import camel_case, is_key
from ormistice.sources.drizzle.targets import named_namespace
from ormistice.sources.drizzle.values import Namespace, Opaque, Symbol, Whole, text_of
from ormistice.sources.drizzle.write_draft import Draft
from ormistice.sources.drizzle.write_lists import UnwritableError
from ormistice.sources.drizzle.write_sites import path_to
from ormistice.text import Document, Span

_BLANK_LINE = re.compile(r"\n[ \t]*\r?\n")
_LINE_REST = re.compile(r"[ \t]*(?://[^\r\n]*|/\*[^\r\n]*?\*/[ \t]*)?(?=\r?\n|\Z)")
_DOCUMENTED = re.compile(r"/\*\*(?:(?!\*/)[\s\S])*\*/[ \t]*\r?\n[ \t]*\Z")


def home_of(draft: Draft, places: Iterator[Place]) -> Loaded:
    """The module for a new declaration: that of the last of its like, if all that it exports is of the schema."""
    wholly = _whole(draft.project)
    found = [draft.project.at(place.file) for place in places if isinstance(place, Span)]
    homes = [loaded for loaded in found if loaded is not None and any(loaded is one for one in wholly)]
    if not homes:
        raise UnwritableError
    return homes[-1]


def last_root(draft: Draft) -> Loaded:
    """The last of the modules that the schema starts from."""
    if not draft.project.roots:
        raise UnwritableError
    return draft.project.roots[-1]


def _whole(project: Project) -> list[Loaded]:
    """The modules of which everything that they export is read: those of the location, and what these pass on whole."""
    found: list[Loaded] = []
    pending = list(project.roots)
    while pending:
        loaded = pending.pop()
        if any(loaded is one for one in found):
            continue
        found.append(loaded)
        for statement in loaded.module.statements:
            if isinstance(statement, nodes.ExportNames) and statement.names == (("*", "*"),) and statement.module:
                passed_on = project.module_of(loaded, statement.module)
                pending += [passed_on] if passed_on is not None else []
    return found


def free_name(loaded: Loaded, name: str, *suffixes: str) -> str:
    """A name for what is declared anew, in camel case."""
    plain = camel_case(name)
    for one in (plain, *(f"{plain}{suffix}" for suffix in suffixes)):
        if one not in loaded.scope.names and is_key(one) and one not in WORDS:
            return one
    raise UnwritableError


def behind(draft: Draft, place: Place) -> tuple[Loaded, int]:
    """The end of the line that the statement at a place ends on."""
    loaded, path = path_to(draft, place)
    if not path:
        raise UnwritableError
    end = int(path[0].end)  # type: ignore[attr-defined]  # every node has one
    rest = _LINE_REST.match(loaded.document.text, end)
    return loaded, rest.end() if rest is not None else end


def before(loaded: Loaded, statement: nodes.Statement) -> int:
    """Where to write before a statement: before the comments that stand right over it."""
    text = loaded.document.text
    ends = [one.end for one in loaded.module.statements if one.end <= statement.start]
    after = max(ends, default=0)
    gap = text[after : statement.start]
    breaks = list(_BLANK_LINE.finditer(gap))
    if breaks:
        return after + breaks[-1].end()
    first = gap.find("\n") + 1
    return after + first if ends else statement.start - len(gap.lstrip()) if not gap.strip() else statement.start


def new_statement(draft: Draft, loaded: Loaded, at: int, code: str, *, above: bool) -> None:
    """A declaration with an empty line between it and what it stands above, or below."""
    style = draft.style(loaded)
    lines = code.replace("\n", style.newline)
    gap = style.newline * 2
    text = loaded.document.text
    if not text[:at].strip() and not text[at:].strip():
        draft.put(loaded, at, at, lines + style.newline)
    else:
        draft.put(loaded, at, at, f"{lines}{gap}" if above else f"{gap}{lines}")


def first_table(draft: Draft, loaded: Loaded) -> int | None:
    """Where to write what the tables of a module need to have been declared; None where it has none."""
    path = loaded.document.path
    starts = {
        table.place.start for table in draft.schema.tables if isinstance(table.place, Span) and table.place.file == path
    }
    for statement in loaded.module.statements:
        if statement.start in starts:
            return before(loaded, statement)
    return None


def namespace_code(draft: Draft, loaded: Loaded, schema: str, at: int, *, above: bool) -> str | None:
    """What the module calls `pgSchema(schema)`, which is declared before `at` or anew; None for `public`."""
    if schema == "public":
        return None
    for name, binding in loaded.scope.names.items():
        value = binding.get()
        if isinstance(value, Namespace) and text_of(value.name) == schema and binding.place.start < at:
            return name
    try:
        return named_namespace(draft, loaded, schema)
    except UnwritableError:
        name, style = free_name(loaded, schema, "Schema"), draft.style(loaded)
        code = f"{draft.of_drizzle(loaded, 'pgSchema')}({style.quoted(schema)}){style.semicolon}"
        new_statement(draft, loaded, at, f"export const {name} = {code}", above=above)
        return name


def drop_statement(draft: Draft, place: Place, *, is_table: bool = False) -> None:
    """The declaration at a place taken out, with the documentation over it; nothing else may mention its name.

    A table is also named as a member of what holds all tables.
    """
    loaded, path = path_to(draft, place)
    statement = path[0] if path else None
    inner = statement.declaration if isinstance(statement, nodes.Exported) else statement
    if not isinstance(inner, nodes.Declaration) or len(inner.items) != 1 or statement is None:
        raise UnwritableError
    item = inner.items[0]
    target = item.target if isinstance(item, nodes.Assignment) else None
    start, end = int(statement.start), int(statement.end)  # type: ignore[attr-defined]  # every node has both
    if not isinstance(target, nodes.Name) or _mentioned(draft, loaded, target.name, (start, end), is_table=is_table):
        raise UnwritableError
    draft.put(loaded, *_whole_lines(loaded.document.text, start, end), "")


@dataclass(frozen=True, slots=True)
class _Mention:
    """Where a name stands in a text: as a key, or behind the dot of another name."""

    start: int
    is_key: bool
    owner: str | None


def _mentioned(draft: Draft, declaring: Loaded, name: str, own: tuple[int, int], *, is_table: bool) -> bool:
    """Whether a name that may be of that declaration stands anywhere in what was read, types included."""
    for loaded in draft.project.loaded.values():
        related = is_table and "defineRelations" in loaded.document.text
        for mention in _mentions(loaded.document).get(name, ()):
            elsewhere = loaded is not declaring or not own[0] <= mention.start < own[1]
            counts = (not mention.is_key or related) and (is_table or not _is_of_another(loaded, mention))
            if elsewhere and counts:
                return True
    return False


@lru_cache(maxsize=64)
def _mentions(document: Document) -> Mapping[str, list[_Mention]]:
    """Every name in a text."""
    found: dict[str, list[_Mention]] = {}
    tokens = tokenize(document.text)
    kinds = tokens.kinds
    for i, kind in enumerate(kinds):
        if kind == NAME:
            member = i > 1 and kinds[i - 1] in (".", "?.") and kinds[i - 2] == NAME
            mention = _Mention(tokens.starts[i], kinds[i + 1] == ":", tokens.word(i - 2) if member else None)
            found.setdefault(tokens.word(i), []).append(mention)
    return found


def _is_of_another(loaded: Loaded, mention: _Mention) -> bool:
    """Whether a name stands behind the dot of what is no module."""
    if mention.owner is None:
        return False
    owner = loaded.scope.names.get(mention.owner)
    return owner is None or not isinstance(owner.get(), Whole | Opaque)


def _whole_lines(text: str, start: int, end: int) -> tuple[int, int]:
    documented = _DOCUMENTED.search(text, 0, start)
    start = documented.start() if documented is not None else start
    rest = _LINE_REST.match(text, end)
    end = rest.end() if rest is not None else end
    first = text.rfind("\n", 0, start) + 1
    if text[first:start].strip():
        return start, end
    # One of the two empty lines around it goes as well.
    behind_it = re.compile(r"\r?\n(?:[ \t]*\r?\n)*").match(text, end)
    if behind_it is not None and (behind_it.group().count("\n") > 1 or text[behind_it.end() :].strip()):
        return first, behind_it.end()
    above = len(text[:first].rstrip())
    return (above, end) if above else (first, behind_it.end() if behind_it is not None else end)


def is_of_drizzle(loaded: Loaded, head: nodes.Node, name: str) -> bool:
    """Whether an operand is what drizzle exports under a name."""
    found = loaded.scope.names.get(head.name) if isinstance(head, nodes.Name) else None
    value = found.get() if found is not None else None
    return isinstance(value, Symbol) and value.name == name and not value.path
