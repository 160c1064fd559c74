import type { StormHabits } from './storm-worker.ts';

/** A study that the workers of a storm evaluate. */
export function stormStudy(changes: Record<string, unknown>) {
  return {
    name: 'storm',
    searchSpace: [
      { type: 'float', name: 'x', low: 0, high: 1 },
      { type: 'int', name: 'n', low: 1, high: 9 },
    ],
    metrics: [{ name: 'accuracy' }],
    sampler: { type: 'tpe' },
    seed: 7,
    retries: { maxAttempts: 10 },
    objective: { type: 'external', metrics: [{ name: 'accuracy', direction: 'maximize' }] },
    ...changes,
  };
}

/** Every fifth worker dies, every tenth stalls, and each delivery has a value of its own, by which it is known. */
export const roughHabits: StormHabits = {
  abandon: 0.2,
  stall: 0.1,
  release: 0.02,
  fail: 0.02,
  workMs: 1000,
  valueOf: ({ parameters }, dice) => -Math.abs(Number(parameters['x']) - 0.3) + dice.between(0, 0.05),
};

/** The same with values that follow from the parameters alone. */
export const pureHabits: StormHabits = {
  ...roughHabits,
  valueOf: ({ parameters }) => -Math.abs(Number(parameters['x']) - 0.3) - Number(parameters['n']) / 100,
};
