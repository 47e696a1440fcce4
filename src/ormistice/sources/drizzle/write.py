"""Changes as edits of TypeScript: the smallest that say it, in the file's own hand."""

from dataclasses import dataclass

from ormistice.fixes import Change, Edit, Fix, Patch
from ormistice.model import Column, ForeignKey, Reference, ReferentialAction, Schema
from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.find import CallAt, around, chain_at, entry, method_call
from ormistice.sources.drizzle.keys import SPELLINGS
from ormistice.sources.drizzle.modules import Loaded, Project
from ormistice.sources.drizzle.naming import Rules
from ormistice.sources.drizzle.spelling import Style, style_of
from ormistice.sources.drizzle.targets import Targets
from ormistice.sources.drizzle.write_columns import column_edits
from ormistice.text import Span

_OPTIONS = ("onDelete", "onUpdate")


@dataclass(frozen=True, slots=True)
class _Site:
    """Where a key is written, and in whose hand."""

    loaded: Loaded
    path: list[object]
    style: Style

    def span(self, start: int, end: int) -> Span:
        return Span(self.loaded.document.path, start, end)


def write_change(project: Project, rules: Rules, schema: Schema, change: Change) -> Fix | None:
    """`change` as edits, or None where it cannot be written."""
    match change.before, change.after:
        case ForeignKey() as before, ForeignKey() as after:
            edits = _key_edits(project, rules, schema, before, after)
        case Column() as before, Column() as after:
            edits = column_edits(project, schema, before, after)
        case _:
            return None
    return Patch(change.source, tuple(sorted(edits, key=lambda edit: edit.span))) if edits else None


def _key_edits(
    project: Project, rules: Rules, schema: Schema, before: ForeignKey, after: ForeignKey
) -> list[Edit] | None:
    if before.columns != after.columns or before.references is None or not isinstance(before.references.place, Span):
        return None
    site = _site(project, schema, before, before.references.place)
    if site is None:
        return None
    actions = _changed_actions(before, after)
    edits = (
        _inline_actions(site, before, actions) if _is_inline(site, before) else _chained_actions(site, before, actions)
    )
    if edits is None or after.references is None:
        return None
    if after.references.value == before.references.value:
        return edits
    retargeted = _retargeted(project, rules, site, before, after.references.value)
    return None if retargeted is None else [*edits, *retargeted]


def _site(project: Project, schema: Schema, before: ForeignKey, place: Span) -> _Site | None:
    """None where the text makes more than this one key, for a change of it would change others."""
    alike = [
        key for table in schema.tables for key in table.foreign_keys if key.references and key.references.place == place
    ]
    loaded = project.by_path.get(place.file)
    if loaded is None or len(alike) > 1 or not isinstance(before.place, Span) or before.place.file != place.file:
        return None
    path = around(loaded.module.statements, place.start)
    return _Site(loaded, path, style_of(loaded.module, loaded.document.text)) if path else None


def _changed_actions(before: ForeignKey, after: ForeignKey) -> dict[str, ReferentialAction]:
    pairs = zip(_OPTIONS, (before.on_delete, before.on_update), (after.on_delete, after.on_update), strict=True)
    return {
        key: new.value for key, old, new in pairs if new is not None and (old is None or old.value is not new.value)
    }


def _is_inline(site: _Site, before: ForeignKey) -> bool:
    return _references_call(site, before) is not None


def _references_call(site: _Site, before: ForeignKey) -> CallAt | None:
    place = before.references.place if before.references else None
    if not isinstance(place, Span):
        return None
    found = method_call(site.path, "references", place.start)
    return found if found is not None and len(found.call.arguments) in (1, 2) else None


def _inline_actions(site: _Site, before: ForeignKey, actions: dict[str, ReferentialAction]) -> list[Edit] | None:
    found = _references_call(site, before)
    if not actions or found is None:
        return []
    quoted = {key: site.style.quoted(SPELLINGS[action]) for key, action in actions.items()}
    if len(found.call.arguments) == 1:
        end = found.call.arguments[0].end
        listed = ", ".join(f"{key}: {value}" for key, value in quoted.items())
        return [Edit(site.span(end, end), f", {site.style.braced(listed)}")]
    options = found.call.arguments[1]
    return _option_edits(site, options, quoted) if isinstance(options, nodes.Object) else None


