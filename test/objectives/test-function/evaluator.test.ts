import { expect, it } from 'vitest';
import { EvaluationError } from '../../../src/objectives/evaluator.ts';
import { objectiveFor, objectiveSchema } from '../../../src/objectives/table.ts';
import { testFunctionEvaluator } from '../../../src/objectives/test-function/evaluator.ts';
import type { Configuration } from '../../../src/space/configuration.ts';

/** Values by step of one evaluation. */
async function evaluated(options: object, parameters: Configuration, signal = new AbortController().signal): Promise<unknown[]> {
  const objective = objectiveFor(objectiveSchema.parse({ type: 'test-function', ...options }));
  const reported: unknown[] = [];
  const report = async (step: number, { value }: Readonly<Record<string, number | null>>) => void reported.push([step, value]);
  await testFunctionEvaluator.evaluate(objective.job({ seed: 1, parameters, evaluate: false }), { signal, report });
  return reported;
}

it('halves the distance to the value of the function with each step, and reaches it with the last', async () => {
  const reported = await evaluated({ function: 'sphere-2', steps: 3 }, { x1: 1.4, x2: -2.2 });
  expect(reported).toEqual([
    [1, 0.5],
    [2, 0.25],
    [3, 0],
  ]);
});

it('takes the steps that are searched, and the minimum where a parameter is not', async () => {
  expect(await evaluated({ function: 'sphere-2' }, { x1: 2.4, steps: 2 })).toEqual([
    [1, 2],
    [2, 1],
  ]);
});

it('has the same noise each time, another one at another place, and about as much as asked for', async () => {
  const noisy = (x1: number) =>
    evaluated({ function: 'sphere-2', noise: 1, steps: 200 }, { x1, x2: 0 }).then((all) =>
      all.map((one) => Number((one as [number, number])[1])),
    );
  const first = await noisy(1);
  expect(await noisy(1)).toEqual(first);
  expect(await noisy(1.1)).not.toEqual(first);
  const late = first.slice(20);
  const mean = late.reduce((sum, value) => sum + value, 0) / late.length;
  const variance = late.reduce((sum, value) => sum + (value - mean) ** 2, 0) / late.length;
  // 180 normal draws: outside of these bounds once in some 10^8 seeds, and the seed is fixed.
  expect(variance).toBeGreaterThan(0.45);
  expect(variance).toBeLessThan(1.85);
});

it('fails the share of configurations that it is asked to, each every time', async () => {
  const failed = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      evaluated({ function: 'sphere-2', failures: 0.3 }, { x1: index / 100, x2: 0 }).then(
        () => 0,
        (error: unknown) => (error instanceof EvaluationError && error.code === 'evaluation-failed' ? 1 : Number.NaN),
      ),
    ),
  );
  const share = failed.reduce<number>((sum, one) => sum + one, 0) / failed.length;
  expect(share).toBeGreaterThan(0.12);
  expect(share).toBeLessThan(0.48);
});

it('stops waiting for its step when it is told to', async () => {
  const stop = new AbortController();
  const running = evaluated({ function: 'sphere-2', stepMs: 600_000 }, { x1: 0, x2: 0 }, stop.signal);
  stop.abort();
  await expect(running).rejects.toThrow('aborted');
});

it('points at parameters that its function does not have, and at values beyond its own', () => {
  const check = (space: object[]) =>
    objectiveFor(objectiveSchema.parse({ type: 'test-function', function: 'two-categories' })).check(space as never);
  expect(
    check([
      { type: 'categorical', name: 'first', choices: ['camel', 'horse'] },
      { type: 'float', name: 'x', low: -2, high: 1, scale: 'linear' },
      { type: 'float', name: 'steps', low: 1, high: 2, scale: 'linear' },
    ]).map(({ pointer }) => pointer),
  ).toEqual(['/searchSpace/0/choices/1', '/searchSpace/1/low', '/searchSpace/2/type']);
});
