"""Findings about a history point into its files."""

from ormistice.names import QualifiedName
from ormistice.sources import SourceRequest
from ormistice.sources.migrations import SOURCES
from ormistice.sources.migrations.python_places import python_places
from ormistice.text import Document

REVISION = """
from alembic import op
import sqlalchemy as sa

def upgrade():
    op.create_table(
        "users",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("größe", sa.Text), sa.Column("up", sa.Integer, sa.ForeignKey("users.id")),
        sa.UniqueConstraint("id", "up"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk")),
    )
    op.add_column("users", sa.Column("late", sa.Text), schema="other")
    op.create_index(op.f("ix"), "users", ["up"])
    op.create_foreign_key("fk", "users", "users", ["up"], ["id"])
    if True:
        with op.batch_alter_table("orders", schema=None) as batch:
            batch.add_column(sa.Column("x", sa.Text))
            batch.create_unique_constraint("uq", ["x"])
    op.execute(sa.text("CREATE TABLE raw (a int, b int)"))

def downgrade():
    op.create_table("never", sa.Column("id", sa.Integer))
"""


def test_what_a_revision_declares_is_placed_in_it():
    found = {
        key: " ".join(REVISION[span.start : span.end].split())
        for key, span in python_places(Document("a.py", REVISION)).items()
    }
    derived = {key: text for key, text in found.items() if key[0] == "constraint"}

    assert {
        key: text for key, text in found.items() if key[0] != "constraint" and not text.startswith("op.create_table")
    } == {
        ("column", "public.users.id"): 'sa.Column("id", sa.Integer, primary_key=True)',
        ("column", "public.users.größe"): 'sa.Column("größe", sa.Text)',
        ("column", "public.users.up"): 'sa.Column("up", sa.Integer, sa.ForeignKey("users.id"))',
        ("column", "other.users.late"): 'sa.Column("late", sa.Text)',
        ("index", "public.ix"): 'op.create_index(op.f("ix"), "users", ["up"])',
        ("column", "public.orders.x"): 'sa.Column("x", sa.Text)',
        ("table", "public.raw"): 'op.execute(sa.text("CREATE TABLE raw (a int, b int)"))',
        ("column", "public.raw.a"): 'op.execute(sa.text("CREATE TABLE raw (a int, b int)"))',
        ("column", "public.raw.b"): 'op.execute(sa.text("CREATE TABLE raw (a int, b int)"))',
    }
    assert found["table", "public.users"].endswith('name=op.f("pk")), )')
    assert (
        derived["constraint", "public.users.users_up_fkey"] == 'sa.Column("up", sa.Integer, sa.ForeignKey("users.id"))'
    )
    assert derived["constraint", "public.users.users_id_up_key"] == 'sa.UniqueConstraint("id", "up")'
    assert derived["constraint", "public.users.pk"].startswith("sa.PrimaryKeyConstraint")
    assert derived["constraint", "public.users.fk"].startswith('op.create_foreign_key("fk"')
    assert derived["constraint", "public.orders.uq"].startswith("batch.create_unique_constraint")


def test_what_later_migrations_say_again_is_placed_there(tmp_path):
    (tmp_path / "1.sql").write_text(
        "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a_id int CONSTRAINT k REFERENCES a);"
    )
    (tmp_path / "2.sql").write_text("ALTER TABLE b DROP CONSTRAINT k; ALTER TABLE a ADD COLUMN x int;")
    (tmp_path / "3.sql").write_text(
        "-- again\nALTER TABLE b ADD CONSTRAINT k FOREIGN KEY (a_id) REFERENCES a ON DELETE CASCADE;"
    )
    schema = SOURCES[0].open(SourceRequest("history", "migrations", (".",), tmp_path)).load()
    a, b = (schema.table(QualifiedName("public", name)) for name in "ab")
    places = (b.place, b.foreign_keys[0].place, a.columns[0].place, a.columns[1].place)

    assert [place.file[-5:] for place in places] == ["1.sql", "3.sql", "1.sql", "2.sql"]
