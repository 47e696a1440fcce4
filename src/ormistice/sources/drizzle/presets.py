"""What drizzle-orm itself declares of the databases of Supabase and Neon: roles, tables and SQL."""

from collections.abc import Mapping

from ormistice.sources.drizzle.values import (
    Arguments,
    Array,
    Builder,
    Entry,
    Opaque,
    Record,
    Scalar,
    SqlText,
    Step,
    Symbol,
    Table,
    Value,
    is_nothing,
    text_of,
    truth,
)
from ormistice.text import Span

SUPABASE, NEON = "drizzle-orm/supabase", "drizzle-orm/neon"

Column = tuple[str, str, str | None, Mapping[str, str | float | bool], tuple[str, ...]]
"""The key of a column, its function, its name where it has one, its options and its methods."""

_ROLES: Mapping[str, Mapping[str, str]] = {
    SUPABASE: {
        "anonRole": "anon",
        "authenticatedRole": "authenticated",
        "serviceRole": "service_role",
        "postgresRole": "postgres_role",
        "supabaseAuthAdminRole": "supabase_auth_admin",
    },
    NEON: {"anonymousRole": "anonymous", "authenticatedRole": "authenticated"},
}
_SQL: Mapping[str, Mapping[str, str]] = {
    SUPABASE: {"authUid": "(select auth.uid())", "realtimeTopic": "realtime.topic()"},
}
_ZONED = {"withTimezone": True}
_KEY = ("primaryKey", "notNull")
_AUTH_USERS: tuple[Column, ...] = (
    ("id", "uuid", None, {}, _KEY),
    ("email", "varchar", None, {"length": 255.0}, ()),
    ("phone", "text", None, {}, ("unique",)),
    ("emailConfirmedAt", "timestamp", "email_confirmed_at", _ZONED, ()),
    ("phoneConfirmedAt", "timestamp", "phone_confirmed_at", _ZONED, ()),
    ("lastSignInAt", "timestamp", "last_sign_in_at", _ZONED, ()),
    ("createdAt", "timestamp", "created_at", _ZONED, ()),
    ("updatedAt", "timestamp", "updated_at", _ZONED, ()),
)
_REALTIME_MESSAGES: tuple[Column, ...] = (
    ("id", "bigserial", None, {"mode": "bigint"}, ("primaryKey",)),
    ("topic", "text", None, {}, ("notNull",)),
    ("extension", "text", None, {}, ("notNull",)),
)
_USERS_SYNC: tuple[Column, ...] = (
    ("rawJson", "jsonb", "raw_json", {}, ("notNull",)),
    ("id", "text", None, {}, _KEY),
    ("name", "text", None, {}, ()),
    ("email", "text", None, {}, ()),
    ("createdAt", "timestamp", "created_at", _ZONED, ()),
    ("deletedAt", "timestamp", "deleted_at", _ZONED, ()),
    ("updatedAt", "timestamp", "updated_at", _ZONED, ()),
)
_TABLES: Mapping[str, Mapping[str, tuple[str, str, tuple[Column, ...]]]] = {
    SUPABASE: {
        "authUsers": ("auth", "users", _AUTH_USERS),
        "realtimeMessages": ("realtime", "messages", _REALTIME_MESSAGES),
    },
    NEON: {"usersSync": ("neon_auth", "users_sync", _USERS_SYNC)},
}


def exported(package: str, name: str, place: Span) -> Value:
    """What `package` exports as `name`: a value where it is known, else the name alone."""
    if (role := _ROLES.get(package, {}).get(name)) is not None:
        return Builder("pgRole", (Scalar(role, place),), place)
    if (text := _SQL.get(package, {}).get(name)) is not None:
        return SqlText((text,), place)
    if (table := _TABLES.get(package, {}).get(name)) is not None:
        return _table(*table, place)
    return Symbol(package, name, place)


def _table(schema: str, name: str, columns: tuple[Column, ...], place: Span) -> Table:
    entries = {column[0]: Entry(_column(column, place), place) for column in columns}
    return Table(Scalar(name, place), Record(entries, place), None, place, place, Scalar(schema, place))


def _column(column: Column, place: Span) -> Builder:
    _, function, name, options, methods = column
    config = Record({key: Entry(Scalar(value, place), place) for key, value in options.items()}, place)
    named = () if name is None else (Scalar(name, place),)
    steps = tuple(Step(method, (), place) for method in methods)
    return Builder(function, (*named, config), place, steps)


def user_is(arguments: Arguments, place: Span) -> Value:
    """Neon's `authUid(column)`."""
    return SqlText(("(select auth.user_id() = ", arguments.get(0) or _missing(place), ")"), place)


def crud_policies(arguments: Arguments, place: Span) -> Value:
    """Neon's `crudPolicy({ role, read, modify })`: up to four policies."""
    config = arguments.get(0)
    if not isinstance(config, Record):
        return config if isinstance(config, Opaque) else Opaque("these policies are not known", place)
    role = config.get("role") or _missing(place)
    read, modify = (_condition(config.get(key), place) for key in ("read", "modify"))
    unknown = next((value for value in (role, read, modify) if isinstance(value, Opaque)), None)
    names = _role_names(role)
    if unknown is not None or names is None:
        return unknown or Opaque("this role is not known", role.place)
    made = (
        ("select", {"using": read}),
        ("insert", {"withCheck": modify}),
        ("update", {"using": modify, "withCheck": modify}),
        ("delete", {"using": modify}),
    )
    policies = (
        _policy(f"crud-{names}-policy-{command}", command, role, conditions, place) for command, conditions in made
    )
    return Array(tuple(policy for policy in policies if policy is not None), place)


def _missing(place: Span) -> Opaque:
    return Opaque("an argument is missing", place)


def _condition(value: Value | None, place: Span) -> Value | None:
    """The SQL of a condition, or None for `null`, which leaves the policy out."""
    if value is None:
        return _missing(place)
    if is_nothing(value):
        return None
    known = truth(value) if isinstance(value, Scalar) else None
    return value if known is None else SqlText(("true" if known else "false",), value.place)


def _role_names(role: Value) -> str | None:
    if isinstance(role, Array) and not role.unread:
        names = [_role_names(item) for item in role.items]
        return None if None in names else "-".join(name for name in names if name is not None)
    return text_of(role.arguments[0] if isinstance(role, Builder) and role.arguments else role)


def _policy(
    name: str, command: str, role: Value, conditions: Mapping[str, Value | None], place: Span
) -> Builder | None:
    stated = {key: Entry(value, value.place) for key, value in conditions.items() if value is not None}
    if len(stated) < len(conditions):
        return None
    entries = {"for": Entry(Scalar(command, place), place), "to": Entry(role, role.place), **stated}
    return Builder("pgPolicy", (Scalar(name, place), Record(entries, place)), place)
