import { expect, test } from 'vitest';
import { studySpecSchema } from '../../../src/studies/definition/definition.ts';
import { resolveNewSpec } from '../../../src/studies/definition/resolve.ts';

function definition(members: object) {
  return studySpecSchema.parse({
    name: 'open',
    searchSpace: [{ type: 'float', name: 'rate', low: 0, high: 1 }],
    metrics: [{ name: 'loss' }],
    budget: { trials: 70 },
    objective: {
      type: 'external',
      metrics: ['loss', 'seconds'].map((name) => ({ name, direction: 'minimize' })),
    },
    ...members,
  });
}

const parallelisms = [undefined, 1, 33, 100, 101, 1000];
const metrics = [['loss'], ['loss', 'seconds']];
const schedules = [undefined, 'deterministic', 'asynchronous'];
const trials = [1, 70, 5000];
const budgets = [...trials.map((count) => ({ trials: count })), { generations: 3 }];
const wide = Array.from({ length: 41 }, (_, index) => ({ type: 'float', name: `rate${index}`, low: 0, high: 1 }));

test('whatever else a definition says, the sampler that is chosen for it is not refused', () => {
  for (const parallelism of parallelisms)
    for (const names of metrics)
      for (const schedule of schedules)
        for (const budget of budgets)
          for (const searchSpace of [undefined, wide]) {
            // No sampler with generations goes on without their slowest trials.
            if ('generations' in budget && schedule !== 'deterministic') continue;
            const members = {
              metrics: names.map((name) => ({ name })),
              budget,
              ...(parallelism !== undefined && { parallelism }),
              ...(schedule !== undefined && { schedule }),
              ...(searchSpace !== undefined && { searchSpace }),
            };
            const resolved = resolveNewSpec(definition(members), 1);
            expect(resolved.samplerReason).toMatch(new RegExp(`^${resolved.sampler.type}: `));
          }
});

test('only results that are known count beside the budget', () => {
  const points = Array.from({ length: 600 }, (_, index) => ({ parameters: { rate: index / 600 } }));
  const enqueued = resolveNewSpec(definition({ budget: { trials: 600 }, givenTrials: points }), 1);
  expect(enqueued.samplerReason).toBe('gp: 1 numeric parameter, 600 trials');
  const known = points.map((point) => ({ ...point, values: { loss: 1 } }));
  expect(resolveNewSpec(definition({ budget: { trials: 600 }, givenTrials: known }), 1).samplerReason).toMatch(/^tpe: 1200 results/);
});

test('the reason for another sampler than the one that is named is left out', () => {
  const reason = { samplerReason: 'gp: 1 numeric parameter, 70 trials' };
  expect(resolveNewSpec(definition({ ...reason, sampler: { type: 'tpe' } }), 1)).not.toHaveProperty('samplerReason');
  expect(resolveNewSpec(definition({ ...reason, sampler: { type: 'gp' } }), 1)).toMatchObject(reason);
});
