"""Makes swarm.json: python make-swarm-vectors.py > swarm.json, with NumPy and pyswarms (their versions are in the file).

Particle swarms that search a known function with given random numbers, from the published equations. Every velocity is also computed
by pyswarms, and must be the same.
"""

import json
from importlib.metadata import version

import numpy as np
from pyswarms.backend.handlers import VelocityHandler
from pyswarms.backend.operators import compute_velocity
from pyswarms.backend.swarms import Swarm

NUMBERS = 3
CHOICES = 4
PARTICLES = 7
GENERATIONS = 6
OPTIMUM = (0.04, 0.35, 0.98)


def coefficients(movement):
    if movement["kind"] == "inertia":
        return movement["inertia"], movement["own"], movement["informants"]
    # Clerc and Kennedy, with kappa = 1.
    phi = movement["own"] + movement["informants"]
    chi = 2 / abs(2 - phi - np.sqrt(phi**2 - 4 * phi))
    return chi, chi * movement["own"], chi * movement["informants"]


def value(x, choice):
    """Some values are alike, some trials fail."""
    if 0.2 < x[1] < 0.3:
        return None
    return float(np.round(4 * np.sum((x - OPTIMUM) ** 2), 1) + (0 if choice == 2 else 0.25))


def pyswarms_velocity(x, v, own, leaders, factors, r1, r2):
    swarm = Swarm(position=x, velocity=v, pbest_pos=own, best_pos=leaders, options=dict(zip(("w", "c1", "c2"), factors)))
    given = iter((r1, r2))
    uniform, np.random.uniform = np.random.uniform, lambda *_: next(given)
    try:
        return compute_velocity(swarm, None, VelocityHandler(strategy="unmodified"))
    finally:
        np.random.uniform = uniform


def leader_of(slot, best, options):
    """The best of all, or of the neighbours on a ring; the lowest trial number of equal ones."""
    reach = options["neighbours"] if options["topology"] == "ring" else PARTICLES
    slots = {(slot + step) % PARTICLES for step in range(-reach, reach + 1)}
    known = [best[each] for each in slots if best[each] is not None]
    return min(known, key=lambda each: (each["value"], each["trial"]))


def searched(title, options, seed):
    rng = np.random.default_rng(seed)
    factors = coefficients(options["movement"])
    x, v = rng.uniform(size=(PARTICLES, NUMBERS)), rng.uniform(-0.3, 0.3, (PARTICLES, NUMBERS))
    x[:, 1] = 0.3 + 0.7 * x[:, 1]  # all of them start where trials succeed
    choice = rng.integers(CHOICES, size=PARTICLES)
    best = [None] * PARTICLES
    trial, generations = 0, []
    for generation in range(GENERATIONS):
        moves = {}
        if generation > 0:
            leaders = [leader_of(slot, best, options) for slot in range(PARTICLES)]
            own_x, leader_x = (np.array([each["x"] for each in bests]) for bests in (best, leaders))
            r1, r2 = rng.uniform(size=(2, PARTICLES, NUMBERS))
            # Shi and Eberhart.
            wanted = factors[0] * v + factors[1] * r1 * (own_x - x) + factors[2] * r2 * (leader_x - x)
            assert np.array_equal(wanted, pyswarms_velocity(x, v, own_x, leader_x, factors, r1, r2))
            before, v = x, np.clip(wanted, -options["maxVelocity"], options["maxVelocity"])
            x = before + v
            v = np.where((x < 0) | (x > 1), 0, v)
            x = np.where(x < 0, before / 2, np.where(x > 1, (before + 1) / 2, x))
            # Moraglio, Di Chio and Poli: a choice of one of three, by weight; then a mutation.
            random = rng.uniform(size=(PARTICLES, 3))
            weights = np.array([factors[1], factors[2], factors[0]])
            source = np.searchsorted(np.cumsum(weights / weights.sum()), random[:, 0], side="right")
            from_sources = np.array([[each["choice"] for each in best], [each["choice"] for each in leaders], choice])
            choice = np.where(
                random[:, 1] < options["mutation"], np.floor(random[:, 2] * CHOICES).astype(int), from_sources[source, range(PARTICLES)]
            )
            moves = {"random": [[*np.stack((r1[slot], r2[slot]), 1).ravel(), *random[slot]] for slot in range(PARTICLES)]}
        values = [value(x[slot], choice[slot]) for slot in range(PARTICLES)]
        for slot, found in enumerate(values):
            if found is not None and (best[slot] is None or found < best[slot]["value"]):
                best[slot] = {"trial": trial + slot, "value": found, "x": x[slot], "choice": int(choice[slot])}
        trial += PARTICLES
        generations.append(
            {
                **moves,
                "particles": [
                    {"position": [*x[slot], int(choice[slot])], "velocity": [*v[slot], 0], "value": values[slot]} for slot in range(PARTICLES)
                ],
            }
        )
    return {"title": title, "options": options, "generations": generations}


def options(movement, **others):
    return {"particles": PARTICLES, "movement": movement, "topology": "ring", "neighbours": 1, "maxVelocity": 0.3, "mutation": 0.2, **others}


INERTIA = {"kind": "inertia", "inertia": 0.5, "own": 1.5, "informants": 1.7}
CONSTRICTION = {"kind": "constriction", "own": 2.05, "informants": 2.05}
print(
    json.dumps(
        {
            "madeWith": {"numpy": np.__version__, "pyswarms": version("pyswarms")},
            "choices": CHOICES,
            "searches": [
                searched("inertia on a ring", options(INERTIA), 1),
                searched("inertia, global", options(INERTIA, topology="global", maxVelocity=1), 2),
                searched("constriction on a ring", options(CONSTRICTION, neighbours=2), 3),
                searched("constriction, global", options(CONSTRICTION, topology="global", mutation=0), 4),
            ],
        },
    )
)
