"""A study on the service."""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Callable, Optional, Union

from ._asking import LONGEST_POLL_SECONDS, Asked, Asking, Wanted
from ._errors import NoTrial
from ._given import GivenTrials, given_to_json
from ._optimize import Work, optimize
from ._records import AddedTrial, Front, TrialRecord, front_of, trial_record_of
from ._requests import Requests, path_of_study
from ._trial import TELL_SECONDS, Trial
from ._values import Result

Objective = Callable[[Trial], Result]
"""Evaluates a trial."""

_PAUSE_SECONDS = 0.5
_ENDED = ("completed", "failed", "cancelled")


class Study:
    """A study: `optimize` evaluates its trials; `ask` gives them out one by one. Made by a client."""

    def __init__(self, requests: Requests, asking: Asking, data: Mapping[str, Any]) -> None:
        self._requests = requests
        self._asking = asking
        self.id: str = data["id"]
        self.name: str = data["name"]
        self.metric: str = asking.metrics.note(data)
        """The metric that is optimised: the name of an objective's result that is a number."""
        self._path = path_of_study(self.id)

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
            objective: Gets a trial; returns the value of the study's metric, several values by name, or None, which
                `Trial.complete` explains. `TrialStopped` ends a trial without a result.
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
        return self._asking.ask(f"{self._path}/ask", Wanted(count, wait, lease_seconds, worker))

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
        """The best completed trial so far. None with several metrics: see `front`."""
        best = self.read()["best"]
        return best and trial_record_of(best)

    def read(self) -> dict[str, Any]:
        """Returns the study as the service describes it."""
        study: dict[str, Any] = self._get("").data
        return study

    def leaderboard(self, limit: int = 10) -> list[TrialRecord]:
        """Returns the best completed trials (1 to 200), best first."""
        return [trial_record_of(item) for item in self._get("/leaderboard", {"limit": limit}).data["items"]]

    def front(self, limit: int = 50, reference: Optional[Sequence[float]] = None) -> Front:
        """Returns the Pareto front of a study with several metrics: at most `limit` (1 to 200) of its trials, the least crowded first.

        `reference` is the reference point of the hypervolume, a number for each metric; default: the worst values of the trials.
        """
        point = None if reference is None else ",".join(repr(float(value)) for value in reference)
        return front_of(self._get("/front", {"limit": limit, "reference": point}).data)

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
            poll = math.ceil(min(LONGEST_POLL_SECONDS, max(0.0, end - time.monotonic())))
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

    def add_trials(self, trials: GivenTrials) -> list[AddedTrial]:
        """Adds trials that you name (1 to 1,000): all, or none. They take the next numbers, in order.

        Args:
            trials: Mappings with `parameters`: a value for every parameter that applies. With `values`, the value of the study's
                metric or values by name, the result is known: the search learns from it, and it does not count in the budget. It
                may also have `checkpoint`, `attributes` and `links` as in `Trial.complete`. Without `values`, or with None, the
                trial is evaluated next.

        Raises:
            ProblemError: `invalid-request` with every value that is not in the search space; `state-conflict` if the study has
                ended.
        """
        body = {"trials": given_to_json(trials, self.metric)}
        added = self._requests.post(f"{self._path}/trials", body, retry_seconds=self._requests.timeout)
        return [AddedTrial(trial["id"], trial["number"], trial["state"]) for trial in added["trials"]]

    def change(
        self,
        *,
        labels: Optional[Mapping[str, str]] = None,
        priority: Optional[int] = None,
        parallelism: Optional[int] = None,
    ) -> dict[str, Any]:
        """Changes what is not a part of the search, and returns the study as the service describes it. Values that are not named stay.

        Args:
            labels: Replace all labels of the study, also after its end.
            priority: A study with a higher one gives out its trials first where a worker asks for those of any study.
            parallelism: Limit on the trials that are open at a time.

        Raises:
            ProblemError: `invalid-change` if a value is not possible for this study; `state-conflict` if the study has ended and
                more than its labels would change.
        """
        values = {"labels": labels, "priority": priority, "parallelism": parallelism}
        body = {name: value for name, value in values.items() if value is not None}
        study: dict[str, Any] = self._requests.patch(self._path, body, retry_seconds=self._requests.timeout)
        return study

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

    def _get(self, path: str, query: Optional[Mapping[str, Union[str, int, None]]] = None) -> Any:
        return self._requests.get(self._path + path, query, retry_seconds=self._requests.timeout)
