import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ThreadPlanner, threadPlanner } from '../../src/planner/threads.ts';
import { samplerOptionsSchema } from '../../src/samplers/table.ts';
import { searchSpaceSchema } from '../../src/space/schema.ts';
import { frontAnswer, packed } from '../../src/studies/fronts/front-job.ts';
import { PlannerClosedError } from '../../src/studies/ports/planner.ts';
import { inProcessPlanner, SamplerFaultError, type SuggestionInputs } from '../../src/studies/search/suggest.ts';
import { builtFile } from '../support/built.ts';

const entry = builtFile('planner/thread.ts');
let planner: ThreadPlanner;
beforeAll(() => {
  planner = threadPlanner(entry, 2);
}, 120_000);
afterAll(async () => {
  await planner[Symbol.asyncDispose]();
});

const space = searchSpaceSchema.parse([
  { type: 'float', name: 'rate', low: 1e-5, high: 0.1, scale: 'log' },
  { type: 'int', name: 'units', low: 1, high: 511 },
]);

/** What a search by Parzen estimators asks for after so many trials. */
function inputsOf(trials: number): SuggestionInputs {
  const history = Array.from({ length: trials }, (_, number) => ({
    number,
    index: number,
    parameters: { rate: 0.001 * (1 + (number % 50)), units: 1 + ((number * 37) % 511) },
    origin: { sampler: 'tpe', phase: 'startup' },
    value: ((number * 31) % 101) / 101,
  }));
  return {
    problem: { space, direction: 'maximize' },
    options: samplerOptionsSchema.parse({ type: 'tpe' }),
    version: 1,
    state: { version: 1 },
    seed: 7,
    firstIndex: trials,
    count: 1,
    history,
    pending: [{ rate: 0.05, units: 3 }],
  };
}

describe('planning threads', () => {
  test.each([0, 1, 30, 400])('suggest what the sampler suggests in process, with %i trials behind', async (trials) => {
    expect(await planner.suggest(inputsOf(trials))).toEqual(await inProcessPlanner.suggest(inputsOf(trials)));
  });

  test('serve several requests at once, each with its own answer', async () => {
    const sizes = [5, 50, 10, 100, 20, 1];
    expect(await Promise.all(sizes.map((size) => planner.suggest(inputsOf(size))))).toEqual(
      await Promise.all(sizes.map((size) => inProcessPlanner.suggest(inputsOf(size)))),
    );
  });

  test('tell what the sampler cannot go on from, and go on themselves', async () => {
    const broken = { ...inputsOf(3), state: { version: 999 } };
    await expect(planner.suggest(broken)).rejects.toThrow(SamplerFaultError);
    await expect(inProcessPlanner.suggest(broken)).rejects.toThrow(SamplerFaultError);
    expect(await planner.suggest(inputsOf(3))).toEqual(await inProcessPlanner.suggest(inputsOf(3)));
  });

  test.each([10, 3000])('rank %i results with several metrics as this thread does', async (count) => {
    const values = (number: number): number[] => [(number * 31) % 101, (number * 17) % 103];
    const results = packed(
      Array.from({ length: count }, (_, number) => ({ number, values: number % 9 === 0 ? null : values(number), violation: number % 4 })),
      2,
    );
    for (const job of [
      { kind: 'places', results, count: 50 },
      { kind: 'volumes', results, reference: [0, 0], ends: [count / 2, count] },
    ] as const)
      expect(await planner.front<'places' | 'volumes'>(job)).toEqual(frontAnswer(job));
  });

  // Two metrics and three: some 500 points on one thread. Four: the square of the points counts.
  test.each([
    { kind: 'places', metrics: 2, count: 2000, ends: 1, isShort: true },
    { kind: 'places', metrics: 2, count: 2001, ends: 1, isShort: false },
    { kind: 'volumes', metrics: 2, count: 500, ends: 1, isShort: true },
    { kind: 'volumes', metrics: 3, count: 501, ends: 1, isShort: false },
    { kind: 'volumes', metrics: 2, count: 60, ends: 10, isShort: false },
    { kind: 'volumes', metrics: 4, count: 100, ends: 2, isShort: true },
    { kind: 'volumes', metrics: 4, count: 150, ends: 1, isShort: false },
  ])('are left alone by short jobs only: $kind of $count results with $metrics metrics, $ends times', async (each) => {
    const { metrics, count, ends, isShort } = each;
    const point = (number: number) => Array.from({ length: metrics }, (_, metric) => (number * (31 + metric)) % 101);
    const results = packed(
      Array.from({ length: count }, (_, number) => ({ number, values: point(number) })),
      metrics,
    );
    const job =
      each.kind === 'places'
        ? ({ kind: 'places', results, count: 50 } as const)
        : ({ kind: 'volumes', results, reference: Array(metrics).fill(0), ends: Array(ends).fill(count) } as const);
    // Closed threads take nothing more: only what needs none is answered.
    const closed = threadPlanner('/nowhere/thread.js', 2);
    await closed[Symbol.asyncDispose]();
    const answer = closed.front<'places' | 'volumes'>(job);
    if (isShort) expect(await answer).toEqual(frontAnswer(job));
    else await expect(answer).rejects.toThrow(PlannerClosedError);
  });

  test('leave the event loop free while they think', async () => {
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
    }, 1);
    await Promise.all(Array.from({ length: 8 }, () => planner.suggest(inputsOf(3000))));
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(1);
  });

  test('give up what they think about when they are closed, and take nothing more', async () => {
    const closing = threadPlanner(entry, 2);
    const asked = Array.from({ length: 20 }, () => closing.suggest(inputsOf(3000)));
    const outcomes = Promise.allSettled(asked);
    await closing[Symbol.asyncDispose]();
    const rejected = (await outcomes).flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(rejected.length).toBeGreaterThan(0);
    for (const reason of rejected) expect(reason).toBeInstanceOf(PlannerClosedError);
    await expect(closing.suggest(inputsOf(0))).rejects.toThrow(PlannerClosedError);
  });

  test('are not started before they are needed, so that closing them unused is nothing', async () => {
    await threadPlanner('/nowhere/thread.js', 2)[Symbol.asyncDispose]();
  });
});
