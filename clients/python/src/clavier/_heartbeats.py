"""Heartbeats for the trials that this process holds."""

from __future__ import annotations

import atexit
import os
import threading
import time
import weakref
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Optional

from ._requests import log

if TYPE_CHECKING:
    from ._trial import Trial

_IDLE_SECONDS = 10.0
_AFTER_FAILURE_SECONDS = 1.0
_EXIT_SECONDS = 1.0


@dataclass
class _Held:
    trial: weakref.ReferenceType[Trial]
    due: float


class Heartbeats:
    """Renews the leases of all held trials from one daemon thread, each after a third of its time.

    It keeps no trial alive: the lease of a trial object that the program has dropped is not renewed, and the service gives the
    trial to another worker. The thread begins with the first trial and ends some seconds after the last one.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._held: dict[str, _Held] = {}
        self._thread: Optional[threading.Thread] = None
        _every.add(self)

    def add(self, trial: Trial) -> None:
        """Begins to renew the lease of a trial."""
        with self._changed:
            self._held[trial.token] = _Held(weakref.ref(trial), _next_due(trial))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="clavier heartbeats", daemon=True)
                self._thread.start()
                _close_at_exit()
            self._changed.notify()

    def renewed(self, trial: Trial) -> None:
        """Notes that a report has just renewed the lease."""
        with self._changed:
            held = self._held.get(trial.token)
            if held is not None:
                held.due = _next_due(trial)

    def remove(self, trial: Trial) -> None:
        """Renews the lease no longer. Does nothing for a trial that is not held."""
        with self._changed:
            self._held.pop(trial.token, None)

    def close(self) -> None:
        """Ends the thread and waits a moment for it. The leases end by themselves."""
        with self._changed:
            thread = self._thread
            self._held.clear()
            self._thread = None
            self._changed.notify()
        if thread is not None:
            thread.join(_EXIT_SECONDS)

    def _reset(self) -> None:
        """Begins anew in a forked child: the trials are its parent's, and threads are not forked."""
        self._changed = threading.Condition()
        self._held = {}
        self._thread = None

    def _run(self) -> None:
        while True:
            held = self._next()
            if held is None:
                return
            trial = held.trial()
            if trial is not None:
                _beat(held, trial)
            del trial  # this frame must not keep it alive while it waits

    def _next(self) -> Optional[_Held]:
        """Waits until a heartbeat is due. Returns None when the thread is no longer needed."""
        idle_until = time.monotonic() + _IDLE_SECONDS
        with self._changed:
            while self._thread is threading.current_thread():
                self._held = {token: held for token, held in self._held.items() if held.trial() is not None}
                now = time.monotonic()
                first = min(self._held.values(), key=lambda held: held.due, default=None)
                if first is None and now >= idle_until:
                    self._thread = None
                elif first is not None and now >= first.due:
                    return first
                else:
                    self._changed.wait((idle_until if first is None else first.due) - now)
        return None


def _beat(held: _Held, trial: Trial) -> None:
    try:
        trial._heartbeat()
        held.due = _next_due(trial)
    except Exception as error:  # the thread lives on for the other trials, and for this one's next try
        log.warning("the heartbeat of trial %d failed and is sent again in a second: %s", trial.number, error)
        held.due = time.monotonic() + _AFTER_FAILURE_SECONDS


def _next_due(trial: Trial) -> float:
    return time.monotonic() + trial.lease_seconds / 3


_every: weakref.WeakSet[Heartbeats] = weakref.WeakSet()


def _reset_every() -> None:
    for heartbeats in _every:
        heartbeats._reset()


def _close_every() -> None:
    for heartbeats in list(_every):
        heartbeats.close()


@lru_cache
def _close_at_exit() -> None:
    """Ends the threads when the process ends: one that logs while the interpreter is finalised can abort it.

    Exit handlers run last in, first out. This one must run before the idle connections are closed, whose handler the first
    client has added, so it is added with the first thread.
    """
    atexit.register(_close_every)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_reset_every)
