from __future__ import annotations

import math
import threading
import time
from typing import Any

from clavier import ProblemError, StaleTokenError

from .fake_service import Fault
from .fake_study import STUDY
from .support import ServiceTest, eventually

OTHER = "22222222-2222-4222-8222-222222222222"


class AnyStudy(ServiceTest):
    lease_seconds = 0.3

    def test_trials_are_as_those_of_a_study(self) -> None:
        first, second = self.client.ask(worker="me", studies=[self.study()], count=2, lease_seconds=120)
        body = self.service.requests("/v1/ask")[0].body
        self.assertEqual(body, {"worker": "me", "studies": [STUDY], "count": 2, "leaseSeconds": 120, "waitSeconds": 0})
        self.assertEqual((first.study_id, first.number, second.number, second["x"]), (STUDY, 0, 1, 1.0))
        eventually(lambda: self.trial(0).heartbeats >= 3 and self.trial(1).heartbeats >= 3)
        first.report(1, loss=0.5)
        first.complete()
        with second:
            second.complete({"loss": 2})
        self.assertEqual([self.trial(number).values for number in (0, 1)], [{"loss": 0.5}, {"loss": 2}])

    def test_a_number_is_the_value_of_the_metric_of_the_trials_study(self) -> None:
        for trial in self.client.ask(count=3):
            trial.complete(trial["x"])
        self.assertEqual([trial.values for trial in self.service.study.trials], [{"loss": 0}, {"loss": 1}, {"loss": 2}])
        reads = [request.path for request in self.service.received if request.method == "GET"]
        self.assertEqual(reads, [f"/v1/studies/{STUDY}"])

    def test_all_studies_are_asked_unless_some_are_named(self) -> None:
        self.client.ask()
        self.client.ask(studies=[STUDY])
        self.client.ask(studies=iter([STUDY]))
        named = [request.body.get("studies") for request in self.service.requests("/v1/ask")]
        self.assertEqual(named, [None, [STUDY], [STUDY]])

    def test_an_empty_list_names_no_study(self) -> None:
        with self.assertRaises(ProblemError):
            self.client.ask(studies=[])
        self.assertEqual(self.service.requests("/v1/ask")[0].body["studies"], [])

    def test_an_unknown_study_is_a_problem(self) -> None:
        with self.assertRaisesRegex(ProblemError, "404 study-not-found"):
            self.client.ask(studies=[OTHER], wait=math.inf)

    def test_what_is_no_list_of_studies_is_refused_before_it_is_sent(self) -> None:
        wrong: list[tuple[Any, str]] = [
            (STUDY, f"studies must be a list of studies or their ids, not '{STUDY}'"),
            (self.study(), "studies must be a list of studies or their ids, not Study"),
            ([1], "studies must have studies or their ids, not 1"),
        ]
        for studies, message in wrong:
            with self.assertRaisesRegex(TypeError, message):
                self.client.ask(studies=studies)
        self.assertEqual(self.service.requests("/v1/ask"), [])

    def test_it_waits_for_a_trial_and_for_no_longer_than_it_is_told(self) -> None:
        held = self.client.ask(count=3)
        began = time.monotonic()
        asked = self.client.ask(wait=0.1)
        assert asked.waiting is not None
        self.assertEqual((asked, asked.waiting.reason, asked.waiting.retry_after), ([], "budget", 0.05))
        self.assertLess(time.monotonic() - began, 10)
        threading.Timer(0.2, held[1].release).start()
        self.assertEqual([trial.number for trial in self.client.ask(wait=math.inf)], [1])

    def test_there_is_nothing_left_once_the_study_has_ended(self) -> None:
        self.study().cancel()
        asked = self.client.ask(wait=math.inf)
        assert asked.waiting is not None
        self.assertEqual((asked, asked.waiting.reason, asked.waiting.retry_after), ([], "ended", None))

    def test_a_response_that_is_lost_leaves_no_trial_behind(self) -> None:
        self.service.faults = [Fault("/v1/ask", 0, done_first=True), Fault("/v1/ask", 503)]
        self.assertEqual([trial.number for trial in self.client.ask()], [0])
        keys = {request.headers["idempotency-key"] for request in self.service.requests("/v1/ask")}
        self.assertEqual((len(keys), self.service.states()), (1, ["running", "queued", "queued"]))

    def test_a_trial_of_another_worker_is_stale(self) -> None:
        (trial,) = self.client.ask()
        self.trial(0).token = "of another"
        with self.assertRaises(StaleTokenError):
            trial.release()
