import { describe, expect, it } from 'vitest';
import { type ResolvedSpec, resolveSpec, studySpecSchema } from '../../../src/studies/definition/definition.ts';
import { planStart } from '../../../src/studies/search/advance-plan.ts';
import { queuedTrials } from '../../../src/studies/search/queued-trials.ts';

/** A study that tries a list of configurations. */
function listing(points: object[], objective: object = {}, searched = ['learningRate', 'epochs']): ResolvedSpec {
  const space = [
    { type: 'float', name: 'learningRate', low: 0.001, high: 0.1 },
    { type: 'int', name: 'epochs', low: 1, high: 15 },
  ].filter(({ name }) => searched.includes(name));
  const spec = studySpecSchema.parse({
    name: 'a list',
    searchSpace: space,
    metrics: [{ name: 'accuracy' }],
    sampler: { type: 'list', points },
    budget: { trials: points.length },
    objective: { type: 'lstm-text-classifier', dataset: 'spam-assassin', ...objective },
  });
  return resolveSpec(spec, 7);
}

const queued = (spec: ResolvedSpec) => queuedTrials(spec, planStart(spec).queue);

describe('a queued trial', () => {
  it('asks for the steps of its parameters, and shares its key with the trials that differ in them alone', () => {
    const trials = queued(
      listing([
        { learningRate: 0.01, epochs: 3 },
        { learningRate: 0.01, epochs: 7 },
        { learningRate: 0.02, epochs: 3 },
      ]),
    );
    expect(trials.map((trial) => trial.job.steps)).toEqual([3, 7, 3]);
    expect(trials[1]?.job.exclusionKey).toBe(trials[0]?.job.exclusionKey);
    expect(trials[2]?.job.exclusionKey).not.toBe(trials[0]?.job.exclusionKey);
  });

  it('has the key of an equal training in another study, whether its values are searched, fixed or defaults', () => {
    const [searched] = queued(listing([{ learningRate: 0.01, epochs: 3 }]));
    const [fixed] = queued(listing([{ epochs: 5 }], { hyperparameters: { learningRate: 0.01 } }, ['epochs']));
    expect(fixed?.job.exclusionKey).toBe(searched?.job.exclusionKey);
    const [others] = queued(listing([{ epochs: 5 }], { hyperparameters: { learningRate: 0.01, dropout: 0.5 } }, ['epochs']));
    expect(others?.job.exclusionKey).not.toBe(searched?.job.exclusionKey);
  });
});
