"""Evaluates trials of a study until it has ended, and notes what it does in a file, one line of JSON for each event.

Usage: python worker.py STUDY NAME FOLDER SECONDS_A_STEP STEPS

`STEPS` is the last step of a trial whose parameters have no `steps`. The state of an evaluation is a number in a file of `FOLDER`.
"""

import json
import math
import sys
import time
from pathlib import Path

import clavier

study_id, name, folder, seconds, most = sys.argv[1], sys.argv[2], Path(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5])
log = open(folder / f"{name}.log", "a", encoding="utf-8")


def note(event, trial, step, **more):
    line = {"event": event, "trial": trial.number, "attempt": trial.attempt, "step": step, **more}
    log.write(json.dumps(line) + "\n")
    log.flush()


def evaluate(trial):
    """Evaluates to the last step. Those before it are reported, every other one with a checkpoint; in a search with rungs the last one too."""
    is_rung = "steps" in trial.parameters
    last = trial.parameters.get("steps", most)
    state, done, reference = 0.0, 0, None
    if trial.resume is not None:
        done, reference = trial.resume.step, trial.resume.checkpoint
        state = float(Path(reference).read_text())
    note("begins", trial, done, reference=reference, continues=trial.continues and trial.continues.number)
    for step in range(done + 1, last + 1):
        time.sleep(seconds)
        state += (trial["level"] - state) * trial.parameters_at(step)["rate"]
        note("evaluated", trial, step)
        if step == last and not is_rung:
            note("delivers", trial, step)
            trial.complete(1 - state)
        else:
            report(trial, step, state, step % 2 == 0 or step == last)
    if is_rung:
        note("delivers", trial, last)
        trial.complete()
    note("completed", trial, last)


def report(trial, step, state, keeps):
    reference = None
    if keeps:
        file = folder / f"{trial.number}-{trial.attempt}-{step}"
        file.write_text(repr(state))
        reference = str(file)
    trial.report(step, loss=1 - state, checkpoint=reference)
    note("reported", trial, step, reference=reference)
    if trial.should_stop():
        note("stopped", trial, step, reason=trial.stop_reason)
        raise clavier.TrialStopped


study = clavier.Client().study(study_id)
while asked := study.ask(wait=math.inf, lease_seconds=5, worker=name):
    with asked[0] as trial:
        try:
            evaluate(trial)
        except clavier.StaleTokenError:
            note("lost", trial, 0)
            raise clavier.TrialStopped from None
