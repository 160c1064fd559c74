"""Requests with retries."""

from __future__ import annotations

import http.client
import json
import logging
import random
import ssl
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, Optional, Union
from urllib.parse import quote, urlencode

from ._connections import Connections, RawResponse
from ._errors import ProblemError, ServiceUnavailable, problem_of
from ._values import to_json
from ._version import version

log = logging.getLogger("clavier")

_RETRIED = frozenset((429, 502, 503, 504))
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 10.0


@dataclass(frozen=True)
class Response:
    """A successful response."""

    status: int
    headers: http.client.HTTPMessage
    data: Any
    """The parsed body; None if there is none."""


class Requests:
    """Sends requests to the service and retries those that may succeed later.

    Every POST has an `Idempotency-Key`, the same in all tries, so that the service carries it out once.
    """

    def __init__(self, url: str, key: Optional[str], timeout: float, *, project: Optional[str] = None) -> None:
        self.timeout = timeout
        self._connections = Connections(url)
        self._headers = {
            "Accept": "application/json, application/problem+json",
            "User-Agent": f"clavier-python/{version}",
        }
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        if project:
            self._headers["Clavier-Project"] = project

    def close(self) -> None:
        """Closes the idle connections."""
        self._connections.close()

    def get(
        self,
        path: str,
        query: Optional[Mapping[str, Union[str, int, None]]] = None,
        *,
        headers: Optional[Mapping[str, str]] = None,
        retry_seconds: float,
        timeout: Optional[float] = None,
    ) -> Response:
        """Reads a resource. `timeout` limits each try; default: that of the client."""
        given = {name: value for name, value in (query or {}).items() if value is not None}
        address = f"{path}?{urlencode(given)}" if given else path
        return self._send("GET", address, None, headers or {}, retry_seconds, timeout)

    def post(self, path: str, body: Optional[Mapping[str, Any]], *, retry_seconds: float, timeout: Optional[float] = None) -> Any:
        """Sends a JSON body, or none, and returns the parsed response."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = _content_of(body)
        return self._send("POST", path, content, headers, retry_seconds, timeout).data

    def patch(self, path: str, body: Mapping[str, Any], *, retry_seconds: float) -> Any:
        """Sends values to set, and returns the parsed response. Set again, they change nothing, so it needs no key."""
        return self._send("PATCH", path, _content_of(body), {"Content-Type": "application/json"}, retry_seconds, None).data

    def _send(
        self,
        method: str,
        path: str,
        body: Optional[bytes],
        headers: Mapping[str, str],
        retry_seconds: float,
        timeout: Optional[float],
    ) -> Response:
        """Sends a request until it succeeds, is rejected, or `retry_seconds` have passed since the first try.

        Raises:
            ProblemError: if the service rejects the request.
            ServiceUnavailable: if no try succeeded in time.
        """
        end = time.monotonic() + retry_seconds
        every_header = {**self._headers, **headers}
        tries = 0
        while True:
            failure: Exception
            least_pause = 0.0
            try:
                raw = self._connections.send(method, path, body, every_header, timeout or self.timeout)
            except ssl.SSLCertVerificationError:
                raise
            except (OSError, http.client.HTTPException) as error:
                failure = error
            else:
                if not _is_retried(raw):
                    return _response_of(raw)
                failure = problem_of(raw.status, raw.content)
                least_pause = _retry_after_seconds(raw.headers.get("Retry-After"))
            pause = max(least_pause, _pause_seconds(tries))
            tries += 1
            if time.monotonic() + pause > end:
                raise ServiceUnavailable(f"{method} {path} failed {tries} times: {_text_of(failure)}") from failure
            log.warning("%s %s failed and is tried again in %.1f s: %s", method, path, pause, _text_of(failure))
            time.sleep(pause)


def path_of_study(id: str) -> str:
    """Returns the path of a study, which is also the first part of the paths below it."""
    return f"/v1/studies/{quote(id, safe='')}"


def _content_of(body: Mapping[str, Any]) -> bytes:
    return json.dumps(to_json(body), separators=(",", ":"), allow_nan=False).encode()


def _response_of(raw: RawResponse) -> Response:
    if raw.status >= 300 and raw.status != 304:
        raise problem_of(raw.status, raw.content)
    if not raw.content:
        return Response(raw.status, raw.headers, None)
    try:
        return Response(raw.status, raw.headers, json.loads(raw.content))
    except ValueError as error:
        text = raw.content[:200].decode("utf-8", "replace")
        raise ProblemError(raw.status, "not-json", f"The response is not JSON, so it is not from Clavier: {text}") from error


def _is_retried(raw: RawResponse) -> bool:
    """A 409 with Retry-After says that an earlier try of the same request is still being carried out."""
    return raw.status in _RETRIED or (raw.status == 409 and "Retry-After" in raw.headers)


def _pause_seconds(tries: int) -> float:
    """Exponential back-off. The jitter, half to all of it, keeps workers from returning at the same moment."""
    longest = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2.0 ** min(tries, 30))
    return longest * random.uniform(0.5, 1)


def _retry_after_seconds(value: Optional[str]) -> float:
    """Reads the header Retry-After: seconds or a date. 0 if it is absent or unreadable."""
    if value is None:
        return 0.0
    try:
        return max(0.0, float(int(value)))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - datetime.now(timezone.utc)).total_seconds())


def _text_of(failure: Exception) -> str:
    return str(failure) or type(failure).__name__
