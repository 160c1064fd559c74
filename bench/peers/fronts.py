"""Samplers of Optuna for several metrics, driven over standard input and output: `python fronts.py`.

One JSON object a line. The first line says the versions, or what is missing. Then each request {"peer", "space", "metrics", "seed", "trials"}
asks {"ask": parameters} for each trial, is told {"values": losses}, and ends {"done": true}. `space` has continuous parameters on a linear scale.
"""
import json
import sys
import warnings

channel, sys.stdout = sys.stdout, sys.stderr


def say(message):
    channel.write(json.dumps(message) + "\n")
    channel.flush()


def requests():
    for line in sys.stdin:
        yield json.loads(line)


try:
    import optuna
except ImportError as error:
    say({"missing": str(error)})
    sys.exit(0)

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

PEERS = {
    "optuna-nsga2": lambda seed: optuna.samplers.NSGAIISampler(seed=seed),
    "optuna-tpe": lambda seed: optuna.samplers.TPESampler(seed=seed),
}

say({"versions": {"python": sys.version.split()[0], "optuna": optuna.__version__}})
messages = requests()
for request in messages:
    study = optuna.create_study(sampler=PEERS[request["peer"]](request["seed"]), directions=["minimize"] * request["metrics"])
    for _ in range(request["trials"]):
        trial = study.ask()
        say({"ask": {p["name"]: trial.suggest_float(p["name"], p["low"], p["high"]) for p in request["space"]}})
        study.tell(trial, next(messages)["values"])
    say({"done": True})
