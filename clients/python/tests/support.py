"""What the tests share."""

from __future__ import annotations

import logging
import time
import unittest
from typing import Callable
from unittest import mock

from clavier import Client, Study

from .fake_service import FakeService
from .fake_study import STUDY, FakeTrial


class ServiceTest(unittest.TestCase):
    """Starts a service with three trials for each test."""

    trials = 3
    lease_seconds: float = 60

    def setUp(self) -> None:
        self.service = self.enterService()
        self.client = Client(self.service.url)
        self.addCleanup(self.client.close)
        for pause in ("_requests._FIRST_PAUSE", "_heartbeats._AFTER_FAILURE", "_asking._PAUSE", "_study._PAUSE"):
            shorter = mock.patch(f"clavier.{pause}_SECONDS", 0.01)
            shorter.start()
            self.addCleanup(shorter.stop)
        logging.getLogger("clavier").setLevel(logging.CRITICAL)

    def enterService(self) -> FakeService:
        service = FakeService(self.trials, self.lease_seconds)
        service.__enter__()
        self.addCleanup(service.__exit__, None, None, None)
        return service

    def trial(self, number: int) -> FakeTrial:
        """A trial as the service has it."""
        return self.service.study.trials[number]

    def study(self) -> Study:
        return self.client.study(STUDY)


def eventually(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Waits until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain")
        time.sleep(0.005)
