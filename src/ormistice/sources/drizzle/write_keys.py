"""Foreign keys as `.references()` of a column, or `foreignKey()` of a table."""

from dataclasses import dataclass

from ormistice.model import ForeignKey, Reference, ReferentialAction, Stated
from ormistice.names import QualifiedName
from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.find import CallAt, entry, method_call, shadowing
from ormistice.sources.drizzle.keys import SPELLINGS
from ormistice.sources.drizzle.modules import Loaded
from ormistice.sources.drizzle.spelling import LONGEST_LINE, Style
from ormistice.sources.drizzle.targets import columns_of, named_table
from ormistice.sources.drizzle.write_draft import Draft
from ormistice.sources.drizzle.write_extras import Inside, add_extra, drop_extra, extra_key, inside
from ormistice.sources.drizzle.write_lists import UnwritableError, appended, listed, removed
from ormistice.sources.drizzle.write_sites import ChainSite, alone, chain_of, column_chain, path_to, table_site
from ormistice.text import Span

_OPTIONS = ("onDelete", "onUpdate")
_TYPED = (".ts", ".mts", ".cts", ".tsx")


# Keys that are added.


def add_key(draft: Draft, key: ForeignKey) -> None:
    """A key behind its column where that says all of it, else among what the third argument lists."""
    site = table_site(draft, key.table)
    column = _own_column(draft, key)
    if name_to_state(draft, key) is None and column is not None:
        column.then(draft, references_code(draft, column.loaded, key, column.hidden))
    else:
        add_extra(draft, site, key_code(inside(draft, site), key), extra_key(key.columns, "Fk"))


def _own_column(draft: Draft, key: ForeignKey) -> ChainSite | None:
    """The chain of the key's column, where it has only one and that chain makes nothing else."""
    table = draft.schema.table(key.table)
    column = table.column(key.columns[0]) if table is not None and len(key.columns) == 1 else None
    try:
        return column_chain(draft, column) if column is not None else None
    except UnwritableError:
        return None


def name_to_state(draft: Draft, key: ForeignKey) -> str | None:
    """The name of a key, where it is not what drizzle calls it anyway."""
    reference = _reference(key)
    if key.name is None:
        return None
    derived = draft.rules.foreign_key(key.table.name, key.columns, reference.table.name, reference.columns)
    return None if key.name.value == derived else key.name.value


def references_code(draft: Draft, loaded: Loaded, key: ForeignKey, hidden: set[str], own: str | None = None) -> str:
    """`.references(...)`, dot and all; `own` is the column in the key's own table, where that is not there yet."""
    reference, style = _reference(key), draft.style(loaded)
    target = own
    if target is None or reference.table != key.table:
        name, table = named_table(draft, loaded, reference.table, hidden)
        (target,) = columns_of(draft, name, table, reference.columns, style.access)
    actions = [f"{name}: {style.quoted(SPELLINGS[action])}" for name, action in _actions(key).items()]
    given = f", {style.braced(', '.join(actions))}" if actions else ""
    return f".references({_arrow(draft, loaded, key)} => {target}{given})"


def _reference(key: ForeignKey) -> Reference:
    if key.references is None:
        raise UnwritableError
    return key.references.value


def _arrow(draft: Draft, loaded: Loaded, key: ForeignKey) -> str:
    """`()`, with a type where TypeScript could not tell one: tables that reference each other in a circle."""
    if loaded.file.suffix not in _TYPED or not _circular(draft, key):
        return "()"
    if "AnyPgColumn" not in loaded.document.text:
        draft.want(loaded, "drizzle-orm/pg-core", "type AnyPgColumn")
    return "(): AnyPgColumn"


def _circular(draft: Draft, key: ForeignKey) -> bool:
    reached: set[QualifiedName] = set()
    pending = [_reference(key).table]
    while pending:
        name = pending.pop()
        if name == key.table:
            return True
        if name not in reached:
            reached.add(name)
            table = draft.schema.table(name)
            pending += [one.references.value.table for one in (table.foreign_keys if table else ()) if one.references]
    return False


def _actions(key: ForeignKey) -> dict[str, ReferentialAction]:
    """The actions that are not the default."""
    pairs = zip(_OPTIONS, (key.on_delete, key.on_update), strict=True)
    return {
        name: said.value for name, said in pairs if said is not None and said.value is not ReferentialAction.NO_ACTION
    }


