"""The state of a study with external trials, and its routes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Callable, Optional

STUDY = "11111111-1111-4111-8111-111111111111"


@dataclass
class FakeTrial:
    """A trial as the service stores it."""

    id: str
    number: int
    parameters: dict[str, Any]
    state: str = "queued"
    attempts: int = 0
    token: Optional[str] = None
    values: Optional[dict[str, Any]] = None
    reports: list[dict[str, Any]] = field(default_factory=list)
    error: Optional[str] = None
    stop: Optional[str] = None
    """The reason that heartbeats and reports answer."""
    heartbeats: int = 0
    given: Optional[str] = None
    continues: Optional[FakeTrial] = None
    earlier_values: list[dict[str, Any]] = field(default_factory=list)


class FakeStudy:
    """Has trials of one parameter `x`, which is the number of the trial. A failed trial is tried again once."""

    def __init__(self, trials: int, lease_seconds: float) -> None:
        self.trials = [FakeTrial(str(uuid.uuid4()), number, {"x": float(number)}) for number in range(trials)]
        self.lease_seconds = lease_seconds
        self.definition: dict[str, Any] = {}

    def route(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        """Returns status and body."""
        parts = path.strip("/").split("/")
        if parts == ["v1", "ask"]:
            return (200, self.ask(body)) if body.get("studies", [STUDY]) == [STUDY] else problem(404, "study-not-found")
        if parts == ["v1", "studies"]:
            self.definition = body
            return 201, self.describe()
        if parts[1] == "studies":
            if parts[2] != STUDY:
                return problem(404, "study-not-found")
            if method == "POST" and parts[3:] == ["trials"]:
                return self.add(body["trials"])
            return 200, self.part(parts[3:], query, body)
        trial = next((trial for trial in self.trials if trial.id == parts[2]), None)
        return problem(404, "trial-not-found") if trial is None else self.tell(trial, parts[3], body)

    def part(self, parts: list[str], query: dict[str, list[str]], body: Any) -> Any:
        if parts == ["ask"]:
            return self.ask(body)
        if parts == ["cancel"]:
            for trial in self.trials:
                trial.state = "cancelled" if trial.state in ("queued", "running") else trial.state
        if parts == ["leaderboard"]:
            ranked = sorted((trial for trial in self.trials if trial.state == "completed"), key=first_value)
            items = [{"rank": index + 1, **record(trial)} for index, trial in enumerate(ranked)]
            return {"items": items[: int(query["limit"][0])]}
        if parts == ["front"]:
            done = [{"rank": 1, **record(trial)} for trial in self.trials if trial.state == "completed"]
            point = query.get("reference")
            reference = [{"name": f"metric{place}", "value": float(text)} for place, text in enumerate(point[0].split(","))] if point else None
            return {"size": len(done), "items": done[: int(query["limit"][0])], "hypervolume": 2.5 if point else None, "reference": reference}
        if parts == ["trials"]:
            first = int(query.get("cursor", ["0"])[0])
            items = [record(trial) for trial in self.trials[first : first + 2]]
            return {"items": items, "nextCursor": str(first + 2) if first + 2 < len(self.trials) else None}
        return self.describe()

    def add(self, given: list[dict[str, Any]]) -> tuple[int, Any]:
        if self.ended():
            return problem(409, "state-conflict", "completed")
        wrong = [index for index, trial in enumerate(given) if set(trial["parameters"]) != {"x"}]
        if wrong:
            pointers = [f"/trials/{index}/parameters" for index in wrong]
            return problem(422, "invalid-request", errors=[{"pointer": pointer, "detail": "must have x"} for pointer in pointers])
        first = len(self.trials)
        for place, trial in enumerate(given):
            known = "values" in trial
            added = FakeTrial(str(uuid.uuid4()), first + place, trial["parameters"], "completed" if known else "queued")
            added.values, added.given = trial.get("values"), "known" if known else "enqueued"
            self.trials.append(added)
        return 201, {"trials": [{"id": trial.id, "number": trial.number, "state": trial.state} for trial in self.trials[first:]]}

    def describe(self) -> dict[str, Any]:
        completed = [trial for trial in self.trials if trial.state == "completed"]
        metrics = self.definition.get("metrics") or [{"name": "loss", "direction": "minimize"}]
        return {
            "id": STUDY,
            "name": self.definition.get("name", "fake"),
            "state": "completed" if self.ended() else "active",
            "spec": {"metrics": metrics},
            "best": record(min(completed, key=first_value)) if completed else None,
        }

    def ended(self) -> bool:
        return all(trial.state not in ("queued", "running") for trial in self.trials)

    def ask(self, body: dict[str, Any]) -> dict[str, Any]:
        given: list[dict[str, Any]] = []
        for trial in self.trials:
            if trial.state == "queued" and len(given) < body["count"]:
                trial.state, trial.token, trial.attempts = "running", str(uuid.uuid4()), trial.attempts + 1
                given.append(self.lease(trial))
        if given:
            return {"trials": given, "waiting": None}
        reason, retry = ("ended", None) if self.ended() else ("budget", 0.05)
        return {"trials": [], "waiting": {"reason": reason, "detail": "There is no trial.", "retryAfterSeconds": retry}}

    def lease(self, trial: FakeTrial) -> dict[str, Any]:
        earlier = trial.continues
        known = [(each, report) for each in (earlier, trial) if each for report in each.reports]
        kept = [{**report, "trialId": each.id, "number": each.number} for each, report in known if "checkpoint" in report]
        trial.reports = []
        return {
            "id": trial.id,
            "studyId": STUDY,
            "number": trial.number,
            "generation": None,
            "parameters": trial.parameters,
            "attempt": trial.attempts,
            "lease": {"token": trial.token, "seconds": self.lease_seconds, "until": "2030-01-01T00:00:00.000Z"},
            "resume": kept[-1] if kept else None,
            "continues": earlier and {"trialId": earlier.id, "number": earlier.number},
            **({"earlierValues": trial.earlier_values} if trial.earlier_values else {}),
        }

    def tell(self, trial: FakeTrial, what: str, body: dict[str, Any]) -> tuple[int, Any]:
        actions: dict[str, Callable[[FakeTrial, dict[str, Any]], tuple[int, Any]]] = {
            "heartbeat": self.heartbeat,
            "reports": self.report,
            "complete": self.complete,
            "fail": self.fail,
            "release": self.release,
        }
        stale = trial.state != "running" or body["token"] != trial.token
        if stale and what not in ("heartbeat", "complete"):
            return problem(409, "stale-token", trial.state)
        return actions[what](trial, body)

    def heartbeat(self, trial: FakeTrial, body: dict[str, Any]) -> tuple[int, Any]:
        trial.heartbeats += 1
        return 200, self.directive(trial, body)

    def report(self, trial: FakeTrial, body: dict[str, Any]) -> tuple[int, Any]:
        trial.reports += body["reports"]
        return 200, self.directive(trial, body)

    def directive(self, trial: FakeTrial, body: dict[str, Any]) -> dict[str, Any]:
        reason = trial.stop or ("lease-lost" if body["token"] != trial.token else None)
        directive = "continue" if reason is None else "stop"
        return {"directive": directive, "reason": reason, "detail": reason and f"It is {reason}.", "leaseUntil": None}

    def complete(self, trial: FakeTrial, body: dict[str, Any]) -> tuple[int, Any]:
        values = body.get("values") or (trial.reports[-1]["values"] if trial.reports else {})
        if "loss" not in values:
            return problem(422, "invalid-request", errors=[{"pointer": "/values", "detail": "must have the metric loss"}])
        if trial.state == "completed" and trial.values == values:
            return settled(trial)
        if trial.state not in ("queued", "running"):
            return problem(409, "state-conflict", trial.state)
        trial.state, trial.values = "completed", values
        return settled(trial)

    def fail(self, trial: FakeTrial, body: dict[str, Any]) -> tuple[int, Any]:
        trial.state = "queued" if body["retry"] and trial.attempts < 2 else "failed"
        trial.error = body["error"]
        return settled(trial)

    def release(self, trial: FakeTrial, body: dict[str, Any]) -> tuple[int, Any]:
        trial.state = "queued"
        trial.attempts -= 1
        return settled(trial)


def problem(status: int, code: str, state: Optional[str] = None, errors: Sequence[dict[str, str]] = ()) -> tuple[int, Any]:
    return status, {"status": status, "code": code, "detail": f"This is {code}.", "errors": list(errors), "state": state}


def settled(trial: FakeTrial) -> tuple[int, Any]:
    return 200, {"trial": trial.id, "number": trial.number, "state": trial.state, "value": None}


def record(trial: FakeTrial) -> dict[str, Any]:
    return {
        "id": trial.id,
        "number": trial.number,
        "state": trial.state,
        "parameters": trial.parameters,
        "value": (trial.values or {}).get("loss"),
        "values": trial.values,
        "given": trial.given,
        **({"earlierValues": trial.earlier_values} if trial.earlier_values else {}),
    }


def first_value(trial: FakeTrial) -> float:
    return float((trial.values or {}).get("loss", "inf"))
