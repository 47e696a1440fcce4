"""Changes of columns as edits of TypeScript."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ormistice.model import Column, ColumnDefault, SerialDefault, SqlDefault, Stated
from ormistice.sources.drizzle import nodes
from ormistice.sources.drizzle.columntypes import SERIALS, config_of
from ormistice.sources.drizzle.find import entry
from ormistice.sources.drizzle.names import column_arguments
from ormistice.sources.drizzle.pgcore import COLUMNS
from ormistice.sources.drizzle.values import Builder, Record, spelled, text_of
from ormistice.sources.drizzle.write_draft import Draft
from ormistice.sources.drizzle.write_lists import UnwritableError, appended, listed, removed
from ormistice.sources.drizzle.write_sites import ChainSite, Step, column_chain, statement_at, table_value
from ormistice.sources.drizzle.write_types import Maker, Where, call_code, maker_of, options_code
from ormistice.sources.drizzle.write_values import default_code, identity_code, sql_code
from ormistice.text import Span
from ormistice.types import ColumnType

_DEFAULTS = ("default", "defaultNow", "defaultRandom")
_WITH_LABELS = frozenset(("text", "varchar", "char"))
_IDENTITIES = ("generatedAlwaysAsIdentity", "generatedByDefaultAsIdentity")
_ASPECTS = ("type", "nullable", "default", "identity", "generated", "collation", "comment")


def change_column(draft: Draft, before: Column, after: Column) -> None:
    """What `after` states otherwise than `before`, written into the chain of calls that makes the column."""
    differing = [name for name in _ASPECTS if _differs(getattr(before, name), getattr(after, name))]
    if before.key() != after.key() or any(getattr(before, name) is None for name in differing) or not differing:
        raise UnwritableError
    site = _site(draft, before)
    after = _consistent(after)
    if _is_serial(before) != _is_serial(after) or "type" in differing:
        _change_type(draft, site, before, after)
    elif "default" in differing:
        _change_default(draft, site, before, after, site.maker)
    if "identity" in differing:
        _change_identity(draft, site, after)
    if "generated" in differing:
        _change_generated(draft, site, after)
    _change_nullable(draft, site, before, after)
    if site.added:
        site.at.then(draft, site.at.gap().join(site.added))


def _differs(before: Stated[Any] | None, after: Stated[Any] | None) -> bool:
    return after is not None and (before is None or before.value != after.value)


def _consistent(column: Column) -> Column:
    """An identity column draws from no other sequence, and takes no NULL."""
    if column.identity is None or column.identity.value is None:
        return column
    drawn = column.default is not None and isinstance(column.default.value, SerialDefault)
    default: Stated[ColumnDefault | None] | None = Stated(None, column.place) if drawn else column.default
    return replace(column, default=default, nullable=Stated(value=False, place=column.place))


def _is_serial(column: Column) -> bool:
    return column.default is not None and isinstance(column.default.value, SerialDefault)


@dataclass(slots=True)
class _Site:
    """The chain of a column, what drizzle makes of it, and the calls that are to be added to it."""

    at: ChainSite
    where: Where
    builder: Builder
    maker: Maker
    added: list[str]


def _site(draft: Draft, column: Column) -> _Site:
    at = column_chain(draft, column)
    builder = builder_of(draft, column)
    where = Where(at.hidden, statement_at(draft, column.place), _builders(at, builder))
    return _Site(at, where, builder, _maker_as_written(draft, column, builder), [])


def builder_of(draft: Draft, column: Column) -> Builder:
    """The value that makes a column."""
    _, table = table_value(draft, column.table)
    entries = table.columns.entries.values() if isinstance(table.columns, Record) else ()
    found = next((entry.value for entry in entries if entry.place == column.place), None)
    if not isinstance(found, Builder):
        raise UnwritableError
    return found


def _maker_as_written(draft: Draft, column: Column, builder: Builder) -> Maker:
    if column.type is None:
        return Maker("custom", ColumnType("unknown"))
    config = config_of(builder)
    mode = config.get("mode") if isinstance(config, Record) else None
    written = spelled(mode) if mode is not None else None
    serial = builder.kind in SERIALS
    maker = maker_of(column.type.value, serial=serial, modern=draft.rules.modern, mode=written)
    # Options that are written stay; `bigint` may be written without its mode all the same.
    return replace(maker, function=builder.kind, mode=written)


def _builders(site: ChainSite, builder: Builder) -> str | None:
    """`t` of `t.integer()`, where that is what the function that gives the columns is given."""
    head = site.chain.head
    ours = isinstance(head, nodes.Name) and head.name in site.hidden and builder.kind in COLUMNS
    return head.name if ours and isinstance(head, nodes.Name) else None


def _head(site: _Site, before: Column) -> nodes.Call:
    """The call that the column's chain begins with, which must be written there."""
    place = before.type.place if before.type is not None else None
    for link in site.at.chain.links:
        if isinstance(link, nodes.Call):
            if place == Span(site.at.loaded.document.path, site.at.chain.start, link.end):
                return link
            break
    raise UnwritableError


