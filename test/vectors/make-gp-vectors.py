"""Makes gp.json: python make-gp-vectors.py > gp.json, with scikit-learn, SciPy and mpmath (their versions are in the file)."""

import json

import mpmath
import numpy as np
import scipy
import sklearn
from scipy.stats import norm, rankdata
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern

JITTER = 1e-8


def warp(t, c):
    return t if c == 0 else (np.exp(c * t) - 1) / (np.exp(c) - 1)


def embedded(points, kinds, warps):
    """Numbers warped (0.5 where there is none), choices as indicators of length 1/sqrt(2) (zeros where there is none)."""
    columns = []
    for index, kind in enumerate(kinds):
        values = [point[index] for point in points]
        if kind == "numeric":
            columns.append([0.5 if value is None else warp(value, warps[index]) for value in values])
        else:
            for choice in range(kind):
                columns.append([np.sqrt(0.5) if value == choice else 0.0 for value in values])
    return np.array(columns).T


def scales(kinds, lengths):
    return [length for kind, length in zip(kinds, lengths) for _ in range(1 if kind == "numeric" else kind)]


def process(kinds, seed, count, conditional):
    rng = np.random.default_rng(seed)

    def point():
        values = [float(rng.uniform()) if kind == "numeric" else int(rng.integers(kind)) for kind in kinds]
        # The last dimension exists for the first choice of the first categorical one only.
        if conditional and values[kinds.index(3)] != 0:
            values[-1] = None
        return values

    points = [point() for _ in range(count)]
    candidates = [point() for _ in range(5)]
    outputs = rng.normal(size=count)
    theta = {
        "lengths": [float(x) for x in rng.uniform(0.3, 2, len(kinds))],
        "variance": 1.3,
        "noise": 0.01,
        "warps": [float(x) if kind == "numeric" else 0 for kind, x in zip(kinds, rng.uniform(-2, 3, len(kinds)))],
    }
    kernel = ConstantKernel(theta["variance"]) * Matern(scales(kinds, theta["lengths"]), nu=2.5)
    model = GaussianProcessRegressor(kernel, alpha=theta["noise"] + JITTER, optimizer=None)
    model.fit(embedded(points, kinds, theta["warps"]), outputs)
    means, deviations = model.predict(embedded(candidates, kinds, theta["warps"]), return_std=True)
    return {
        "kinds": kinds,
        "points": points,
        "outputs": outputs.tolist(),
        "theta": theta,
        "logLikelihood": model.log_marginal_likelihood_value_,
        "candidates": candidates,
        "means": means.tolist(),
        "deviations": deviations.tolist(),
    }


def log_improvement(z):
    mpmath.mp.dps = 60
    z = mpmath.mpf(z)
    density = mpmath.exp(-z * z / 2) / mpmath.sqrt(2 * mpmath.pi)
    return float(mpmath.log(density + z * mpmath.erfc(-z / mpmath.sqrt(2)) / 2))


def half_ranked(values):
    values = np.array(values, dtype=float)
    median = np.median(values)
    good = np.unique(values[values <= median])
    spread = np.sqrt(np.mean((good - median) ** 2)) or np.std(values) or 1
    quantiles = norm.ppf((rankdata(values) - 0.5) / len(values))
    warped = np.where(values <= median, values, median + spread * np.maximum(quantiles, 0))
    deviation = np.std(warped)
    return ((warped - np.mean(warped)) / (deviation if deviation > 0 else 1)).tolist()


rng = np.random.default_rng(3)
lists = [[3, 1, 2], [5, 5, 5, 5], [1, 1, 1, 2, 9], [0, 0, 4], rng.normal(size=11).round(2).tolist(), [0.1, 0.2, 0.2, 0.2, 7e9, 0.3]]
# Far below 0 the two terms cancel to more digits than 60.
improvements = [-80, -30, -10, -3, -1.001, -1, -0.999, -0.5, 0, 0.7, 5, 20]

print(
    json.dumps(
        {
            "versions": {"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "mpmath": mpmath.__version__},
            "processes": [process(["numeric"] * 3, 1, 12, False), process(["numeric", 3, "numeric", 4, "numeric"], 2, 15, True)],
            "logImprovements": [[z, log_improvement(z)] for z in improvements],
            "quantiles": [[p, float(norm.ppf(p))] for p in [1e-300, 1e-20, 1e-5, 0.01, 0.3, 0.5, 0.9, 0.999]],
            "halfRanked": [[values, half_ranked(values)] for values in lists],
        },
        indent=1,
    )
)
