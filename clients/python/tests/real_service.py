"""Tests against a running service, whose address is in CLAVIER_URL: `python3 -m unittest tests.real_service tests.real_studies`."""

from __future__ import annotations

import math
import time
import unittest
from typing import Any, Optional

from clavier import Client, ProblemError, StaleTokenError, Study, Trial, TrialStopped

from .support import eventually


def new_study(**fields: Any) -> Study:
    """Creates a study of one parameter."""
    definition = {
        "name": "python client",
        "search_space": [{"type": "float", "name": "x", "low": 0, "high": 1}],
        "metrics": [{"name": "loss", "direction": "minimize"}],
        "sampler": {"type": "random"},
        "budget": {"trials": 6},
    }
    return Client().create_study(**{**definition, **fields})


class RealService(unittest.TestCase):
    def test_a_study_ends_with_every_result(self) -> None:
        study = new_study()
        study.optimize(lambda trial: {"loss": trial["x"], "other": 1}, n_jobs=3)
        self.assertEqual(study.wait(timeout=30), "completed")
        trials = list(study.trials())
        self.assertEqual([trial.state for trial in trials], ["completed"] * 6)
        self.assertEqual([trial.value for trial in study.leaderboard()], sorted(trial.parameters["x"] for trial in trials))
        best = study.best
        assert best is not None
        self.assertEqual((best.value, best.values), (best.parameters["x"], {"loss": best.value, "other": 1}))

    def test_a_study_that_ended_goes_on_with_a_larger_budget(self) -> None:
        study = new_study(budget={"trials": 2})
        study.optimize(lambda trial: trial["x"])
        self.assertEqual(study.wait(timeout=30), "completed")
        self.assertEqual(study.extend(trials=5)["state"], "active")
        study.optimize(lambda trial: trial["x"])
        self.assertEqual(study.wait(timeout=30), "completed")
        self.assertEqual([trial.number for trial in study.trials()], [0, 1, 2, 3, 4])
        with self.assertRaises(ProblemError) as caught:
            study.extend(trials=4)
        self.assertEqual(caught.exception.code, "invalid-change")

    def test_values_that_are_not_finite_rank_last(self) -> None:
        study = new_study()
        study.optimize(lambda trial: [math.nan, 1.0, math.inf, -math.inf, 0.0, -0.0][trial.number])
        self.assertEqual([trial.value for trial in study.leaderboard()], [0, 0, 1, None, None, None])

    def test_a_failed_attempt_is_followed_by_one_that_continues(self) -> None:
        resumed = []

        def objective(trial: Trial) -> float:
            if trial.attempt == 1:
                trial.report(1, loss=2, checkpoint="first")
                trial.report(2, loss=1)
                raise ValueError("broken")
            resumed.append(trial.resume and (trial.resume.step, trial.resume.values, trial.resume.checkpoint))
            return 0

        study = new_study(budget={"trials": 1})
        study.optimize(objective, catch=ValueError)
        self.assertEqual(resumed, [(1, {"loss": 2}, "first")])
        self.assertEqual([(trial.state, trial.data["failures"]) for trial in study.trials()], [("completed", 1)])

    def test_a_trial_continues_an_earlier_one_from_its_checkpoint(self) -> None:
        seen: list[tuple[int, Optional[int], Optional[str]]] = []

        def objective(trial: Trial) -> None:
            begun = trial.resume.step if trial.resume else 0
            seen.append((trial["epochs"], trial.continues and trial.continues.number, trial.resume and trial.resume.checkpoint))
            for step in range(begun + 1, trial["epochs"] + 1):
                trial.report(step, loss=trial["x"], checkpoint=f"{trial.number}/{step}")

        study = new_study(
            search_space=[{"type": "float", "name": "x", "low": 0, "high": 1}, {"type": "int", "name": "epochs", "low": 1, "high": 3}],
            sampler={"type": "successive-halving", "fidelity": "epochs", "proposer": {"type": "random"}, "rounds": 1},
            budget={},
        )
        study.optimize(objective)
        best = min(study.trials(), key=lambda trial: (trial.value, trial.number)).number
        self.assertEqual(seen, [(1, None, None)] * 3 + [(3, best, f"{best}/1")])

    def test_heartbeats_keep_a_trial_past_its_lease(self) -> None:
        study = new_study(budget={"trials": 1})
        with study.ask_one(lease_seconds=5) as trial:
            time.sleep(7)
            self.assertEqual(study.ask(wait=1), [])
            self.assertFalse(trial.should_stop())
            trial.complete(1, checkpoint="last", attributes={"commit": "abc"}, links={"log": "https://example.org/log"})
        self.assertEqual([trial.data["attempts"] for trial in study.trials()], [1])

    def test_a_cancelled_study_stops_its_trials(self) -> None:
        reasons: list[Optional[str]] = []

        def objective(trial: Trial) -> float:
            study.cancel()
            eventually(trial.should_stop)
            reasons.append(trial.stop_reason)
            raise TrialStopped

        study = new_study()
        study.optimize(objective, lease_seconds=5)
        self.assertEqual((reasons, study.state), (["cancelled"], "cancelled"))

    def test_an_interrupt_costs_no_attempt(self) -> None:
        def objective(trial: Trial) -> float:
            raise KeyboardInterrupt

        study = new_study(budget={"trials": 1})
        with self.assertRaises(KeyboardInterrupt):
            study.optimize(objective)
        self.assertEqual([(trial.state, trial.data["failures"]) for trial in study.trials()], [("queued", 0)])
        self.assertEqual(study.ask_one(wait=5).number, 0)

    def test_problems_have_their_codes(self) -> None:
        with self.assertRaises(ProblemError) as caught:
            new_study(budget={"trials": 0})
        self.assertEqual((caught.exception.code, caught.exception.errors[0]["pointer"]), ("invalid-study", "/budget/trials"))
        trial = new_study().ask_one()
        trial.report(1, loss=1)
        trial.report(1, loss=1)
        with self.assertRaises(ProblemError) as caught:
            trial.report(1, loss=2)
        self.assertEqual(caught.exception.code, "step-reported")
        trial.complete(3)
        trial.complete(3)
        with self.assertRaises(ProblemError) as caught:
            trial.complete(4)
        self.assertEqual((caught.exception.code, caught.exception.state), ("state-conflict", "completed"))
        with self.assertRaises(StaleTokenError):
            trial.report(2, loss=1)