def key_code(at: Inside, key: ForeignKey) -> str:
    """`foreignKey({...})` with its actions, on one line if it fits."""
    reference, style = _reference(key), at.style
    if reference.table == key.table:
        referenced = at.columns(reference.columns)
    else:
        found, table = named_table(at.draft, at.loaded, reference.table, at.hidden)
        referenced = columns_of(at.draft, found, table, reference.columns, style.access)
    entries = [f"columns: [{', '.join(at.columns(key.columns))}]", f"foreignColumns: [{', '.join(referenced)}]"]
    name = name_to_state(at.draft, key)
    if name is not None:
        entries.append(f"name: {style.quoted(name)}")
    function = at.function("foreignKey")
    chained = "".join(f".{one}({style.quoted(SPELLINGS[action])})" for one, action in _actions(key).items())
    line = f"{function}({style.braced(', '.join(entries))}){chained}"
    return line if len(line) < LONGEST_LINE else f"{style.lines(f'{function}({{', entries, '})')}{chained}"


# Keys that are dropped.


def drop_key(draft: Draft, key: ForeignKey) -> None:
    """Its `.references()` or its `foreignKey()` taken out."""
    inline = _inline(draft, key)
    if inline is not None:
        alone(draft.schema, key.place)
        site, found = inline
        step = next(step for step in site.steps() if step.call is found.call)
        site.without(draft, step)
        return
    drop_extra(draft, table_site(draft, key.table), key.place)


def _inline(draft: Draft, key: ForeignKey) -> tuple[ChainSite, CallAt] | None:
    """The chain of the column that the key is written behind, if it is."""
    place = key.references.place if key.references is not None else None
    if not isinstance(place, Span):
        raise UnwritableError
    loaded, path = path_to(draft, place)
    found = method_call(path, "references", place.start)
    if found is None or len(found.call.arguments) not in (1, 2):
        return None
    return ChainSite(loaded, found.chain, shadowing(path)), found


# Keys that are changed.


@dataclass(frozen=True, slots=True)
class _Site:
    """Where a key's target is written."""

    loaded: Loaded
    path: list[object]
    style: Style
    place: Span

    @property
    def text(self) -> str:
        return self.loaded.document.text


def change_key(draft: Draft, before: ForeignKey, after: ForeignKey) -> None:
    """Other actions, another target, another name."""
    if before.key() != after.key() or after.references is None or before.references is None:
        raise UnwritableError
    _see_to_the_sayable(before, after)
    site = _site(draft, before, before.references.place)
    actions = _changed_actions(before, after)
    inline = _inline(draft, before)
    renamed = _renamed(draft, before, after)
    if renamed is not None and inline is not None:
        # A name cannot be given behind a column.
        drop_key(draft, before)
        table = table_site(draft, after.table)
        add_extra(draft, table, key_code(inside(draft, table), after), extra_key(after.columns, "Fk"))
        return
    if inline is not None:
        _change_inline_actions(draft, site, inline[1], actions)
    else:
        _change_chained_actions(draft, site, before, actions)
        if renamed is not None:
            _change_name(draft, before, after, renamed)
    if after.references.value != before.references.value:
        _retarget(draft, site, before, after.references.value)
    elif not actions and renamed is None:
        raise UnwritableError


def _see_to_the_sayable(before: ForeignKey, after: ForeignKey) -> None:
    pairs: list[tuple[Stated[object] | None, Stated[object] | None]] = [
        (before.deferrability, after.deferrability),  # type: ignore[list-item]  # read only
        (before.match_type, after.match_type),  # type: ignore[list-item]  # read only
        (before.validated, after.validated),  # type: ignore[list-item]  # read only
        (before.enforced, after.enforced),  # type: ignore[list-item]  # read only
    ]
    if any(new is not None and (old is None or old.value != new.value) for old, new in pairs):
        raise UnwritableError


def _site(draft: Draft, before: ForeignKey, place: object) -> _Site:
    """Unwritable where the text makes more than this one key, for a change of it would change others."""
    alike = [
        key
        for table in draft.schema.tables
        for key in table.foreign_keys
        if key.references and key.references.place == place
    ]
    if not isinstance(place, Span) or len(alike) > 1:
        raise UnwritableError
    loaded, path = path_to(draft, place)
    if not isinstance(before.place, Span) or before.place.file != place.file or not path:
        raise UnwritableError
    return _Site(loaded, path, draft.style(loaded), place)


def _renamed(draft: Draft, before: ForeignKey, after: ForeignKey) -> str | None:
    """The name to write, where it is another than before."""
    if after.name is None or before.name is None or before.name.value == after.name.value:
        return None
    return name_to_state(draft, after)