def _option_edits(site: _Site, options: nodes.Object, quoted: dict[str, str]) -> list[Edit] | None:
    edits: list[Edit] = []
    added: list[str] = []
    for key, value in quoted.items():
        stated = entry(options, key)
        if stated is not None and not _is_shorthand(stated):
            edits.append(Edit(site.span(stated.value.start, stated.value.end), value))
        elif stated is not None:
            edits.append(Edit(site.span(stated.start, stated.end), f"{key}: {value}"))
        else:
            added.append(f"{key}: {value}")
    if added:
        edits.append(_added_options(site, options, added))
    return edits


def _is_shorthand(stated: nodes.Property) -> bool:
    return isinstance(stated.value, nodes.Name) and stated.value.start == stated.start


def _added_options(site: _Site, options: nodes.Object, added: list[str]) -> Edit:
    text = site.loaded.document.text
    if not options.entries:
        return Edit(site.span(options.start, options.end), site.style.braced(", ".join(added)))
    last = options.entries[-1]
    # On lines of their own if the entries there stand so.
    line = text.rfind("\n", options.start, last.start)
    gap = text[line : last.start] if line >= 0 and not text[line : last.start].strip() else " "
    return Edit(site.span(last.end, last.end), "".join(f",{gap}{option}" for option in added))


def _chained_actions(site: _Site, before: ForeignKey, actions: dict[str, ReferentialAction]) -> list[Edit] | None:
    place = before.place
    if not isinstance(place, Span):
        return None
    chain = chain_at(site.path, place.start, place.end)
    if chain is None:
        return None
    edits: list[Edit] = []
    added = ""
    for key, action in actions.items():
        value = site.style.quoted(SPELLINGS[action])
        call = _step_call(chain, key)
        if call is None:
            added += f"{_before_step(site, chain)}.{key}({value})"
        elif len(call.arguments) == 1:
            edits.append(Edit(site.span(call.arguments[0].start, call.arguments[0].end), value))
        else:
            return None
    if added:
        edits.append(Edit(site.span(chain.end, chain.end), added))
    return edits


def _step_call(chain: nodes.Chain, name: str) -> nodes.Call | None:
    found = None
    for member, call in zip(chain.links, chain.links[1:], strict=False):
        if isinstance(member, nodes.Member) and member.name == name and isinstance(call, nodes.Call):
            found = call
    return found


def _before_step(site: _Site, chain: nodes.Chain) -> str:
    """The line break and indentation that steps of this chain stand behind, if they do."""
    text = site.loaded.document.text
    for first, link in zip(chain.links, chain.links[1:], strict=False):
        gap = text[first.end : link.start - 1]
        if isinstance(first, nodes.Call) and isinstance(link, nodes.Member) and "\n" in gap and not gap.strip():
            return gap
    return ""


def _retargeted(
    project: Project, rules: Rules, site: _Site, before: ForeignKey, reference: Reference
) -> list[Edit] | None:
    if before.references is None or not isinstance(before.references.place, Span):
        return None
    place = before.references.place
    text = site.loaded.document.text[place.start : place.end]
    written = project.written_order.get(before.place) if isinstance(before.place, Span) else None
    columns = reference.columns
    if written is not None:
        by_column = dict(zip(before.columns, columns, strict=True))
        if set(by_column) != set(written):
            return None
        columns = tuple(by_column[column] for column in written)
    found = Targets(project, rules).written(site.loaded, site.path, reference.table, columns)
    if found is None:
        return None
    names, imports = found
    if text.startswith("["):
        return [*imports, Edit(place, f"[{', '.join(names)}]")]
    if len(names) != 1 or not _is_reference(site, place):
        return None
    return [*imports, Edit(place, names[0])]


def _is_reference(site: _Site, place: Span) -> bool:
    """Whether an expression, and no whole function, stands at `place`."""
    return any(
        isinstance(node, nodes.Function) and (node.body.start, node.body.end) == (place.start, place.end)
        for node in site.path
    )
