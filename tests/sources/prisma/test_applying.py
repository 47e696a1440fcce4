"""What `ormistice fix --apply` makes of a schema in the end is one that Prisma takes, however its parts come together."""

import subprocess
import sys
from pathlib import Path

TABLES = """
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE items (
  id integer PRIMARY KEY,
  confirmed_by integer REFERENCES users,
  responsible_id integer REFERENCES users,
  updated_by integer NOT NULL REFERENCES users
);
"""
MODELS = """datasource db {
  provider = "postgresql"
}

model users {
  id Int @id
}

model items {
  id             Int  @id
  confirmed_by   Int?
  responsible_id Int?
  updated_by     Int
}
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from ormistice.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_several_keys_to_one_table_are_told_apart_by_the_names_of_their_relations(tmp_path: Path) -> None:
    (tmp_path / "database.sql").write_text(TABLES, "utf-8")
    (tmp_path / "schema.prisma").write_text(MODELS, "utf-8")

    applied = run(tmp_path, "fix", "database.sql", "schema.prisma", "--apply")
    text = (tmp_path / "schema.prisma").read_text("utf-8")

    assert applied.returncode == 0, applied.stderr
    assert run(tmp_path, "audit", "database.sql", "schema.prisma", "--fail-on", "info").returncode == 0
    forward = [line.split() for line in text.splitlines() if "fields:" in line]
    assert [line[1] for line in forward] == ["users?", "users?", "users"]
    assert len({line[2] for line in forward}) == 3, text
    assert text.count("items[]") == 3, text


def test_the_last_model_of_an_enum_goes_and_then_the_enum(tmp_path: Path) -> None:
    (tmp_path / "database.sql").write_text("CREATE TABLE kept (id integer PRIMARY KEY);", "utf-8")
    head = 'datasource db {\n  provider = "postgresql"\n}\n\nmodel kept {\n  id Int @id\n}\n'
    gone = "".join(f"\nmodel {name} {{\n  id Int @id\n  mood Mood\n}}\n" for name in ("first", "second"))
    (tmp_path / "schema.prisma").write_text(f"{head}{gone}\nenum Mood {{\n  GOOD\n}}\n", "utf-8")

    applied = run(tmp_path, "fix", "database.sql", "schema.prisma", "--towards", "sql", "--unsafe", "--apply")

    assert applied.returncode == 0, applied.stderr
    assert (tmp_path / "schema.prisma").read_text("utf-8") == head


def test_a_type_that_several_new_tables_need_is_created_once(tmp_path: Path) -> None:
    tables = "".join(f"model {name} {{\n  id Int @id\n  mood Mood\n}}\n" for name in ("first", "second"))
    (tmp_path / "database.sql").write_text("CREATE TABLE kept (id integer PRIMARY KEY);", "utf-8")
    (tmp_path / "schema.prisma").write_text(
        f'datasource db {{\n  provider = "postgresql"\n}}\nmodel kept {{\n  id Int @id\n}}\n{tables}'
        "enum Mood {\n  GOOD\n}\n",
        "utf-8",
    )

    shown = run(tmp_path, "fix", "database.sql", "schema.prisma", "--towards", "prisma").stdout

    assert (shown.count("CREATE TABLE"), shown.count("CREATE TYPE")) == (2, 1), shown
    (tmp_path / "database.sql").write_text((tmp_path / "database.sql").read_text("utf-8") + shown, "utf-8")
    assert run(tmp_path, "audit", "database.sql", "schema.prisma", "--fail-on", "info").returncode == 0
