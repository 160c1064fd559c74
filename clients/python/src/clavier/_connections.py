"""Keep-alive connections to one service."""

from __future__ import annotations

import http.client
import os
import ssl
import weakref
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Optional
from urllib.parse import urlsplit


@dataclass(frozen=True)
class RawResponse:
    """A response as it arrived."""

    status: int
    headers: http.client.HTTPMessage
    content: bytes


class Connections:
    """Sends requests over idle connections, and opens one if there is none: as many as threads that send at a time.

    A child process that `os.fork` made does not use the connections of its parent.
    """

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError(f"the address of the service must begin with http:// or https:// and have a host, not {url!r}")
        self._host = address.hostname
        self._port = address.port
        self._path = address.path.rstrip("/")
        self._tls = ssl.create_default_context() if address.scheme == "https" else None
        self._idle: deque[http.client.HTTPConnection] = deque()
        self._owner = os.getpid()
        weakref.finalize(self, _close_all, self._idle)

    def send(self, method: str, path: str, body: Optional[bytes], headers: Mapping[str, str], timeout: float) -> RawResponse:
        """Sends a request that may be repeated.

        The service may close an idle connection at any moment, so a request that fails on one is sent again at once.

        Raises:
            OSError, http.client.HTTPException: if no complete response arrived.
        """
        idle = self._take()
        if idle is not None:
            try:
                return self._send(idle, method, path, body, headers, timeout)
            except (ConnectionError, http.client.BadStatusLine):
                _close_all(self._idle)
        return self._send(self._open(timeout), method, path, body, headers, timeout)

    def close(self) -> None:
        """Closes the connections that are not in use. Later requests open new ones."""
        _close_all(self._idle)

    def _send(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        body: Optional[bytes],
        headers: Mapping[str, str],
        timeout: float,
    ) -> RawResponse:
        try:
            connection.timeout = timeout  # for the connect
            if connection.sock is not None:
                connection.sock.settimeout(timeout)
            connection.request(method, self._path + path, body, dict(headers))
            response = connection.getresponse()
            content = response.read()
        except BaseException:  # an interrupt too leaves the connection in the middle of a response
            connection.close()
            raise
        if response.will_close:
            connection.close()
        else:
            self._idle.append(connection)
        return RawResponse(response.status, response.headers, content)

    def _open(self, timeout: float) -> http.client.HTTPConnection:
        if self._tls is None:
            return http.client.HTTPConnection(self._host, self._port, timeout=timeout)
        return http.client.HTTPSConnection(self._host, self._port, timeout=timeout, context=self._tls)

    def _take(self) -> Optional[http.client.HTTPConnection]:
        if os.getpid() != self._owner:
            self._owner = os.getpid()
            _close_all(self._idle)  # closes this process's copies only
        try:
            return self._idle.pop()
        except IndexError:
            return None


def _close_all(connections: deque[http.client.HTTPConnection]) -> None:
    while True:
        try:
            connections.pop().close()
        except IndexError:
            return
