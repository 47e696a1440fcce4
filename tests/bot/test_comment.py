"""The command in a git repository: what is introduced, what is told, and what becomes of the comment."""

import subprocess
from pathlib import Path

import junitparser
import pytest
from typer.testing import CliRunner

from bot.conftest import CONFIG, DRIZZLE, TOKEN, Comment, commit, git, prisma
from bot.forge import Forge, Refusal
from ormistice.cli import app
from ormistice.errors import AuditError

pytestmark = pytest.mark.usefixtures("project")


def test_one_key_broken_and_one_mended(comment: Comment, forge: Forge) -> None:
    result = comment()

    (told,) = (item["body"] for item in forge.comments)
    assert result.exit_code == 1
    assert "**1 introduced, 1 fixed, 0 unchanged**" in told
    assert "❌ **on-delete-mismatch** `orders.user_id`, `db/schema.prisma:14:" in told
    assert "✅ fixed: **on-delete-mismatch** `carts.user_id`" in told
    assert "comment created: https://forge/c/1" in result.stderr
    assert "public.orders\n" in result.stdout
    assert "public.carts\n" not in result.stdout


def test_the_working_tree_is_left_as_it_was(project: Path, comment: Comment) -> None:
    comment()

    assert git(project, "status", "--porcelain") == ""
    assert git(project, "worktree", "list").count("\n") == 0


