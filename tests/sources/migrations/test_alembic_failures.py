"""What an Alembic migration fails with: told as what it is, and no more is lost than that."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ormistice.errors import AuditError
from ormistice.model import ProblemKind, Table
from ormistice.names import QualifiedName
from ormistice.sources import SourceRequest
from ormistice.sources.migrations import SOURCES

ENV = """
import {before}
from alembic import context
from sqlalchemy import engine_from_config, pool
engine = engine_from_config({{"sqlalchemy.url": "postgresql://db.invalid/x"}}, poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""
T = 'op.create_table("{}", sa.Column("id", sa.Integer, primary_key=True))'


@pytest.fixture
def history(tmp_path):
    """A history of such bodies of `upgrade`, in one line after the other; what is above `---` is at module level."""

    def make(*bodies, before="os"):
        versions = tmp_path / "migr" / "versions"
        versions.mkdir(parents=True)
        (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = migr\n")
        (tmp_path / "migr" / "env.py").write_text(ENV.format(before=before))
        for at, body in enumerate(bodies, 1):
            above, _, inside = body.rpartition("---\n")
            lines = "".join(f"    {line}\n" for line in inside.splitlines())
            (versions / f"m{at}.py").write_text(
                f"from alembic import op\nimport sqlalchemy as sa\n{above}revision = 'm{at}'\n"
                f"down_revision = {f'm{at - 1}' if at > 1 else None!r}\ndef upgrade():\n{lines}\ndef downgrade():\n    pass\n"
            )
        return SOURCES[0].open(SourceRequest("history", "migrations", (".",), tmp_path, python=sys.executable))

    return make


def told(schema):
    return [
        (problem.kind.value, problem.message, schema.document(problem.place.file).position(problem.place.start).line)
        for problem in schema.problems
    ]


def tables(schema):
    return [table.name.name for table in schema.tables]


def test_an_error_of_python_is_told_as_what_it_is_and_the_rest_is_replayed(history, tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "models.py").write_text("class Here: pass\n")
    schema = history(
        T.format("a"),
        "import not_to_be_had\n---\n" + T.format("b"),
        "from sqlalchemy import not_in_this_version",
        "from shop.models import Gone",
        "import os\nos.environ['THE_SHOPS_KEY']",
        "import shop.gone\n---\n" + T.format("c"),
        "op.bind_to_nothing()",
        "1 / 0",
        T.format("d"),
    ).load()

    fails, unread = ProblemKind.MIGRATION_FAILS.value, ProblemKind.UNSUPPORTED_CONSTRUCT.value
    assert told(schema) == [
        (
            unread,
            "the migration cannot be followed here: ModuleNotFoundError: No module named 'not_to_be_had'; "
            f"`not_to_be_had` is not installed in {sys.executable}: name the application's own Python with --python",
            3,
        ),
        (
            unread,
            "the migration cannot be followed here: ImportError: cannot import name 'not_in_this_version' from 'sqlalchemy'; "
            f"{sys.executable} has another version of `sqlalchemy`: name the application's own Python with --python",
            6,
        ),
        (
            fails,
            "the migration fails: ImportError: cannot import name 'Gone' from 'shop.models' "
            f"({tmp_path / 'shop' / 'models.py'}); `shop.models` no longer has it",
            6,
        ),
        (
            unread,
            "the migration cannot be followed here: KeyError: 'THE_SHOPS_KEY'; "
            "set `THE_SHOPS_KEY`, and name it in `pass_env` if its value matters",
            7,
        ),
        (
            fails,
            "the migration fails: ModuleNotFoundError: No module named 'shop.gone'; "
            "the project has no module `shop.gone` any more",
            3,
        ),
        (
            unread,
            "the migration cannot be followed here: AttributeError: module 'alembic.op' has no attribute 'bind_to_nothing'; "
            f"{sys.executable} has another version of `alembic`: name the application's own Python with --python",
            6,
        ),
        (fails, "the migration fails: ZeroDivisionError: division by zero", 6),
    ]
    assert tables(schema) == ["a", "d"]
    assert Table in schema.unread


def test_what_a_migration_that_was_passed_over_creates_is_not_said_to_be_created_by_nobody(history):
    schema = history(
        f"import not_to_be_had\n---\n{T.format('b')}\nop.rename_table('b', 'c')",
        'op.add_column("c", sa.Column("x", sa.Integer))\n'
        'op.add_column("b", sa.Column("x", sa.Integer))\nop.add_column("nowhere", sa.Column("x", sa.Integer))',
    ).load()

    assert [(kind, message.partition(": ")[2]) for kind, message, _ in told(schema)][1:] == [
        ("migration-fails", 'relation "nowhere" does not exist; no migration creates `nowhere`'),
    ]


def test_a_migration_that_goes_on_in_a_transaction_that_has_failed_costs_itself_alone(history):
    """It has caught the exception, and Alembic cannot note that it has run."""
    schema = history(
        T.format("a"),
        f"{T.format('b')}\ntry:\n    op.drop_table('nowhere')\nexcept Exception:\n    pass",
        T.format("c"),
    ).load()

    assert told(schema) == [
        (
            "migration-fails",
            "the migration fails: current transaction is aborted, commands ignored until end of transaction block",
            1,
        )
    ]
    assert tables(schema) == ["a", "c"]


def test_env_py_may_set_up_what_migrations_import(history, tmp_path):
    (tmp_path / "set_up.py").write_text(
        "import sys, types\nsys.modules['made_by_env'] = types.ModuleType('made_by_env')\n"
    )
    schema = history("import made_by_env\n---\n" + T.format("a"), before="set_up").load()

    assert (schema.problems, tables(schema)) == ((), ["a"])


def test_a_revision_that_cannot_be_read_is_refused_with_its_place(history):
    found = history(T.format("a"), "x = = 1\n---\n" + T.format("b"))
    with pytest.raises(AuditError, match=r"m2.py:3: SyntaxError: invalid syntax"):
        found.load()


def test_an_import_that_the_project_itself_cannot_serve_is_not_taken_for_a_missing_package(history, tmp_path):
    (tmp_path / "set_up.py").write_text("")
    (problem,) = history(T.format("a"), before="set_up; from set_up import gone").load().problems

    assert problem.message == (
        f"ImportError: cannot import name 'gone' from 'set_up' ({tmp_path / 'set_up.py'}); "
        "the migrations are run without env.py; `set_up` no longer has it"
    )


def test_what_the_project_itself_would_install_is_there(history, tmp_path):
    (tmp_path / "src" / "shop").mkdir(parents=True)
    (tmp_path / "src" / "shop" / "__init__.py").touch()
    (tmp_path / "pyproject.toml").touch()

    assert history("import shop\n---\n" + T.format("a"), before="shop").load().problems == ()


def test_a_failure_costs_its_statement_alone(history):
    """A migration is tried again without it; what it did outside of any transaction is not done twice."""
    schema = history(
        "op.execute(\"CREATE TYPE e AS ENUM ('a')\")\n" + T.format("a"),
        T.format("b")
        + "\nwith op.get_context().autocommit_block():\n    op.execute(\"ALTER TYPE e ADD VALUE 'b'\")"
        + "\n    op.execute('CREATE INDEX CONCURRENTLY i ON a (id)')"
        + '\nop.add_column("nowhere", sa.Column("x", sa.Integer))\nop.add_column("a", sa.Column("x", sa.Integer))'
        + '\nop.execute("ALTER TABLE a ADD y int; ALTER TABLE nowhere ADD y int; ALTER TABLE b ADD y int")',
    ).load()

    assert [(message, line) for _, message, line in told(schema)] == [
        ('the migration fails: relation "nowhere" does not exist; no migration creates `nowhere`', 10)
    ]
    assert [[column.name for column in table.columns] for table in schema.tables] == [["id", "x", "y"], ["id", "y"]]
    assert [len(table.indexes) for table in schema.tables] == [1, 0]
    assert [label.value for label in schema.enums[0].labels] == ["a", "b"]


def test_what_it_reads_from_what_failed_is_a_consequence(history):
    schema = history(
        f"{T.format('a')}\nop.execute('CREATE TABLE b (x nowhere)')\nsa.inspect(op.get_bind()).get_columns('b')[0]"
    ).load()

    assert len(schema.problems) == 1
    assert tables(schema) == []
    assert Table in schema.unread


def test_what_is_presupposed_is_told_once(history):
    """As in a history of SQL: platforms, roles, extensions and functions."""
    added = 'op.add_column("a", sa.Column("{}", sa.{}, server_default=sa.text("{}")))\n'
    schema = history(
        'op.create_table("a", sa.Column("id", sa.UUID, sa.ForeignKey("auth.users.id"), '
        'server_default=sa.text("uuid_generate_v4()")))\n'
        "op.execute('CREATE POLICY p ON a TO authenticated USING (auth.uid() = id)')\n"
        "op.execute('CREATE INDEX ON storage.objects (name)')",
        added.format("b", "LargeBinary", "gen_random_bytes(8)") + "op.execute('ALTER TABLE a ADD v vector(3)')",
        added.format("c", "Text", "mine(1)") + added.format("d", "Date", "born()"),
        "op.execute('CREATE EXTENSION vector')\nop.execute('CREATE EXTENSION not_to_be_had')\n" + T.format("b"),
    ).load()

    presupposed = "the migration presupposes the extension `{}`, which no migration creates: "
    fails = "the migration fails: "
    assert told(schema) == [
        (
            "migration-fails",
            presupposed.format("uuid-ossp") + "function uuid_generate_v4() does not exist",
            6,
        ),
        (
            "migration-fails",
            presupposed.format("pgcrypto") + "function gen_random_bytes(integer) does not exist",
            6,
        ),
        (
            "migration-fails",
            fails + 'type "vector" does not exist; the extension `vector` is created by the later migration `m4`',
            7,
        ),
        ("migration-fails", fails + "function mine(integer) does not exist; no migration creates `mine`", 6),
        ("migration-fails", fails + "function born() does not exist; no migration creates `born`", 7),
        (
            "unsupported-construct",
            'the migration cannot be followed here: extension "not_to_be_had" is not available',
            7,
        ),
    ]
    a = schema.table(QualifiedName("public", "a"))
    assert [column.name for column in a.columns] == ["id", "b", "v", "c", "d"]
    assert len(a.foreign_keys) == 1
    assert tables(schema) == ["a", "b"]


def test_the_schema_of_an_extension_is_looked_through(history):
    schema = history(
        "op.execute('CREATE EXTENSION \"uuid-ossp\" WITH SCHEMA extensions')",
        'op.create_table("a", sa.Column("id", sa.UUID, server_default=sa.text("uuid_generate_v4()")), '
        'sa.Column("b", sa.UUID, server_default=sa.text("extensions.uuid_generate_v4()")))',
    ).load()

    assert schema.problems == ()
    assert len({str(column.default.value) for column in schema.tables[0].columns}) == 1


def test_who_owns_what_does_not_matter(history):
    """The owner's rights are what a foreign key is checked with, and who grants them is passed over."""
    schema = history(
        "op.execute('BEGIN; CREATE SCHEMA s; CREATE TABLE s.t (id int PRIMARY KEY); ALTER TABLE s.t OWNER TO shop;"
        "ALTER SCHEMA s OWNER TO shop; CREATE TABLE u (id int REFERENCES s.t); ALTER TABLE u OWNER TO other; COMMIT;')\n"
        "op.execute('ALTER TABLE u OWNER TO other;')\n"
        "op.execute('INSERT INTO s.t VALUES (1)')\nop.execute('INSERT INTO u VALUES (1)')"
    ).load()

    assert schema.problems == ()


def test_a_column_that_is_renamed_may_be_called_owner(history):
    schema = history(
        f"{T.format('t')}\nop.add_column('t', sa.Column('owner', sa.Text))",
        "op.alter_column('t', 'owner', new_column_name='login')",
    ).load()

    assert schema.problems == ()
    assert [column.name for column in schema.tables[0].columns] == ["id", "login"]


def test_nothing_is_claimed_of_tables_that_a_migration_speaks_of_which_was_passed_over(history, tmp_path):
    """It would have renamed one and altered another; a third is as it was."""
    (tmp_path / "models.py").write_text(
        "from sqlalchemy import *\nmetadata = MetaData()\n"
        "Table('new', metadata, Column('id', Integer, primary_key=True), Column('more', Text))\n"
        "Table('b', metadata, Column('id', BigInteger, primary_key=True), Column('r', ForeignKey('new.id'), nullable=False))\n"
        "Table('c', metadata, Column('id', BigInteger, primary_key=True), Column('r', ForeignKey('new.id')))\n"
    )
    key = ", sa.Column('r', sa.Integer, sa.ForeignKey('old.id')))"
    history(
        f"{T.format('old')}\n{T.format('b')[:-1]}{key}\n{T.format('c')[:-1]}{key}",
        "import not_to_be_had\n---\nop.rename_table('old', 'new')\nop.execute('ALTER TABLE b ALTER id TYPE bigint')",
    )
    program = str(Path(sys.executable).with_name("ormistice"))
    command = [program, "audit", "migrations:.", "sqlalchemy:models.py", "--format", "json"]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    found = [finding for finding in json.loads(answer.stdout)["findings"] if finding["severity"] != "info"]

    assert [(finding["rule"], finding["table"]) for finding in found] == [("column-type-mismatch", "public.c")]
