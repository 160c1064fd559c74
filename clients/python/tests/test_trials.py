from __future__ import annotations

import gc
import math

from clavier import Continued, NoTrial, ProblemError, Resume, StaleTokenError, TrialStopped, ValuesUntil

from .fake_service import Fault
from .fake_study import STUDY
from .support import ServiceTest, eventually


class ByHand(ServiceTest):
    def test_a_trial_has_what_the_service_sent(self) -> None:
        trial = self.study().ask_one(worker="me", lease_seconds=120)
        self.assertEqual((trial.number, trial.attempt, trial.study_id), (0, 1, STUDY))
        self.assertEqual((trial.resume, trial.continues), (None, None))
        self.assertEqual((trial.parameters, trial["x"]), ({"x": 0.0}, 0.0))
        self.assertEqual(self.service.requests("ask")[-1].body["worker"], "me")
        self.assertEqual(self.service.requests("ask")[-1].body["leaseSeconds"], 120)
        with self.assertRaises(KeyError):
            trial["y"]

    def test_several_trials_are_given_out_at_once_and_none_says_why(self) -> None:
        study = self.study()
        self.assertEqual([trial.number for trial in study.ask(5)], [0, 1, 2])
        asked = study.ask()
        self.assertEqual(asked, [])
        self.assertIsNotNone(asked.waiting)
        with self.assertRaises(NoTrial) as caught:
            study.ask_one(wait=0.1)
        self.assertEqual(caught.exception.reason, "budget")

    def test_reports_and_results_arrive(self) -> None:
        trial = self.study().ask_one()
        trial.report(1, loss=math.nan, other=2)
        trial.report(2, {"loss": 0.5}, checkpoint="s3://bucket/2")
        self.assertEqual(
            self.trial(0).reports,
            [{"step": 1, "values": {"loss": "NaN", "other": 2}}, {"step": 2, "values": {"loss": 0.5}, "checkpoint": "s3://bucket/2"}],
        )
        trial.complete(0.25, attributes={"commit": "abc"}, links={"log": "https://example.org/log"}, checkpoint="s3://bucket/3")
        body = self.service.requests("complete")[0].body
        del body["token"]
        links = [{"name": "log", "url": "https://example.org/log"}]
        self.assertEqual(body, {"values": {"loss": 0.25}, "checkpoint": "s3://bucket/3", "attributes": {"commit": "abc"}, "links": links})

    def test_another_attempt_gets_the_last_checkpoint(self) -> None:
        study = self.study()
        trial = study.ask_one()
        trial.report(3, loss=0.5, checkpoint="s3://bucket/3")
        trial.fail("out of memory")
        self.assertEqual(self.trial(0).error, "out of memory")
        again = study.ask_one()
        self.assertEqual(again.attempt, 2)
        assert again.resume is not None
        self.assertEqual((again.resume.step, again.resume.values, again.resume.checkpoint), (3, {"loss": 0.5}, "s3://bucket/3"))
        self.assertEqual((again.resume.trial_id, again.resume.number), (trial.id, 0))

    def test_a_trial_continues_an_earlier_one(self) -> None:
        study = self.study()
        first = study.ask_one()
        first.report(1, loss=0.5, checkpoint="s3://bucket/1")
        first.complete()
        self.trial(1).continues = self.trial(0)
        trial = study.ask_one()
        self.assertEqual((trial.attempt, trial.continues), (1, Continued(first.id, 0)))
        self.assertEqual(trial.resume, Resume(1, {"loss": 0.5}, "s3://bucket/1", first.id, 0))

    def test_a_trial_has_the_values_of_each_step(self) -> None:
        study = self.study()
        self.assertEqual((study.ask_one().earlier_values), [])
        self.trial(1).earlier_values = [{"until": 2, "parameters": {"x": 7.0}}, {"until": 4, "parameters": {"x": 8.0}}]
        trial = study.ask_one()
        self.assertEqual(trial.earlier_values, [ValuesUntil(2, {"x": 7.0}), ValuesUntil(4, {"x": 8.0})])
        own = trial["x"]
        self.assertEqual([trial.parameters_at(step)["x"] for step in (1, 2, 3, 4, 5, 9)], [7.0, 7.0, 8.0, 8.0, own, own])

    def test_a_trial_of_another_worker_is_stale(self) -> None:
        trial = self.study().ask_one()
        self.trial(0).token = "of another"
        with self.assertRaises(StaleTokenError) as caught:
            trial.report(1, loss=1)
        self.assertEqual(caught.exception.state, "running")
        self.assertTrue(trial.should_stop())
        self.assertEqual(trial.stop_reason, "lease-lost")

    def test_the_answer_to_a_report_can_say_stop(self) -> None:
        trial = self.study().ask_one()
        self.assertFalse(trial.should_stop())
        self.trial(0).stop = "pruned"
        trial.report(1, loss=1)
        self.assertTrue(trial.should_stop())
        self.assertEqual((trial.stop_reason, trial.stop_detail), ("pruned", "It is pruned."))


