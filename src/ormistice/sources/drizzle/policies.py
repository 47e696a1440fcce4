"""Policies of row level security."""

from ormistice.model import Policy, RowSecurity
from ormistice.names import quoted
from ormistice.sources.drizzle.parts import Parts
from ormistice.sources.drizzle.sqltext import rendered
from ormistice.sources.drizzle.values import Array, Builder, Opaque, Record, Table, Value, is_nothing, text_of

_WORDS = frozenset(("current_user", "current_role", "session_user", "public"))


def linked_table(builder: Builder) -> Table | None:
    """The table that a policy is linked to from outside, `pgPolicy(...).link(table)`."""
    for step in builder.steps:
        if step.name == "link" and step.arguments and isinstance(step.arguments[0], Table):
            return step.arguments[0]
    return None


def lower_policy(parts: Parts, builder: Builder) -> None:
    """`pgPolicy(name, { as, for, to, using, withCheck })`."""
    name = text_of(builder.arguments[0]) if builder.arguments else None
    options = builder.arguments[1] if len(builder.arguments) > 1 else None
    config = options if isinstance(options, Record) else None
    if name is None or (config is None and not is_nothing(options)) or (config is not None and config.unread):
        unknown = options if isinstance(options, Opaque) else Opaque("it is not known", builder.place)
        parts.unknown(unknown, "policy", RowSecurity)
        return
    text = _definition(parts, config)
    if isinstance(text, Opaque):
        parts.unknown(text, f"policy `{name}`", RowSecurity)
        return
    parts.policies.append(Policy(name, text, builder.place))


def _definition(parts: Parts, config: Record | None) -> str | Opaque:
    kind, command = (config.get("as"), config.get("for")) if config else (None, None)
    unknown = next((said for said in (kind, command) if isinstance(said, Opaque)), None)
    roles = unknown or _roles(config.get("to") if config else None)
    if isinstance(roles, Opaque):
        return roles
    words = [
        f"AS {(text_of(kind) or 'permissive').upper()}",
        f"FOR {(text_of(command) or 'all').upper()}",
        f"TO {', '.join(sorted(roles))}",
    ]
    for key, word in (("using", "USING"), ("withCheck", "WITH CHECK")):
        value = config.get(key) if config else None
        if value is None or is_nothing(value):
            continue
        text = rendered(value, parts.reading.names)
        if isinstance(text, Opaque):
            return text
        words.append(f"{word} ({text})")
    return " ".join(words)


def _roles(value: Value | None) -> tuple[str, ...] | Opaque:
    if value is None or is_nothing(value):
        return ("public",)
    if isinstance(value, Array) and not value.unread:
        found: list[str] = []
        for item in value.items:
            inner = _roles(item)
            if isinstance(inner, Opaque):
                return inner
            found += inner
        return tuple(found)
    name = text_of(
        value.arguments[0] if isinstance(value, Builder) and value.kind == "pgRole" and value.arguments else value
    )
    if name is None:
        return value if isinstance(value, Opaque) else Opaque("this role is not known", value.place)
    return (name if name in _WORDS else quoted(name),)
