"""What the service says about trials, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional, Union

Parameter = Union[float, int, str, bool, None]
"""The value of one parameter."""


@dataclass(frozen=True)
class ValuesUntil:
    """Values with which the first steps of a trial were taken, of a search that changes values on the way."""

    until: int
    """The last step that was taken with them."""
    parameters: Mapping[str, Parameter]
    """The parameters that may change; all others are those of the trial."""


@dataclass(frozen=True)
class TrialRecord:
    """A trial of a study as it is stored."""

    id: str
    number: int
    state: str
    """queued, running, completed, pruned, failed or cancelled."""
    parameters: Mapping[str, Parameter]
    value: Optional[float]
    """The value of the study's metric. None until it is known, and if it is not finite."""
    values: Optional[Mapping[str, Optional[float]]]
    """All values of the last step or of the completion."""
    rank: Optional[int]
    """Position in the leaderboard, from 1; None elsewhere."""
    given: Optional[str]
    """`"known"` or `"enqueued"` for a trial that a client named; None for one that the sampler suggested."""
    earlier_values: Sequence[ValuesUntil]
    """The values of the earlier steps where they differ from `parameters`, in order: to train the trial again, change the values after the same
    steps. Empty: all steps were taken with `parameters`."""
    data: Mapping[str, Any] = field(repr=False)
    """Every member that the service sent."""


@dataclass(frozen=True)
class AddedTrial:
    """A trial that `Study.add_trials` has added."""

    id: str
    number: int
    state: str
    """completed if its result was known, else queued; after a repeated request its state by then."""


@dataclass(frozen=True)
class Resume:
    """The last reported checkpoint of an earlier attempt, or of an earlier trial, from which an attempt may continue."""

    step: int
    values: Mapping[str, Optional[float]]
    checkpoint: str
    trial_id: Optional[str] = None
    """Id of the trial that reported it. A service of an earlier release does not say."""
    number: Optional[int] = None
    """Its number."""


@dataclass(frozen=True)
class Continued:
    """An earlier trial with fewer steps, with which a trial goes on. With `pbt` its values may differ."""

    trial_id: str
    number: int


@dataclass(frozen=True)
class Waiting:
    """The reason for which the service gave out no trial."""

    reason: str
    """`"ended"`: the study has ended, and there is nothing left to ask for. Otherwise a later request may get a trial."""
    detail: str
    """The reason in words, with what the worker should do."""
    retry_after: Optional[float]
    """Recommended seconds before the next request; None once the study has ended."""


def trial_record_of(data: Mapping[str, Any]) -> TrialRecord:
    """Reads a trial from a response."""
    return TrialRecord(
        id=data["id"],
        number=data["number"],
        state=data["state"],
        parameters=data["parameters"],
        value=data["value"],
        values=data["values"],
        rank=data.get("rank"),
        given=data.get("given"),
        earlier_values=earlier_values_of(data),
        data=data,
    )


@dataclass(frozen=True)
class Front:
    """The Pareto front of a study: the trials for which no other one is at least as good in every metric and better in one."""

    size: int
    """Number of its trials."""
    trials: Sequence[TrialRecord]
    """Some of them, the least crowded first."""
    hypervolume: Optional[float]
    """The volume between the front and the reference point; None while there is none, and with one metric."""
    reference: Optional[Mapping[str, float]]
    """The reference point by metric."""


def front_of(data: Mapping[str, Any]) -> Front:
    """Reads a front from a response."""
    reference = data["reference"]
    return Front(
        size=data["size"],
        trials=[trial_record_of(item) for item in data["items"]],
        hypervolume=data["hypervolume"],
        reference=None if reference is None else {item["name"]: item["value"] for item in reference},
    )


def waiting_of(data: Mapping[str, Any]) -> Waiting:
    """Reads the reason for which there is no trial."""
    return Waiting(data["reason"], data["detail"], data["retryAfterSeconds"])


def resume_of(data: Optional[Mapping[str, Any]]) -> Optional[Resume]:
    """Reads where an attempt may continue."""
    return None if data is None else Resume(data["step"], data["values"], data["checkpoint"], data.get("trialId"), data.get("number"))


def earlier_values_of(data: Mapping[str, Any]) -> Sequence[ValuesUntil]:
    """Reads the values of the first steps of a trial. A service of an earlier release names none."""
    return [ValuesUntil(entry["until"], entry["parameters"]) for entry in data.get("earlierValues", [])]


def continued_of(data: Optional[Mapping[str, Any]]) -> Optional[Continued]:
    """Reads the trial with which another one goes on. A service of an earlier release names none."""
    return None if data is None else Continued(data["trialId"], data["number"])