def _change_name(draft: Draft, before: ForeignKey, after: ForeignKey, name: str) -> None:
    site = chain_of(draft, before.place)
    call = next((link for link in site.chain.links if isinstance(link, nodes.Call)), None)
    config = call.arguments[0] if call is not None and len(call.arguments) == 1 else None
    if not isinstance(config, nodes.Object) or after.name is None:
        raise UnwritableError
    alone(draft.schema, before.place)
    put_option(draft, site.loaded, config, "name", name)


def put_option(draft: Draft, loaded: Loaded, options: nodes.Object, key: str, text: str | None) -> None:
    """A string under a key of an object, in place of what is there; None: the key goes."""
    style, stated = draft.style(loaded), entry(options, key)
    entries = listed(loaded.document.text, options, options.entries)
    if text is None:
        if stated is None:
            raise UnwritableError
        draft.cut(loaded, removed(entries, options.entries.index(stated)))
    elif stated is None:
        draft.cut(loaded, appended(entries, f"{key}: {style.quoted(text)}", style))
    elif _is_shorthand(stated):
        draft.put(loaded, stated.start, stated.end, f"{key}: {style.quoted(text)}")
    else:
        draft.put(loaded, stated.value.start, stated.value.end, style.quoted(text))


def _changed_actions(before: ForeignKey, after: ForeignKey) -> dict[str, ReferentialAction]:
    pairs = zip(_OPTIONS, (before.on_delete, before.on_update), (after.on_delete, after.on_update), strict=True)
    return {
        key: new.value for key, old, new in pairs if new is not None and (old is None or old.value is not new.value)
    }


def _change_inline_actions(draft: Draft, site: _Site, found: CallAt, actions: dict[str, ReferentialAction]) -> None:
    if not actions:
        return
    quoted = {key: site.style.quoted(SPELLINGS[action]) for key, action in actions.items()}
    if len(found.call.arguments) == 1:
        given = site.style.braced(", ".join(f"{key}: {value}" for key, value in quoted.items()))
        end = found.call.arguments[0].end
        draft.put(site.loaded, end, end, f", {given}")
        return
    options = found.call.arguments[1]
    if not isinstance(options, nodes.Object):
        raise UnwritableError
    for key, action in actions.items():
        stated = entry(options, key)
        if stated is not None:
            put_option(draft, site.loaded, options, key, SPELLINGS[action])
    added = [f"{key}: {value}" for key, value in quoted.items() if entry(options, key) is None]
    if added:
        of_list = listed(site.text, options, options.entries)
        gap = ", " if "\n" not in site.text[options.start : options.end] else ",\n"
        draft.cut(site.loaded, appended(of_list, gap.join(added), site.style))


def _is_shorthand(stated: nodes.Property) -> bool:
    return isinstance(stated.value, nodes.Name) and stated.value.start == stated.start


def _change_chained_actions(
    draft: Draft, site: _Site, before: ForeignKey, actions: dict[str, ReferentialAction]
) -> None:
    if not actions:
        return
    chain = chain_of(draft, before.place)
    added = ""
    for key, action in actions.items():
        value = site.style.quoted(SPELLINGS[action])
        step = chain.step(key)
        if step is None:
            added += f"{chain.gap()}.{key}({value})"
        elif len(step.call.arguments) == 1:
            only = step.call.arguments[0]
            draft.put(site.loaded, only.start, only.end, value)
        else:
            raise UnwritableError
    if added:
        draft.put(site.loaded, chain.chain.end, chain.chain.end, added)


def _retarget(draft: Draft, site: _Site, before: ForeignKey, reference: Reference) -> None:
    text = site.text[site.place.start : site.place.end]
    written = draft.project.written_order.get(before.place) if isinstance(before.place, Span) else None
    columns = reference.columns
    if written is not None:
        by_column = dict(zip(before.columns, columns, strict=True))
        if set(by_column) != set(written):
            raise UnwritableError
        columns = tuple(by_column[column] for column in written)
    name, table = named_table(draft, site.loaded, reference.table, shadowing(site.path))
    names = columns_of(draft, name, table, columns, site.style.access)
    if text.startswith("["):
        draft.put(site.loaded, site.place.start, site.place.end, f"[{', '.join(names)}]")
    elif len(names) == 1 and _is_reference(site):
        draft.put(site.loaded, site.place.start, site.place.end, names[0])
    else:
        raise UnwritableError


def _is_reference(site: _Site) -> bool:
    """Whether an expression, and no whole function, stands at the place."""
    return any(
        isinstance(node, nodes.Function) and (node.body.start, node.body.end) == (site.place.start, site.place.end)
        for node in site.path
    )