class Blocks(ServiceTest):
    def test_a_block_without_a_result_completes_with_the_last_report(self) -> None:
        with self.study().ask_one() as trial:
            trial.report(1, loss=0.5)
        self.assertEqual(self.trial(0).values, {"loss": 0.5})

    def test_a_block_without_report_and_result_fails(self) -> None:
        with self.assertRaises(ProblemError):
            with self.study().ask_one():
                pass
        self.assertIn("invalid-request", self.trial(0).error or "")

    def test_an_exception_fails_the_trial_and_goes_on(self) -> None:
        with self.assertRaises(ZeroDivisionError):
            with self.study().ask_one():
                1 / 0  # noqa: B018
        self.assertRegex(self.trial(0).error or "", r"(?s)test_trials.*ZeroDivisionError: division by zero$")

    def test_an_interrupt_releases_the_trial(self) -> None:
        with self.assertRaises(KeyboardInterrupt):
            with self.study().ask_one():
                raise KeyboardInterrupt
        self.assertEqual((self.service.states()[0], self.trial(0).attempts), ("queued", 0))

    def test_a_stop_of_the_service_ends_the_block_and_tells_nothing(self) -> None:
        with self.study().ask_one() as trial:
            self.trial(0).stop = "cancelled"
            trial.report(1, loss=1)
            raise TrialStopped
        self.assertEqual([request.path.rsplit("/", 1)[1] for request in self.service.received[2:]], ["reports"])

    def test_a_stop_that_the_service_did_not_ask_for_fails_the_trial_at_once(self) -> None:
        with self.study().ask_one():
            raise TrialStopped("worse than the baseline")
        self.assertEqual((self.service.states()[0], self.trial(0).error), ("failed", "worse than the baseline"))


class Heartbeats(ServiceTest):
    lease_seconds = 0.3

    def test_all_held_trials_are_renewed_until_they_are_told(self) -> None:
        first, second = self.study().ask(2)
        eventually(lambda: self.trial(0).heartbeats >= 3 and self.trial(1).heartbeats >= 3)
        first.complete(1)
        before, other = self.trial(0).heartbeats, self.trial(1).heartbeats
        eventually(lambda: self.trial(1).heartbeats >= other + 5)
        self.assertLessEqual(self.trial(0).heartbeats, before + 1)  # one may have been under way
        second.complete(1)

    def test_a_heartbeat_can_say_stop(self) -> None:
        trial = self.study().ask_one()
        self.trial(0).stop = "cancelled"
        eventually(trial.should_stop)
        self.assertEqual((trial.stop_reason, trial.stop_detail), ("cancelled", "It is cancelled."))

    def test_a_trial_whose_study_was_deleted_stops(self) -> None:
        trial = self.study().ask_one()
        with self.service.lock:
            self.trial(0).id = "gone"
        eventually(trial.should_stop)

    def test_a_heartbeat_that_fails_is_sent_again(self) -> None:
        self.service.faults = [Fault("heartbeat", 500, body="broken"), Fault("heartbeat", 503)]
        trial = self.study().ask_one()
        eventually(lambda: self.trial(0).heartbeats >= 1)
        self.assertFalse(trial.should_stop())

    def test_a_trial_that_the_program_dropped_is_left_to_its_lease(self) -> None:
        study = self.study()
        trial = study.ask_one()
        other = study.ask_one()
        eventually(lambda: self.trial(0).heartbeats >= 1)
        del trial
        gc.collect()
        eventually(lambda: not any(held.trial() is None for held in self.client._heartbeats._held.values()))
        before, after = self.trial(0).heartbeats, self.trial(1).heartbeats
        eventually(lambda: self.trial(1).heartbeats >= after + 5)
        self.assertLessEqual(self.trial(0).heartbeats, before + 1)
        other.release()