def _change_type(draft: Draft, site: _Site, before: Column, after: Column) -> None:
    head = _head(site, before)
    if after.type is None:
        raise UnwritableError
    maker = maker_of(after.type.value, serial=_is_serial(after), modern=draft.rules.modern, mode=_mode(site, after))
    if (maker.function, site.maker.function) == ("numeric", "decimal"):
        maker = replace(maker, function="decimal")
    draft.unsafe = draft.unsafe or maker.data() != site.maker.data()
    if maker.function == site.maker.function and maker.function not in ("enum", "custom"):
        _change_options(draft, site, head, maker)
    else:
        _replace_head(draft, site, head, maker)
    _change_array(draft, site, head, maker)
    _change_default(draft, site, before, after, maker)


def _mode(site: _Site, after: Column) -> str | None:
    """The mode that is written, where there is one, or what drizzle takes for it."""
    plain = after.type is not None and after.type.value.name == "bigint" and site.maker.data() == "bigint"
    return "bigint" if plain else site.maker.mode


def _replace_head(draft: Draft, site: _Site, head: nodes.Call, maker: Maker) -> None:
    text, arguments = site.at.text, head.arguments
    given = column_arguments(site.builder)
    first = text[arguments[0].start : arguments[0].end] if given and text_of(given[0]) is not None else ""
    options = entry(arguments[-1], "enum") if arguments else None
    if options is not None and {maker.function, site.maker.function} <= _WITH_LABELS:
        maker = replace(maker, options={**maker.options, "enum": text[options.value.start : options.value.end]})
    single = replace(maker, type=replace(maker.type, array=False))
    draft.put(
        site.at.loaded, site.at.chain.start, head.end, call_code(draft, site.at.loaded, single, first, site.where)
    )


def _change_options(draft: Draft, site: _Site, head: nodes.Call, maker: Maker) -> None:
    style, text = draft.style(site.at.loaded), site.at.text
    old = site.maker.options
    coded = options_code(replace(maker, mode=None), style)
    wanted = {key: code for key, code in coded.items() if old.get(key) != maker.options[key]}
    gone = frozenset(old) - frozenset(maker.options)
    options = head.arguments[-1] if head.arguments else None
    if isinstance(options, nodes.Object):
        _merge(draft, site, options, wanted, gone)
    elif gone or len(head.arguments) > 1 or not (options is None or isinstance(options, nodes.Literal)):
        raise UnwritableError
    elif wanted:
        code = style.braced(", ".join(f"{key}: {value}" for key, value in coded.items()))
        draft.cut(site.at.loaded, appended(listed(text, head, head.arguments), code, style))


def _merge(draft: Draft, site: _Site, options: nodes.Object, wanted: Mapping[str, str], gone: frozenset[str]) -> None:
    """Options changed where they stand; the whole object goes where nothing is left in it."""
    style, text = draft.style(site.at.loaded), site.at.text
    stated = [one for one in options.entries if isinstance(one, nodes.Property)]
    if len(stated) < len(options.entries):
        raise UnwritableError
    kept = [one for one in stated if one.key not in gone]
    changed = {one.start: f"{one.key}: {wanted[str(one.key)]}" for one in kept if one.key in wanted}
    added = [f"{key}: {value}" for key, value in wanted.items() if entry(options, key) is None]
    dropped = [i for i, one in enumerate(stated) if one.key in gone]
    if not kept and not added:
        _without_options(draft, site, options)
        return
    if len(dropped) > 1 or (dropped and added):
        left = [changed.get(one.start, text[one.start : one.end]) for one in kept]
        draft.put(site.at.loaded, options.start, options.end, style.braced(", ".join([*left, *added])))
        return
    draft.cut(site.at.loaded, [(one.start, one.end, changed[one.start]) for one in kept if one.start in changed])
    if dropped:
        draft.cut(site.at.loaded, removed(listed(text, options, stated), dropped[0]))
    elif added:
        draft.cut(site.at.loaded, appended(listed(text, options, stated), ", ".join(added), style))


def _without_options(draft: Draft, site: _Site, options: nodes.Object) -> None:
    call = next(link for link in site.at.chain.links if isinstance(link, nodes.Call))
    draft.cut(site.at.loaded, removed(listed(site.at.text, call, call.arguments), call.arguments.index(options)))


