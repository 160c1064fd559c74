"""Tests of studies and given trials against a running service: see `real_service`."""

from __future__ import annotations

import math
import unittest
from typing import Any, Callable
from unittest import mock

from clavier import Client, ProblemError

from .real_service import new_study

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def points(*values: float) -> list[dict[str, Any]]:
    """Configurations to evaluate."""
    return [{"parameters": {"x": value}} for value in values]


class SeveralStudies(unittest.TestCase):
    def test_each_trial_goes_to_the_study_that_it_is_of(self) -> None:
        accuracy = new_study(metrics=[{"name": "accuracy", "direction": "maximize"}], budget={"trials": 2})
        loss = new_study(budget={"trials": 1})
        client = Client()
        trials = client.ask(studies=[accuracy, loss.id], count=5)
        self.assertEqual([trial.study_id for trial in trials], [accuracy.id, accuracy.id, loss.id])
        for trial in trials:
            trial.report(1, other=trial["x"])
            trial.complete(trial["x"])
        asked = client.ask(studies=[accuracy, loss], wait=math.inf)
        assert asked.waiting is not None
        self.assertEqual((asked, asked.waiting.reason, asked.waiting.retry_after), ([], "ended", None))
        self.assertEqual([record.values for record in accuracy.trials()], [{"accuracy": trial["x"]} for trial in trials[:2]])
        self.assertEqual([record.values for record in loss.trials()], [{"loss": trials[2]["x"]}])

    def test_the_study_with_the_highest_priority_is_first(self) -> None:
        older, study = new_study(), new_study()
        for each in (older, study):
            self.addCleanup(each.cancel)
        study.change(priority=1000)
        asked = Client().ask(wait=5)
        self.assertEqual([trial.study_id for trial in asked], [study.id])
        asked[0].release()


class Given(unittest.TestCase):
    def test_given_trials_have_the_first_numbers_and_added_ones_the_next(self) -> None:
        study = new_study(budget={"trials": 4}, given_trials=[{"parameters": {"x": 0.5}, "values": 0.25}, *points(0.125)])
        notes = {"checkpoint": "mine", "attributes": {"commit": "abc"}, "links": {"log": "https://example.org/log"}}
        added = study.add_trials([*points(0.75), {"parameters": {"x": 1}, "values": {"loss": math.nan, "other": 2}, **notes}])
        self.assertEqual([(trial.number, trial.state) for trial in added], [(2, "queued"), (3, "completed")])
        seen: list[float] = []
        study.optimize(lambda trial: seen.append(trial["x"]) or trial["x"])  # type: ignore[func-returns-value]
        self.assertEqual((study.wait(timeout=30), seen[:2], len(seen)), ("completed", [0.125, 0.75], 4))
        trials = list(study.trials())
        self.assertEqual([trial.given for trial in trials], ["known", "enqueued", "enqueued", "known", None, None])
        self.assertEqual((trials[0].value, trials[3].values, trials[3].id), (0.25, {"loss": None, "other": 2}, added[1].id))
        worker = study._requests.get(f"/v1/trials/{added[1].id}", retry_seconds=30).data["worker"]
        self.assertEqual(worker, {"name": None, **notes, "links": [{"name": "log", "url": "https://example.org/log"}]})

    def test_trials_are_added_once_under_one_key(self) -> None:
        study = new_study()
        with mock.patch("uuid.uuid4", return_value=f"added-to-{study.id}"):
            first, again = (study.add_trials(points(0.5, 0.25)) for _ in range(2))
        self.assertEqual((first, [trial.number for trial in study.trials()]), (again, [0, 1]))

    def test_a_study_starts_with_the_results_of_others(self) -> None:
        first, second = (new_study(budget={"trials": 3}) for _ in range(2))
        for study in (first, second):
            study.optimize(lambda trial: trial["x"])
            study.wait(timeout=30)
        warm = new_study(warm_start=[first, second.id], given_trials=points(0.5))
        known = [trial.parameters for study in (first, second) for trial in study.trials()]
        self.assertEqual([trial.parameters for trial in warm.trials("completed")], known)
        self.assertEqual(warm.ask_one().parameters, {"x": 0.5})


