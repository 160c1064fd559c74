"""The client of one service."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Optional, Union

from ._asking import Asked, Asking, Wanted
from ._given import GivenTrials, given_to_json
from ._heartbeats import Heartbeats
from ._requests import Requests, path_of_study
from ._study import Study

_DEFAULT_URL = "http://127.0.0.1:8080"


class Client:
    """Creates and finds the studies of one service. It may be shared by threads, and sends nothing before a method is called.

    Args:
        url: Address of the service. Default: the environment variable CLAVIER_URL, or http://127.0.0.1:8080.
        key: Sent as a bearer token. Default: the environment variable CLAVIER_KEY; without it none is sent.
        timeout: Seconds for one response, and for the retries of requests that are not part of a trial.
        project: The project to act in, for a key of all projects. Default: the environment variable CLAVIER_PROJECT; without it,
            the project of the key.
    """

    def __init__(
        self, url: Optional[str] = None, key: Optional[str] = None, timeout: float = 30, *, project: Optional[str] = None
    ) -> None:
        address = url or os.environ.get("CLAVIER_URL") or _DEFAULT_URL
        self._requests = Requests(
            address, key or os.environ.get("CLAVIER_KEY"), timeout, project=project or os.environ.get("CLAVIER_PROJECT")
        )
        self._heartbeats = Heartbeats()
        self._asking = Asking(self._requests, self._heartbeats)

    def create_study(
        self,
        definition: Optional[Mapping[str, Any]] = None,
        /,
        *,
        given_trials: Optional[GivenTrials] = None,
        warm_start: Optional[Iterable[Union[str, Study]]] = None,
        **fields: Any,
    ) -> Study:
        """Creates a study.

        Args:
            definition: The body of `POST /v1/studies`.
            given_trials: Trials that you name: mappings with `parameters`, and with `values` if the result is known, as in
                `Study.add_trials`. They have the first numbers, and those without a result are evaluated first.
            warm_start: Up to ten studies with the same metric and direction, or their ids. Their completed trials whose
                configuration is in this search space are copied as known results.
            fields: Members of the definition, in place of or in addition to it. Names may be in snake case: `search_space` is sent
                as `searchSpace`. Without `objective` and `preset` the objective is external with the given `metrics`.

        Raises:
            ProblemError: `invalid-study`, with every error in the definition.
        """
        body = {**(definition or {}), **{_camel_case(name): value for name, value in fields.items()}}
        if "objective" not in body and "preset" not in body and "metrics" in body:
            body["objective"] = {"type": "external", "metrics": body["metrics"]}
        if given_trials is not None:
            body["givenTrials"] = given_to_json(given_trials, _metric_of(body))
        if warm_start is not None:
            body["warmStart"] = [{"study": id} for id in _ids_of("warm_start", warm_start)]
        return self._study(self._requests.post("/v1/studies", body, retry_seconds=self._requests.timeout))

    def study(self, id: str) -> Study:
        """Finds a study.

        Raises:
            ProblemError: `study-not-found` if there is none with this id.
        """
        return self._study(self._requests.get(path_of_study(id), retry_seconds=self._requests.timeout).data)

    def ask(
        self,
        *,
        worker: Optional[str] = None,
        studies: Optional[Iterable[Union[str, Study]]] = None,
        count: int = 1,
        lease_seconds: int = 60,
        wait: float = 0,
    ) -> Asked:
        """Takes up to `count` trials (1 to 100) of any study with the objective `external`, which this process then holds.

        A trial has the id of its study in `study_id`; otherwise it is as one of `Study.ask`.

        Args:
            worker: Name of this worker, for people. Default: host and process.
            studies: Studies or their ids (1 to 100), in the order in which they give out trials. Default: all active ones, the
                highest priority first, then the oldest.
            lease_seconds: Time after which a trial is given to another worker if this process dies; 5 to 3600.
            wait: Seconds to wait for the first trial; math.inf until there is one, or all the named studies have ended.

        Raises:
            ProblemError: `study-not-found`; `not-external` if the service evaluates a named study itself.
        """
        named = None if studies is None else _ids_of("studies", studies)
        return self._asking.ask("/v1/ask", Wanted(count, wait, lease_seconds, worker, named))

    def close(self) -> None:
        """Ends the heartbeats and closes idle connections. The leases of trials that are still held end by themselves."""
        self._heartbeats.close()
        self._requests.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.close()

    def _study(self, data: Mapping[str, Any]) -> Study:
        return Study(self._requests, self._asking, data)


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


def _metric_of(definition: Mapping[str, Any]) -> Optional[str]:
    """Returns the metric that a definition names first; None if it names none in the usual form."""
    metrics = definition.get("metrics")
    first = metrics[0] if isinstance(metrics, (list, tuple)) and metrics else None
    name = first.get("name") if isinstance(first, Mapping) else None
    return name if isinstance(name, str) else None


def _ids_of(argument: str, studies: Iterable[Union[str, Study]]) -> list[str]:
    if isinstance(studies, (str, Study)):
        raise TypeError(f"{argument} must be a list of studies or their ids, not {studies!r}")
    return [_id_of(argument, study) for study in studies]


def _id_of(argument: str, study: Union[str, Study]) -> str:
    if isinstance(study, str):
        return study
    if isinstance(study, Study):
        return study.id
    raise TypeError(f"{argument} must have studies or their ids, not {study!r}")
