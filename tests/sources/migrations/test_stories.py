"""Whole histories, as teams have them: what is told of each is what they would want to have known."""

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

    assert [(problem.place.file.split("/")[-2], problem.message) for problem in schema.problems] == [
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
