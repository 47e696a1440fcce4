"""The comments under a pull request, and the one among them that is ours."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol
from urllib.parse import quote

from ormistice.bot.api import FORBIDDEN, NOT_FOUND, Api, RefusedError
from ormistice.errors import AuditError

_MEMBERS = ("OWNER", "MEMBER", "COLLABORATOR")
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as the forge keeps it."""

    number: int
    body: str
    address: str = ""


class Thread(Protocol):
    """The comments under one pull request."""

    @property
    def limit(self) -> int:
        """How many characters a comment may have."""

    def found(self, marker: str) -> Comment | None:
        """The first comment that begins with `marker` and is of somebody who could be this bot."""

    def create(self, body: str) -> Comment:
        """Add a comment."""

    def update(self, comment: Comment, body: str) -> Comment:
        """Put another body into a comment."""

    def delete(self, comment: Comment) -> None:
        """Remove a comment."""


class Outcome(Enum):
    """What became of the comment."""

    CREATED = "comment created"
    UPDATED = "comment updated"
    UNCHANGED = "comment unchanged"
    DELETED = "comment deleted"
    NOTHING = "no comment needed"


@dataclass(frozen=True, slots=True)
class GitHub:
    """A pull request of GitHub, or of a GitHub Enterprise server."""

    api: Api
    repository: str
    number: int

    @property
    def limit(self) -> int:
        """GitHub's own."""
        return 65_536

    def found(self, marker: str) -> Comment | None:
        """A marker in a stranger's comment is a forgery: the bot is an app, or has the token of a member."""
        return next((_github(item) for item in self._all() if _is_ours(item, marker)), None)

    def create(self, body: str) -> Comment:
        """Add a comment."""
        return _github(self.api.ask("POST", self._path(f"issues/{self.number}/comments"), {"body": body}))

    def update(self, comment: Comment, body: str) -> Comment:
        """Put another body into a comment."""
        return _github(self.api.ask("PATCH", self._path(f"issues/comments/{comment.number}"), {"body": body}))

    def delete(self, comment: Comment) -> None:
        """Remove a comment."""
        self.api.ask("DELETE", self._path(f"issues/comments/{comment.number}"))

    def reviewed(self) -> Iterator[str]:
        """The bodies of all review comments."""
        return (str(item.get("body") or "") for item in self.api.pages(self._path(f"pulls/{self.number}/comments")))

    def review(self, commit: str, body: str, comments: list[dict[str, Any]]) -> None:
        """Add a review with comments on lines of `commit`."""
        content = {"commit_id": commit, "event": "COMMENT", "body": body, "comments": comments}
        self.api.ask("POST", self._path(f"pulls/{self.number}/reviews"), content)

    def _all(self) -> Iterator[dict[str, Any]]:
        return self.api.pages(self._path(f"issues/{self.number}/comments"))

    def _path(self, end: str) -> str:
        return f"/repos/{quote(self.repository)}/{end}"


def _is_ours(item: dict[str, Any], marker: str) -> bool:
    user = item.get("user") or {}
    trusted = user.get("type") in (None, "Bot") or item.get("author_association") in (None, *_MEMBERS)
    return str(item.get("body") or "").startswith(marker) and trusted


def _github(item: Any) -> Comment:
    content = item if isinstance(item, dict) else {}
    return Comment(int(content.get("id") or 0), str(content.get("body") or ""), str(content.get("html_url") or ""))


@dataclass(frozen=True, slots=True)
class GitLab:
    """A merge request of GitLab."""

    api: Api
    project: str
    number: int

    @property
    def limit(self) -> int:
        """GitLab's own."""
        return 1_000_000

    def found(self, marker: str) -> Comment | None:
        """Notes of others are not ours, where the token lets us know who we are."""
        ours = [item for item in self.api.pages(self._path()) if str(item.get("body") or "").startswith(marker)]
        if not ours:
            return None
        own = self._own_number()
        return next((_gitlab(item) for item in ours if own in (None, (item.get("author") or {}).get("id"))), None)

    def create(self, body: str) -> Comment:
        """Add a note."""
        return _gitlab(self.api.ask("POST", self._path(), {"body": body}))

    def update(self, comment: Comment, body: str) -> Comment:
        """Put another body into a note."""
        return _gitlab(self.api.ask("PUT", self._path(f"/{comment.number}"), {"body": body}))

    def delete(self, comment: Comment) -> None:
        """Remove a note."""
        self.api.ask("DELETE", self._path(f"/{comment.number}"))

    def _own_number(self) -> Any:
        try:
            user = self.api.ask("GET", "/user")
        except RefusedError:
            return None
        return user.get("id") if isinstance(user, dict) else None

    def _path(self, end: str = "") -> str:
        return f"/projects/{quote(self.project, safe='')}/merge_requests/{self.number}/notes{end}"


def _gitlab(item: Any) -> Comment:
    content = item if isinstance(item, dict) else {}
    return Comment(int(content.get("id") or 0), str(content.get("body") or ""))


def settle(
    thread: Thread, marker: str, body: str | None, runs: str | None = None, *, needed: bool = True
) -> tuple[Outcome, Comment | None]:
    """Make `body` the one comment that begins with `marker`; None: there is to be none.

    Where it is not `needed`, none is created. Addresses that begin with `runs` differ in each run, and that alone is no
    difference.
    """
    existing = thread.found(marker)
    if existing is None:
        return (Outcome.CREATED, _created(thread, marker, body)) if needed and body else (Outcome.NOTHING, None)
    if body is not None and alike(existing.body, body, runs):
        return Outcome.UNCHANGED, existing
    try:
        if body is not None:
            return Outcome.UPDATED, thread.update(existing, body)
        thread.delete(existing)
    except RefusedError as refused:
        if refused.status != NOT_FOUND:
            raise
        # Somebody has deleted it since it was found.
        if body is not None and needed:
            return Outcome.CREATED, _created(thread, marker, body)
    return Outcome.DELETED, None


def _created(thread: Thread, marker: str, body: str) -> Comment:
    """A comment that is there once, though a gateway may give up on a request that was carried out."""
    for _ in range(_TRIES - 1):
        try:
            return thread.create(body)
        except RefusedError as refused:
            if not refused.undecided:
                raise
        time.sleep(1)
        existing = thread.found(marker)
        if existing is not None:
            return existing
    return thread.create(body)


def alike(one: str, other: str, runs: str | None) -> bool:
    """Whether two bodies say the same; `runs` is what addresses of runs begin with, which end in a number."""
    return _flat(one, runs) == _flat(other, runs)


def _flat(body: str, runs: str | None) -> str:
    text = body.replace("\r\n", "\n").strip()
    if not runs:
        return text
    first, *others = text.split(runs)
    return runs.join([first, *(part.lstrip("0123456789") for part in others)])


def explained(refused: RefusedError, what: str) -> AuditError:
    """A refusal as the user is told it."""
    if refused.status == NOT_FOUND:
        return AuditError(
            f"{what}: not found, or hidden from this token", "check the number and the token's permissions"
        )
    hint = "let the token write to pull requests" if refused.status == FORBIDDEN else None
    return AuditError(f"{what}: refused with {refused.status}: {refused.message}", hint)
