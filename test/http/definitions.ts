/** A small genetic study that is right in every part. */
export function geneticStudy(changes: Record<string, unknown> = {}) {
  return {
    name: 'small',
    searchSpace: [
      { type: 'float', name: 'learningRate', low: 0.0005, high: 0.01, step: 0.0005 },
      { type: 'int', name: 'hiddenUnits', low: 1, high: 31 },
    ],
    metrics: [{ name: 'value', direction: 'maximize' }],
    sampler: { type: 'genetic', population: 4, elites: 1 },
    budget: { generations: 3 },
    seed: 1,
    objective: { type: 'test-function', function: 'lstm-landscape' },
    ...changes,
  };
}

/** A small study for workers of clients. */
export function externalStudy(changes: Record<string, unknown> = {}) {
  return {
    name: 'own workers',
    searchSpace: [
      { type: 'float', name: 'x', low: 0, high: 1 },
      { type: 'int', name: 'n', low: 1, high: 9 },
    ],
    metrics: [{ name: 'accuracy' }],
    sampler: { type: 'tpe', startupTrials: 3 },
    budget: { trials: 6 },
    seed: 7,
    objective: { type: 'external', metrics: [{ name: 'accuracy', direction: 'maximize' }] },
    ...changes,
  };
}

export const unknownId = '01890a5d-ac96-774b-bcce-b302099a8057';

/** A small campaign that is right in every part: two searches, a final over the best of each, two repeats. */
export function smallCampaign(changes: Record<string, unknown> = {}) {
  const { searchSpace, metrics, objective } = geneticStudy();
  return {
    name: 'small campaign',
    searchSpace,
    metric: metrics[0],
    objective,
    studies: [
      { name: 'random', sampler: { type: 'random' }, budget: { trials: 4 } },
      { name: 'genetic', sampler: { type: 'genetic', population: 4, elites: 1 }, budget: { generations: 2 } },
    ],
    final: { finalists: [{ study: 'random' }, { study: 'genetic' }] },
    evaluation: { repeats: 2 },
    seed: 1,
    ...changes,
  };
}
