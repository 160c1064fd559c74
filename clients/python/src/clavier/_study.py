"""A study on the service."""

from __future__ import annotations

import math
import os
import socket
import time
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Callable, Optional, Union
from urllib.parse import quote

from ._errors import NoTrial
from ._heartbeats import Heartbeats
from ._optimize import Work, optimize
from ._records import TrialRecord, Waiting, trial_record_of, waiting_of
from ._requests import Requests
from ._trial import TELL_SECONDS, Trial
from ._values import Result

Objective = Callable[[Trial], Result]
"""Evaluates a trial."""

_LONGEST_POLL_SECONDS = 30.0
_PAUSE_SECONDS = 0.5
_ENDED = ("completed", "failed", "cancelled")


class Asked(list[Trial]):
    """The trials of one `Study.ask`. `waiting` has the reason if there is none."""

    waiting: Optional[Waiting] = None


class Study:
    """A study: `optimize` evaluates its trials; `ask` gives them out one by one. Made by a client."""

    def __init__(self, requests: Requests, heartbeats: Heartbeats, data: Mapping[str, Any]) -> None:
        self._requests = requests
        self._heartbeats = heartbeats
        self.id: str = data["id"]
        self.name: str = data["name"]
        self.metric: str = data["spec"]["metrics"][0]["name"]
        """The metric that is optimised: the name of an objective's result that is a number."""
        self._path = f"/v1/studies/{quote(self.id)}"

    def __repr__(self) -> str:
        return f"Study(id={self.id!r}, name={self.name!r})"

    def optimize(
        self,
        objective: Objective,
        n_jobs: int = 1,
        n_trials: Optional[int] = None,
        timeout: Optional[float] = None,
        worker: Optional[str] = None,
        catch: Union[type[Exception], tuple[type[Exception], ...]] = (),
        *,
        lease_seconds: int = 60,
    ) -> None:
        """Evaluates trials until the study has ended. Any number of processes may do so at the same time.

        An exception of the objective fails the attempt. Unless it is in `catch`, no further trial is asked for, and it is raised
        again once the other threads have finished theirs. Ctrl-C and SIGTERM release the trials that are held and end the call.

        Args:
            objective: Gets a trial; returns the value of the study's metric, several values by name, or None for those of the
                last report. `TrialStopped` ends a trial without a result.
            n_jobs: Number of threads that evaluate; -1 for one per processor. 1 uses the calling thread.
            n_trials: Number of trials to evaluate in this call. Default: no limit.
            timeout: Seconds after which no further trial is asked for. Default: no limit.
            worker: Name of this worker, for people. Default: host and process.
            catch: Exceptions of the objective that fail the attempt only.
            lease_seconds: Time after which a trial is given to another worker if this process dies; 5 to 3600.
        """
        optimize(Work(self, objective, n_trials, timeout, worker, catch, lease_seconds), n_jobs)

    def ask(self, count: int = 1, wait: float = 0, lease_seconds: int = 60, worker: Optional[str] = None) -> Asked:
        """Takes up to `count` trials (1 to 100), which this process then holds.

        Args:
            wait: Seconds to wait for the first one; math.inf until there is one or the study has ended.
        """
        end = time.monotonic() + wait
        while True:
            asked = self._ask(count, min(_LONGEST_POLL_SECONDS, max(0.0, end - time.monotonic())), lease_seconds, worker)
            left = end - time.monotonic()
            if asked or left <= 0 or asked.waiting is None or asked.waiting.retry_after is None:
                return asked
            time.sleep(min(left, max(_PAUSE_SECONDS, asked.waiting.retry_after)))

    def ask_one(self, wait: float = math.inf, lease_seconds: int = 60, worker: Optional[str] = None) -> Trial:
        """Takes one trial. Use it in a `with` statement, which leaves no trial open.

        Raises:
            NoTrial: if the study has ended, or `wait` seconds have passed.
        """
        asked = self.ask(1, wait, lease_seconds, worker)
        if asked.waiting is not None:
            raise NoTrial(asked.waiting.reason, asked.waiting.detail, asked.waiting.retry_after)
        return asked[0]

    @property
    def state(self) -> str:
        """The state now: active, paused, completed, failed or cancelled."""
        state: str = self.read()["state"]
        return state

    @property
    def best(self) -> Optional[TrialRecord]:
        """The best completed trial so far."""
        best = self.read()["best"]
        return best and trial_record_of(best)

    def read(self) -> dict[str, Any]:
        """Returns the study as the service describes it."""
        study: dict[str, Any] = self._get("").data
        return study

    def leaderboard(self, limit: int = 10) -> list[TrialRecord]:
        """Returns the best completed trials (1 to 200), best first."""
        return [trial_record_of(item) for item in self._get("/leaderboard", {"limit": limit}).data["items"]]

    def trials(self, state: Optional[str] = None) -> Iterator[TrialRecord]:
        """Yields all trials by number, or those in a state. Pages are read as they are needed."""
        cursor: Optional[str] = None
        while True:
            page = self._get("/trials", {"state": state, "limit": 200, "cursor": cursor}).data
            yield from map(trial_record_of, page["items"])
            cursor = page["nextCursor"]
            if cursor is None:
                return

    def wait(self, timeout: Optional[float] = None) -> str:
        """Waits until the study has ended and returns its state.

        Raises:
            TimeoutError: if it has not ended after `timeout` seconds.
        """
        end = math.inf if timeout is None else time.monotonic() + timeout
        tag: Optional[str] = None
        while True:
            poll = math.ceil(min(_LONGEST_POLL_SECONDS, max(0.0, end - time.monotonic())))
            response = self._requests.get(
                self._path,
                {"wait": poll},
                headers={"If-None-Match": tag} if tag else {},
                retry_seconds=TELL_SECONDS,
                timeout=self._requests.timeout + poll,
            )
            if response.status != 304 and response.data["state"] in _ENDED:
                state: str = response.data["state"]
                return state
            tag = response.headers.get("ETag") or tag
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"the study has not ended within {timeout} s")
            if response.status != 304:
                time.sleep(min(left, _PAUSE_SECONDS))  # a study may change hundreds of times a second

    def extend(
        self,
        *,
        trials: Optional[int] = None,
        generations: Optional[int] = None,
        wall_clock_seconds: Optional[float] = None,
        target_value: Optional[float] = None,
        remove: Collection[str] = (),
    ) -> dict[str, Any]:
        """Raises limits of the budget, also of a study that ended by them, and returns the study as the service describes it.

        It goes on as if it had that budget from the start. Numbers are totals; limits that are not named stay.

        Args:
            remove: Names of limits without which the study goes on, such as `["target_value"]`; another one must remain.

        Raises:
            ProblemError: `invalid-change` if a limit would be lowered, or nothing is left to do; `state-conflict` if the study was
                cancelled or failed, or its search has no more points.
        """
        limits: dict[str, tuple[str, Optional[float]]] = {
            "trials": ("trials", trials),
            "generations": ("generations", generations),
            "wall_clock_seconds": ("wallClockSeconds", wall_clock_seconds),
            "target_value": ("targetValue", target_value),
        }
        unknown = sorted(set(remove) - set(limits))
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: no limit of a budget, which are {', '.join(limits)}")
        budget = {key: value for name, (key, value) in limits.items() if value is not None or name in remove}
        study: dict[str, Any] = self._requests.post(f"{self._path}/extend", {"budget": budget}, retry_seconds=self._requests.timeout)
        return study

    def cancel(self) -> None:
        """Cancels the study for good. Its finished trials stay."""
        self._requests.post(f"{self._path}/cancel", None, retry_seconds=self._requests.timeout)

    def _ask(self, count: int, wait: float, lease_seconds: int, worker: Optional[str]) -> Asked:
        wait_seconds = math.ceil(wait)
        answer = self._requests.post(
            f"{self._path}/ask",
            {
                "worker": worker or worker_name(),
                "count": count,
                "leaseSeconds": lease_seconds,
                "waitSeconds": wait_seconds,
            },
            retry_seconds=TELL_SECONDS,
            timeout=self._requests.timeout + wait_seconds,
        )
        asked = Asked(Trial(self._requests, self._heartbeats, self.metric, data) for data in answer["trials"])
        asked.waiting = answer["waiting"] and waiting_of(answer["waiting"])
        for trial in asked:
            self._heartbeats.add(trial)
        return asked

    def _get(self, path: str, query: Optional[Mapping[str, Union[str, int, None]]] = None) -> Any:
        return self._requests.get(self._path + path, query, retry_seconds=self._requests.timeout)


def worker_name() -> str:
    """Names this process, for people: its host and id."""
    return f"{socket.gethostname()}:{os.getpid()}"[:200]
