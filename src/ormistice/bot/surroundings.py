"""What a CI job tells of itself in its environment: the forge, the pull request, and whether to trust it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ormistice.bot.api import Api
from ormistice.bot.threads import GitHub, GitLab
from ormistice.errors import AuditError

_GITHUB = ("GITHUB_REPOSITORY", "GITHUB_TOKEN")
_GITLAB = ("CI_API_V4_URL", "CI_PROJECT_ID")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where the comment goes and what is known of the pull request.

    `base` is the branch that it is for, `head` its last commit. `trusted` is False where it comes from another
    repository, whose authors may write anything. `runs` is what the addresses of job runs begin with, `run` that of
    this one; `summary` is the file that becomes the job's summary.
    """

    thread: GitHub | GitLab
    name: str
    base: str | None = None
    head: str | None = None
    trusted: bool = True
    runs: str | None = None
    run: str | None = None
    summary: Path | None = None


def surroundings(environment: Mapping[str, str], number: int | None) -> Surroundings:
    """Of GitHub Actions or GitLab CI, whichever the variables are of; raises AuditError where they do not suffice."""
    if environment.get("GITHUB_REPOSITORY") and not environment.get("GITLAB_CI"):
        return _github(environment, number)
    if environment.get("CI_API_V4_URL"):
        return _gitlab(environment, number)
    raise AuditError(
        "no repository is named: neither GITHUB_REPOSITORY nor CI_API_V4_URL is set",
        "GitHub Actions sets GITHUB_REPOSITORY and GITHUB_API_URL; hand it the token as GITHUB_TOKEN",
    )


def _github(environment: Mapping[str, str], number: int | None) -> Surroundings:
    _required(environment, _GITHUB)
    repository = environment["GITHUB_REPOSITORY"]
    event = _event(environment)
    pull = _inside(event, "pull_request")
    found = number or _number(pull.get("number")) or _number(_inside(event, "issue").get("number"))
    if found is None:
        raise AuditError("which pull request is meant is not known", "ormistice comment --pr NUMBER")
    token = _token(environment["GITHUB_TOKEN"], "GITHUB_TOKEN")
    headers = {
        "Authorization": f"Bearer {token}",
        "Accept": "application/vnd.github+json, application/json",
        "User-Agent": "ormistice",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    api = Api(environment.get("GITHUB_API_URL") or "https://api.github.com", headers, token)
    server = environment.get("GITHUB_SERVER_URL") or "https://github.com"
    runs = f"{server}/{repository}/actions/runs/"
    summary = environment.get("GITHUB_STEP_SUMMARY")
    return Surroundings(
        GitHub(api, repository, found),
        f"{repository}#{found}",
        environment.get("GITHUB_BASE_REF") or None,
        _inside(pull, "head").get("sha"),
        _same_repository(pull),
        runs,
        f"{runs}{environment['GITHUB_RUN_ID']}" if environment.get("GITHUB_RUN_ID") else None,
        Path(summary) if summary else None,
    )


def _gitlab(environment: Mapping[str, str], number: int | None) -> Surroundings:
    _required(environment, _GITLAB)
    found = number or _number(environment.get("CI_MERGE_REQUEST_IID"))
    if found is None:
        raise AuditError("which merge request is meant is not known", "ormistice comment --pr NUMBER")
    named = next((name for name in ("GITLAB_TOKEN", "CI_JOB_TOKEN") if environment.get(name)), None)
    if named is None:
        raise AuditError("GITLAB_TOKEN is not set", "a project access token with the scope api can write notes")
    token = _token(environment[named], named)
    headers = {"PRIVATE-TOKEN" if named == "GITLAB_TOKEN" else "JOB-TOKEN": token, "User-Agent": "ormistice"}
    project = environment["CI_PROJECT_ID"]
    source = environment.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID")
    jobs = f"{environment['CI_PROJECT_URL']}/-/jobs/" if environment.get("CI_PROJECT_URL") else None
    return Surroundings(
        GitLab(Api(environment["CI_API_V4_URL"], headers, token), project, found),
        f"{environment.get('CI_PROJECT_PATH') or project}!{found}",
        environment.get("CI_MERGE_REQUEST_DIFF_BASE_SHA") or environment.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
        environment.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or None,
        source in (None, "", environment.get("CI_MERGE_REQUEST_PROJECT_ID") or project),
        jobs,
        f"{jobs}{environment['CI_JOB_ID']}" if jobs and environment.get("CI_JOB_ID") else None,
    )


def _required(environment: Mapping[str, str], names: tuple[str, ...]) -> None:
    missing = next((name for name in names if not environment.get(name, "").strip()), None)
    if missing == "GITHUB_TOKEN":
        raise AuditError("GITHUB_TOKEN is not set", "env: GITHUB_TOKEN: ${{ github.token }}")
    if missing is not None:
        raise AuditError(f"{missing} is not set")


def _token(value: str, name: str) -> str:
    token = value.strip()
    if not token.isascii() or not token.isprintable() or " " in token:
        raise AuditError(f"{name}: this is no token: it has characters that no token has")
    return token


def _event(environment: Mapping[str, str]) -> Mapping[str, Any]:
    path = environment.get("GITHUB_EVENT_PATH")
    if not path or not Path(path).is_file():
        return {}
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        # Without it nobody knows whether the pull request is a stranger's.
        raise AuditError(f"GITHUB_EVENT_PATH: {path} cannot be read as JSON") from error
    return content if isinstance(content, dict) else {}


def _inside(content: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = content.get(key)
    return found if isinstance(found, dict) else {}


def _number(value: object) -> int | None:
    return int(str(value)) if str(value).isdecimal() else None


def _same_repository(pull: Mapping[str, Any]) -> bool:
    """Whether head and base of a pull request lie in one repository; a head that was deleted does not."""
    if "head" not in pull:
        return True
    head, base = _inside(_inside(pull, "head"), "repo"), _inside(_inside(pull, "base"), "repo")
    if head.get("full_name") and base.get("full_name"):
        return bool(head["full_name"] == base["full_name"])
    return bool(head) and not head.get("fork")
