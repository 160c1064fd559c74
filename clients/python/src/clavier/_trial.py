"""A trial that this process holds."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Optional, Union
from urllib.parse import quote

from ._errors import ProblemError, StaleTokenError, TrialStopped
from ._heartbeats import Heartbeats
from ._metrics import Metrics
from ._outcome import abandon, finish
from ._records import Continued, Parameter, Resume, ValuesUntil, continued_of, earlier_values_of, resume_of
from ._requests import Requests
from ._values import Number, Result, Values, number_to_json, text_to_json, values_to_json

TELL_SECONDS = 300.0
"""Time for retries of everything that a worker tells, so that a restart of the service loses no result."""

_KEPT_ERROR_CHARACTERS = 2000


class Trial:
    """One configuration to evaluate, and the lease on it. A thread of the client renews the lease until the result is told.

    As a context manager it leaves nothing open: a block that ends without `complete`, `fail` or `release` completes the trial as
    `complete()` does; an exception fails it and goes on; an interrupt releases it; `TrialStopped` ends the block.
    """

    def __init__(self, requests: Requests, heartbeats: Heartbeats, metrics: Metrics, data: Mapping[str, Any]) -> None:
        self._requests = requests
        self._heartbeats = heartbeats
        self._metrics = metrics
        self.id: str = data["id"]
        self.number: int = data["number"]
        """From 0, in the order of suggestion."""
        self.study_id: str = data["studyId"]
        self.generation: Optional[int] = data["generation"]
        self.parameters: Mapping[str, Parameter] = data["parameters"]
        self.attempt: int = data["attempt"]
        """1 for the first time that the trial is given out."""
        self.resume: Optional[Resume] = resume_of(data["resume"])
        """Where this attempt may continue; None if no checkpoint was reported."""
        self.continues: Optional[Continued] = continued_of(data.get("continues"))
        """The trial that this one continues with more steps, in a search with rungs; None if it begins anew."""
        self.earlier_values: Sequence[ValuesUntil] = earlier_values_of(data)
        """Values of the first steps, in order, if they differ from `parameters` (the sampler `pbt`); empty: they do not."""
        self.token: str = data["lease"]["token"]
        """Shows the service who holds the trial."""
        self.lease_seconds: float = data["lease"]["seconds"]
        self.stop_reason: Optional[str] = None
        """The reason once the service has said that the evaluation must stop: cancelled, pruned, settled or lease-lost."""
        self.stop_detail: Optional[str] = None
        """The reason in words."""
        self._told = False

    def __repr__(self) -> str:
        return f"Trial(number={self.number}, attempt={self.attempt}, parameters={dict(self.parameters)!r})"

    def __getitem__(self, name: str) -> Any:
        """Returns the value of a parameter. Raises `KeyError` if the search space has none of this name."""
        return self.parameters[name]

    def parameters_at(self, step: int) -> Mapping[str, Parameter]:
        """Returns the values with which a step is taken, from 1. They are those of `parameters` unless the sampler changes values on the way."""
        earlier = next((values.parameters for values in self.earlier_values if step <= values.until), {})
        return {**self.parameters, **earlier}

    def report(self, step: int, values: Optional[Values] = None, *, checkpoint: Optional[str] = None, **named: Number) -> None:
        """Reports values on the way, and renews the lease.

        Args:
            step: From 1, in a unit of your own, such as epochs. A step counts once; another value for it is an error.
            values: Values by name; they may also be keyword arguments.
            checkpoint: Your own reference to a checkpoint, from which another attempt, or a trial with more steps, may continue (`resume`).

        Raises:
            StaleTokenError: if the trial is no longer held; stop the evaluation.
        """
        report: dict[str, Any] = {"step": step, "values": values_to_json({**(values or {}), **named})}
        if checkpoint is not None:
            report["checkpoint"] = checkpoint
        try:
            directive = self._tell("reports", {"reports": [report]})
        except StaleTokenError as error:
            self._stop("lease-lost", error.detail)
            raise
        self._heartbeats.renewed(self)
        self._obey(directive)

    def should_stop(self) -> bool:
        """Tells if the answer to a heartbeat or report said that the evaluation must stop. It sends nothing."""
        return self.stop_reason is not None

    def complete(
        self,
        values: Result = None,
        *,
        checkpoint: Optional[str] = None,
        attributes: Optional[Mapping[str, Any]] = None,
        links: Optional[Mapping[str, str]] = None,
    ) -> None:
        """Stores the result. Telling the same result again changes nothing.

        Args:
            values: The value of the study's metric, or values by name. Default: those of the last report, or of the checkpoint
                at which the trial resumed, if no step was left.
            checkpoint: Your own reference to a checkpoint of the result.
            attributes: Facts about the result, such as a commit: JSON values by name.
            links: http(s) addresses by the text of the link, such as a log or a model.

        Raises:
            ProblemError: `state-conflict` if the trial has another result or was cancelled, `invalid-request` if the metric is missing.
        """
        body: dict[str, Any] = {}
        if isinstance(values, Mapping):
            body["values"] = values_to_json(values)
        elif values is not None:
            metric = self._metrics.of(self.study_id, TELL_SECONDS)
            body["values"] = {metric: number_to_json(metric, values)}
        if checkpoint is not None:
            body["checkpoint"] = checkpoint
        if attributes is not None:
            body["attributes"] = attributes
        if links is not None:
            body["links"] = [{"name": name, "url": url} for name, url in links.items()]
        self._tell("complete", body)
        self._drop()

    def fail(self, error: Union[str, BaseException], retry: bool = True) -> None:
        """Says that this attempt failed. Of the text or traceback the last 2,000 characters are kept.

        Args:
            retry: True: the trial is tried again while the retries of the study allow it. False: it fails at once.
        """
        text = error if isinstance(error, str) else "".join(traceback.format_exception(type(error), error, error.__traceback__))
        self._tell("fail", {"error": text_to_json(text.strip()[-_KEPT_ERROR_CHARACTERS:]), "retry": retry})
        self._drop()

    def release(self, retry_seconds: float = TELL_SECONDS) -> None:
        """Gives the trial back, for a worker that stops. The attempt does not count."""
        self._tell("release", {}, retry_seconds)
        self._drop()

    def __enter__(self) -> Trial:
        return self

    def __exit__(self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> bool:
        if error is None:
            if self.is_held:
                finish(self, None)
            return False
        abandon(self, error)
        return isinstance(error, TrialStopped)

    @property
    def is_held(self) -> bool:
        """True until the trial was completed, failed or released, or was given up after a stop."""
        return not self._told

    def _heartbeat(self) -> None:
        """Renews the lease, in one try: the next heartbeat is the retry."""
        timeout = max(1.0, self.lease_seconds / 3)
        try:
            self._obey(self._tell("heartbeat", {}, 0.0, timeout))
        except StaleTokenError as error:
            self._stop("lease-lost", error.detail)
        except ProblemError as error:
            if error.status != 404:
                raise
            self._stop("cancelled", error.detail)  # its study was deleted

    def _tell(self, what: str, body: Mapping[str, Any], retry_seconds: float = TELL_SECONDS, timeout: Optional[float] = None) -> Any:
        path = f"/v1/trials/{quote(self.id)}/{what}"
        return self._requests.post(path, {"token": self.token, **body}, retry_seconds=retry_seconds, timeout=timeout)

    def _obey(self, directive: Mapping[str, Any]) -> None:
        if directive["directive"] == "stop":
            self._stop(directive["reason"], directive["detail"])

    def _stop(self, reason: str, detail: Optional[str]) -> None:
        """Notes that the service no longer waits for the result. A trial that was told meanwhile needs no stop."""
        if self.is_held and self.stop_reason is None:
            self.stop_detail = detail
            self.stop_reason = reason
        self._heartbeats.remove(self)

    def _drop(self) -> None:
        """Holds the trial no longer."""
        self._told = True
        self._heartbeats.remove(self)
