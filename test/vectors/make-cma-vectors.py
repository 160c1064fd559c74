"""Makes cma-es.json: distributions of the package cmaes after generations of given solutions.

python make-cma-vectors.py > cma-es.json, with cmaes 0.13.1, NumPy 2.4.6 and SciPy 1.17.1.
"""

import json

import numpy as np
from cmaes import CMA, CMAwM, CatCMA, get_warm_start_mgd

GENERATIONS = 12


def ellipsoid(x):
    turned = np.array([x[0] + x[1], x[0] - x[1], *x[2:]])
    return float(sum(10 ** (2 * k / max(1, len(x) - 1)) * (each - 0.3) ** 2 for k, each in enumerate(turned)))


def gaussian(cma):
    return {
        "mean": cma._mean.tolist(),
        "sigma": float(cma._sigma),
        "covariance": cma._C.flatten().tolist(),
        "stepPath": cma._p_sigma.tolist(),
        "covariancePath": cma._pc.tolist(),
    }


def symmetric_root(cma):
    values, vectors = np.linalg.eigh(cma._C)
    return vectors @ np.diag(np.sqrt(values)) @ vectors.T


def plain(seed, dimensions, population, lr_adapt=False, noise=0.0):
    rng = np.random.RandomState(1000 + seed)
    cma = CMA(mean=np.full(dimensions, 0.5), sigma=0.3, seed=seed, population_size=population, lr_adapt=lr_adapt)
    generations = []
    for _ in range(GENERATIONS):
        solutions = [cma.ask() for _ in range(population)]
        told = [(x, ellipsoid(x) + noise * rng.randn()) for x in solutions]
        record = {"solutions": [{"x": x.tolist(), "value": value} for x, value in told]}
        cma.tell(list(told))
        record["after"] = gaussian(cma)
        if lr_adapt:
            record["after"]["meanRate"] = float(cma._eta_mean)
            record["after"]["covarianceRate"] = float(cma._eta_Sigma)
        # The same draws of standard normal numbers, by the symmetric root of the covariance.
        z = rng.randn(dimensions)
        record["draw"] = {"z": z.tolist(), "x": (cma._mean + cma._sigma * symmetric_root(cma) @ z).tolist()}
        generations.append(record)
    return {"dimensions": dimensions, "population": population, "sigma": 0.3, "generations": generations}


def with_margin(seed, counts, population):
    """counts: number of values of each axis in the unit interval, in the middle of equal shares; 0 is continuous."""
    bounds = np.array([[0, 1] if count == 0 else [0.5 / count, 1 - 0.5 / count] for count in counts])
    steps = np.array([0 if count == 0 else 1 / count for count in counts])
    cma = CMAwM(mean=np.full(len(counts), 0.45), sigma=0.25, bounds=bounds, steps=steps, seed=seed, population_size=population)
    generations = []
    for _ in range(2 * GENERATIONS):
        asked = [cma.ask() for _ in range(population)]
        told = [(x, ellipsoid(shown)) for shown, x in asked]
        record = {
            "solutions": [
                {"x": x.tolist(), "shown": shown.tolist(), "value": value} for (shown, x), (_, value) in zip(asked, told)
            ]
        }
        cma.tell(list(told))
        record["after"] = {**gaussian(cma._cma), "scales": cma._A.tolist()}
        generations.append(record)
    return {"counts": counts, "population": population, "sigma": 0.25, "mean": 0.45, "margin": cma.margin, "generations": generations}


def with_categories(seed, dimensions, counts, population):
    cma = CatCMA(
        mean=np.full(dimensions, 0.5), sigma=0.3, cat_num=np.array(counts), seed=seed, population_size=population
    )
    generations = []
    for _ in range(2 * GENERATIONS):
        solutions = [cma.ask() for _ in range(population)]
        told = [((x, c), ellipsoid(x) + sum((k + 1) * int(c[k].argmax() != 1) for k in range(len(counts)))) for x, c in solutions]
        record = {
            "solutions": [
                {"choices": c.argmax(axis=1).tolist(), "value": value} for (_, c), value in told
            ]
        }
        cma.tell(list(told))
        record["after"] = {
            "probabilities": [cma._q[k, :count].tolist() for k, count in enumerate(counts)],
            "path": cma._s.tolist(),
            "pathWeight": float(cma._gamma),
            "stepLength": float(cma._delta),
            "damping": float(cma._Delta),
        }
        generations.append(record)
    return {"counts": counts, "population": population, "generations": generations}


def warm_start(seed, dimensions, count):
    rng = np.random.RandomState(seed)
    solutions = [(x, ellipsoid(x)) for x in rng.rand(count, dimensions)]
    mean, sigma, covariance = get_warm_start_mgd(solutions, gamma=0.1, alpha=0.1)
    return {
        "solutions": [{"x": x.tolist(), "value": value} for x, value in solutions],
        "after": {"mean": mean.tolist(), "sigma": sigma, "covariance": covariance.flatten().tolist()},
    }


print(
    json.dumps(
        {
            "plain": [plain(1, 2, 6), plain(2, 5, 8), plain(3, 3, 20)],
            "learningRates": [plain(4, 3, 7, lr_adapt=True, noise=0.5)],
            "margin": [with_margin(5, [0, 2, 7, 4], 8), with_margin(6, [10, 3], 6)],
            "categories": [with_categories(7, 2, [3, 2, 5], 9), with_categories(8, 3, [4], 6)],
            "warmStart": [warm_start(9, 2, 47), warm_start(10, 4, 12)],
        }
    )
)
