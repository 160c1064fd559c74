from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from clavier import ProblemError, ServiceUnavailable

from .fake_service import Fault
from .fake_study import STUDY
from .support import ServiceTest
from .test_values import Scalar

METRICS = [{"name": "loss", "direction": "minimize"}]


class AddedTrials(ServiceTest):
    def sent(self) -> Any:
        return self.service.received[-1].body["trials"]

    def test_configurations_and_known_results_are_added_in_order(self) -> None:
        study = self.study()
        added = study.add_trials([{"parameters": {"x": 8.0}, "values": {"loss": 0.5}}, {"parameters": {"x": 9.0}}])
        self.assertEqual([(trial.number, trial.state) for trial in added], [(3, "completed"), (4, "queued")])
        self.assertEqual(added[0].id, self.trial(3).id)
        self.assertEqual([trial.given for trial in study.trials()], [None, None, None, "known", "enqueued"])
        best = study.best
        assert best is not None
        self.assertEqual((best.number, best.value, best.given), (3, 0.5, "known"))

    def test_a_number_is_the_value_of_the_metric_and_none_is_no_result(self) -> None:
        given = [{"parameters": {"x": Scalar(1)}, "values": value} for value in (2, Scalar(0.5), math.nan, None)]
        self.study().add_trials(trial for trial in given)
        expected: list[dict[str, Any]] = [{"parameters": {"x": 1}, "values": {"loss": value}} for value in (2, 0.5, "NaN")]
        self.assertEqual(self.sent(), [*expected, {"parameters": {"x": 1}}])

    def test_the_words_of_a_known_result_are_those_of_a_completion(self) -> None:
        notes = {"checkpoint": "s3://bucket/1", "attributes": {"commit": "abc"}}
        url = "https://example.org/log"
        trial = {"parameters": {"x": 1.0}, "values": {"loss": math.inf, "other": -0.0}, **notes}
        self.study().add_trials([{**trial, "links": {"log": url}}, {**trial, "links": [{"name": "log", "url": url}]}])
        expected = {**trial, "values": {"loss": "Infinity", "other": 0}, "links": [{"name": "log", "url": url}]}
        self.assertEqual(self.sent(), [expected, expected])

    def test_trials_are_added_once_by_requests_that_are_repeated(self) -> None:
        study = self.study()
        self.service.faults = [Fault("/trials", 0, done_first=True), Fault("/trials", 503), Fault("/trials", 409, {"Retry-After": "0"})]
        self.assertEqual([trial.number for trial in study.add_trials([{"parameters": {"x": 8.0}}])], [3])
        tries = self.service.requests("/trials")
        self.assertEqual((len(tries), len({request.headers["idempotency-key"] for request in tries})), (4, 1))
        self.assertEqual(len(self.service.study.trials), 4)

    def test_every_configuration_that_is_refused_is_shown(self) -> None:
        with self.assertRaises(ProblemError) as caught:
            self.study().add_trials([{"parameters": {}}, {"parameters": {"x": 1}}, {"parameters": {"y": 1}}])
        self.assertEqual((caught.exception.status, caught.exception.code), (422, "invalid-request"))
        self.assertRegex(str(caught.exception), r"(?s)/trials/0/parameters: must have x.*/trials/2/parameters: must have x$")
        self.assertEqual(len(self.service.study.trials), 3)

    def test_a_study_that_has_ended_takes_none(self) -> None:
        study = self.study()
        study.cancel()
        with self.assertRaises(ProblemError) as caught:
            study.add_trials([{"parameters": {"x": 1}}])
        self.assertEqual((caught.exception.status, caught.exception.code), (409, "state-conflict"))

    def test_what_is_no_list_of_mappings_is_refused_before_it_is_sent(self) -> None:
        study = self.study()
        wrong: list[tuple[Any, str]] = [
            ({"parameters": {"x": 1}}, "must be a list of mappings with the key 'parameters', not {'parameters'"),
            ("x", "must be a list of mappings .*, not 'x'"),
            (1, "must be a list of mappings .*, not 1"),
            ([{"parameters": {"x": 1}}, 2], "trial 1 must be a mapping with the key 'parameters', not 2"),
            ([{"parameters": {"x": 1}, "values": "0.5"}], "the value 'loss' must be a number, not '0.5'"),
            ([{"parameters": {"x": 1}, "values": {"other": "0.5"}}], "the value 'other' must be a number, not '0.5'"),
        ]
        for trials, message in wrong:
            with self.assertRaisesRegex(TypeError, message):
                study.add_trials(trials)
        self.assertEqual(self.service.requests("/trials"), [])

    def test_what_the_program_gave_stays_as_it_is(self) -> None:
        trial = {"parameters": {"x": 1}, "values": 2, "links": {"log": "https://example.org/log"}}
        before = dict(trial)
        self.study().add_trials([trial])
        self.assertEqual(trial, before)


