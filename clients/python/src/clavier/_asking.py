"""Requests for trials."""

from __future__ import annotations

import math
import os
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional

from ._heartbeats import Heartbeats
from ._metrics import Metrics
from ._records import Waiting, waiting_of
from ._requests import Requests
from ._trial import TELL_SECONDS, Trial

LONGEST_POLL_SECONDS = 30.0
_PAUSE_SECONDS = 0.5


class Asked(list[Trial]):
    """The trials of one call of `ask`. `waiting` has the reason if there is none."""

    waiting: Optional[Waiting] = None


@dataclass(frozen=True)
class Wanted:
    """The trials that a worker asks for."""

    count: int
    wait: float
    """Seconds to wait for the first one."""
    lease_seconds: int
    worker: Optional[str]
    studies: Optional[Sequence[str]] = None
    """Ids; None where the path names the study, and for any study."""


class Asking:
    """Asks the service for trials, and has their leases renewed."""

    def __init__(self, requests: Requests, heartbeats: Heartbeats) -> None:
        self._requests = requests
        self._heartbeats = heartbeats
        self.metrics = Metrics(requests)

    def ask(self, path: str, wanted: Wanted) -> Asked:
        """Asks until there is a trial, there will be none, or the time is over."""
        end = time.monotonic() + wanted.wait
        while True:
            asked = self._ask(path, wanted, min(LONGEST_POLL_SECONDS, max(0.0, end - time.monotonic())))
            left = end - time.monotonic()
            if asked or left <= 0 or asked.waiting is None or asked.waiting.retry_after is None:
                return asked
            time.sleep(min(left, max(_PAUSE_SECONDS, asked.waiting.retry_after)))

    def _ask(self, path: str, wanted: Wanted, wait: float) -> Asked:
        wait_seconds = math.ceil(wait)
        body: dict[str, Any] = {
            "worker": wanted.worker or _worker_name(),
            "count": wanted.count,
            "leaseSeconds": wanted.lease_seconds,
            "waitSeconds": wait_seconds,
        }
        if wanted.studies is not None:
            body["studies"] = wanted.studies
        answer = self._requests.post(path, body, retry_seconds=TELL_SECONDS, timeout=self._requests.timeout + wait_seconds)
        asked = Asked(Trial(self._requests, self._heartbeats, self.metrics, data) for data in answer["trials"])
        asked.waiting = answer["waiting"] and waiting_of(answer["waiting"])
        for trial in asked:
            self._heartbeats.add(trial)
        return asked


def _worker_name() -> str:
    """Names this process, for people: its host and id."""
    return f"{socket.gethostname()}:{os.getpid()}"[:200]
