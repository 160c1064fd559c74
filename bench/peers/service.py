"""One client of Optuna on PostgreSQL, driven over standard input and output: `python service.py URL`.

URL is an SQLAlchemy address with psycopg2. One JSON object a line. The first line says the versions, or what is missing. Then, for each
request, one answer:

  {"create": {"study", "space", "trials"}}             {"done": true}: a new study with so many finished trials
  {"load": {"study", "space", "sampler", "seed"}}      {"done": true}: the study that this client works on
  {"run": {"warmUp", "measured"}}                      {"perSecond": cycles of ask and tell, each with all parameters suggested}

`space` is the search space of the study that Clavier has beside it. Finished trials are inserted with one statement for each table, as
if Optuna had evaluated them: it would take minutes to do so.
"""
import json
import logging
import random
import sys
import time
import warnings

channel, sys.stdout = sys.stdout, sys.stderr


def say(message):
    channel.write(json.dumps(message) + "\n")
    channel.flush()


try:
    import optuna
    import psycopg2
except ImportError as error:
    say({"missing": str(error)})
    sys.exit(0)

warnings.filterwarnings("ignore")
logging.getLogger("optuna").setLevel(logging.ERROR)
optuna.logging.set_verbosity(optuna.logging.ERROR)

url = sys.argv[1]
SAMPLERS = {"random": optuna.samplers.RandomSampler, "tpe": optuna.samplers.TPESampler}


def distribution_of(parameter):
    if parameter["type"] == "categorical":
        return optuna.distributions.CategoricalDistribution(parameter["choices"])
    if parameter["type"] == "int":
        return optuna.distributions.IntDistribution(parameter["low"], parameter["high"])
    return optuna.distributions.FloatDistribution(parameter["low"], parameter["high"], log=parameter.get("scale") == "log")


def stored_value(parameter):
    """An SQL expression of a random value, in the form in which Optuna stores it: choices by their index."""
    if parameter["type"] == "categorical":
        return f"floor(random() * {len(parameter['choices'])})"
    if parameter["type"] == "int":
        return f"{parameter['low']} + floor(random() * {parameter['high'] - parameter['low'] + 1})"
    return f"{parameter['low']} + random() * {parameter['high'] - parameter['low']}"


def create(request):
    study = optuna.create_study(study_name=request["study"], storage=url, direction="maximize")
    if request["trials"] == 0:
        return
    connection = psycopg2.connect(url.replace("postgresql+psycopg2://", "postgresql://"))
    with connection, connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO trials (number, study_id, state, datetime_start, datetime_complete)
               SELECT number, %s, 'COMPLETE', now(), now() FROM generate_series(0, %s) AS number""",
            (study._study_id, request["trials"] - 1),
        )
        cursor.execute(
            """INSERT INTO trial_values (trial_id, objective, value, value_type)
               SELECT trial_id, 0, random(), 'FINITE' FROM trials WHERE study_id = %s""",
            (study._study_id,),
        )
        for parameter in request["space"]:
            cursor.execute(
                f"""INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json)
                    SELECT trial_id, %s, {stored_value(parameter)}, %s FROM trials WHERE study_id = %s""",
                (parameter["name"], optuna.distributions.distribution_to_json(distribution_of(parameter)), study._study_id),
            )
        cursor.execute("ANALYZE trials, trial_values, trial_params")
    connection.close()


def load(request):
    sampler = SAMPLERS[request["sampler"]](seed=request["seed"])
    return optuna.load_study(study_name=request["study"], storage=url, sampler=sampler), request["space"]


def cycle(study, space):
    trial = study.ask()
    for parameter in space:
        name = parameter["name"]
        if parameter["type"] == "categorical":
            trial.suggest_categorical(name, parameter["choices"])
        elif parameter["type"] == "int":
            trial.suggest_int(name, parameter["low"], parameter["high"])
        else:
            trial.suggest_float(name, parameter["low"], parameter["high"], log=parameter.get("scale") == "log")
    study.tell(trial, random.random())


def cycles_for(seconds, study, space):
    """Runs cycles until the time is over. Returns cycles per second."""
    started, cycles = time.perf_counter(), 0
    while time.perf_counter() - started < seconds:
        cycle(study, space)
        cycles += 1
    return cycles / (time.perf_counter() - started)


say({"versions": {"optuna": optuna.__version__, "psycopg2": psycopg2.__version__.split()[0]}})
loaded = None
for line in sys.stdin:
    message = json.loads(line)
    if "create" in message:
        create(message["create"])
    elif "load" in message:
        loaded = load(message["load"])
    else:
        cycles_for(message["run"]["warmUp"], *loaded)
        say({"perSecond": cycles_for(message["run"]["measured"], *loaded)})
        continue
    say({"done": True})