class NewStudies(ServiceTest):
    def created(self, **fields: Any) -> Mapping[str, Any]:
        """The body that creates a study."""
        self.client.create_study(name="mine", **fields)
        body: Mapping[str, Any] = self.service.received[-1].body
        return body

    def test_a_definition_may_have_given_trials(self) -> None:
        given: list[dict[str, Any]] = [{"parameters": {"x": 1}, "values": math.nan}, {"parameters": {"x": 2}}]
        expected = [{"parameters": {"x": 1}, "values": {"loss": "NaN"}}, {"parameters": {"x": 2}}]
        self.assertEqual(self.created(metrics=METRICS, given_trials=given)["givenTrials"], expected)
        body = self.created(preset="mine", given_trials=[{"parameters": {"x": 1}, "values": {"accuracy": 1}}])
        self.assertEqual(body, {"name": "mine", "preset": "mine", "givenTrials": [{"parameters": {"x": 1}, "values": {"accuracy": 1}}]})
        self.client.create_study({"metrics": METRICS, "givenTrials": []}, given_trials=given)
        self.assertEqual(self.service.received[-1].body["givenTrials"], expected)

    def test_values_without_a_metric_to_name_them_are_left_to_the_service(self) -> None:
        for metrics in (None, [], [1], [{"direction": "minimize"}], [{"name": 1}], "loss"):
            self.service.faults = [Fault("/v1/studies", 422)]
            with self.assertRaises(ProblemError):
                self.client.create_study(metrics=metrics, given_trials=[{"parameters": {}, "values": 1}])
            self.assertEqual(self.service.received[-1].body["givenTrials"], [{"parameters": {}, "values": 1}])

    def test_a_study_may_start_from_others(self) -> None:
        body = self.created(warm_start=[self.study(), "22222222-2222-4222-8222-222222222222"])
        self.assertEqual(body["warmStart"], [{"study": STUDY}, {"study": "22222222-2222-4222-8222-222222222222"}])
        self.assertEqual(self.created(warm_start=[]), {"name": "mine", "warmStart": []})
        wrong: list[tuple[Any, str]] = [
            (STUDY, f"warm_start must be a list of studies or their ids, not '{STUDY}'"),
            (self.study(), "warm_start must be a list of studies or their ids, not Study"),
            ([{"study": STUDY}], "warm_start must have studies or their ids, not {'study'"),
        ]
        for studies, message in wrong:
            with self.assertRaisesRegex(TypeError, message):
                self.client.create_study(warm_start=studies)


class Changes(ServiceTest):
    def test_the_values_that_are_named_are_changed(self) -> None:
        study = self.study()
        self.assertEqual(study.change(priority=10, parallelism=Scalar(4))["id"], study.id)  # type: ignore[arg-type]
        study.change(labels={})
        study.change()
        requests = [request for request in self.service.received if request.method == "PATCH"]
        self.assertEqual([request.body for request in requests], [{"priority": 10, "parallelism": 4}, {"labels": {}}, {}])
        self.assertEqual([request.path for request in requests], [f"/v1/studies/{STUDY}"] * 3)

    def test_a_change_is_sent_again_until_the_time_for_retries_is_over(self) -> None:
        self.service.faults = [Fault(STUDY, 503), Fault(STUDY, 0, done_first=True)]
        self.assertEqual(self.study().change(priority=1)["id"], STUDY)
        study = self.study()
        study._requests.timeout = 0.1
        self.service.faults = [Fault(STUDY, 503)] * 200
        with self.assertRaisesRegex(ServiceUnavailable, f"PATCH /v1/studies/{STUDY} failed"):
            study.change(priority=1)
