from __future__ import annotations

import os
import time
from unittest import mock

from clavier import Client, ProblemError, ServiceUnavailable

from .fake_service import Fault
from .fake_study import STUDY
from .support import ServiceTest


class Requests(ServiceTest):
    def test_a_request_that_is_answered_503_is_sent_again_with_the_same_idempotency_key(self) -> None:
        trial = self.study().ask_one()
        self.service.faults = [Fault("complete", 503), Fault("complete", 429), Fault("complete", 502), Fault("complete", 504)]
        trial.complete(1)
        tries = self.service.requests("complete")
        self.assertEqual(len(tries), 5)
        self.assertEqual(len({request.headers["idempotency-key"] for request in tries}), 1)
        self.assertEqual(self.trial(0).values, {"loss": 1})

    def test_a_request_waits_for_an_earlier_try_of_itself(self) -> None:
        self.service.faults = [Fault("ask", 409, {"Retry-After": "0"})]
        self.assertEqual(self.study().ask_one().number, 0)

    def test_every_call_has_an_idempotency_key_of_its_own(self) -> None:
        for trial in self.study().ask(3):
            trial.complete(1)
        keys = {request.headers["idempotency-key"] for request in self.service.received if request.method == "POST"}
        self.assertEqual(len(keys), 4)

    def test_an_ask_whose_response_is_lost_gets_the_same_trial(self) -> None:
        self.service.faults = [Fault("ask", 0, done_first=True)]
        self.assertEqual(self.study().ask_one().number, 0)
        self.assertEqual(len(self.service.requests("ask")), 2)
        self.assertEqual(self.service.states(), ["running", "queued", "queued"])

    def test_retry_after_is_the_least_pause(self) -> None:
        self.service.faults = [Fault(STUDY, 503, {"Retry-After": "1"})]
        began = time.monotonic()
        self.study()
        self.assertGreaterEqual(time.monotonic() - began, 1)

    def test_a_service_that_stays_away_is_reported_once_the_time_for_retries_is_over(self) -> None:
        client = Client(self.service.url, timeout=0.2)
        self.service.faults = [Fault(STUDY, 503, body="starting")] * 200
        with self.assertRaisesRegex(ServiceUnavailable, f"GET /v1/studies/{STUDY} failed .* times: 503 http-503: starting") as caught:
            client.study(STUDY)
        self.assertIsInstance(caught.exception.__cause__, ProblemError)

    def test_a_longer_retry_after_than_the_time_for_retries_ends_them_at_once(self) -> None:
        self.service.faults = [Fault(STUDY, 429, {"Retry-After": "3600"})]
        began = time.monotonic()
        with self.assertRaises(ServiceUnavailable):
            self.study()
        self.assertLess(time.monotonic() - began, 10)

    def test_nothing_listens(self) -> None:
        with mock.patch("socket.create_connection", side_effect=ConnectionRefusedError("refused")):
            with self.assertRaisesRegex(ServiceUnavailable, "refused"):
                Client(self.service.url, timeout=0.1).study(STUDY)

    def test_a_broken_connection_is_replaced(self) -> None:
        study = self.study()
        self.service.faults = [Fault(STUDY, 0)]
        self.assertEqual(study.state, "active")

    def test_requests_share_a_connection(self) -> None:
        study = self.study()
        for trial in study.ask(3):
            trial.report(1, loss=1)
            trial.complete()
        self.assertEqual(len({request.peer for request in self.service.received}), 1)

    def test_a_problem_has_the_members_of_its_document(self) -> None:
        trial = self.study().ask_one()
        with self.assertRaises(ProblemError) as caught:
            trial.complete({"accuracy": 1})
        error = caught.exception
        self.assertEqual((error.status, error.code, error.detail), (422, "invalid-request", "This is invalid-request."))
        self.assertEqual(error.errors, [{"pointer": "/values", "detail": "must have the metric loss"}])
        self.assertIn("/values: must have the metric loss", str(error))

    def test_each_error_is_shown_once(self) -> None:
        first, second = {"pointer": "/a", "detail": "must be a text"}, {"parameter": "id", "detail": "must be a UUID"}
        whole = {"pointer": "", "detail": "must be an object"}
        shown = [str(ProblemError(422, "invalid", detail, [first, second, whole])) for detail in ("no", "one: /a must be a text")]
        last = "\n  id: must be a UUID\n  (whole request): must be an object"
        self.assertEqual(shown, [f"422 invalid: no\n  /a: must be a text{last}", f"422 invalid: one: /a must be a text{last}"])
        self.assertEqual(str(ProblemError(422, "invalid", "it must be an object", [whole])), "422 invalid: it must be an object")

    def test_a_problem_of_another_server_is_shown_as_it_is(self) -> None:
        self.service.faults = [Fault(STUDY, 403, body="<h1>no</h1>")]
        with self.assertRaisesRegex(ProblemError, "403 http-403: <h1>no</h1>"):
            self.study()

    def test_a_response_that_is_not_json_is_an_error(self) -> None:
        self.service.faults = [Fault(STUDY, 200, body="<h1>welcome</h1>")]
        with self.assertRaisesRegex(ProblemError, "not from Clavier: <h1>welcome</h1>"):
            self.study()

    def test_address_and_key_come_from_the_environment(self) -> None:
        with mock.patch.dict(os.environ, {"CLAVIER_URL": f"{self.service.url}/", "CLAVIER_KEY": "secret"}):
            Client().study(STUDY)
        self.assertEqual(self.service.received[-1].headers["authorization"], "Bearer secret")

    def test_no_key_and_no_project_is_sent_if_there_is_none(self) -> None:
        with mock.patch.dict(os.environ, {}, clear=True):
            Client(self.service.url).study(STUDY)
        self.assertNotIn("authorization", self.service.received[-1].headers)
        self.assertNotIn("clavier-project", self.service.received[-1].headers)

    def test_the_project_goes_with_every_request(self) -> None:
        with mock.patch.dict(os.environ, {"CLAVIER_PROJECT": "vision"}):
            for client, expected in ((Client(self.service.url), "vision"), (Client(self.service.url, project="audio"), "audio")):
                client.study(STUDY)
                self.assertEqual(self.service.received[-1].headers["clavier-project"], expected)

    def test_an_address_without_a_scheme_is_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "must begin with http"):
            Client("localhost:8080")