class Changes(unittest.TestCase):
    def test_the_values_that_are_named_change(self) -> None:
        study = new_study(labels={"team": "search"})
        changed = study.change(priority=7, parallelism=2)
        self.assertEqual((changed["priority"], changed["spec"]["parallelism"], changed["spec"]["labels"]), (7, 2, {"team": "search"}))
        self.assertEqual(len(study.ask(5)), 2)
        self.assertEqual(study.change(labels={})["spec"]["labels"], {})
        self.assertEqual(study.change()["priority"], 7)


class Problems(unittest.TestCase):
    def shown(self, call: Callable[[], object]) -> str:
        """The message of the problem that a call meets."""
        with self.assertRaises(ProblemError) as caught:
            call()
        return str(caught.exception)

    def test_an_unknown_study(self) -> None:
        message = f"404 study-not-found: there is no study {UNKNOWN}"
        self.assertEqual(self.shown(lambda: Client().study(UNKNOWN)), message)
        self.assertEqual(self.shown(lambda: Client().ask(studies=[UNKNOWN])), message)
        self.assertIn(f"/warmStart/0/study there is no study {UNKNOWN}", self.shown(lambda: new_study(warm_start=[UNKNOWN])))

    def test_a_study_that_has_ended(self) -> None:
        study = new_study()
        study.cancel()
        self.assertRegex(self.shown(lambda: study.add_trials(points(0.5))), "^409 state-conflict: the study is cancelled")
        self.assertRegex(self.shown(lambda: study.change(priority=1)), "^409 state-conflict: the study is cancelled.*only its labels")
        self.assertEqual(study.change(labels={"done": "yes"})["spec"]["labels"], {"done": "yes"})

    def test_each_configuration_that_is_not_in_the_space(self) -> None:
        study = new_study()
        wrong = [
            *points(0.5, 2, math.nan),
            {"parameters": {}},
            {"parameters": {"x": 0.5, "y": 1}},
            {"parameters": {"x": 0.5}, "values": {}},
        ]
        places = ["1/parameters/x", "2/parameters/x", "3/parameters", "4/parameters/y", "5/values"]
        message = self.shown(lambda: study.add_trials(wrong))
        self.assertRegex(message, "^422 invalid-request: the body has 5 errors")
        for place in places:
            self.assertEqual(message.count(f"/trials/{place}"), 1, message)
        message = self.shown(lambda: new_study(given_trials=wrong))
        for place in places:
            self.assertEqual(message.count(f"/givenTrials/{place}"), 1, message)
        self.assertEqual(list(study.trials()), [])

    def test_a_study_of_another_metric_to_start_from(self) -> None:
        other = new_study(metrics=[{"name": "accuracy", "direction": "maximize"}])
        self.assertRegex(
            self.shown(lambda: new_study(warm_start=[other])), r"/warmStart/0/study .*accuracy \(maximize\).*loss \(minimize\)"
        )

    def test_values_that_a_study_cannot_have(self) -> None:
        message = self.shown(lambda: new_study().change(priority=10**6, parallelism=0))
        self.assertRegex(message, "(?s)^422 invalid-change: .*/priority .*/parallelism: ")

    def test_a_study_that_the_service_evaluates_itself(self) -> None:
        study = Client().create_study(
            name="its own",
            search_space=[{"type": "float", "name": name, "low": 0, "high": 10} for name in ("x1", "x2")],
            metrics=[{"name": "value", "direction": "minimize"}],
            objective={"type": "test-function", "function": "branin"},
            sampler={"type": "random"},
            budget={"trials": 1},
        )
        self.assertRegex(self.shown(lambda: Client().ask(studies=[study])), "^409 not-external: ")