def _change_array(draft: Draft, site: _Site, head: nodes.Call, maker: Maker) -> None:
    steps = [step for step in site.at.steps() if step.call is not head]
    arrays = [step for step in steps if step.name == "array"]
    if maker.array and not arrays:
        draft.put(site.at.loaded, head.end, head.end, ".array()")
    elif arrays and not maker.array:
        # Up to 0.x what stands before it has no effect, and would have one without it.
        if any(step.start < arrays[-1].start for step in steps if step.name not in ("array", "$type")):
            raise UnwritableError
        for step in arrays:
            site.at.without(draft, step)


def _default_steps(site: _Site) -> list[Step]:
    return [step for step in site.at.steps() if step.name in _DEFAULTS]


def _change_default(draft: Draft, site: _Site, before: Column, after: Column, maker: Maker) -> None:
    """The default that `after` states, in words that fit a column made by `maker`."""
    steps = _default_steps(site)
    if len(steps) > 1 or (not steps and before.default is not None and isinstance(before.default.value, SqlDefault)):
        raise UnwritableError
    if after.default is not None and not isinstance(after.default.value, SqlDefault):
        for step in steps:
            site.at.without(draft, step)
    elif _differs(before.default, after.default) or (steps and maker.data() != site.maker.data()):
        if after.default is None or not isinstance(after.default.value, SqlDefault):
            # Nobody could tell what the default is for a column of such a type.
            raise UnwritableError
        code = default_code(draft, site.at.loaded, after.default.value.expression, maker, site.where.hidden)
        _put_default(draft, site, steps, code)


def _put_default(draft: Draft, site: _Site, steps: list[Step], code: str) -> None:
    if not steps:
        site.added.append(code)
    elif steps[0].name == "default" and code.startswith(".default(") and len(steps[0].call.arguments) == 1:
        only = steps[0].call.arguments[0]
        draft.put(site.at.loaded, only.start, only.end, code.removeprefix(".default(").removesuffix(")"))
    else:
        draft.put(site.at.loaded, steps[0].member.start, steps[0].call.end, code.removeprefix("."))


def _change_identity(draft: Draft, site: _Site, after: Column) -> None:
    steps = [step for step in site.at.steps() if step.name in _IDENTITIES]
    value = after.identity.value if after.identity is not None else None
    if value is None:
        if not steps:
            raise UnwritableError
        for step in steps:
            site.at.without(draft, step)
        return
    if after.type is None:
        raise UnwritableError
    code = identity_code(value, after.type.value, draft.style(site.at.loaded))
    if steps:
        draft.put(site.at.loaded, steps[0].member.start, steps[0].call.end, code.removeprefix("."))
    else:
        site.added.append(code)


def _change_generated(draft: Draft, site: _Site, after: Column) -> None:
    step = site.at.step("generatedAlwaysAs")
    value = after.generated.value if after.generated is not None else None
    if value is None:
        if step is None:
            raise UnwritableError
        site.at.without(draft, step)
        return
    if not value.stored:
        raise UnwritableError
    code = sql_code(draft, site.at.loaded, value.expression, site.where.hidden)
    if step is not None and len(step.call.arguments) == 1:
        only = step.call.arguments[0]
        whole = site.at.text[only.end : step.call.end - 1]
        draft.put(site.at.loaded, only.start, only.end + len(whole.rstrip(", \t\r\n")), code)
    elif step is None:
        site.added.append(f".generatedAlwaysAs({code})")
    else:
        raise UnwritableError


def _change_nullable(draft: Draft, site: _Site, before: Column, after: Column) -> None:
    """`.notNull()` where nothing else says it, once everything else is as it is to be."""
    if after.nullable is None or before.nullable is None:
        return
    stated = site.at.step("notNull")
    implied = _never_null(draft, after)
    if after.nullable.value:
        if implied:
            raise UnwritableError
        for step in site.at.steps():
            if step.name == "notNull":
                site.at.without(draft, step)
        if stated is None and not before.nullable.value and not _never_null(draft, before):
            raise UnwritableError
    elif not implied and stated is None and (before.nullable.value or _never_null(draft, before)):
        site.added.append(".notNull()")


def _never_null(draft: Draft, column: Column) -> bool:
    """Whether a column takes no NULL for another reason than its `.notNull()`."""
    table = draft.schema.table(column.table)
    key = table.primary_key.columns.value if table is not None and table.primary_key is not None else ()
    identity = column.identity is not None and column.identity.value is not None
    return column.name in key or identity or _is_serial(column)
