"""Samplers of Optuna, and the TPE of hyperopt, driven over standard input and output: `python tpe.py`.

One JSON object a line. The first line says the versions, or what is missing. Then, for each request:

  {"search": {"peer", "space", "seed", "trials"}}   asks {"ask": parameters} for each trial, is told {"value": v}
                                                    (null: the trial failed), ends {"done": true}
  {"cost": {"peer", "space", "history", "repeats", "limitSeconds"}}   answers {"ms": [one suggestion, ...]}

The objective is computed by whoever asks, so that every sampler minimises the very same function. `space` is a search
space of Clavier's; steps other than 1 and whole numbers on a log scale are not translated.
"""
import json
import logging
import math
import sys
import time
import warnings

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
    import hyperopt
    import numpy as np
    import optuna
    from hyperopt import hp, tpe
    from hyperopt.base import JOB_STATE_DONE, STATUS_FAIL, STATUS_OK, Domain, Trials
except ImportError as error:
    say({"missing": str(error)})
    sys.exit(0)

warnings.filterwarnings("ignore")
logging.getLogger("hyperopt").setLevel(logging.ERROR)
optuna.logging.set_verbosity(optuna.logging.ERROR)

warmUpRuns = 3

OPTUNA = {
    "optuna": lambda seed: optuna.samplers.TPESampler(seed=seed),
    "optuna-multivariate": lambda seed: optuna.samplers.TPESampler(seed=seed, multivariate=True, group=True),
    "optuna-univariate": lambda seed: optuna.samplers.TPESampler(seed=seed, multivariate=False),
    "optuna-gp": lambda seed: optuna.samplers.GPSampler(seed=seed),
    "optuna-cma-es": lambda seed: optuna.samplers.CmaEsSampler(seed=seed, warn_independent_sampling=False),
}


def refuse_untranslatable(space):
    for parameter in space:
        whole = parameter["type"] == "int"
        if parameter.get("step", 1) != 1 or ("step" in parameter and not whole) or (whole and parameter["scale"] == "log"):
            raise ValueError(f"the parameter {parameter['name']} is of a kind that is not translated")


def is_active(parameter, values):
    when = parameter.get("when")
    return when is None or values.get(when["parameter"]) in when["values"]


def optuna_distributions(space):
    def distribution(parameter):
        if parameter["type"] == "categorical":
            return optuna.distributions.CategoricalDistribution(parameter["choices"])
        if parameter["type"] == "int":
            return optuna.distributions.IntDistribution(parameter["low"], parameter["high"])
        return optuna.distributions.FloatDistribution(parameter["low"], parameter["high"], log=parameter["scale"] == "log")

    return {parameter["name"]: distribution(parameter) for parameter in space}


def optuna_suggest(study, space):
    """Suggests one trial parameter by parameter, as a define-by-run objective does."""
    trial, values = study.ask(), {}
    for parameter in space:
        if not is_active(parameter, values):
            continue
        name = parameter["name"]
        if parameter["type"] == "categorical":
            values[name] = trial.suggest_categorical(name, parameter["choices"])
        elif parameter["type"] == "int":
            values[name] = trial.suggest_int(name, parameter["low"], parameter["high"])
        else:
            values[name] = trial.suggest_float(name, parameter["low"], parameter["high"], log=parameter["scale"] == "log")
    return trial, values


def optuna_search(request):
    study = optuna.create_study(sampler=OPTUNA[request["peer"]](request["seed"]))
    for _ in range(request["trials"]):
        trial, values = optuna_suggest(study, request["space"])
        say({"ask": values})
        value = hear()["value"]
        if value is None:
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
        else:
            study.tell(trial, value)


def optuna_cost(request):
    study = optuna.create_study(sampler=OPTUNA[request["peer"]](1))
    distributions = optuna_distributions(request["space"])
    for observation in request["history"]:
        study.add_trial(
            optuna.trial.create_trial(params=observation["parameters"], distributions=distributions, value=observation["value"])
        )
    values = [observation["value"] for observation in request["history"]]

    def suggestion(repeat):
        started = time.perf_counter()
        trial, _ = optuna_suggest(study, request["space"])
        elapsed = time.perf_counter() - started
        study.tell(trial, values[repeat % len(values)])
        return elapsed

    return suggestion


