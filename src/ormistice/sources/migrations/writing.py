"""New migrations in the form and place of each tool, so that the project's own tool runs them next.

Forms: an Alembic revision (1.x), a folder of Prisma Migrate, a file and journal entry of drizzle-kit 0.x or a folder of
its 1.0, and plain SQL, numbered on.
"""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ormistice.errors import AuditError
from ormistice.sources import shown
from ormistice.sources.migrations.folders import sql_migrations
from ormistice.sources.migrations.revisions import project
from ormistice.sources.postgres.statements import bare

_BIND = re.compile(r"(?<![:\w\\]):(?=\w)")
_NUMBER = re.compile(r"^([0-9]+)")
_LOCK = 'provider = "postgresql"\n'


@dataclass(frozen=True, slots=True)
class NewMigration:
    """What is to be written. `up` and `down` are statements in order; `down` None: there is no way back.

    `heads` are the Alembic revisions that it follows; `slug` names it in file names.
    """

    up: tuple[str, ...]
    down: tuple[str, ...] | None
    slug: str
    heads: tuple[str, ...] = ()
    now: datetime | None = None

    @property
    def time(self) -> datetime:
        """When it is made."""
        return self.now or datetime.now(tz=UTC)


Written = tuple[tuple[Path, str], ...]
"""Files and their whole text; one may be there already."""


def alembic(folder: Path, new: NewMigration) -> Written:
    """A revision that follows the head; its id is made of its statements, so that the same one is not made twice."""
    found = project(folder)
    if found is None:
        raise AuditError(f"{shown(folder)}: no Alembic environment", "name its folder with --to, or run alembic init")
    if len(new.heads) > 1:
        raise AuditError(f"{shown(folder)}: {len(new.heads)} heads, {', '.join(new.heads)}", "alembic merge heads")
    revision = hashlib.sha256("\0".join((*new.heads, *new.up)).encode()).hexdigest()[:12]
    path = found.scripts / "versions" / f"{revision}_{new.slug}.py"
    before = new.heads[0] if new.heads else None
    title = new.slug.replace("_", " ").capitalize()
    text = (
        f'"""{title}.\n\nRevision ID: {revision}\nRevises: {before or ""}\n'
        f'Create Date: {new.time:%Y-%m-%d %H:%M:%S}\n"""\n\nfrom alembic import op\n\n'
        f"revision = {_quoted(revision)}\ndown_revision = {_quoted(before) if before else None}\n"
        "branch_labels = None\ndepends_on = None\n\n\n"
        f"def upgrade() -> None:\n{_operations(new.up)}\n\n\ndef downgrade() -> None:\n"
    )
    if new.down is None:
        return ((path, text + '    raise RuntimeError("this migration has no way back")\n'),)
    return ((path, text + _operations(new.down) + "\n"),)


def _operations(statements: Sequence[str]) -> str:
    return "\n".join(f"    op.execute({_literal(statement)})" for statement in statements) or "    pass"


def _literal(statement: str) -> str:
    """SQL as Python text; a colon in front of a word would be a parameter to SQLAlchemy."""
    text = _BIND.sub(r"\\:", statement)
    if "\\" in text or '"""' in text:
        return _quoted(text)
    return f'\n        """\n{text}\n        """\n    ' if "\n" in text or '"' in text else f'"{text}"'


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def prisma(folder: Path, new: NewMigration) -> Written:
    """A folder that sorts behind the others, named by the time."""
    path = folder / _behind(folder, new) / "migration.sql"
    lock = folder / "migration_lock.toml"
    return ((path, _script(new.up)), *([] if lock.exists() else [(lock, _LOCK)]))


def drizzle(folder: Path, new: NewMigration) -> Written:
    """A file with an entry in the journal, or a folder of drizzle-kit 1.0 where there are such."""
    journal = folder / "meta" / "_journal.json"
    if not journal.is_file():
        return ((folder / _behind(folder, new) / "migration.sql", _broken(new.up)),)
    content = json.loads(journal.read_text("utf-8"))
    entries = content["entries"]
    number = max((entry.get("idx", -1) for entry in entries), default=-1) + 1
    when = max([int(new.time.timestamp() * 1000), *(entry.get("when", 0) + 1 for entry in entries)])
    version = entries[-1].get("version", "7") if entries else "7"
    tag = f"{number:04d}_{new.slug}"
    entries.append({"idx": number, "version": version, "when": when, "tag": tag, "breakpoints": True})
    return ((folder / f"{tag}.sql", _broken(new.up)), (journal, json.dumps(content, indent=2) + "\n"))


def sql(folder: Path, new: NewMigration) -> Written:
    """A file that is numbered on from the last, as wide as it."""
    last = [migration.path.name for migration in sql_migrations(folder)] if folder.is_dir() else []
    number = next((found[1] for name in reversed(last) if (found := _NUMBER.match(name))), "0000")
    name = f"{int(number) + 1:0{len(number)}d}_{new.slug}"
    down = () if new.down is None else ((folder / f"{name}.down.sql", _script(new.down)),)
    up = folder / (f"{name}.up.sql" if any(other.endswith(".up.sql") for other in last) else f"{name}.sql")
    return ((up, _script(new.up)), *(down if up.name.endswith(".up.sql") else ()))


FORMS: dict[str, Callable[[Path, NewMigration], Written]] = {
    "alembic": alembic,
    "prisma": prisma,
    "drizzle": drizzle,
    "sql": sql,
}


def _behind(folder: Path, new: NewMigration) -> str:
    """A name of time and slug that sorts behind every folder that is there."""
    last = max((path.name for path in folder.iterdir() if path.is_dir()), default="") if folder.is_dir() else ""
    stamp = f"{new.time:%Y%m%d%H%M%S}"
    found = _NUMBER.match(last)
    if found is not None and len(found[1]) == len(stamp) and found[1] >= stamp:
        stamp = str(int(found[1]) + 1)
    return f"{stamp}_{new.slug}"


def _script(statements: Sequence[str]) -> str:
    return "".join(f"{statement.rstrip(';')};\n" for statement in statements)


def _broken(statements: Sequence[str]) -> str:
    """Statements parted as drizzle-kit runs them one by one; a comment alone would be an empty one."""
    shown_ones = (f"{statement.rstrip(';')};" for statement in statements if bare(statement))
    return "\n--> statement-breakpoint\n".join(shown_ones) + "\n"
