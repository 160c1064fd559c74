"""Trials that the program names in place of the sampler."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Optional

from ._values import number_to_json, values_to_json

GivenTrials = Iterable[Mapping[str, Any]]
"""Configurations, each with its known result or without."""


def given_to_json(trials: GivenTrials, metric: Optional[str]) -> list[dict[str, Any]]:
    """Converts given trials. The service checks them against the search space.

    Args:
        metric: Names the values that are one number. None: they are sent as they are.

    Raises:
        TypeError: if it is no list of mappings, or a value is no number.
    """
    if isinstance(trials, (str, Mapping)) or not isinstance(trials, Iterable):
        raise TypeError(f"the trials must be a list of mappings with the key 'parameters', not {trials!r}")
    return [_trial_to_json(index, trial, metric) for index, trial in enumerate(trials)]


def _trial_to_json(index: int, trial: object, metric: Optional[str]) -> dict[str, Any]:
    if not isinstance(trial, Mapping):
        raise TypeError(f"trial {index} must be a mapping with the key 'parameters', not {trial!r}")
    given = dict(trial)
    values, links = given.pop("values", None), given.get("links")
    if isinstance(values, Mapping):
        given["values"] = values_to_json(values)
    elif values is not None:
        given["values"] = values if metric is None else {metric: number_to_json(metric, values)}
    if isinstance(links, Mapping):
        given["links"] = [{"name": name, "url": url} for name, url in links.items()]
    return given
