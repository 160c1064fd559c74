"""Pruners of Optuna, driven over standard input and output: `python pruning.py`.

One JSON object a line. The first line says the version, or what is missing. Then, for each request
{"sampler", "pruner", "space", "seed", "budget"}: asks {"ask": parameters} for each trial, is told {"curve": [value, ...]}, one for each
step, and answers {"ended": step, "stopped": boolean}; ends {"done": true} once so many steps were taken.

`space` is a search space of Clavier's without conditions and steps.
"""
import json
import sys

channel, sys.stdout = sys.stdout, sys.stderr


def say(message):
    channel.write(json.dumps(message) + "\n")
    channel.flush()


def hear():
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)
    return json.loads(line)


try:
    import optuna
except ImportError as error:
    say({"missing": str(error)})
    sys.exit(0)

optuna.logging.set_verbosity(optuna.logging.ERROR)

STEPS = 27
SAMPLERS = {
    "random": lambda seed: optuna.samplers.RandomSampler(seed=seed),
    "tpe": lambda seed: optuna.samplers.TPESampler(seed=seed),
}
PRUNERS = {
    "none": optuna.pruners.NopPruner,
    # Steps are reported from 1 on: after one warm-up step, as ours.
    "median": lambda: optuna.pruners.MedianPruner(n_warmup_steps=2),
    "percentile": lambda: optuna.pruners.PercentilePruner(25.0, n_warmup_steps=2),
    "halving": lambda: optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=3),
    "hyperband": lambda: optuna.pruners.HyperbandPruner(min_resource=1, max_resource=STEPS, reduction_factor=3),
}


def suggested(trial, space):
    values = {}
    for parameter in space:
        name = parameter["name"]
        if parameter["type"] == "categorical":
            values[name] = trial.suggest_categorical(name, parameter["choices"])
        elif parameter["type"] == "int":
            values[name] = trial.suggest_int(name, parameter["low"], parameter["high"], log=parameter["scale"] == "log")
        else:
            values[name] = trial.suggest_float(name, parameter["low"], parameter["high"], log=parameter["scale"] == "log")
    return values


def search(request):
    study = optuna.create_study(sampler=SAMPLERS[request["sampler"]](request["seed"]), pruner=PRUNERS[request["pruner"]]())
    used = 0
    while used < request["budget"]:
        trial = study.ask()
        say({"ask": suggested(trial, request["space"])})
        curve = hear()["curve"]
        ended, stopped = len(curve), False
        for step, value in enumerate(curve, 1):
            trial.report(value, step)
            if step < len(curve) and trial.should_prune():
                ended, stopped = step, True
                break
        study.tell(trial, curve[ended - 1] if not stopped else None, state=None if not stopped else optuna.trial.TrialState.PRUNED)
        used += ended
        say({"ended": ended, "stopped": stopped})


say({"versions": {"optuna": optuna.__version__}})
while True:
    search(hear())
    say({"done": True})
