import io
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from alembic import command
from alembic.config import Config

from ormistice.errors import AuditError
from ormistice.model import ProblemKind
from ormistice.names import QualifiedName
from ormistice.sources import SourceRequest
from ormistice.sources.migrations import SOURCES

INI = "[alembic]\nscript_location = migr\nsqlalchemy.url = postgresql://nobody:hunter2@db.invalid/production\n"
ENV = """
from alembic import context
from sqlalchemy import engine_from_config, pool
config = context.config
def run():
    engine = engine_from_config(config.get_section(config.config_ini_section), prefix="sqlalchemy.", poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=None)
        with context.begin_transaction():
            context.run_migrations()
if context.is_offline_mode():
    raise SystemExit("not offline")
run()
"""
HEAD = "from alembic import op\nimport sqlalchemy as sa\nrevision = {revision!r}\ndown_revision = {down!r}\n"
USERS = 'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True))'


def revision(name, down, body):
    lines = "".join(f"    {line}\n" for line in body.strip("\n").splitlines())
    return HEAD.format(revision=name, down=down) + f"def upgrade():\n{lines}def downgrade():\n    pass\n"


@pytest.fixture
def project(tmp_path):
    def make(env, *revisions):
        (tmp_path / "migr" / "versions").mkdir(parents=True)
        (tmp_path / "alembic.ini").write_text(INI)
        (tmp_path / "migr" / "env.py").write_text(env)
        down = None
        for name, body in revisions:
            (tmp_path / "migr" / "versions" / f"{name}.py").write_text(revision(name, down, body))
            down = name
        return source(tmp_path)

    return make


def source(path, target="."):
    return SOURCES[0].open(SourceRequest("history", "migrations", (target,), path, python=sys.executable))


@pytest.mark.parametrize("target", [".", "migr", "alembic.ini"])
def test_revisions_are_applied_in_order(project, tmp_path, target):
    project(ENV, ("b", USERS), ("a", 'op.add_column("users", sa.Column("name", sa.Text))'))
    schema = source(tmp_path, target).load()

    assert [table.name for table in schema.tables] == [QualifiedName("public", "users")]
    assert [column.name for column in schema.tables[0].columns] == ["id", "name"]
    assert schema.problems == ()


def test_the_root_and_the_parts_of_a_project_are_recognised(project, tmp_path):
    project(ENV, ("a", USERS))

    assert SOURCES[0].recognises("alembic.ini", tmp_path)
    assert SOURCES[0].recognises("migr", tmp_path)
    assert not SOURCES[0].recognises("migr/versions", tmp_path)


def test_a_revision_that_fails_is_placed_and_the_next_is_tried(project):
    found = project(
        ENV,
        ("first", USERS),
        (
            "second",
            'op.add_column("users", sa.Column("name", sa.Text))\nop.add_column(\n    "orders",\n    sa.Column("x", sa.Integer),\n)',
        ),
        ("third", 'print("noise")\nop.create_table("orders", sa.Column("id", sa.Integer, sa.ForeignKey("users.id")))'),
    )
    schema = found.load()
    (problem,) = schema.problems
    document = schema.document(problem.place.file)

    assert problem.message == (
        'the migration fails: relation "orders" does not exist; `orders` is created by the later migration `third`'
    )
    assert document.path.endswith("second.py")
    assert document.text[problem.place.start : problem.place.end].startswith('op.add_column(\n        "orders"')
    assert [table.name.name for table in schema.tables] == ["orders", "users"]
    assert len(schema.table(QualifiedName("public", "users")).columns) == 2


def test_an_exception_of_python_is_a_failure_of_the_migration_too(project):
    (problem,) = project(ENV, ("a", USERS + "\n1 / 0")).load().problems

    assert problem.message == "the migration fails: ZeroDivisionError: division by zero"


def test_missing_extensions_and_roles_are_no_obstacle(project):
    schema = project(
        ENV,
        ("a", "op.execute('CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\"')\nop.execute('CREATE EXTENSION pgcrypto')"),
        ("b", 'op.create_table("t", sa.Column("id", sa.UUID, server_default=sa.text("uuid_generate_v4()")))'),
        ("c", 'op.execute("GRANT SELECT ON t TO somebody")'),
    ).load()

    assert schema.problems == ()
    assert str(schema.tables[0].columns[0].default.value) == "public.uuid_generate_v4()"


