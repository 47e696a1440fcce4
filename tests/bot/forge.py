"""A forge on this machine: it keeps comments like GitHub or GitLab, and refuses what a test tells it to refuse."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

COMMENTS = re.compile(r"^/repos/o/r/issues/7/comments$|^/projects/42/merge_requests/7/notes$")
ONE = re.compile(r"^/repos/o/r/issues/comments/(\d+)$|^/projects/42/merge_requests/7/notes/(\d+)$")
MOST = 65_536
REVIEWED = "/repos/o/r/pulls/7/comments"
REVIEWS = "/repos/o/r/pulls/7/reviews"


@dataclass
class Refusal:
    """An answer to give in place of the next `method`; `done`: the request is carried out all the same."""

    method: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "refused"
    done: bool = False


@dataclass
class Forge:
    address: str
    comments: list[dict] = field(default_factory=list)
    reviews: list[dict] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    judge: Callable[[str, str, dict[str, str], bytes], str | None] = lambda *_: None
    invalid: list[str] = field(default_factory=list)
    links: bool = True
    next_id: int = 1

    @property
    def writes(self) -> list[str]:
        return [request for request in self.requests if not request.startswith("GET")]

    def say(self, body: str, **more: object) -> dict:
        comment = {"id": self.next_id, "body": body, "html_url": f"https://forge/c/{self.next_id}", **more}
        self.next_id += 1
        self.comments.append(comment)
        return comment

    @staticmethod
    def mistake(method: str, path: str, content: dict) -> str | None:
        if method == "POST" and path != REVIEWS and "body" not in content:
            return "body is missing"
        long = len(str(content.get("body", "")).encode("utf-16-le")) // 2 > MOST
        return f"body is too long (maximum is {MOST} characters)" if long else None

    def answer(self, method: str, path: str, query: dict[str, list[str]], content: dict) -> tuple[int, object]:
        if (mistake := self.mistake(method, path, content)) is not None:
            return 422, {"message": f"Validation Failed: {mistake}"}
        if COMMENTS.match(path) or path == REVIEWED:
            if method == "POST":
                return 201, self.say(content["body"])
            every = (
                self.comments if path != REVIEWED else [item for review in self.reviews for item in review["comments"]]
            )
            page, per_page = int(query.get("page", ["1"])[0]), int(query.get("per_page", ["30"])[0])
            return 200, every[(page - 1) * per_page : page * per_page]
        if path == REVIEWS:
            self.reviews.append(content)
            return 200, {"id": 1}
        if (found := ONE.match(path)) is not None:
            number = int(found[1] or found[2])
            comment = next((item for item in self.comments if item["id"] == number), None)
            if comment is None:
                return 404, {"message": "Not Found"}
            if method == "DELETE":
                self.comments.remove(comment)
                return 204, None
            comment["body"] = content["body"]
            return 200, comment
        return (200, {"id": 99}) if path == "/user" else (404, {"message": "Not Found"})


@contextmanager
def forge() -> Iterator[Forge]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            sent = self.rfile.read(length)
            content = json.loads(sent or b"{}")
            verdict = kept.judge(self.command, self.path, dict(self.headers), sent)
            if verdict is not None:
                kept.invalid.append(verdict)
            parts = urlsplit(self.path)
            kept.requests.append(f"{self.command} {parts.path}")
            kept.headers.append(dict(self.headers))
            refusal = next((item for item in kept.refusals if item.method == self.command), None)
            if refusal is not None:
                kept.refusals.remove(refusal)
            query = parse_qs(parts.query)
            more: dict[str, str] = {}
            if refusal is None or refusal.done:
                status, answer = kept.answer(self.command, parts.path, query, content)
                page = int(query.get("page", ["1"])[0])
                if kept.links and isinstance(answer, list) and len(answer) == int(query["per_page"][0]):
                    more = {"Link": f'<{kept.address}{parts.path}?page={page + 1}>; rel="next", <x>; rel="last"'}
                elif kept.links and isinstance(answer, list):
                    more = {"Link": f'<{kept.address}{parts.path}?page=1>; rel="prev"'}
            if refusal is not None:
                status, answer, more = refusal.status, {"message": refusal.message}, refusal.headers
            data = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_any  # noqa: N815 - http.server's

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    kept = Forge(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
