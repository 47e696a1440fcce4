"""What is asked of GitHub is what GitHub's own description of its API allows."""

import json
from pathlib import Path

import pytest

from bot.conftest import Comment, commit, git, prisma
from bot.forge import Forge, Refusal
from ormistice.bot.api import RefusedError
from ormistice.bot.body import Telling, commented, marker
from ormistice.bot.comparing import Comparison
from ormistice.bot.surroundings import surroundings
from ormistice.bot.threads import GitHub, Outcome, settle
from ormistice.errors import AuditError
from reporters.reports import large

pytestmark = [pytest.mark.conformance, pytest.mark.usefixtures("project")]

MARKER = marker(None)
BODY = f"{MARKER}\n\nsomething\n"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("urllib3.util.retry.time.sleep", lambda _: None)


def thread(address: str) -> GitHub:
    given = {"GITHUB_REPOSITORY": "o/r", "GITHUB_TOKEN": "made-up", "GITHUB_API_URL": address}
    found = surroundings(given, 7).thread
    assert isinstance(found, GitHub)
    return found


def test_the_judge_refuses_what_is_wrong(forge: Forge) -> None:
    """Else the others would show nothing."""
    with pytest.raises(RefusedError):
        thread(forge.address).api.ask("POST", "/repos/o/r/issues/7/comments", {"bodi": "x"})

    assert [verdict.partition(" {")[0] for verdict in forge.invalid] == ["POST /repos/o/r/issues/7/comments: 422"]
    forge.invalid.clear()


def test_create_keep_update_resolve_and_delete(project: Path, comment: Comment, forge: Forge) -> None:
    assert "comment created" in comment().stderr
    assert "comment unchanged" in comment().stderr
    commit(project, "worse", schema_prisma=prisma("Restrict", "Restrict"))
    assert "comment updated" in comment().stderr
    commit(project, "mended", schema_prisma=prisma("Cascade", "Cascade"))
    assert "comment updated" in comment().stderr
    assert "comment deleted" in comment("--when-clean", "delete").stderr
    assert [request.split()[0] for request in forge.writes] == ["POST", "PATCH", "PATCH", "DELETE"]


def test_ours_behind_149_others(forge: Forge) -> None:
    for number in range(149):
        forge.say(f"comment {number}")
    forge.say(BODY)

    assert settle(thread(forge.address), MARKER, BODY + "more")[0] is Outcome.UPDATED
    assert forge.requests[:2] == ["GET /repos/o/r/issues/7/comments"] * 2


@pytest.mark.parametrize("status", [429, 502])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_then_success(status: int, method: str, comment: Comment, forge: Forge) -> None:
    forge.refusals.append(Refusal(method, status, {"Retry-After": "1"} if status == 429 else {}))

    assert "comment created" in comment().stderr
    assert len(forge.comments) == 1


def test_a_token_that_may_only_read(comment: Comment, forge: Forge, environment: Path) -> None:
    forge.refusals.append(Refusal("POST", 403, message="Resource not accessible by integration"))
    result = comment()

    assert result.exit_code == 1
    assert "::error file=db/schema.prisma" in result.stdout
    assert "1 introduced" in environment.read_text("utf-8")


@pytest.mark.parametrize("status", [403, 404])
def test_a_thread_that_cannot_be_read(status: int, comment: Comment, forge: Forge) -> None:
    forge.refusals.append(Refusal("GET", status))
    result = comment()

    assert forge.comments == []
    assert ("::error" in result.stdout) is (status == 403)
    assert isinstance(result.exception, AuditError if status == 404 else SystemExit)


def test_a_body_over_the_limit(forge: Forge) -> None:
    report = large()
    whole = Comparison(report, report.findings, base="0" * 40)
    long = commented(whole, Telling(MARKER), 1_000_000)
    kept = commented(whole, Telling(MARKER), GitHub.limit.fget(thread("")))

    assert len(long) > 65_536
    assert settle(thread(forge.address), MARKER, kept)[0] is Outcome.CREATED


def test_suggestions(project: Path, comment: Comment, monkeypatch: pytest.MonkeyPatch) -> None:
    head = git(project, "rev-parse", "HEAD")
    event = project.parent / "event.json"
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    repository = {"repo": {"full_name": "o/r"}}
    content = {"pull_request": {"head": {"sha": head, **repository}, "base": repository}}
    event.write_text(json.dumps(content), encoding="utf-8")

    assert "1 suggestion added" in comment("--suggest").stderr
    assert "0 suggestions added" in comment("--suggest").stderr


def test_the_examples_of_the_description_are_understood(prism: str) -> None:
    """Against the mock alone: its comments are GitHub's examples, and none of them is ours."""
    found = thread(prism)

    assert settle(found, MARKER, BODY)[0] is Outcome.CREATED
    example = next(found.api.pages("/repos/o/r/issues/7/comments"))
    assert settle(found, example["body"][:5], "other")[0] is Outcome.UPDATED
    assert settle(found, example["body"][:5], None)[0] is Outcome.DELETED
