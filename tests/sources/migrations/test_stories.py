"""Whole histories, as teams have them: what is told of each is what they would want to have known."""

from ormistice.model import ProblemKind
from ormistice.sources import SourceRequest
from ormistice.sources.migrations import SOURCES


def test_a_generated_migration_drops_what_a_hand_written_one_made_and_two_sort_before_what_they_need(tmp_path):
    """Three mistakes of one Prisma project, each told with both migrations."""
    steps = {
        "20250101000000_init": 'CREATE TABLE "User" ("id" TEXT NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));',
        "20250110_add_plan_limits": 'ALTER TABLE "Plan" ADD COLUMN "limit" INTEGER;',
        "20250110_add_plan_prices": 'CREATE TABLE "Price" ("planId" TEXT REFERENCES "Plan"("id"));',
        "20250115000000_plans": 'CREATE TABLE "Plan" ("id" TEXT NOT NULL PRIMARY KEY);',
        "20250120000000_audit_by_hand": 'CREATE TABLE "AuditLog" ("id" TEXT NOT NULL PRIMARY KEY, "at" TIMESTAMP(3));',
        "20250125000000_add_email": '-- DropTable\nDROP TABLE "AuditLog";\n\n-- AlterTable\nALTER TABLE "User" ADD COLUMN "email" TEXT;',
    }
    for name, text in steps.items():
        (tmp_path / "migrations" / name).mkdir(parents=True)
        (tmp_path / "migrations" / name / "migration.sql").write_text(text)
    history = SOURCES[0].open(SourceRequest("history", "migrations", ("migrations",), tmp_path))
    schema = history.load()
    (loss,) = history.observations()

    failing = [problem for problem in schema.problems if problem.kind is ProblemKind.MIGRATION_FAILS]
    assert [(problem.place.file.split("/")[-2], problem.message) for problem in failing] == [
        (
            "20250110_add_plan_limits",
            'the migration fails: relation "Plan" does not exist; `Plan` is created by the later migration `20250115000000_plans`',
        ),
        (
            "20250110_add_plan_prices",
            'the migration fails: relation "Plan" does not exist; `Plan` is created by the later migration `20250115000000_plans`',
        ),
    ]
    assert loss.place.file.split("/")[-2] == "20250125000000_add_email"
    assert (
        loss.message
        == 'drops the table `public."AuditLog"`, which the migration `20250120000000_audit_by_hand` created'
    )
    assert loss.related[0][0].file.split("/")[-2] == "20250120000000_audit_by_hand"


ENV = """
from alembic import context
import sqlalchemy
with sqlalchemy.create_engine("postgresql://").connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
BLOCKED = """
from alembic import op
import sqlalchemy as sa
revision = "{name}"
down_revision = {down!r}


def upgrade():
    {up}
    # The table of subscriptions to add-ons doesn't exist yet.
    # {waiting}


def downgrade():
    pass
"""


def test_two_migrations_wait_in_comments_for_a_table_that_nobody_makes(tmp_path):
    """What was postponed until a table is there is told with the table, as long as it is postponed."""
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text(ENV)
    first = BLOCKED.format(
        name="stripe", down=None, up='op.create_table("member", sa.Column("id", sa.Integer))',
        waiting='op.add_column("addon_subscription", sa.Column("stripe_id", sa.String(255)))',
    )  # fmt: skip
    second = BLOCKED.format(
        name="rename", down="stripe", up='op.add_column("member", sa.Column("provider", sa.Text))',
        waiting='op.alter_column("addon_subscription", "stripe_id", new_column_name="provider_id")',
    )  # fmt: skip
    for name, text in (("stripe", first), ("rename", second)):
        (tmp_path / "versions" / f"{name}.py").write_text(text)
    history = SOURCES[0].open(SourceRequest("history", "migrations", (".",), tmp_path))
    documents = {document.path: document for document in history.load().documents}
    found = [
        (o.place.file.split("/")[-1], documents[o.place.file].position(o.place.start).line, o.message)
        for o in history.observations()
    ]

    assert found == [
        ("rename.py", 11, "`op.alter_column` is commented out; `addon_subscription` does not exist"),
        ("stripe.py", 11, "`op.add_column` is commented out; `addon_subscription` does not exist"),
    ]
