"""The loop of a worker: ask, evaluate, tell."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional, Union

from ._errors import ClavierError, StaleTokenError, TrialStopped
from ._interrupts import sigterm_raises
from ._outcome import RELEASE_SECONDS, abandon, finish
from ._requests import log
from ._trial import Trial
from ._values import Result

if TYPE_CHECKING:
    from ._study import Study

_POLL_SECONDS = 30.0
_GRACE_SECONDS = 5.0
"""Time that an interrupt leaves objectives in other threads to see `should_stop`."""


@dataclass(frozen=True)
class Work:
    """The work of one call of `Study.optimize`, with its arguments."""

    study: Study
    objective: Callable[[Trial], Result]
    n_trials: Optional[int]
    timeout: Optional[float]
    worker: Optional[str]
    catch: Union[type[Exception], tuple[type[Exception], ...]]
    lease_seconds: int


def optimize(work: Work, n_jobs: int) -> None:
    """Evaluates trials with `n_jobs` threads; the calling thread is the only one if it is 1."""
    jobs = (os.cpu_count() or 1) if n_jobs == -1 else n_jobs
    if jobs < 1:
        raise ValueError(f"n_jobs must be at least 1, or -1 for one per processor, not {n_jobs}")
    run = _Run(work)
    with sigterm_raises():
        if jobs == 1:
            run.loop()
        else:
            run.in_threads(jobs)


class _Run:
    def __init__(self, work: Work) -> None:
        self._work = work
        self._left = math.inf if work.n_trials is None else work.n_trials
        self._end = math.inf if work.timeout is None else time.monotonic() + work.timeout
        self._changed = threading.Condition()
        self._evaluated: set[Trial] = set()
        self._threads = 0
        self._stopping = False
        self._error: Optional[BaseException] = None

    def loop(self) -> None:
        """Evaluates trials until there is none left for this call."""
        while True:
            trial = self._next()
            if trial is None:
                return
            try:
                self._evaluate(trial)
            finally:
                with self._changed:
                    self._evaluated.discard(trial)
                    self._changed.notify_all()

    def in_threads(self, jobs: int) -> None:
        """Runs the loop in daemon threads: a process that is interrupted does not wait for an objective that never looks."""
        self._threads = jobs
        try:
            for index in range(jobs):
                threading.Thread(target=self._thread, name=f"clavier job {index}", daemon=True).start()
            self._wait(math.inf)
        except BaseException:
            self._interrupt()
            raise
        if self._error is not None:
            raise self._error

    def _thread(self) -> None:
        try:
            self.loop()
        except BaseException as error:  # raised again in the calling thread
            with self._changed:
                self._error = self._error or error
                self._stopping = True
        finally:
            with self._changed:
                self._threads -= 1
                self._changed.notify_all()

    def _wait(self, seconds: float) -> None:
        """Waits until all threads have ended. Once the run stops, those that only wait for a trial do not matter."""
        end = time.monotonic() + seconds
        with self._changed:
            while (self._evaluated if self._stopping else self._threads) and time.monotonic() < end:
                self._changed.wait(0.5)  # an untimed wait is not interruptible everywhere

    def _interrupt(self) -> None:
        """Releases the trials, and gives their objectives a moment to see that they should stop."""
        with self._changed:
            self._stopping = True
            trials = list(self._evaluated)
        end = time.monotonic() + RELEASE_SECONDS
        for trial in trials:
            trial._stop("interrupted", "The worker was interrupted.")
        for trial in trials:
            try:
                trial.release(max(0.0, end - time.monotonic()))
            except ClavierError as error:
                log.warning("trial %d was not released: %s", trial.number, error)
        self._wait(_GRACE_SECONDS)

    def _next(self) -> Optional[Trial]:
        """Asks until there is a trial; None when there is nothing left for this call."""
        with self._changed:
            if self._left < 1:
                return None
            self._left -= 1
        work = self._work
        while not self._stopping and time.monotonic() < self._end:
            wait = min(_POLL_SECONDS, self._end - time.monotonic())
            asked = work.study.ask(1, wait, work.lease_seconds, work.worker)
            if asked:
                return asked[0] if self._accept(asked[0]) else None
            if asked.waiting is None or asked.waiting.retry_after is None:
                return None
        return None

    def _accept(self, trial: Trial) -> bool:
        with self._changed:
            if not self._stopping:
                self._evaluated.add(trial)
                return True
        trial.release(RELEASE_SECONDS)
        return False

    def _evaluate(self, trial: Trial) -> None:
        try:
            finish(trial, self._work.objective(trial))
        except BaseException as error:
            abandon(trial, error)
            if isinstance(error, TrialStopped) or (isinstance(error, StaleTokenError) and trial.should_stop()):
                return
            if not isinstance(error, self._work.catch):
                raise
            log.warning("trial %d failed: %r", trial.number, error, exc_info=error)
