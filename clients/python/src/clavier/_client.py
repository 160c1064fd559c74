"""The client of one service."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Optional
from urllib.parse import quote

from ._heartbeats import Heartbeats
from ._requests import Requests
from ._study import Study

_DEFAULT_URL = "http://127.0.0.1:8080"


class Client:
    """Creates and finds the studies of one service. It may be shared by threads, and sends nothing before a method is called.

    Args:
        url: Address of the service. Default: the environment variable CLAVIER_URL, or http://127.0.0.1:8080.
        key: Sent as a bearer token. Default: the environment variable CLAVIER_KEY; without it none is sent.
        timeout: Seconds for one response, and for the retries of requests that are not part of a trial.
    """

    def __init__(self, url: Optional[str] = None, key: Optional[str] = None, timeout: float = 30) -> None:
        address = url or os.environ.get("CLAVIER_URL") or _DEFAULT_URL
        self._requests = Requests(address, key or os.environ.get("CLAVIER_KEY"), timeout)
        self._heartbeats = Heartbeats()

    def create_study(self, definition: Optional[Mapping[str, Any]] = None, /, **fields: Any) -> Study:
        """Creates a study.

        Args:
            definition: The body of `POST /v1/studies`.
            fields: Members of the definition, in place of or in addition to it. Names may be in snake case: `search_space` is sent
                as `searchSpace`. Without `objective` and `preset` the objective is external with the given `metrics`.

        Raises:
            ProblemError: `invalid-study`, with every error in the definition.
        """
        body = {**(definition or {}), **{_camel_case(name): value for name, value in fields.items()}}
        if "objective" not in body and "preset" not in body and "metrics" in body:
            body["objective"] = {"type": "external", "metrics": body["metrics"]}
        return self._study(self._requests.post("/v1/studies", body, retry_seconds=self._requests.timeout))

    def study(self, id: str) -> Study:
        """Finds a study.

        Raises:
            ProblemError: `study-not-found` if there is none with this id.
        """
        return self._study(self._requests.get(f"/v1/studies/{quote(id, safe='')}", retry_seconds=self._requests.timeout).data)

    def close(self) -> None:
        """Ends the heartbeats and closes idle connections. The leases of trials that are still held end by themselves."""
        self._heartbeats.close()
        self._requests.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.close()

    def _study(self, data: Mapping[str, Any]) -> Study:
        return Study(self._requests, self._heartbeats, data)


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)
