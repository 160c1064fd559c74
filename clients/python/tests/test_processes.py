from __future__ import annotations

import os
import signal
import subprocess
import sys
import unittest
from pathlib import Path

from .fake_study import STUDY
from .support import ServiceTest, eventually

PACKAGE = Path(__file__).parents[1]

FOREVER = f"""
import sys, time, clavier
def objective(trial):
    print(trial.number, flush=True)
    while not trial.should_stop():
        time.sleep(0.01)
    raise clavier.TrialStopped
clavier.Client().study("{STUDY}").optimize(objective, n_jobs=int(sys.argv[1]))
"""

FORKED = f"""
import os, clavier
study = clavier.Client().study("{STUDY}")
held = study.ask_one()
child = os.fork()
if child == 0:
    with study.ask_one(lease_seconds=5) as trial:
        trial.complete(1)
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0 if hasattr(os, "waitstatus_to_exitcode") else True
held.complete(2)
"""

LEFT = f"""
import clavier
held = clavier.Client().study("{STUDY}").ask(3)
"""


def start(program: str, url: str, *args: str) -> subprocess.Popen[str]:
    """Starts Python with this package."""
    return subprocess.Popen(
        # Python warns of every fork of a process with threads: the test is that ours bear it.
        [sys.executable, "-W", "error", "-W", "ignore:This process:DeprecationWarning", "-c", program, *args],
        env={**os.environ, "PYTHONPATH": str(PACKAGE / "src"), "CLAVIER_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@unittest.skipIf(os.name == "nt", "Windows has neither fork nor these signals")
class Processes(ServiceTest):
    lease_seconds = 0.3

    def interrupted(self, number: signal.Signals, jobs: int) -> tuple[int, str]:
        """Interrupts a process that evaluates, and returns its exit status and errors."""
        process = start(FOREVER, self.service.url, str(jobs))
        eventually(lambda: all(self.trial(number).heartbeats > 0 for number in range(jobs)))
        process.send_signal(number)
        _, errors = process.communicate(timeout=30)
        return process.returncode, errors

    def test_ctrl_c_releases_the_trial(self) -> None:
        status, errors = self.interrupted(signal.SIGINT, 1)
        self.assertIn("KeyboardInterrupt", errors)
        self.assertNotEqual(status, 0)
        self.assertEqual((self.service.states(), self.trial(0).attempts), (["queued"] * 3, 0))

    def test_ctrl_c_releases_the_trials_of_all_threads(self) -> None:
        _, errors = self.interrupted(signal.SIGINT, 2)
        self.assertIn("KeyboardInterrupt", errors)
        self.assertEqual(self.service.states(), ["queued"] * 3)

    def test_sigterm_releases_the_trials(self) -> None:
        self.assertEqual(self.interrupted(signal.SIGTERM, 1), (143, ""))
        self.assertEqual(self.interrupted(signal.SIGTERM, 2), (143, ""))
        self.assertEqual(self.service.states(), ["queued"] * 3)

    def test_a_forked_child_has_connections_and_heartbeats_of_its_own(self) -> None:
        process = start(FORKED, self.service.url)
        self.assertEqual(process.communicate(timeout=30), ("", ""))
        self.assertEqual(process.returncode, 0)
        self.assertEqual([trial.values for trial in self.service.study.trials[:2]], [{"loss": 2}, {"loss": 1}])

    def test_a_process_that_ends_with_held_trials_ends_at_once(self) -> None:
        process = start(LEFT, self.service.url)
        self.assertEqual(process.communicate(timeout=30), ("", ""))
        self.assertEqual(self.service.states(), ["running"] * 3)
