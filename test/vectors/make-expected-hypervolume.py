"""Expected hypervolume improvements of independent normal outcomes, exact: `python make-expected-hypervolume.py > expected-hypervolume.json`.

Values are losses. The space below the reference is cut into cells at the values of the front; the cells that no point of the front dominates add
the product over the metrics of the integral of P(Y <= z) over the cell, which is known in closed form (Emmerich, Deutz and Klinkenberg, "Hypervolume-based
expected improvement: Monotonicity properties and exact computation", CEC 2011).
"""
import itertools
import json

import numpy as np
from scipy.stats import norm


def below(z, mean, deviation):
    """The integral of the normal distribution function up to z."""
    u = (z - mean) / deviation
    return deviation * (u * norm.cdf(u) + norm.pdf(u))


def improvement(front, reference, means, deviations):
    edges = [np.concatenate([[-np.inf], np.unique(front[:, k]), [reference[k]]]) for k in range(len(reference))]
    known = [np.concatenate([[0.0], below(each[1:], means[k], deviations[k])]) for k, each in enumerate(edges)]
    total = 0.0
    for cell in itertools.product(*[range(len(each) - 1) for each in edges]):
        low = np.array([each[place] for each, place in zip(edges, cell)])
        if np.any(np.all(front <= low, axis=1)):
            continue
        total += np.prod([each[place + 1] - each[place] for each, place in zip(known, cell)])
    return total


random = np.random.default_rng(20261130)
cases = []
for metrics in (2, 3, 4):
    for _ in range(2):
        front = random.normal(size=(7, metrics))
        front = np.abs(front / np.linalg.norm(front, axis=1)[:, None])
        front = 1 - front
        reference = [1.1] * metrics
        candidates = []
        for _ in range(6):
            means = random.uniform(-0.2, 1.1, size=metrics)
            deviations = random.uniform(0.05, 0.6, size=metrics)
            candidates.append({"means": means.tolist(), "deviations": deviations.tolist(), "improvement": improvement(front, reference, means, deviations)})
        cases.append({"front": front.tolist(), "reference": reference, "candidates": candidates})
print(json.dumps({"cases": cases}))