def hyperopt_space(space):
    """Builds hyperopt's space. A parameter that others depend on becomes a choice of branches, as in hyperopt's documentation."""
    nodes = {}

    def children(name, value):
        held = [p for p in space if p.get("when") and p["when"]["parameter"] == name and value in p["when"]["values"]]
        return {child["name"]: node(child) for child in held}

    def node(parameter):
        name = parameter["name"]
        if name not in nodes:
            nodes[name] = make(parameter)
        return nodes[name]

    def make(parameter):
        name, kind = parameter["name"], parameter["type"]
        if kind == "categorical":
            if not any(p.get("when") and p["when"]["parameter"] == name for p in space):
                return hp.choice(name, parameter["choices"])
            return hp.choice(name, [{"value": value, "children": children(name, value)} for value in parameter["choices"]])
        if kind == "int":
            return hp.uniformint(name, parameter["low"], parameter["high"])
        if parameter["scale"] == "log":
            return hp.loguniform(name, math.log(parameter["low"]), math.log(parameter["high"]))
        return hp.uniform(name, parameter["low"], parameter["high"])

    return {parameter["name"]: node(parameter) for parameter in space if not parameter.get("when")}


def flat(point):
    values = {}
    for name, value in point.items():
        if isinstance(value, dict):
            values[name] = value["value"]
            values.update(flat(value["children"]))
        else:
            values[name] = value.item() if isinstance(value, np.generic) else value
    return values


def within(space, values):
    """Clips a value to its range, because the exponential of a logarithm may exceed a bound by its last bit."""
    ends = {p["name"]: (p["low"], p["high"]) for p in space if p["type"] != "categorical"}
    return {name: min(max(value, ends[name][0]), ends[name][1]) if name in ends else value for name, value in values.items()}


def hyperopt_search(request):
    def objective(point):
        say({"ask": within(request["space"], flat(point))})
        value = hear()["value"]
        return {"status": STATUS_FAIL} if value is None else {"status": STATUS_OK, "loss": value}

    hyperopt.fmin(
        objective,
        hyperopt_space(request["space"]),
        algo=tpe.suggest,
        max_evals=request["trials"],
        rstate=np.random.default_rng(request["seed"]),
        show_progressbar=False,
        verbose=False,
    )


def hyperopt_cost(request):
    domain = Domain(lambda point: 0, hyperopt_space(request["space"]))
    trials = Trials()
    for number, observation in enumerate(request["history"]):
        names = observation["parameters"]
        misc = {
            "tid": number,
            "cmd": domain.cmd,
            "workdir": None,
            "idxs": {name: [number] for name in names},
            "vals": {name: [value] for name, value in names.items()},
        }
        [doc] = trials.new_trial_docs([number], [None], [{"loss": observation["value"], "status": STATUS_OK}], [misc])
        doc["state"] = JOB_STATE_DONE
        trials.insert_trial_doc(doc)
    trials.refresh()

    def suggestion(repeat):
        started = time.perf_counter()
        tpe.suggest([len(trials.trials)], domain, trials, repeat, verbose=False)
        return time.perf_counter() - started

    return suggestion


def measure(request):
    """Times suggestions. The first ones are not counted, unless the very first takes longer than the limit."""
    suggestion = (optuna_cost if request["peer"] in OPTUNA else hyperopt_cost)(request)
    first = suggestion(0)
    if first > request["limitSeconds"]:
        return [1000 * first]
    for repeat in range(1, warmUpRuns):
        suggestion(repeat)
    times, spent = [], 0.0
    while len(times) < request["repeats"] and spent < request["limitSeconds"]:
        times.append(suggestion(warmUpRuns + len(times)))
        spent += times[-1]
    return [1000 * elapsed for elapsed in times]


say({"versions": {"optuna": optuna.__version__, "hyperopt": hyperopt.__version__}})
while True:
    request = hear()
    [(task, options)] = request.items()
    refuse_untranslatable(options["space"])
    if task == "cost":
        say({"ms": measure(options)})
    else:
        (optuna_search if options["peer"] in OPTUNA else hyperopt_search)(options)
        say({"done": True})
