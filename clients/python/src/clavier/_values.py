"""Conversion of Python values to the JSON that the service accepts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Optional, SupportsFloat, Union

Number = Optional[SupportsFloat]
"""A measured number: int, float, a scalar of numpy or torch, NaN and infinities included. None: there is no value."""

Values = Mapping[str, Number]
"""Measured numbers by the names of their metrics."""

Result = Union[SupportsFloat, Values, None]
"""A result: the value of the study's metric, several values by name, or None, which `Trial.complete` explains."""

JsonNumber = Union[float, str, None]


def number_to_json(name: str, value: object) -> JsonNumber:
    """Converts a measured number. JSON has no NaN and no infinities, so the service takes their names.

    Raises:
        TypeError: if it is no number.
    """
    if value is None:
        return None
    number = _float_of(value)
    if number is None:
        raise TypeError(f"the value {name!r} must be a number, not {value!r}")
    return _finite_or_name(number)


def values_to_json(values: Mapping[str, Any]) -> dict[str, JsonNumber]:
    """Converts measured numbers."""
    return {str(name): number_to_json(str(name), value) for name, value in values.items()}


def to_json(value: object) -> Any:
    """Converts mappings, sequences and scalars, those of numpy included, to what `json.dumps` writes in valid JSON.

    Raises:
        TypeError: if it has a part that JSON cannot represent.
    """
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return _finite_or_name(value)
    if isinstance(value, Mapping):
        return {str(name): to_json(member) for name, member in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_json(member) for member in value]
    converted = getattr(value, "tolist", None) or getattr(value, "item", None)
    if not callable(converted):
        raise TypeError(f"{type(value).__name__} cannot be sent as JSON: {value!r}")
    return to_json(converted())


def text_to_json(text: str) -> str:
    """Replaces the characters that the service rejects: U+0000 and halves of surrogate pairs."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _float_of(value: object) -> Optional[float]:
    if isinstance(value, (str, bytes, bytearray)):
        return None
    try:
        return float(value)  # type: ignore[arg-type]
    except OverflowError:  # an int beyond the largest double
        return math.copysign(math.inf, 1 if value > 0 else -1)  # type: ignore[operator]
    except (TypeError, ValueError):  # arrays of one number have it as their item
        item = getattr(value, "item", None)
    try:
        return float(item()) if callable(item) else None
    except (TypeError, ValueError):
        return None


def _finite_or_name(number: float) -> Union[float, str]:
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return number + 0.0  # the service rejects a negative zero; this sum is positive