ENGINES = {
    "create_engine": "from sqlalchemy import create_engine\nengine = create_engine({url!r}, connect_args={{'connect_timeout': 3}})",
    "keyword": "import sqlalchemy\nengine = sqlalchemy.create_engine(url={url!r})",
    "from config": "from sqlalchemy import engine_from_config\nengine = engine_from_config({{'sqlalchemy.url': {url!r}}})",
    "creator": "import psycopg, sqlalchemy\n"
    "engine = sqlalchemy.create_engine('postgresql+psycopg://', creator=lambda: psycopg.connect({url!r}))",
    "listener": "import psycopg, sqlalchemy\nfrom sqlalchemy import event\n"
    "engine = sqlalchemy.create_engine('postgresql+psycopg://')\n"
    "event.listen(engine, 'do_connect', lambda *_: psycopg.connect({url!r}))",
    "parameters": "import sqlalchemy\nfrom sqlalchemy import event\nengine = sqlalchemy.create_engine('postgresql+psycopg://')\n"
    "@event.listens_for(engine, 'do_connect')\n"
    "def elsewhere(dialect, record, arguments, options):\n    options.clear()\n    options['conninfo'] = {url!r}",
    "sqlite": "import sqlalchemy\nengine = sqlalchemy.create_engine('sqlite:///elsewhere.db', connect_args={{'check_same_thread': False}})",
    "driver": "import psycopg, sqlalchemy\nwith psycopg.connect({url!r}, autocommit=True) as c:\n"
    "    c.execute('CREATE TABLE IF NOT EXISTS made_by_the_driver (a int)')\nengine = sqlalchemy.create_engine({url!r})",
    "class": "import psycopg, sqlalchemy\nwith psycopg.Connection.connect({url!r}, autocommit=True) as c:\n"
    "    c.execute('CREATE TABLE IF NOT EXISTS made_by_the_driver (a int)')\nengine = sqlalchemy.create_engine({url!r})",
}
WITH_ENGINE = """
from alembic import context
{engine}
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
ASYNCHRONOUS = """
import asyncio
from alembic import context
from sqlalchemy.ext.asyncio import {maker}
def run(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
async def main():
    engine = {call}
    async with engine.connect() as connection:
        await connection.run_sync(run)
    await engine.dispose()
asyncio.run(main())
"""
ASYNC_ENGINES = {
    "create_async_engine": ("create_async_engine", "create_async_engine({url!r}, connect_args={{'timeout': 3}})"),
    "async_engine_from_config": ("async_engine_from_config", "async_engine_from_config({{'sqlalchemy.url': {url!r}}})"),
}


def tables_of(url):
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall()


@pytest.mark.parametrize("way", sorted(ENGINES))
def test_a_replay_never_reaches_the_database_that_env_py_names(project, new_database, way):
    """The database that env.py names is real, empty, reachable, and empty afterwards."""
    real = new_database()
    schema = project(WITH_ENGINE.format(engine=ENGINES[way].format(url=real)), ("a", USERS)).load()

    assert tables_of(real) == []
    assert "users" in [table.name.name for table in schema.tables]
    assert schema.problems == ()


@pytest.mark.parametrize("way", sorted(ASYNC_ENGINES))
def test_an_asynchronous_replay_never_reaches_it_either(project, new_database, way):
    real = new_database()
    maker, call = ASYNC_ENGINES[way]
    url = real.replace("postgresql://", "postgresql+asyncpg://")
    schema = project(ASYNCHRONOUS.format(maker=maker, call=call.format(url=url)), ("a", USERS)).load()

    assert tables_of(real) == []
    assert [table.name.name for table in schema.tables] == ["users"]


def test_a_connection_that_got_elsewhere_nevertheless_is_refused(project, new_database):
    """A driver's inner function, which nobody redirects, is what is left to an env.py that is bent on it."""
    real = new_database()
    parts = urlsplit(real)
    env = WITH_ENGINE.format(
        engine="import psycopg, sqlalchemy\nfrom psycopg import generators\nfrom psycopg.pq import PGconn\n"
        f"def inner():\n    pgconn = PGconn.connect({real!r}.encode())\n    return psycopg.Connection(pgconn)\n"
        "engine = sqlalchemy.create_engine('postgresql+psycopg://')\n"
        "sqlalchemy.event.listen(engine, 'do_connect', lambda *_: inner())"
    )
    with pytest.raises(AuditError, match=parts.path.lstrip("/")):
        project(env, ("a", USERS)).load()

    assert tables_of(real) == []


@pytest.mark.parametrize(
    ("env", "reason"),
    [
        (
            "\nimport nowhere_at_all\n" + ENV,
            f"ModuleNotFoundError: No module named 'nowhere_at_all'; the migrations are run without env.py; "
            f"`nowhere_at_all` is not installed in {sys.executable}: name the application's own Python with --python",
        ),
        (
            "import sys\nsys.exit('no database')\n" + ENV,
            "SystemExit: no database; the migrations are run without env.py",
        ),
        (
            "import os\nos.environ['SHOP']\n" + ENV,
            "KeyError: 'SHOP'; the migrations are run without env.py; "
            "set `SHOP`, and name it in `pass_env` if its value matters",
        ),
        (
            "import pydantic\npydantic.create_model('S', shop=(int, ...), a=(str, ...))()\n" + ENV,
            "ValidationError: 2 validation errors for S; the migrations are run without env.py; "
            "set A, SHOP, and name them in `pass_env` if their values matter",
        ),
    ],
)
def test_without_an_environment_the_migrations_are_run_plainly(project, env, reason):
    schema = project(env, ("a", USERS), ("b", 'op.add_column("users", sa.Column("name", sa.Text))')).load()
    (problem,) = schema.problems

    assert (problem.kind, problem.message) == (ProblemKind.IMPORT_FAILS, reason)
    assert schema.document(problem.place.file).position(problem.place.start).line == 2
    assert [column.name for column in schema.tables[0].columns] == ["id", "name"]


@pytest.mark.parametrize(
    "reading",
    [
        "config.set_main_option('sqlalchemy.url', os.getenv('DATABASE_URL'))",
        "os.environ['APP_DB_URI'].replace('postgres:', 'postgresql:')",
        "f\"postgresql://{os.environ['DB_USER']}@{os.environ['DB_HOST']}:{int(os.getenv('DB_PORT'))}/x\"",
        "import pydantic\npydantic.create_model('S', secret_key=(str, ...), database_url=(str, ...))(**"
        "{name.lower(): value for name, value in os.environ.items()})",
    ],
)
def test_env_py_is_given_a_database_that_it_asks_its_environment_for(project, monkeypatch, reading):
    for name in ("DATABASE_URL", "SECRET_KEY", "APP_DB_URI", "DB_USER", "DB_HOST", "DB_PORT"):
        monkeypatch.delenv(name, raising=False)
    naming = "import sqlalchemy\nnamed = sqlalchemy.MetaData(naming_convention={'pk': 'pk_%(table_name)s'})\n"
    env = ENV.replace("target_metadata=None", "target_metadata=named").replace(
        "config = context.config\n", f"config = context.config\nimport os\n{naming}{reading}\n"
    )
    schema = project(env, ("a", USERS)).load()

    assert schema.problems == ()
    assert [table.primary_key.name.value for table in schema.tables] == ["pk_users"]


def test_what_was_given_to_env_py_in_vain_is_taken_back(project, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    env = "import os\nos.environ['DATABASE_URL']\nraise ValueError('no')\n" + ENV
    schema = project(
        env, ("a", USERS), ("b", "import os\nif 'DATABASE_URL' not in os.environ: op.drop_table('users')")
    ).load()
    problem, *_ = schema.problems

    assert problem.message.startswith("KeyError: 'DATABASE_URL'; the migrations are run without env.py")
    assert schema.tables == ()


def test_what_a_migration_reads_that_env_py_would_have_set_up_is_not_its_own_fault(project):
    created = 'op.create_table("t", sa.Column("id", sa.Integer), schema="made_by_env")'
    prefix = "op.get_context().opts['prefix']"
    schema = project("import nowhere_at_all\n" + ENV, ("a", prefix), ("b", created), ("c", USERS + "\n" + USERS)).load()

    assert [problem.message for problem in schema.problems][1:] == [
        "the migration cannot be followed here: KeyError: 'prefix'",
        'the migration cannot be followed here: schema "made_by_env" does not exist; no migration creates `made_by_env`',
        'the migration cannot be followed here: relation "users" already exists',
    ]


def test_what_env_py_asks_the_database_for_is_its_own_affair(project):
    with pytest.raises(AuditError, match=r'env.py:\d+: .*relation "nothing" does not exist'):
        project(
            ENV.replace("context.configure", "connection.exec_driver_sql('TABLE nothing')\n        context.configure"),
            ("a", USERS),
        ).load()


def test_credentials_are_not_handed_on(project, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hunter2@db.invalid/production")
    monkeypatch.setenv("API_TOKEN", "hunter2hunter2hunter2")
    env = "import os\nassert 'hunter2' not in str(dict(os.environ))\n" + ENV

    assert project(env, ("a", USERS)).load().problems == ()


def test_the_books_of_alembic_are_left_out_whatever_they_are_called(project):
    env = ENV.replace("target_metadata=None", "version_table='books'")

    assert [table.name.name for table in project(env, ("a", USERS)).load().tables] == ["users"]


def test_two_heads_are_both_applied(project, tmp_path):
    found = project(ENV, ("a", USERS))
    (tmp_path / "migr" / "versions" / "b.py").write_text(
        revision("b", "a", 'op.create_table("b", sa.Column("id", sa.Integer))')
    )
    (tmp_path / "migr" / "versions" / "c.py").write_text(
        revision("c", "a", 'op.create_table("c", sa.Column("id", sa.Integer))')
    )

    assert [table.name.name for table in found.load().tables] == ["b", "c", "users"]


FLASK_APPLICATION = """
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
db = SQLAlchemy()
class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
def create_app():
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = {url!r}
    db.init_app(app)
    Migrate(app, db)
    return app
"""
FLASK_ENV = """
from alembic import context
from flask import current_app
def engine():
    return current_app.extensions["migrate"].db.engine
context.config.set_main_option("sqlalchemy.url", engine().url.render_as_string(hide_password=False).replace("%", "%%"))
with engine().connect() as connection:
    context.configure(connection=connection, target_metadata=current_app.extensions["migrate"].db.metadata)
    with context.begin_transaction():
        context.run_migrations()
"""


@pytest.mark.parametrize("target", [".", "migrations"])
def test_flask_migrate_is_given_its_application_and_kept_from_its_database(tmp_path, new_database, target):
    real = new_database()
    (tmp_path / "migrations" / "versions").mkdir(parents=True)
    (tmp_path / "app.py").write_text(FLASK_APPLICATION.format(url=real))
    (tmp_path / "migrations" / "alembic.ini").write_text("[alembic]\n")
    (tmp_path / "migrations" / "env.py").write_text(FLASK_ENV)
    (tmp_path / "migrations" / "versions" / "a.py").write_text(revision("a", None, USERS))
    schema = source(tmp_path, target).load()

    assert [table.name.name for table in schema.tables] == ["users"]
    assert tables_of(real) == []


def test_the_url_may_be_set_as_it_was_read(tmp_path):
    """ConfigParser takes percent signs for its own."""
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text(
        "from alembic import context\nimport sqlalchemy\nconfig = context.config\n"
        'config.set_main_option("sqlalchemy.url", config.get_main_option("sqlalchemy.url"))\n'
        'with sqlalchemy.create_engine(config.get_main_option("sqlalchemy.url")).connect() as connection:\n'
        "    context.configure(connection=connection)\n"
        "    with context.begin_transaction():\n        context.run_migrations()\n"
    )
    (tmp_path / "versions" / "a.py").write_text(revision("a", None, USERS))
    schema = source(tmp_path, ".").load()

    assert ([table.name.name for table in schema.tables], schema.problems) == (["users"], ())


@pytest.mark.parametrize("location", ["pkg/db", "%(here)s", "pkg:db"])
@pytest.mark.parametrize("target", ["pkg/db", "pkg/db/alembic.ini"])
def test_scripts_are_found_from_the_folder_that_alembic_is_run_in(tmp_path, location, target):
    folder = tmp_path / "pkg" / "db"
    (folder / "versions").mkdir(parents=True)
    (tmp_path / "pkg" / "__init__.py").touch()
    (tmp_path / "models.py").write_text("metadata = None\n")
    (folder / "alembic.ini").write_text(f"[alembic]\nscript_location = {location}\n")
    absolute = location.startswith("%")
    (folder / "env.py").write_text(("" if absolute else "import models\n") + ENV)
    (folder / "versions" / "a.py").write_text(revision("a", None, USERS))

    assert [table.name.name for table in source(tmp_path, target).load().tables] == ["users"]


def test_a_broken_configuration_is_one_line(tmp_path):
    (tmp_path / "alembic.ini").write_text("script_location = x\n")
    with pytest.raises(AuditError, match=r"alembic.ini: File contains no section headers"):
        source(tmp_path).load()


def undoing(name, down, up, undo):
    return revision(name, down, up).replace("def downgrade():\n    pass\n", f"def downgrade():\n    {undo}\n")


@pytest.mark.parametrize(
    ("up", "undo", "expected"),
    [
        ('op.add_column("users", sa.Column("x", sa.Text))', 'op.drop_column("users", "x")', []),
        ('op.add_column("users", sa.Column("x", sa.Text))', "pass", ["`downgrade` leaves column `public.users.x`"]),
        (
            'op.add_column("users", sa.Column("x", sa.Text))\nop.create_table("t", sa.Column("i", sa.Integer))',
            'op.drop_column("users", "x")',
            [
                "`downgrade` leaves table `public.t`",
                'cannot be applied again after it was undone: relation "t" already exists',
            ],
        ),
        (
            'sa.Enum("a", name="e").create(op.get_bind())\nop.add_column("users", sa.Column("x", sa.Text))',
            'op.drop_column("users", "x")',
            [
                "`downgrade` leaves enum `public.e`",
                'cannot be applied again after it was undone: type "e" already exists',
            ],
        ),
        (
            'op.alter_column("users", "k", nullable=False)',
            'op.alter_column("users", "k", type_=sa.String(9))',
            ["`downgrade` does not restore column `public.users.k`"],
        ),
        ('op.drop_column("users", "k")', "pass", ["`downgrade` does not bring back column `public.users.k`"]),
        ("pass", "raise NotImplementedError('never')", ["cannot be undone: NotImplementedError: never"]),
        ("pass", 'op.drop_table("nowhere")', ['cannot be undone: table "nowhere" does not exist']),
    ],
)
def test_a_way_back_that_leads_elsewhere_is_told(project, tmp_path, up, undo, expected):
    users = 'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("k", sa.Text))'
    found = project(ENV, ("a", users))
    (tmp_path / "migr" / "versions" / "a.py").write_text(undoing("a", None, users, 'op.drop_table("users")'))
    (tmp_path / "migr" / "versions" / "b.py").write_text(undoing("b", "a", up, undo))

    assert [o.message for o in found.observations(back=True) if o.rule == "irreversible-migration"] == expected


@pytest.mark.parametrize("engines", [("engine1", "engine2"), ("one", "other_one", "third")])
def test_a_history_of_several_databases_is_replayed_whole(tmp_path, engines):
    """As Alembic's own template `multidb` makes it."""
    config = Config(str(tmp_path / "alembic.ini"), stdout=io.StringIO())
    command.init(config, str(tmp_path / "migr"), template="multidb")
    sections = "".join(f"[{name}]\nsqlalchemy.url = postgresql://db.invalid/{name}\n" for name in engines)
    (tmp_path / "alembic.ini").write_text(
        f"[alembic]\nscript_location = {tmp_path}/migr\ndatabases = {', '.join(engines)}\n{sections}"
    )
    script = command.revision(Config(str(tmp_path / "alembic.ini"), stdout=io.StringIO()), "first", rev_id="a")
    path = Path(script.path)
    for name in engines:
        made = f'op.create_table("{name}s", sa.Column("id", sa.Integer, primary_key=True))'
        path.write_text(path.read_text().replace(f'"""Upgrade {name} schema."""\n    pass', made))
    schema = source(tmp_path).load()

    assert sorted(table.name.name for table in schema.tables) == sorted(f"{name}s" for name in engines)
    assert schema.problems == ()


def test_what_alembic_puts_in_a_schema_that_nothing_creates_is_read(project):
    table = 'op.create_table("{}", sa.Column("id", sa.Integer, primary_key=True), schema="codes")'
    schema = project(ENV, ("a", table.format("first")), ("b", table.format("second"))).load()

    assert [str(each.name) for each in schema.tables] == ["codes.first", "codes.second"]
    assert [each.message for each in schema.problems] == [
        'the migration fails: schema "codes" does not exist; no migration creates `codes`'
    ]
