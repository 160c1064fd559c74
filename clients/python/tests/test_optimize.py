from __future__ import annotations

import math
import threading
import time
from unittest import mock

from clavier import ProblemError, Trial, TrialStopped

from .fake_service import Fault
from .support import ServiceTest, eventually


def square(trial: Trial) -> float:
    return float(trial["x"]) ** 2


class Optimize(ServiceTest):
    def test_every_trial_is_evaluated_until_the_study_ends(self) -> None:
        self.study().optimize(square)
        self.assertEqual([trial.values for trial in self.service.study.trials], [{"loss": 0}, {"loss": 1}, {"loss": 4}])

    def test_an_objective_may_return_several_values_or_those_of_its_last_report(self) -> None:
        def objective(trial: Trial) -> object:
            trial.report(1, loss=trial["x"])
            return {"loss": 7, "other": 1} if trial.number == 0 else None

        self.study().optimize(objective, n_trials=2)  # type: ignore[arg-type]
        self.assertEqual([trial.values for trial in self.service.study.trials[:2]], [{"loss": 7, "other": 1}, {"loss": 1}])
        self.assertEqual(self.service.states(), ["completed", "completed", "queued"])

    def test_no_trial_is_asked_for_once_the_time_is_over(self) -> None:
        def objective(trial: Trial) -> float:
            time.sleep(0.2)
            return 1

        self.study().optimize(objective, timeout=0.1)
        self.assertEqual(self.service.states(), ["completed", "queued", "queued"])

    def test_threads_evaluate_at_the_same_time(self) -> None:
        together = threading.Barrier(3)

        def objective(trial: Trial) -> float:
            together.wait(20)
            return square(trial)

        self.study().optimize(objective, n_jobs=3)
        self.assertEqual(self.service.states(), ["completed"] * 3)

    def test_an_exception_fails_the_attempt_and_is_raised_again(self) -> None:
        def objective(trial: Trial) -> float:
            raise ValueError("no data\0")

        with self.assertRaisesRegex(ValueError, "no data"):
            self.study().optimize(objective)
        self.assertEqual(self.service.states(), ["queued"] * 3)
        self.assertRegex(self.trial(0).error or "", "(?s)in objective.*ValueError: no data\ufffd$")
        self.assertIs(self.service.requests("fail")[0].body["retry"], True)

    def test_the_text_of_a_failure_has_the_end_of_a_long_traceback(self) -> None:
        def objective(trial: Trial) -> float:
            raise ValueError("x" * 3000 + "end")

        with self.assertRaises(ValueError):
            self.study().optimize(objective)
        error = self.service.requests("fail")[0].body["error"]
        self.assertEqual((len(error), error[-4:]), (2000, "xend"))

    def test_an_exception_to_catch_fails_the_attempt_only(self) -> None:
        def objective(trial: Trial) -> float:
            if trial.number == 1:
                raise ValueError("never")
            return 1

        self.study().optimize(objective, catch=ValueError)
        self.assertEqual(self.service.states(), ["completed", "failed", "completed"])

    def test_an_exception_in_a_thread_lets_the_others_finish(self) -> None:
        together = threading.Barrier(2)
        failed = threading.Event()

        def objective(trial: Trial) -> float:
            together.wait(20)
            if trial.number == 0:
                failed.set()
                raise ValueError("broken")
            failed.wait(20)
            time.sleep(0.2)
            return 1

        with self.assertRaisesRegex(ValueError, "broken"):
            self.study().optimize(objective, n_jobs=2)
        self.assertEqual(self.service.states()[1], "completed")
        self.assertNotIn("running", self.service.states())

    def test_a_result_that_is_no_number_fails_the_attempt(self) -> None:
        with self.assertRaisesRegex(TypeError, "the value 'loss' must be a number, not '1'"):
            self.study().optimize(lambda trial: "1")  # type: ignore[arg-type, return-value]
        self.assertIn("must be a number", self.trial(0).error or "")

    def test_a_result_without_the_metric_fails_the_attempt(self) -> None:
        with self.assertRaisesRegex(ProblemError, "must have the metric loss"):
            self.study().optimize(lambda trial: {"accuracy": 1})
        self.assertEqual(len(self.service.requests("fail")), 1)

    def test_a_stopped_trial_is_left_and_the_next_one_evaluated(self) -> None:
        def objective(trial: Trial) -> float:
            if trial.number == 0:
                self.trial(0).stop = "pruned"
                trial.report(1, loss=1)
                self.trial(0).state = "pruned"
                if trial.should_stop():
                    raise TrialStopped
            return 1

        self.study().optimize(objective)
        self.assertEqual(self.service.states(), ["pruned", "completed", "completed"])
        self.assertEqual(self.service.requests("fail"), [])

    def test_a_lost_trial_is_left_and_the_next_one_evaluated(self) -> None:
        def objective(trial: Trial) -> float:
            if trial.number == 0:
                self.trial(0).state = "cancelled"
                trial.report(1, loss=1)
            return 1

        self.study().optimize(objective)
        self.assertEqual(self.service.states(), ["cancelled", "completed", "completed"])

    def test_a_result_that_nobody_wants_is_dropped(self) -> None:
        def objective(trial: Trial) -> float:
            if trial.number == 0:
                self.trial(0).state = "cancelled"
            return 1

        self.study().optimize(objective)
        self.assertEqual(self.service.states(), ["cancelled", "completed", "completed"])

    def test_a_restart_of_the_service_loses_no_result(self) -> None:
        self.service.faults = [Fault("complete", 0, done_first=True), Fault("ask", 503), Fault("complete", 0), Fault("complete", 503)]
        self.study().optimize(square, n_jobs=2)
        self.assertEqual(self.service.states(), ["completed"] * 3)

    def test_an_interrupt_releases_the_trials_of_all_threads(self) -> None:
        begun, stopped = threading.Semaphore(0), threading.Semaphore(0)

        def objective(trial: Trial) -> float:
            begun.release()
            eventually(trial.should_stop)
            stopped.release()
            raise TrialStopped

        def interrupted(seconds: float) -> None:
            if seconds == math.inf:
                self.assertTrue(begun.acquire(timeout=20) and begun.acquire(timeout=20))
                raise KeyboardInterrupt

        with mock.patch("clavier._optimize._Run._wait", side_effect=interrupted), self.assertRaises(KeyboardInterrupt):
            self.study().optimize(objective, n_jobs=2)
        self.assertTrue(stopped.acquire(timeout=20) and stopped.acquire(timeout=20))
        self.assertEqual(self.service.states(), ["queued"] * 3)
        self.assertEqual([trial.attempts for trial in self.service.study.trials], [0, 0, 0])

    def test_the_number_of_jobs_is_checked(self) -> None:
        with self.assertRaisesRegex(ValueError, "n_jobs must be at least 1"):
            self.study().optimize(square, n_jobs=0)
