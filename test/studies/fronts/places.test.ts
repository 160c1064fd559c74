import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constrainedDominates } from '../../../src/pareto/dominance.ts';
import { unknownViolation } from '../../../src/studies/definition/constraints.ts';
import { frontAnswer, inProcessFronts, packed } from '../../../src/studies/fronts/front-job.ts';
import { frontOf, leastCrowded, type MetricResult, metricResultOf, placesOf } from '../../../src/studies/fronts/metric-result.ts';

const spec = { metrics: [{ direction: 'maximize' }, { direction: 'minimize' }], ranking: 'finite-first' } as const;

const trial = fc.record({
  metricValues: fc.option(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })), { freq: 6 }),
  violation: fc.constantFrom(0, 0, 0, 0.5, unknownViolation),
  diverged: fc.boolean(),
});

/** Results of trials with few different values, so that there are ties. */
const results = fc.array(trial, { maxLength: 25 }).map((trials) =>
  trials.map(
    ({ metricValues, violation, diverged }, number): MetricResult =>
      metricResultOf(spec, {
        number,
        value: metricValues?.[0] ?? null,
        violation,
        diverged,
        ...(metricValues && { metricValues }),
      }),
  ),
);

describe('a result', () => {
  it('is oriented so that more is better, and does not rank if it diverged or lacks a value', () => {
    const found = { number: 3, value: 0.5, metricValues: [0.5, 20], diverged: false };
    expect(metricResultOf(spec, found)).toEqual({ number: 3, values: [0.5, -20] });
    expect(metricResultOf(spec, { ...found, diverged: true }).values).toBeNull();
    expect(metricResultOf({ ...spec, ranking: 'by-value' }, { ...found, diverged: true }).values).toEqual([0.5, -20]);
    expect(metricResultOf(spec, { number: 4, value: null, diverged: false, violation: 1 })).toEqual({
      number: 4,
      values: null,
      violation: 1,
    });
  });
});

describe('the leaderboard of a study with several metrics', () => {
  it('has every result once, and none behind one that it dominates under the constraints', () => {
    fc.assert(
      fc.property(results, (all) => {
        const places = placesOf(all, all.length);
        expect(places.map(({ number }) => number).sort((one, other) => one - other)).toEqual(all.map(({ number }) => number));
        places.forEach(({ number }, place) => {
          for (const later of places.slice(place + 1))
            expect(constrainedDominates(all[later.number] as MetricResult, all[number] as MetricResult)).toBe(false);
        });
      }),
    );
  });

  it('shows a front for what keeps all limits and has all values, from 1 without a gap', () => {
    fc.assert(
      fc.property(results, (all) => {
        const places = placesOf(all, all.length);
        const fronts = places.flatMap(({ front }) => front ?? []);
        expect([...new Set(fronts)]).toEqual(Array.from({ length: Math.max(0, ...fronts) }, (_, index) => index + 1));
        for (const { number, front } of places) {
          const { values, violation = 0 } = all[number] as MetricResult;
          expect(front === null).toBe(values === null || violation > 0);
        }
      }),
    );
  });

  it('begins with the front, in the same order whether the front is found alone or with all others', () => {
    fc.assert(
      fc.property(results, (all) => {
        expect(leastCrowded(frontOf(all))).toEqual(placesOf(all, all.length).filter(({ front }) => front === 1));
      }),
    );
  });

  it('is the same after its results passed to another thread', () => {
    fc.assert(
      fc.property(results, (all) => {
        const job = { kind: 'places' as const, results: structuredClone(packed(all, 2)), count: 200 };
        expect(frontAnswer(job)).toEqual(placesOf(all, 200));
      }),
    );
  });

  it('has a front that grows result by result as the one of all', () => {
    fc.assert(
      fc.property(results, fc.nat(25), (all, place) => {
        expect(frontOf([...frontOf(all.slice(0, place)), ...all.slice(place)])).toEqual(frontOf(all));
      }),
    );
  });
});

describe('a hypervolume', () => {
  it('is measured after the first results, and never falls', async () => {
    const all = [
      [1, 1],
      [3, 1],
      [2, 2],
      [1, 1],
    ].map((values, number): MetricResult => ({ number, values }));
    const volumes = await inProcessFronts.front({ kind: 'volumes', results: packed(all, 2), reference: [0, 0], ends: [1, 2, 3, 4] });
    expect(volumes).toEqual([1, 3, 5, 5]);
  });
});
