"""Names of the metrics of studies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._requests import Requests, path_of_study


class Metrics:
    """The metric that each study optimises. It never changes, so it is read once, when a trial needs it."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._names: dict[str, str] = {}

    def note(self, study: Mapping[str, Any]) -> str:
        """Returns the metric of a study that the service has described, and keeps it."""
        name: str = study["spec"]["metrics"][0]["name"]
        self._names[study["id"]] = name
        return name

    def of(self, study_id: str, retry_seconds: float) -> str:
        """Returns the metric of a study.

        Raises:
            ProblemError: `study-not-found` if it was deleted.
        """
        name = self._names.get(study_id)
        if name is None:
            name = self.note(self._requests.get(path_of_study(study_id), retry_seconds=retry_seconds).data)
        return name
