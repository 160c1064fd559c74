"""Runs a study with the client that openapi-python-client generates, and handles a problem.

Usage: python study.py ADDRESS FOLDER_OF_THE_CLIENT
"""

import sys
import time

address, folder = sys.argv[1:]
sys.path.insert(0, folder)

from clavier_client import Client
from clavier_client.api.results import get_leaderboard
from clavier_client.api.studies import create_study, get_study
from clavier_client.models import Problem, Study, StudyDefinition

definition = StudyDefinition.from_dict(
    {
        "name": "by a generated client",
        "searchSpace": [
            {"type": "float", "name": "x1", "low": -5, "high": 10},
            {"type": "float", "name": "x2", "low": 0, "high": 15},
        ],
        "metrics": [{"name": "value", "direction": "minimize"}],
        "sampler": {"type": "random"},
        "budget": {"trials": 10},
        "seed": 1,
        "objective": {"type": "test-function", "function": "branin"},
    }
)
client = Client(base_url=address)
study = create_study.sync(client=client, body=definition)
assert isinstance(study, Study), study
while study.state not in ("completed", "failed", "cancelled"):
    time.sleep(0.2)
    study = get_study.sync(study.id, client=client)
best = get_leaderboard.sync(study.id, client=client, limit=1).items[0]
print(study.state, study.outcome.reason, study.trials.completed, "trials, best", best.value, best.parameters.to_dict())

definition.budget.trials = -1
problem = create_study.sync(client=client, body=definition)
assert isinstance(problem, Problem), problem
print(problem.status, problem.code, [(error.pointer, error.detail) for error in problem.errors])