def test_the_same_once_more_changes_nothing(comment: Comment, forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    comment()
    monkeypatch.setenv("GITHUB_RUN_ID", "124")
    result = comment()

    assert len(forge.writes) == 1
    assert "comment unchanged" in result.stderr


def test_a_change_is_told_in_the_same_comment(project: Path, comment: Comment, forge: Forge) -> None:
    comment()
    commit(project, "more", schema_prisma=prisma("Restrict", "Restrict"))
    comment()

    (told,) = (item["body"] for item in forge.comments)
    assert [request.split()[0] for request in forge.writes] == ["POST", "PATCH"]
    assert "**1 introduced, 0 fixed, 1 unchanged**" in told


@pytest.mark.parametrize(("wish", "written"), [("resolve", ["POST", "PATCH"]), ("delete", ["POST", "DELETE"])])
def test_resolved(wish: str, written: list[str], project: Path, comment: Comment, forge: Forge) -> None:
    comment()
    commit(project, "mended", schema_prisma=prisma("Cascade", "Cascade"))
    result = comment("--when-clean", wish)

    assert result.exit_code == 0
    assert [request.split()[0] for request in forge.writes] == written
    assert [("resolved" in item["body"], "1 fixed" in item["body"]) for item in forge.comments] == (
        [(True, True)] if wish == "resolve" else []
    )


def test_in_junit_what_is_introduced_fails_and_what_was_wrong_before_passes(project: Path, comment: Comment) -> None:
    commit(project, "more", schema_prisma=prisma("Restrict", "Restrict"))
    result = comment("--output", "junit.xml")
    cases = [case for suite in junitparser.JUnitXml.fromstring(Path("junit.xml").read_bytes()) for case in suite]

    name = "on-delete-mismatch: {}.user_id"
    assert result.exit_code == 1
    assert [case.name for case in cases if not case.is_passed] == [name.format("orders")]
    assert name.format("carts") + " (error)" in [case.name for case in cases if case.is_passed]


def test_where_nothing_is_introduced_nothing_is_written(project: Path, comment: Comment, forge: Forge) -> None:
    """What main has wrong does not fail a change that has nothing to do with it."""
    commit(project, "back", schema_prisma=prisma("Cascade", "Restrict"))
    result = comment()

    assert (result.exit_code, forge.writes) == (0, [])


def test_without_a_base_all_of_it_counts(comment: Comment, forge: Forge) -> None:
    result = comment(base=None)

    assert result.exit_code == 1
    assert "introduces" not in forge.comments[0]["body"]
    assert "The whole report" in forge.comments[0]["body"]


def test_the_base_of_the_job_is_the_default(comment: Comment, forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    comment(base=None)

    assert "1 introduced, 1 fixed" in forge.comments[0]["body"]


def test_a_source_that_the_base_lacks(project: Path, comment: Comment, forge: Forge) -> None:
    git(project, "switch", "--quiet", "main")
    commit(project, "no prisma yet", schema_prisma=None)
    git(project, "switch", "--quiet", "--create", "later")
    commit(project, "prisma", schema_prisma=prisma("Restrict", "Cascade"))
    result = comment()

    assert result.exit_code == 1
    assert "Not read at the base" in forge.comments[0]["body"]
    assert "schema.prisma" in forge.comments[0]["body"]
    assert "1 introduced, 0 fixed, 0 unchanged" in forge.comments[0]["body"]


def test_two_of_three_sources_are_compared_where_the_third_is_new(
    project: Path, comment: Comment, forge: Forge
) -> None:
    third = '\n[[sources]]\nname = "copy"\nlocation = "drizzle:db/copy.ts"\n'
    git(project, "switch", "--quiet", "main")
    git(project, "switch", "--quiet", "--create", "third")
    (project / "db/copy.ts").write_text(DRIZZLE.replace("cascade", "restrict"), encoding="utf-8")
    commit(project, "third", config=CONFIG + third)
    comment()

    told = forge.comments[0]["body"]
    assert "**2 introduced, 0 fixed, 0 unchanged**" in told, "the key of carts has a new outlier"
    assert "`copy`" in told


def test_a_base_that_is_not_there(comment: Comment, forge: Forge) -> None:
    result = comment(base="nowhere")

    assert isinstance(result.exception, AuditError)
    assert "nowhere" in result.exception.message
    assert "fetch-depth" in (result.exception.hint or "")
    assert forge.requests == []


def test_names_beginning_like_options_are_no_options(comment: Comment) -> None:
    assert isinstance(comment(base="--all").exception, AuditError)


def test_absolute_locations_mean_the_base_as_well(project: Path, comment: Comment, forge: Forge) -> None:
    comment(f"prisma:{project}/db/schema.prisma", f"drizzle:{project}/db/schema.ts", "--authority", "drizzle")

    assert "1 introduced, 1 fixed" in forge.comments[0]["body"]


def test_from_a_folder_inside_the_repository(
    project: Path, comment: Comment, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project / "db")
    comment("schema.prisma", "schema.ts", "--authority", "drizzle")

    assert "1 introduced, 1 fixed" in forge.comments[0]["body"]


def test_a_baseline_hides_what_is_known_on_both_sides(comment: Comment, forge: Forge) -> None:
    CliRunner().invoke(app, ["audit", "--baseline", "known.json", "--update-baseline"])
    result = comment("--baseline", "known.json")

    assert (result.exit_code, forge.writes) == (0, [])


def test_a_token_that_may_only_read(comment: Comment, forge: Forge, environment: Path) -> None:
    forge.refusals.append(Refusal("POST", 403, message="Resource not accessible by integration"))
    result = comment()

    assert result.exit_code == 1
    assert "::error file=db/schema.prisma,line=14," in result.stdout
    assert "may not write comments" in result.stderr
    assert "1 introduced, 1 fixed" in environment.read_text("utf-8")
    assert "may not write comments" in environment.read_text("utf-8")


def test_a_pull_request_that_does_not_exist(comment: Comment, forge: Forge) -> None:
    forge.refusals.append(Refusal("GET", 404, message="Not Found"))
    result = comment()

    assert isinstance(result.exception, AuditError)
    assert result.exception.message == "o/r#7: not found, or hidden from this token"


def test_the_summary_of_the_job_has_it_as_well(comment: Comment, environment: Path) -> None:
    comment()

    assert "1 introduced, 1 fixed" in environment.read_text("utf-8")


@pytest.mark.usefixtures("stranger")
def test_a_stranger_cannot_say_what_is_read(project: Path, comment: Comment, forge: Forge) -> None:
    """The configuration of the head would connect to a server of the stranger's."""
    commit(project, "evil", config=CONFIG + '\n[[sources]]\nlocation = "postgresql://127.0.0.1:1/x"\n')
    result = comment()

    assert result.exit_code == 1
    assert "1 introduced, 1 fixed" in forge.comments[0]["body"]
    assert "nothing of it was executed" in forge.comments[0]["body"]


@pytest.mark.usefixtures("stranger")
def test_nothing_of_a_stranger_is_executed(project: Path, comment: Comment, forge: Forge, tmp_path: Path) -> None:
    trap = tmp_path / "executed"
    models = (
        f"import pathlib\npathlib.Path({str(trap)!r}).touch()\n"
        "from sqlmodel import Field, SQLModel\n\n\n"
        "class Users(SQLModel, table=True):\n    __tablename__ = 'users'\n    id: int = Field(primary_key=True)\n"
    )
    (project / "db/models.py").write_text(models, encoding="utf-8")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "models")
    hook = project / ".git/hooks/post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\necho hook > {trap}\n", encoding="utf-8")
    hook.chmod(0o755)
    comment("prisma:db/schema.prisma", "sqlmodel:db/models.py")

    assert not trap.exists()
    assert "nothing of it was executed" in forge.comments[0]["body"]


