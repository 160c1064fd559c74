"""Makes variation.json: python make-variation-vectors.py > variation.json, with pymoo (its version is in the file).

Crossover and mutation of coordinates of the unit interval for given uniform draws, and the survivors of NSGA-II.
"""

import json

import numpy as np
import pymoo
from pymoo.algorithms.moo.nsga2 import RankAndCrowding
from pymoo.core.population import Population
from pymoo.core.problem import Problem
from pymoo.operators.crossover.sbx import cross_sbx
from pymoo.operators.mutation.pm import mut_pm

rng = np.random.default_rng(20261128)


class Draws:
    """A source of randomness that returns what it is given, in order."""

    def __init__(self, *arrays):
        self.arrays = list(arrays)

    def random(self, shape=None):
        return self.arrays.pop(0)


def crossovers():
    for eta in (0.0, 2.0, 15.0, 20.0):
        for _ in range(6):
            parents, draw = rng.uniform(size=2), float(rng.uniform())
            # No exchange (the third draw is not below 0), so that each child is on the side of its own parent.
            source = Draws(np.zeros((1, 1)), np.array([draw]), np.ones(1))
            children = cross_sbx(
                parents.reshape(2, 1, 1), np.zeros(1), np.ones(1), np.array([[eta]]), np.array([[1.0]]), np.array([[0.0]]), random_state=source
            )
            low, high = sorted(parents)
            below, above = sorted(children.ravel().tolist())
            yield {"low": low, "high": high, "index": eta, "draw": draw, "below": below, "above": above}


def mutations():
    for eta in (0.0, 5.0, 20.0):
        for _ in range(6):
            coordinate, draw = float(rng.uniform()), float(rng.uniform())
            source = Draws(np.zeros((1, 1)), np.array([draw]))
            child = mut_pm(np.array([[coordinate]]), np.zeros(1), np.ones(1), np.array([eta]), np.array([1.0]), False, random_state=source)
            yield {"coordinate": coordinate, "index": eta, "draw": draw, "child": float(child[0, 0])}


def survivors(metrics, constrained):
    """Which of 24 trials survive as 12, by number. Losses are drawn until no two candidates tie for the last place, where pymoo draws; every third
    one of a constrained case breaks its limit."""
    while True:
        losses = rng.uniform(size=(24, metrics)).round(4)
        violations = np.where(np.arange(24) % 3 == 0, rng.uniform(size=24).round(4), 0.0) if constrained else np.zeros(24)
        problem = Problem(n_var=1, n_obj=metrics, n_ieq_constr=1)
        found = set()
        for seed in range(20):
            population = Population.new(X=np.arange(24.0).reshape(-1, 1), F=losses, G=violations.reshape(-1, 1))
            chosen = RankAndCrowding().do(problem, population, n_survive=12, random_state=np.random.default_rng(seed))
            found.add(tuple(sorted(int(x) for x in chosen.get("X").ravel())))
        if len(found) == 1:
            return {"losses": losses.tolist(), "violations": violations.tolist() if constrained else None, "survivors": list(found.pop())}


print(
    json.dumps(
        {
            "versions": {"pymoo": pymoo.__version__, "numpy": np.__version__},
            "crossovers": list(crossovers()),
            "mutations": list(mutations()),
            "survivors": [survivors(2, False), survivors(3, False), survivors(2, True), survivors(4, True)],
        }
    )
)
