"""The comment at the forge: found among many, written once, and what is done where the forge refuses."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.forge import Forge, Refusal
from ormistice.bot.api import Api, RefusedError
from ormistice.bot.surroundings import surroundings
from ormistice.bot.threads import GitHub, GitLab, Outcome, settle
from ormistice.errors import AuditError

MARKER = "<!-- ormistice:report -->"
BODY = f"{MARKER}\n\nsomething\n"
TOKEN = "ghp_verysecrettoken"  # noqa: S105 - made up


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """How long was waited, in place of waiting."""
    found: list[float] = []
    monkeypatch.setattr("urllib3.util.retry.time.sleep", found.append)
    return found


def api(forge: Forge) -> Api:
    return Api(forge.address, {"Authorization": f"Bearer {TOKEN}"}, TOKEN)


@pytest.fixture(params=["github", "gitlab"])
def thread(request: pytest.FixtureRequest, forge: Forge) -> GitHub | GitLab:
    return GitHub(api(forge), "o/r", 7) if request.param == "github" else GitLab(api(forge), "42", 7)


def test_created_kept_updated_and_deleted(thread: GitHub | GitLab, forge: Forge) -> None:
    def told(body: str | None) -> tuple[Outcome, list[str]]:
        return settle(thread, MARKER, body)[0], [item["body"] for item in forge.comments]

    for comment in forge.comments:
        comment["author"] = {"id": 99}

    assert told(None) == (Outcome.NOTHING, [])
    assert told(BODY) == (Outcome.CREATED, [BODY])
    forge.comments[0]["author"] = {"id": 99}
    forge.comments[0]["body"] = BODY.replace("\n", "\r\n").strip()
    assert told(BODY)[0] is Outcome.UNCHANGED
    assert told(BODY + "more") == (Outcome.UPDATED, [BODY + "more"])
    assert told(None) == (Outcome.DELETED, [])


@pytest.mark.parametrize("links", [True, False])
def test_ours_is_found_behind_149_others(*, links: bool, thread: GitHub | GitLab, forge: Forge) -> None:
    forge.links = links
    for number in range(149):
        forge.say(f"comment {number}, > {MARKER} quoted", author={"id": 1})
    forge.say(BODY, author={"id": 99})

    assert settle(thread, MARKER, BODY)[0] is Outcome.UNCHANGED
    assert forge.writes == []


def test_a_whole_last_page_is_not_the_end_of_it_without_links(forge: Forge) -> None:
    forge.links = False
    for _ in range(100):
        forge.say("other")

    assert settle(GitHub(api(forge), "o/r", 7), MARKER, BODY)[0] is Outcome.CREATED


def test_one_that_was_deleted_in_the_meantime_is_written_again(thread: GitHub | GitLab, forge: Forge) -> None:
    forge.say(BODY, author={"id": 99})
    verb = "PATCH" if isinstance(thread, GitHub) else "PUT"
    forge.refusals += [Refusal(verb, 404), Refusal("DELETE", 404)]

    assert settle(thread, MARKER, BODY + "more")[0] is Outcome.CREATED
    assert settle(thread, MARKER, None)[0] is Outcome.DELETED


def test_a_stranger_who_copies_the_marker_is_left_alone(forge: Forge) -> None:
    forge.say(BODY, user={"type": "User", "login": "x"}, author_association="NONE")
    outcome, _ = settle(GitHub(api(forge), "o/r", 7), MARKER, BODY)

    assert outcome is Outcome.CREATED
    forge.comments[1] |= {"user": {"type": "Bot"}, "author_association": "NONE"}
    assert settle(GitHub(api(forge), "o/r", 7), MARKER, None)[0] is Outcome.DELETED
    assert len(forge.comments) == 1


def test_anothers_note_is_left_alone(forge: Forge) -> None:
    forge.say(BODY, author={"id": 5})

    assert settle(GitLab(api(forge), "42", 7), MARKER, BODY)[0] is Outcome.CREATED


@pytest.mark.parametrize(
    ("refused", "waited"),
    [
        ((429, {"Retry-After": "3"}, ""), 3),
        ((403, {"Retry-After": "7"}, "You have exceeded a secondary rate limit"), 7),
        ((403, {}, "You have exceeded a secondary rate limit"), 60),
        ((429, {}, ""), 1),
        ((503, {"Retry-After": "2"}, ""), 2),
        ((429, {"Retry-After": "soon"}, ""), 1),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_too_much_is_tried_again_in_time(
    refused: tuple[int, dict[str, str], str], waited: float, method: str, forge: Forge, waits: list[float]
) -> None:
    forge.refusals.append(Refusal(method, *refused))
    outcome, _ = settle(GitHub(api(forge), "o/r", 7), MARKER, BODY)

    assert outcome is Outcome.CREATED
    # What may have been created is looked for before it is tried again.
    assert sum(waits) == (1 if (method, refused[0]) == ("POST", 503) else waited)
    assert len(forge.comments) == 1


def test_the_reset_of_the_rate_is_waited_for(forge: Forge, waits: list[float]) -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 20)}
    forge.refusals.append(Refusal("GET", 403, headers, "API rate limit exceeded"))
    settle(GitHub(api(forge), "o/r", 7), MARKER, BODY)

    assert 18 <= sum(waits) <= 20


def test_nobody_waits_for_an_hour(forge: Forge, waits: list[float]) -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 3600)}
    forge.refusals.append(Refusal("GET", 403, headers, "API rate limit exceeded"))
    with pytest.raises(RefusedError) as refused:
        settle(GitHub(api(forge), "o/r", 7), MARKER, BODY)

    assert (refused.value.status, waits) == (403, [])


@pytest.mark.usefixtures("waits")
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_broken_gateway_is_tried_again(status: int, thread: GitHub | GitLab, forge: Forge) -> None:
    forge.refusals += [Refusal("GET", status), Refusal("GET", status), Refusal("POST", status)]

    assert settle(thread, MARKER, BODY)[0] is Outcome.CREATED
    assert [item["body"] for item in forge.comments] == [BODY]


@pytest.mark.usefixtures("waits")
def test_what_a_broken_gateway_has_done_is_not_done_twice(forge: Forge) -> None:
    forge.refusals.append(Refusal("POST", 502, done=True))
    settle(GitHub(api(forge), "o/r", 7), MARKER, BODY)

    assert len(forge.comments) == 1
    assert len(forge.writes) == 1


@pytest.mark.usefixtures("waits")
def test_a_gateway_that_stays_broken_is_told(forge: Forge) -> None:
    forge.refusals += [Refusal("GET", 502, message=f"what about {TOKEN}")] * 9
    with pytest.raises(RefusedError, match=r"what about \*\*\*"):
        settle(GitHub(api(forge), "o/r", 7), MARKER, BODY)

    assert len(forge.requests) == 6


def test_a_refusal_is_not_tried_again(thread: GitHub | GitLab, forge: Forge, waits: list[float]) -> None:
    forge.refusals.append(Refusal("POST", 403, message="Resource not accessible by integration"))
    with pytest.raises(RefusedError, match="not accessible") as refused:
        settle(thread, MARKER, BODY)

    assert (refused.value.status, len(forge.writes), waits) == (403, 1, [])


@pytest.mark.usefixtures("waits")
def test_a_forge_that_is_not_there() -> None:
    gone = Api("http://127.0.0.1:1", {"Authorization": f"Bearer {TOKEN}"}, TOKEN)
    with pytest.raises(AuditError, match=r"127\.0\.0\.1:1: cannot be reached: .*refused") as error:
        settle(GitHub(gone, "o/r", 7), MARKER, BODY)

    assert TOKEN not in f"{error.value.message}{error.value!r}{gone!r}"


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("address", ["api.github.com", "ftp://example.com", "nonsense"])
def test_what_is_no_address_is_asked_for_nothing(address: str) -> None:
    with pytest.raises(AuditError, match=f"^{address}: not the address of an API$"):
        settle(GitHub(Api(address, {}, TOKEN), "o/r", 7), MARKER, BODY)


def test_addresses_of_runs_are_no_difference(forge: Forge) -> None:
    runs = "https://github.test/o/r/actions/runs/"
    thread = GitHub(api(forge), "o/r", 7)
    settle(thread, MARKER, f"{BODY} [all]({runs}1)", runs)

    assert settle(thread, MARKER, f"{BODY} [all]({runs}22)", runs)[0] is Outcome.UNCHANGED
    assert settle(thread, MARKER, f"{BODY} [more]({runs}22)", runs)[0] is Outcome.UPDATED


GITHUB = {"GITHUB_REPOSITORY": "o/r", "GITHUB_TOKEN": TOKEN}
GITLAB = {
    "GITLAB_CI": "true",
    "CI_API_V4_URL": "https://gitlab.test/api/v4",
    "CI_PROJECT_ID": "42",
    "GITLAB_TOKEN": TOKEN,
}


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "é"])
def test_what_is_no_token_is_not_repeated(token: str) -> None:
    with pytest.raises(AuditError, match="GITHUB_TOKEN: this is no token") as error:
        surroundings(GITHUB | {"GITHUB_TOKEN": token}, 7)

    assert token not in error.value.message


def test_the_addresses_of_an_enterprise_server() -> None:
    given = {"GITHUB_API_URL": "https://ghe.test/api/v3", "GITHUB_SERVER_URL": "https://ghe.test", "GITHUB_RUN_ID": "5"}
    found = surroundings(GITHUB | given, 7)

    assert found.thread.api.address == "https://ghe.test/api/v3"
    assert found.run == "https://ghe.test/o/r/actions/runs/5"


def test_the_merge_request_of_a_pipeline() -> None:
    more = {"CI_MERGE_REQUEST_IID": "7", "CI_MERGE_REQUEST_PROJECT_ID": "42", "CI_PROJECT_PATH": "g/p"}
    own, fork = (
        surroundings(GITLAB | more | {"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": source}, None) for source in ("42", "43")
    )

    assert isinstance(own.thread, GitLab)
    assert (own.thread.number, own.name, own.trusted, fork.trusted) == (7, "g/p!7", True, False)
    assert own.thread.api.headers["PRIVATE-TOKEN"] == TOKEN


@pytest.mark.parametrize("missing", ["CI_PROJECT_ID", "GITLAB_TOKEN"])
def test_what_a_pipeline_lacks(missing: str) -> None:
    with pytest.raises(AuditError, match=missing):
        surroundings({name: value for name, value in GITLAB.items() if name != missing}, 7)


@pytest.mark.parametrize(
    ("pull", "trusted"),
    [
        ('{"head": {"repo": {"full_name": "o/r"}}, "base": {"repo": {"full_name": "o/r"}}}', True),
        ('{"head": {"repo": {"full_name": "o/r", "fork": true}}, "base": {"repo": {"full_name": "o/r"}}}', True),
        ('{"head": {"repo": {"full_name": "x/r"}}, "base": {"repo": {"full_name": "o/r"}}}', False),
        ('{"head": {"repo": {"fork": true}}}', False),
        ('{"head": {"repo": null}, "base": {"repo": {"full_name": "o/r"}}}', False),
        ("{}", True),
    ],
)
def test_who_is_a_stranger(*, pull: str, trusted: bool, tmp_path: Path) -> None:
    event = f"{tmp_path}/event.json"
    with open(event, "w", encoding="utf-8") as file:
        file.write(f'{{"number": 7, "pull_request": {pull}}}')

    assert surroundings(GITHUB | {"GITHUB_EVENT_PATH": event}, 7).trusted is trusted


def test_an_event_that_cannot_be_read_is_not_taken_for_a_friend(tmp_path: Path) -> None:
    event = f"{tmp_path}/event.json"
    with open(event, "w", encoding="utf-8") as file:
        file.write("{")
    with pytest.raises(AuditError, match="GITHUB_EVENT_PATH"):
        surroundings(GITHUB | {"GITHUB_EVENT_PATH": event}, 7)
