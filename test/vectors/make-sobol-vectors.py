"""Makes sobol.json: points of Sobol' sequences, plain and scrambled, from SciPy: `python make-sobol-vectors.py > sobol.json`."""
import json

import numpy as np
import scipy
from scipy.stats import qmc
from scipy.stats._sobol import _cscramble, _initialize_v

BITS = 32
DIMENSIONS = 64


def numerators(points):
    """Whole numbers: the points are multiples of 2 to the power -32."""
    return [[int(round(coordinate * 2**BITS)) for coordinate in point] for point in points]


def plain(count):
    return qmc.Sobol(DIMENSIONS, scramble=False, bits=BITS).random(count)


def scrambled(dimension, seed):
    """One coordinate, scrambled by a given matrix and shift: what SciPy draws at random is drawn here, so that it can be told."""
    rng = np.random.default_rng(seed)
    directions = np.zeros((dimension + 1, BITS), dtype=np.uint32)
    _initialize_v(directions, dim=dimension + 1, bits=BITS)
    matrix = np.tril(rng.integers(2, size=(dimension + 1, BITS, BITS), dtype=np.uint32))
    shift = int(rng.integers(2**BITS, dtype=np.uint64))
    _cscramble(dim=dimension + 1, bits=BITS, ltm=matrix, sv=directions)
    for row in range(BITS):
        matrix[dimension, row, row] = 1
    point, points = shift, []
    for number in range(16):
        points.append(point)
        lowest_zero = (~number & (number + 1)).bit_length() - 1
        point ^= int(directions[dimension, lowest_zero])
    rows = [int("".join(str(bit) for bit in matrix[dimension, row]), 2) for row in range(BITS)]
    return {"dimension": dimension, "rows": rows, "shift": shift, "points": points}


print(
    json.dumps(
        {
            "madeWith": f"SciPy {scipy.__version__}",
            "first": numerators(plain(32)[:, :8]),
            "number": 1000,
            "point": numerators(plain(1001)[1000:])[0],
            "scrambled": [scrambled(dimension, 5) for dimension in (0, 1, 7, 60)],
        }
    )
)
