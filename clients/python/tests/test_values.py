from __future__ import annotations

import json
import math
import unittest
from fractions import Fraction

from clavier._values import number_to_json, text_to_json, to_json, values_to_json


class Scalar:
    """A number as numpy's arrays have them: it has no __float__."""

    def __init__(self, value: object) -> None:
        self.value = value

    def item(self) -> object:
        return self.value


class Numbers(unittest.TestCase):
    def test_values_that_are_not_finite_are_sent_by_their_names(self) -> None:
        values = {"a": math.nan, "b": math.inf, "c": -math.inf, "d": None}
        self.assertEqual(values_to_json(values), {"a": "NaN", "b": "Infinity", "c": "-Infinity", "d": None})

    def test_everything_with_a_float_or_an_item_is_a_number(self) -> None:
        self.assertEqual(
            [number_to_json("x", value) for value in (True, 2, Fraction(1, 4), Scalar(3), Scalar(math.nan))], [1, 2, 0.25, 3, "NaN"]
        )

    def test_an_integer_beyond_the_largest_double_is_infinite(self) -> None:
        self.assertEqual((number_to_json("x", 10**400), number_to_json("x", -(10**400))), ("Infinity", "-Infinity"))

    def test_a_negative_zero_is_sent_as_zero(self) -> None:
        self.assertEqual(json.dumps([number_to_json("x", -0.0), to_json({"x": [-0.0]})]), '[0.0, {"x": [0.0]}]')

    def test_anything_else_is_refused_with_its_name(self) -> None:
        for value in ("0.5", b"1", [1], object(), Scalar("one")):
            with self.assertRaisesRegex(TypeError, "the value 'loss' must be a number"):
                number_to_json("loss", value)


class Documents(unittest.TestCase):
    def test_scalars_and_sequences_become_json(self) -> None:
        given = {"a": Scalar(1), "b": (1, 2), "c": {"d": math.nan}, 3: None}
        self.assertEqual(to_json(given), {"a": 1, "b": [1, 2], "c": {"d": "NaN"}, "3": None})

    def test_other_objects_are_refused(self) -> None:
        with self.assertRaisesRegex(TypeError, "object cannot be sent as JSON"):
            to_json({"a": object()})

    def test_characters_that_the_service_rejects_are_replaced(self) -> None:
        self.assertEqual(text_to_json("a\0b\ud800c"), "a\ufffdb?c")
