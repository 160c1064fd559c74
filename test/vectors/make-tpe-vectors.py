"""Makes tpe-hyperopt.json and tpe-optuna.json (see tpe.md): python make-tpe-vectors.py, with hyperopt 0.3.0 and optuna 5.0.0."""
import functools
import json
import math

import numpy as np
import optuna
from hyperopt import tpe
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters
from optuna.samplers._tpe.sampler import default_weights

# Equal observations in order of age: otherwise which of them gets which width and weight depends on NumPy's sort.
np.argsort = functools.partial(np.argsort, kind='stable')

rng = np.random.default_rng(20261124)

PARAMETERS = {
    'float': {'type': 'float', 'low': -2, 'high': 3},
    'float on a log scale': {'type': 'float', 'low': 1e-5, 'high': 0.1, 'scale': 'log'},
    'float with a step': {'type': 'float', 'low': 0.5, 'high': 4, 'step': 0.25},
    'int': {'type': 'int', 'low': 1, 'high': 12},
    'int of many values': {'type': 'int', 'low': 1, 'high': 5000},
    'int on a log scale': {'type': 'int', 'low': 4, 'high': 512, 'scale': 'log'},
    'categorical': {'type': 'categorical', 'choices': ['a', 'b', 'c', 'd', 'e']},
}


def draw(parameter, count):
    """Values towards the lower end, so that neither group is uniform; all of them canonical."""
    share = rng.beta(1.2, 2.5, count)
    if parameter['type'] == 'categorical':
        return [parameter['choices'][int(s * len(parameter['choices']))] for s in share]
    low, high = parameter['low'], parameter['high']
    step = parameter.get('step', 1 if parameter['type'] == 'int' else None)
    exact = np.exp(np.log(low) + share * (np.log(high) - np.log(low))) if parameter.get('scale') == 'log' else low + share * (high - low)
    if step is None:
        return [float(f'{x:.6g}') for x in exact]
    return [round((x - low) / step) * step + low for x in exact]


def hyperopt_case(title, parameter, count, failed):
    """A history split and estimated by hyperopt's own functions."""
    values = draw(parameter, count)
    losses = [None if i in failed else round(float(x), 6) for i, x in enumerate(rng.normal(size=count))]
    trials = np.arange(count)
    below, above = tpe.ap_split_trials(trials, trials, trials, [math.inf if x is None else x for x in losses], 0.25)
    points = sorted(set(draw(parameter, 30)), key=lambda x: (str(type(x)), x))
    densities = {
        key: hyperopt_density(parameter, [values[i] for i in chosen], points).tolist() for key, chosen in (('good', below), ('bad', above))
    }
    return {
        'title': title,
        'parameter': parameter,
        'values': values,
        'losses': losses,
        'split': {'good': below.tolist(), 'bad': above.tolist()},
        'points': points,
        **densities,
    }


def hyperopt_density(parameter, observations, points):
    if parameter['type'] == 'categorical':
        choices = parameter['choices']
        weights = tpe.linear_forgetting_weights(len(observations), 25)
        counts = np.bincount([choices.index(x) for x in observations], weights, len(choices))
        probabilities = tpe.tpe_cat_pseudocounts(counts, 1.0, np.full(len(choices), 1 / len(choices)), (1,))
        return tpe.categorical_lpdf(np.array([choices.index(x) for x in points]), probabilities)
    step = parameter.get('step', 1 if parameter['type'] == 'int' else None)
    # Half a step beyond the ends, so that the prior gives the first and the last value as much as any other.
    low, high = parameter['low'] - (step or 0) / 2, parameter['high'] + (step or 0) / 2
    is_log = parameter.get('scale') == 'log'
    if is_log:
        low, high = math.log(low), math.log(high)
    mus = np.log(observations) if is_log else np.array(observations, dtype=float)
    weights, mus, sigmas = tpe.adaptive_parzen_normal(mus, 1.0, 0.5 * (low + high), high - low)
    points = np.array(points, dtype=float)
    if not is_log:
        return tpe.GMM1_lpdf(points, weights, mus, sigmas, low=low, high=high, q=step)
    density = tpe.LGMM1_lpdf(points, weights, mus, sigmas, low=low, high=high, q=step)
    if step is not None:
        return density
    # hyperopt leaves out the truncation here, a constant: without it these are no densities.
    return density - math.log(np.sum(weights * (tpe.normal_cdf(high, mus, sigmas) - tpe.normal_cdf(low, mus, sigmas))))


def optuna_distribution(parameter):
    if parameter['type'] == 'categorical':
        return optuna.distributions.CategoricalDistribution(parameter['choices'])
    log = parameter.get('scale') == 'log'
    if parameter['type'] == 'int':
        return optuna.distributions.IntDistribution(parameter['low'], parameter['high'], log=log)
    return optuna.distributions.FloatDistribution(parameter['low'], parameter['high'], log=log, step=parameter.get('step'))


def optuna_case(title, parameters, good, bad, priorWeight=1.0):
    """Two groups of observations estimated by optuna's own estimator, its defaults."""
    space = {name: optuna_distribution(PARAMETERS[name]) for name in parameters}
    groups = {'goodValues': {p: draw(PARAMETERS[p], good) for p in parameters}, 'badValues': {p: draw(PARAMETERS[p], bad) for p in parameters}}
    points = {p: draw(PARAMETERS[p], 24) for p in parameters}
    settings = _ParzenEstimatorParameters(
        prior_weight=priorWeight, consider_magic_clip=True, consider_endpoints=False, weights=default_weights, multivariate=True
    )
    internal = lambda columns: {p: np.array([space[p].to_internal_repr(x) for x in columns[p]], dtype=float) for p in parameters}
    density = lambda columns: _ParzenEstimator(internal(columns), space, settings).log_pdf(internal(points)).tolist()
    return {
        'title': title,
        'parameters': [{'name': f'p{i}', **PARAMETERS[p]} for i, p in enumerate(parameters)],
        'priorWeight': priorWeight,
        **{key: [columns[p] for p in parameters] for key, columns in groups.items()},
        'points': [points[p] for p in parameters],
        'good': density(groups['goodValues']),
        'bad': density(groups['badValues']),
    }


def write(name, versions, cases):
    with open(name, 'w') as file:
        file.write(json.dumps({'madeWith': versions, 'cases': cases}, allow_nan=False).replace('{"title"', '\n{"title"') + '\n')


write(
    'tpe-hyperopt.json',
    {'hyperopt': '0.3.0'},
    [
        hyperopt_case(f'{title}, {count} trials' if count > 1 else f'{title}, one trial', {'name': 'x', **parameter}, count, failed)
        for title, parameter in PARAMETERS.items()
        for count, failed in ((1, ()), (4, (2,)), (20, (3, 11)), (70, (0, 5, 33)))
    ],
)
alone = [optuna_case(f'{p}, {good} and {bad}', [p], good, bad) for p in PARAMETERS for good, bad in ((0, 1), (2, 7), (6, 60))]
together = [
    optuna_case('floats together', ['float', 'float on a log scale'], 5, 20),
    optuna_case('numbers with steps together', ['float with a step', 'int', 'int of many values', 'int on a log scale'], 7, 63),
    optuna_case('everything together', list(PARAMETERS), 9, 41),
    optuna_case('everything together, a light prior', list(PARAMETERS), 3, 30, 0.25),
]
write('tpe-optuna.json', {'optuna': optuna.__version__}, alone + together)
