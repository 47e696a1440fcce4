"""Requests to the API of a forge: JSON in and out, with patience, and never a word of the token."""

import json
import math
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from urllib3 import BaseHTTPResponse, PoolManager, ProxyManager
from urllib3.exceptions import HTTPError, MaxRetryError, ResponseError
from urllib3.util import Retry, Timeout

from ormistice.errors import AuditError

FORBIDDEN, NOT_FOUND, TOO_MANY = 403, 404, 429
BROKEN = (500, 502, 503, 504)
FAILED = 400
PAGE = 100
_LONGEST_WAIT = 300
_ATTEMPTS = 5
_MOST_PAGES = 300
_NEXT = re.compile(r'<[^>]*>\s*;[^,]*\brel="?next\b')


class RefusedError(Exception):
    """The forge did not do what it was asked; `message` is its own word for it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    @property
    def undecided(self) -> bool:
        """Whether it may have done it all the same: a gateway gave up on it."""
        return self.status in BROKEN


class _Patience(Retry):
    """urllib3's own, which besides knows how GitHub and GitLab say that it is too much.

    What creates something is tried again only where it certainly was not done.
    """

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:  # noqa: FBT001, FBT002 - urllib3's
        return status_code in (FORBIDDEN, TOO_MANY) or super().is_retry(method, status_code, has_retry_after)

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: Any = None,
        _stacktrace: Any = None,
    ) -> Self:
        if response is not None and response.status in (FORBIDDEN, TOO_MANY):
            wait = _limited(response)
            if wait is None or wait > _LONGEST_WAIT:
                raise MaxRetryError(_pool, url or "", ResponseError("refused"))
        return super().increment(method, url, response, error, _pool, _stacktrace)

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        return _limited(response) or _seconds(response.headers.get("Retry-After"))


def _limited(response: BaseHTTPResponse) -> float | None:
    """How long to wait where it is the rate that is refused; None where it is something else."""
    stated = _seconds(response.headers.get("Retry-After"))
    if stated is not None:
        return stated
    reset = response.headers.get("X-RateLimit-Reset") or response.headers.get("RateLimit-Reset") or ""
    left = response.headers.get("X-RateLimit-Remaining", response.headers.get("RateLimit-Remaining"))
    if left == "0" and reset.isdecimal():
        return max(float(reset) - math.floor(time.time()), 0.0)
    if response.status == TOO_MANY or b"rate limit" in response.data.lower():
        # GitHub asks to wait a minute where it does not say how long.
        return 60.0 if response.status == FORBIDDEN else 1.0
    return None


def _seconds(header: str | None) -> float | None:
    try:
        return None if header is None else Retry().parse_retry_after(header)
    except HTTPError:
        return None


@dataclass(frozen=True, slots=True)
class Api:
    """The API at `address`; `headers` carry the token, and `secret` is what must not be repeated."""

    address: str
    headers: Mapping[str, str] = field(repr=False)
    secret: str = field(repr=False)

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """What the API answers; raises RefusedError where it refuses, AuditError where it cannot be reached."""
        return self._answer(method, path, body)[0]

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        """Every item of a list that comes in pages."""
        before: Any = None
        for number in range(1, _MOST_PAGES + 1):
            items, headers = self._answer("GET", f"{path}?per_page={PAGE}&page={number}", None)
            if items == before:
                # A server that knows no pages gives the same one for ever.
                return
            before = items
            yield from (item for item in items or () if isinstance(item, dict))
            link = headers.get("Link")
            if not (len(items or ()) >= PAGE if link is None else _NEXT.search(link)):
                return

    def _answer(self, method: str, path: str, body: Mapping[str, Any] | None) -> tuple[Any, Mapping[str, str]]:
        if urlsplit(self.address).scheme not in ("http", "https"):
            raise AuditError(f"{self.address}: not the address of an API", "it begins with https://")
        url = f"{self.address.rstrip('/')}{path}"
        patience = _Patience(_ATTEMPTS, redirect=3, status_forcelist=BROKEN, backoff_factor=0.5, raise_on_status=False)
        data = None if body is None else json.dumps(body).encode()
        headers = dict(self.headers) | ({} if data is None else {"Content-Type": "application/json"})
        try:
            with _pool(self.address) as pool:
                timeout = Timeout(connect=15, read=60)
                answer = pool.request(method, url, body=data, headers=headers, retries=patience, timeout=timeout)
        except (HTTPError, ValueError) as error:
            raise AuditError(f"{self.address}: cannot be reached: {self._hidden(_reason(error))}") from None
        if answer.status >= FAILED:
            raise RefusedError(answer.status, self._hidden(_message(answer)))
        return _content(answer), answer.headers

    def _hidden(self, text: str) -> str:
        return text.replace(self.secret, "***") if self.secret else text


def _pool(address: str) -> PoolManager:
    parts = urlsplit(address)
    proxy = None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)
    return PoolManager() if proxy is None else ProxyManager(proxy)


def _reason(error: Exception) -> str:
    cause = getattr(error, "reason", None) or error
    text = str(cause).rpartition(": ")[2] if isinstance(cause, Exception) else str(cause)
    return text.strip().lower() or type(error).__name__


def _content(answer: BaseHTTPResponse) -> Any:
    try:
        return json.loads(answer.data) if answer.data else None
    except ValueError:
        return None


def _message(answer: BaseHTTPResponse) -> str:
    content = _content(answer)
    said = (
        next((content[key] for key in ("message", "error") if content.get(key)), None)
        if isinstance(content, dict)
        else None
    )
    return " ".join(str(said or answer.reason or "no reason given").split())[:300]
