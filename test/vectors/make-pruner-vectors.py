"""Makes pruners.json: python make-pruner-vectors.py > pruners.json, with Optuna and NumPy (their versions are in the file).

Trials report one after the other, so that each decision is made by all reports of the trials before it. Optuna's steps count from 0, ours from 1; the
pruners are asked at steps from 1, and Optuna's `n_warmup_steps` is the first step at which it judges: one more than ours.
"""

import json
import logging

import numpy as np
import optuna
from optuna.samplers._tpe.sampler import _split_trials
from optuna.trial import TrialState, create_trial

optuna.logging.set_verbosity(logging.ERROR)
rng = np.random.default_rng(20261130)


def percentiles():
    """Scores with ties, and shares: the score at the end of the best share is NumPy's percentile of the rest, linearly interpolated."""
    for size in (1, 2, 3, 5, 8, 40):
        for scores in (rng.normal(size=size).round(6), rng.integers(-2, 3, size=size) / 4):
            for share in (0.01, 0.1, 0.25, 1 / 3, 0.5, 0.75, 0.99):
                yield {"scores": scores.tolist(), "share": share, "score": float(np.percentile(scores, 100 * (1 - share)))}


def value_of(kind):
    return round(float(rng.normal()), 6) if kind == "spread" else float(rng.integers(0, 5)) / 4


def by_percentile(direction, percentile, min_trials, kind):
    """Trials that report once, all at the same step, and complete: the best value so far of each is its value at the step."""
    pruner = optuna.pruners.PercentilePruner(percentile, n_startup_trials=0, n_warmup_steps=0, n_min_trials=min_trials)
    if percentile == 50:
        pruner = optuna.pruners.MedianPruner(n_startup_trials=0, n_warmup_steps=0, n_min_trials=min_trials)
    study = optuna.create_study(direction=direction, pruner=pruner, sampler=optuna.samplers.RandomSampler(seed=1))
    values, stopped = [], []
    for _ in range(40):
        trial = study.ask()
        values.append(value_of(kind))
        trial.report(values[-1], 1)
        stopped.append(bool(trial.should_prune()))
        study.tell(trial, values[-1])
    return {"direction": direction, "percentile": percentile, "minTrials": min_trials, "values": values, "stopped": stopped}


def intervals(warmup, interval):
    """The steps at which a trial is judged that reports every step, and is worse than all others: ours is judged after `warmup` steps."""
    pruner = optuna.pruners.PercentilePruner(50, n_startup_trials=0, n_warmup_steps=warmup + 1, interval_steps=interval)
    study = optuna.create_study(direction="minimize", pruner=pruner, sampler=optuna.samplers.RandomSampler(seed=1))
    good = study.ask()
    for step in range(1, 31):
        good.report(0.0, step)
    study.tell(good, 0.0)
    bad, judged = study.ask(), []
    for step in range(1, 31):
        bad.report(1.0, step)
        if bad.should_prune():
            judged.append(step)
    return {"warmupSteps": warmup, "intervalSteps": interval, "judged": judged}


def by_halving(direction, min_steps, factor, kind):
    """Trials that report every step until they are stopped, one trial after the other; each report is judged."""
    pruner = optuna.pruners.SuccessiveHalvingPruner(min_resource=min_steps, reduction_factor=factor, min_early_stopping_rate=0)
    study = optuna.create_study(direction=direction, pruner=pruner, sampler=optuna.samplers.RandomSampler(seed=1))
    last = min_steps * factor**2 + 1
    trials = []
    for _ in range(60):
        trial = study.ask()
        values, stopped = [], None
        for step in range(1, last + 1):
            values.append(value_of(kind))
            trial.report(values[-1], step)
            if trial.should_prune():
                stopped = step
                break
        study.tell(trial, state=TrialState.PRUNED if stopped else TrialState.COMPLETE, values=None if stopped else values[-1])
        trials.append({"values": values, "stopped": stopped})
    return {"direction": direction, "minSteps": min_steps, "reductionFactor": factor, "trials": trials}


def tpe_order(direction, kind):
    """Completed and pruned trials, best first, as the TPE of Optuna splits them: the trial that each further good place lets in."""
    study = optuna.create_study(direction=direction)
    results = []
    for _ in range(50):
        value, stopped = value_of(kind), int(rng.integers(1, 5)) if rng.uniform() < 0.6 else None
        results.append({"value": value, "prunedAt": stopped})
        state = TrialState.PRUNED if stopped else TrialState.COMPLETE
        reports = {stopped: value} if stopped else {}
        study.add_trial(create_trial(value=value, state=state, intermediate_values=reports))
    trials, order = study.get_trials(deepcopy=False), []
    for good in range(1, len(trials) + 1):
        below, _ = _split_trials(study, trials, good)
        order.extend(trial.number for trial in below if trial.number not in order)
    return {"direction": direction, "results": results, "order": order}


kinds = ("spread", "tied")
directions = ("minimize", "maximize")
print(
    json.dumps(
        {
            "versions": {"optuna": optuna.__version__, "numpy": np.__version__},
            "percentiles": list(percentiles()),
            "percentile": [
                by_percentile(direction, percentile, min_trials, kind)
                for kind in kinds
                for direction in directions
                for percentile, min_trials in ((50, 1), (50, 5), (25, 3), (10, 1), (90, 8))
            ],
            "intervals": [intervals(warmup, interval) for warmup, interval in ((0, 1), (1, 1), (0, 3), (4, 5), (2, 10))],
            "halving": [
                by_halving(direction, min_steps, factor, kind)
                for kind in kinds
                for direction in directions
                for min_steps, factor in ((1, 2), (1, 3), (3, 2), (2, 4))
            ],
            "tpeOrder": [tpe_order(direction, kind) for kind in kinds for direction in directions],
        }
    )
)
