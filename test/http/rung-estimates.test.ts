import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from './service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

const study = {
  name: 'estimated',
  dryRun: true,
  searchSpace: [
    { type: 'float', name: 'x1', low: -5, high: 10 },
    { type: 'float', name: 'x2', low: 0, high: 15 },
    { type: 'int', name: 'steps', low: 1, high: 27 },
  ],
  metrics: [{ name: 'value' }],
  sampler: { type: 'successive-halving', rounds: 1 },
};

describe('a dry run of a search with rungs', () => {
  it.each([
    // The function begins each evaluation anew.
    ['every step of each trial', { type: 'test-function', function: 'branin' }, 108, 40],
    ['the new steps alone where workers continue', { type: 'external', metrics: [{ name: 'value', direction: 'minimize' }] }, 81, 27],
  ])('counts %s', async (_title, objective, steps, trainings) => {
    const answer = await service.post('/v1/studies', {
      ...study,
      objective,
      ...(objective.type === 'external' && { sampler: { ...study.sampler, fidelity: 'steps' } }),
    });
    expect(answer.statusCode, answer.body).toBe(200);
    expect(answer.json()).toMatchObject({ estimate: { trials: 40, stepsAtMost: steps, stepsExpected: steps, trainingsAtMost: trainings } });
  });
});
