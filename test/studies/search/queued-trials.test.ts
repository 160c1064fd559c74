import { describe, expect, it, vi } from 'vitest';
import { type ResolvedSpec, studySpecSchema } from '../../../src/studies/definition/definition.ts';
import { resolveSpec } from '../../../src/studies/definition/resolve.ts';
import { planStart } from '../../../src/studies/search/advance-plan.ts';
import { queuedTrials } from '../../../src/studies/search/queued-trials.ts';

vi.mock('../../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

/** A study that tries a list of configurations. */
function listing(points: object[]): ResolvedSpec {
  const spec = studySpecSchema.parse({
    name: 'a list',
    searchSpace: [
      { type: 'float', name: 'learningRate', low: 0.001, high: 0.1 },
      { type: 'int', name: 'steps', low: 1, high: 15 },
    ],
    metrics: [{ name: 'value' }],
    sampler: { type: 'list', points },
    budget: { trials: points.length },
    objective: { type: 'test-function', function: 'lstm-landscape' },
  });
  return resolveSpec(spec, 7);
}

const queued = (spec: ResolvedSpec) => queuedTrials(spec, planStart(spec).queue);

describe('a queued trial', () => {
  it('asks for the steps of its parameters, and shares its key with the trials that differ in them alone', () => {
    const trials = queued(
      listing([
        { learningRate: 0.01, steps: 3 },
        { learningRate: 0.01, steps: 7 },
        { learningRate: 0.02, steps: 3 },
      ]),
    );
    expect(trials.map((trial) => trial.job.steps)).toEqual([3, 7, 3]);
    expect(trials[1]?.job.exclusionKey).toBe(trials[0]?.job.exclusionKey);
    expect(trials[2]?.job.exclusionKey).not.toBe(trials[0]?.job.exclusionKey);
  });
});
