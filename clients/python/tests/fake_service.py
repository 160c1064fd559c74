"""A small service with one external study, which records what it receives and fails on demand."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Optional
from urllib.parse import parse_qs, urlsplit

from .fake_study import FakeStudy


@dataclass
class Received:
    """A request."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: Any
    peer: tuple[str, int]


@dataclass
class Fault:
    """A failure in place of the next response to a path with this end. `status` 0 breaks the connection."""

    path: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    done_first: bool = False
    """True: the request is carried out, and only its response is lost."""


class FakeService:
    """Serves one study over HTTP."""

    def __init__(self, trials: int = 3, lease_seconds: float = 60) -> None:
        self.study = FakeStudy(trials, lease_seconds)
        self.received: list[Received] = []
        self.faults: list[Fault] = []
        self.answers: dict[str, tuple[int, Any]] = {}
        """Responses by idempotency key."""
        self.lock = threading.Lock()
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                service.handle(self)

            def do_POST(self) -> None:
                service.handle(self)

            def do_PATCH(self) -> None:
                service.handle(self)

            def log_message(self, format: str, *args: Any) -> None:
                """Prints nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=lambda: self.server.serve_forever(0.01), daemon=True)

    def __enter__(self) -> FakeService:
        self.thread.start()
        return self

    def __exit__(self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def requests(self, end: str) -> list[Received]:
        """The requests to paths with this end."""
        with self.lock:
            return [request for request in self.received if request.path.endswith(end)]

    def states(self) -> list[str]:
        """The states of the trials, by number."""
        with self.lock:
            return [trial.state for trial in self.study.trials]

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        """Answers one request."""
        content = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        address = urlsplit(handler.path)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        host, port = handler.client_address[:2]
        request = Received(
            handler.command,
            address.path,
            parse_qs(address.query),
            headers,
            json.loads(content) if content else None,
            (str(host), int(port)),
        )
        with self.lock:
            self.received.append(request)
            fault = next((fault for fault in self.faults if request.path.endswith(fault.path)), None)
            if fault is not None:
                self.faults.remove(fault)
        if fault is None or fault.done_first:
            status, answer = self.answer(request)
        if fault is None:
            send(handler, status, json.dumps(answer), {"ETag": '"1"'})
        elif fault.status == 0:
            handler.close_connection = True
        else:
            send(handler, fault.status, fault.body, fault.headers)

    def answer(self, request: Received) -> tuple[int, Any]:
        """Carries a request out once for each idempotency key."""
        key = request.headers.get("idempotency-key")
        with self.lock:
            if key is not None and key in self.answers:
                return self.answers[key]
        end = time.monotonic() + (request.body or {}).get("waitSeconds", 0)
        while True:
            with self.lock:
                answer = self.study.route(request.method, request.path, request.query, request.body)
                waits = request.path.endswith("/ask") and answer[0] == 200 and not answer[1]["trials"] and not self.study.ended()
                if not waits or time.monotonic() > end:
                    if key is not None:
                        self.answers[key] = answer
                    return answer
            time.sleep(0.01)


def send(handler: BaseHTTPRequestHandler, status: int, body: str, headers: dict[str, str]) -> None:
    content = body.encode()
    handler.send_response(status)
    for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(content)
