"""Policies of row level security."""

from ormistice.model import Policy
from ormistice.settling import PolicyClauses
from ormistice.sources.drizzle.write_extras import Inside
from ormistice.sources.drizzle.write_lists import UnwritableError
from ormistice.sources.drizzle.write_values import sql_code


def policy_code(at: Inside, policy: Policy) -> str:
    """`pgPolicy(name, {...})`."""
    style, clauses = at.style, PolicyClauses.of(policy)
    rest = clauses.head
    kind, rest = _word(rest, "AS ")
    command, rest = _word(rest, "FOR ")
    if not rest.startswith("TO "):
        raise UnwritableError
    roles, rest = _roles(rest.removeprefix("TO "))
    entries = [f"as: {style.quoted(kind.lower())}"] if kind.upper() != "PERMISSIVE" else []
    entries += [f"for: {style.quoted(command.lower())}"] if command.upper() != "ALL" else []
    if roles != ["public"]:
        listed = [style.quoted(role) for role in roles]
        several = f"[{', '.join(listed)}]"
        entries.append(f"to: {listed[0] if len(listed) == 1 else several}")
    for key, expression in (("using", clauses.using), ("withCheck", clauses.check)):
        if expression is not None:
            entries.append(f"{key}: {sql_code(at.draft, at.loaded, expression, at.hidden)}")
    if rest:
        raise UnwritableError
    options = f", {style.braced(', '.join(entries))}" if entries else ""
    return f"{at.function('pgPolicy')}({style.quoted(policy.name)}{options})"


def _word(text: str, before: str) -> tuple[str, str]:
    if not text.startswith(before):
        raise UnwritableError
    word, _, rest = text.removeprefix(before).partition(" ")
    return word, rest


def _roles(text: str) -> tuple[list[str], str]:
    """Roles with commas between, in quotes or not, and what follows them."""
    roles: list[str] = []
    while True:
        if text.startswith('"'):
            end = next(
                (i for i in range(1, len(text)) if text[i] == '"' and text[i + 1 : i + 2] != '"' and _odd(text, i)), 0
            )
            roles.append(text[1:end].replace('""', '"'))
            text = text[end + 1 :]
        else:
            end = min((i for i, one in enumerate(text) if one in " ,"), default=len(text))
            roles.append(text[:end])
            text = text[end:]
        if not text.startswith(", "):
            return roles, text.removeprefix(" ")
        text = text.removeprefix(", ")


def _odd(text: str, at: int) -> bool:
    """Whether the quote at an offset ends the name, and is not the second of two."""
    before = len(text[1:at]) - len(text[1:at].rstrip('"'))
    return before % 2 == 0
