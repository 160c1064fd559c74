"""Exceptions of the client."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Optional


class ClavierError(Exception):
    """Base class of the errors that the client raises."""


class ServiceUnavailable(ClavierError):
    """The service could not be reached, or it answered 429, 502, 503 or 504, until the time for retries was over.

    `__cause__` is the last failure.
    """


class NoTrial(ClavierError):
    """`Study.ask_one` got no trial.

    `reason` is `"ended"` when the study has ended; with any other reason a later request may get one.
    """

    def __init__(self, reason: str, detail: str, retry_after: Optional[float]) -> None:
        super().__init__(reason, detail, retry_after)
        self.reason = reason
        self.detail = detail
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"no trial ({self.reason}): {self.detail}"


class TrialStopped(Exception):
    """Raise it in an objective to end the evaluation of a trial without a result, usually after `Trial.should_stop`."""


class ProblemError(ClavierError):
    """The service rejected a request. The members are those of the problem document (RFC 9457) that it sent."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        errors: Sequence[Mapping[str, str]] = (),
        state: Optional[str] = None,
    ) -> None:
        super().__init__(status, code, detail, errors, state)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = list(errors)
        self.state = state

    def __str__(self) -> str:
        lines = [f"{self.status} {self.code}: {self.detail}"]
        lines += [f"  {_place_of(error) or '(whole request)'}: {error.get('detail', '')}" for error in self.errors if not self._says(error)]
        return "\n".join(lines)

    def _says(self, error: Mapping[str, str]) -> bool:
        """Tells if the detail of the problem has an error with its place, as it has the first one."""
        return f"{_place_of(error)} {error.get('detail', '')}".strip() in self.detail


class StaleTokenError(ProblemError):
    """The trial is no longer held by this worker: its lease ended, or it was settled. `state` is the state of the trial."""


def _place_of(error: Mapping[str, str]) -> str:
    return error.get("pointer") or error.get("parameter") or ""


def problem_of(status: int, content: bytes) -> ProblemError:
    """Returns the error for a response that is not a success. Other servers on the way may send other bodies than problems."""
    try:
        problem: Any = json.loads(content)
    except ValueError:
        problem = None
    if not isinstance(problem, dict) or not isinstance(problem.get("code"), str):
        text = content[:500].decode("utf-8", "replace").strip()
        return ProblemError(status, f"http-{status}", text or "The response has no body.")
    kind = StaleTokenError if problem["code"] == "stale-token" else ProblemError
    return kind(status, problem["code"], problem.get("detail", ""), problem.get("errors", ()), problem.get("state"))