@pytest.mark.usefixtures("stranger")
def test_a_stranger_has_no_file_of_the_machine_quoted(
    project: Path, comment: Comment, forge: Forge, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.prisma"
    (project / "db/schema.prisma").rename(outside)
    (project / "db/schema.prisma").symlink_to(outside)
    result = comment()

    assert isinstance(result.exception, AuditError)
    assert "files of the repository alone" in result.exception.message
    assert forge.requests == []


@pytest.mark.usefixtures("stranger")
def test_a_stranger_without_a_base(comment: Comment, forge: Forge) -> None:
    refused = comment(base=None)
    comment("prisma:db/schema.prisma", "drizzle:db/schema.ts", base=None)

    assert isinstance(refused.exception, AuditError)
    assert "name the base" in (refused.exception.hint or "")
    assert "nothing of it was executed" in forge.comments[0]["body"]


@pytest.mark.usefixtures("stranger")
def test_migrations_of_a_stranger_that_are_programs_are_left_out(project: Path, comment: Comment, forge: Forge) -> None:
    (project / "alembic").mkdir()
    (project / "alembic.ini").write_text("[alembic]\nscript_location = alembic\n", encoding="utf-8")
    (project / "alembic/env.py").write_text("raise SystemExit\n", encoding="utf-8")
    comment("migrations:alembic", "prisma:db/schema.prisma", "drizzle=drizzle:db/schema.ts")

    assert "programs, and were left out" in forge.comments[0]["body"]


def test_a_merge_request_of_gitlab(comment: Comment, forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"GITLAB_CI": "true", "CI_API_V4_URL": forge.address, "CI_PROJECT_ID": "42", "GITLAB_TOKEN": TOKEN}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    result = comment("--output", "gl-code-quality-report.json")

    assert forge.requests == ["GET /projects/42/merge_requests/7/notes", "POST /projects/42/merge_requests/7/notes"]
    assert "1 introduced, 1 fixed" in forge.comments[0]["body"]
    assert '"check_name": "on-delete-mismatch"' in Path("gl-code-quality-report.json").read_text("utf-8")
    forge.refusals.append(Refusal("GET", 403))
    assert "::error" not in comment().stdout
    assert result.exit_code == 1


def test_the_same_models_are_executed_where_they_are_ours(project: Path, comment: Comment, tmp_path: Path) -> None:
    """Else the test before this one would show nothing."""
    trap = tmp_path / "executed"
    models = f"import pathlib\npathlib.Path({str(trap)!r}).touch()\nfrom sqlmodel import SQLModel\n"
    (project / "db/models.py").write_text(models, encoding="utf-8")
    comment("prisma:db/schema.prisma", "sqlmodel:db/models.py", base=None)

    assert trap.exists()


def test_suggestions_on_changed_lines_are_made_once(
    project: Path, comment: Comment, forge: Forge, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    head = git(project, "rev-parse", "HEAD")
    event = tmp_path / "event.json"
    event.write_text(f'{{"pull_request": {{"number": 7, "head": {{"sha": "{head}", "repo": {{"full_name": "o/r"}}}},'
                     ' "base": {"repo": {"full_name": "o/r"}}}}', encoding="utf-8")  # fmt: skip
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    first, second = comment("--suggest"), comment("--suggest")

    (review,) = forge.reviews
    (suggestion,) = review["comments"]
    assert (review["commit_id"], review["event"]) == (head, "COMMENT")
    assert (suggestion["path"], suggestion["line"], suggestion["side"]) == ("db/schema.prisma", 14, "RIGHT")
    assert (
        "```suggestion\n  user    users @relation(fields: [user_id], references: [id], onDelete: Cascade)\n```"
        in suggestion["body"]
    )
    assert ("1 suggestion added" in first.stderr, "0 suggestions added" in second.stderr) == (True, True)


def test_no_suggestion_where_the_line_was_not_changed(
    project: Path, comment: Comment, forge: Forge, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The change breaks the key in Drizzle's authority; what is to be mended is a line of Prisma's that it did not touch."""
    git(project, "switch", "--quiet", "main")
    git(project, "switch", "--quiet", "--create", "other")
    head = commit(project, "other", schema_ts=DRIZZLE.replace("cascade", "restrict", 1))
    event = tmp_path / "event.json"
    event.write_text(f'{{"pull_request": {{"head": {{"sha": "{head}"}}}}}}', encoding="utf-8")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    monkeypatch.setattr("ormistice.bot.surroundings._same_repository", lambda _: True)
    comment("--suggest")

    assert len(forge.comments) == 1
    assert forge.reviews == []


@pytest.mark.parametrize(
    ("unset", "words"),
    [("GITHUB_TOKEN", "GITHUB_TOKEN is not set"), ("GITHUB_REPOSITORY", "neither GITHUB_REPOSITORY nor")],
)
def test_what_the_environment_lacks(unset: str, words: str, comment: Comment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(unset)
    result = comment()

    assert isinstance(result.exception, AuditError)
    assert words in result.exception.message


def test_in_a_shallow_clone(
    project: Path, comment: Comment, forge: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shallow = tmp_path / "shallow"
    subprocess.run(
        ["git", "clone", "--quiet", "--depth", "1", "--branch", "change", f"file://{project}", str(shallow)], check=True
    )
    monkeypatch.chdir(shallow)
    result = comment()

    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    comment(base=None)

    assert isinstance(result.exception, AuditError)
    assert "fetch-depth" in (result.exception.hint or "")
    assert "Not compared with main" in forge.comments[0]["body"]
