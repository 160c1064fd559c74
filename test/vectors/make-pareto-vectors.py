"""Makes pareto.json: python make-pareto-vectors.py > pareto.json, with pymoo and Optuna (their versions are in the file).

All values are losses: less is better, as both packages have it.
"""

import json

import numpy as np
import optuna
import pymoo
from optuna._hypervolume import compute_hypervolume
from optuna.study._multi_objective import _fast_non_domination_rank
from pymoo.indicators.hv import HV
from pymoo.operators.survival.rank_and_crowding.metrics import calc_crowding_distance, get_crowding_function
from pymoo.util.nds.non_dominated_sorting import NonDominatedSorting


def clouds(rng):
    """Point sets of 2, 3 and 4 metrics: spread out, on a lattice with many ties, and on one front."""
    for metrics in (2, 3, 4):
        yield f"uniform, {metrics} metrics", rng.uniform(size=(60, metrics)).round(6)
        yield f"lattice, {metrics} metrics", rng.integers(0, 4, size=(60, metrics)) / 4
        sphere = np.abs(rng.normal(size=(60, metrics)))
        yield f"one front, {metrics} metrics", (sphere / np.linalg.norm(sphere, axis=1, keepdims=True)).round(6)


def sorted_fronts(losses):
    fronts = [sorted(int(i) for i in front) for front in NonDominatedSorting().do(losses)]
    ranks = _fast_non_domination_rank(losses)
    assert all(int(ranks[i]) == rank for rank, front in enumerate(fronts) for i in front), "pymoo and Optuna agree"
    return fronts


def volumes(losses):
    reference = np.full(losses.shape[1], 1.1)
    pymoo_volume = float(HV(ref_point=reference)(losses))
    optuna_volume = float(compute_hypervolume(losses, reference))
    assert abs(pymoo_volume - optuna_volume) < 1e-9
    return {"reference": reference.tolist(), "pymoo": pymoo_volume, "optuna": optuna_volume}


def crowding(losses, fronts):
    """Distances of each front with three different members or more, in the order of the front; others are left out. pymoo divides by the number of
    metrics. Given as a function, it leaves out points that equal an earlier one; they have the distance 0. null is infinite."""
    diversity = get_crowding_function(calc_crowding_distance)
    return [
        [None if np.isinf(d) else float(d) for d in diversity.do(losses[front]) * losses.shape[1]] if len(np.unique(losses[front], axis=0)) > 2 else []
        for front in fronts
    ]


def constrained(rng):
    """Optuna's ranks under penalties: feasible trials, then the others by their penalty."""
    losses = rng.integers(0, 5, size=(40, 2)) / 5
    penalty = np.maximum(rng.integers(-6, 6, size=40) / 4, 0.0)
    ranks = _fast_non_domination_rank(losses, penalty=penalty)
    return {"losses": losses.tolist(), "violations": penalty.tolist(), "ranks": [int(rank) for rank in ranks]}


rng = np.random.default_rng(20261127)
cases = []
for title, losses in clouds(rng):
    fronts = sorted_fronts(losses)
    cases.append({"title": title, "losses": losses.tolist(), "fronts": fronts, "crowding": crowding(losses, fronts), "volume": volumes(losses)})

large = np.abs(rng.normal(size=(250, 4)))
large = (large / np.linalg.norm(large, axis=1, keepdims=True)).round(6)
print(
    json.dumps(
        {
            "versions": {"pymoo": pymoo.__version__, "optuna": optuna.__version__, "numpy": np.__version__},
            "cases": cases,
            "largeFront": {"losses": large.tolist(), "volume": volumes(large)},
            "constrained": constrained(rng),
        }
    )
)
