from __future__ import annotations

import threading
import time

from clavier import ProblemError, ValuesUntil

from .support import ServiceTest


class Studies(ServiceTest):
    def test_a_definition_may_be_written_as_keywords(self) -> None:
        metrics = [{"name": "loss", "direction": "minimize"}]
        self.client.create_study(name="mine", search_space=[], metrics=metrics, timeout_seconds=3)
        self.assertEqual(
            self.service.received[-1].body,
            {
                "name": "mine",
                "searchSpace": [],
                "metrics": metrics,
                "timeoutSeconds": 3,
                "objective": {"type": "external", "metrics": metrics},
            },
        )

    def test_a_definition_is_sent_as_it_is(self) -> None:
        definition = {"name": "mine", "metrics": [{"name": "loss"}], "objective": {"type": "external", "steps": 3}}
        self.client.create_study(definition)
        self.assertEqual(self.service.received[-1].body, definition)

    def test_an_unknown_study_is_a_problem(self) -> None:
        with self.assertRaises(ProblemError) as caught:
            self.client.study("22222222-2222-4222-8222-222222222222")
        self.assertEqual(caught.exception.code, "study-not-found")

    def test_results_are_read(self) -> None:
        study = self.study()
        self.assertIsNone(study.best)
        study.optimize(lambda trial: (trial["x"] - 1) ** 2)
        self.assertEqual((study.state, study.wait()), ("completed", "completed"))
        best = study.best
        assert best is not None
        self.assertEqual((best.number, best.value, best.parameters, best.rank), (1, 0, {"x": 1.0}, None))
        self.assertEqual([(trial.rank, trial.number) for trial in study.leaderboard(2)], [(1, 1), (2, 0)])
        self.assertEqual([trial.number for trial in study.trials()], [0, 1, 2])

    def test_the_earlier_values_of_a_trial_are_read(self) -> None:
        study = self.study()
        self.trial(1).earlier_values = [{"until": 4, "parameters": {"x": 3.0}}]
        study.optimize(lambda trial: (trial["x"] - 1) ** 2)
        best = study.best
        assert best is not None
        self.assertEqual(best.earlier_values, [ValuesUntil(4, {"x": 3.0})])
        self.assertEqual([trial.earlier_values for trial in study.trials() if trial.number != 1], [[], []])

    def test_a_front_is_read_with_its_reference_point(self) -> None:
        study = self.study()
        study.optimize(lambda trial: (trial["x"] - 1) ** 2)
        front = study.front(limit=2, reference=[0.5, 300])
        self.assertEqual((front.size, len(front.trials), front.hypervolume), (3, 2, 2.5))
        self.assertEqual(front.reference, {"metric0": 0.5, "metric1": 300.0})
        self.assertIsNone(study.front().reference)

    def test_wait_ends_with_the_study_or_after_its_time(self) -> None:
        study = self.study()
        with self.assertRaises(TimeoutError):
            study.wait(timeout=0.1)
        threading.Timer(0.3, study.cancel).start()
        began = time.monotonic()
        study.wait()
        self.assertGreater(time.monotonic() - began, 0.2)
        self.assertEqual(self.service.states(), ["cancelled"] * 3)
        self.assertEqual(self.service.requests("cancel")[0].body, None)

    def test_a_budget_is_raised_by_the_limits_that_are_named(self) -> None:
        study = self.study()
        self.assertEqual(study.extend(trials=20, wall_clock_seconds=60.5)["id"], study.id)
        study.extend(generations=4, remove=["target_value"])
        self.assertEqual(
            [request.body for request in self.service.requests("extend")],
            [{"budget": {"trials": 20, "wallClockSeconds": 60.5}}, {"budget": {"generations": 4, "targetValue": None}}],
        )
        with self.assertRaises(ValueError):
            study.extend(remove=["time"])
