import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { moveStudy } from '../../../src/studies/actions/life-cycle.ts';
import { begin, documentOf, exportOf, finish, forkOf, imported, keptBy, largerThan, type Searched, search, searches } from './searches.ts';

/** Every case is drawn from one seed: what fails fails again. */
const drawn = { seed: 20_261_124 };
const patient = { timeout: 60_000 };
const deterministic = Object.entries(searches).filter(([, fields]) => !('schedule' in fields));
const states = fc.constantFrom('active', 'paused', 'cancelled');

/** A study that has come some way, in some state. */
async function midway(fields: object, { seed, trials, state }: { seed: number; trials: number; state: string }): Promise<Searched> {
  const original = await begin(fields);
  const ended = await search(original, { trials, seed });
  if (!ended && state !== 'active') await moveStudy(original.store, original.id, state === 'paused' ? 'pause' : 'cancel');
  return original;
}

describe.each(Object.entries(searches))('a study (%s)', patient, (_title, fields) => {
  test('in any state, exported and imported, exports the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(60), states, async (seed, trials, state) => {
        const original = await midway(fields, { seed, trials, state });
        expect(await exportOf(await imported({ document: await documentOf(original) }))).toBe(await exportOf(original));
      }),
      { ...drawn, numRuns: 12 },
    );
  });

  test('forked at any place with another seed keeps what is before it, and what it ends with can be imported again', async () => {
    const original = await begin(fields);
    await finish(original);
    const document = await documentOf(original);
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 2, max: 9 }), async (place, seed) => {
        const fork = forkOf(document, place);
        const request = { document, fork, seed, budget: largerThan(document.spec.budget) };
        const copy = await imported(request);
        await finish(copy);
        const found = await documentOf(copy);
        const kept = keptBy(document, fork);
        expect(found.trials.slice(0, kept)).toEqual(document.trials.slice(0, kept));
        expect(found.spec).toMatchObject({
          seed,
          objectiveSeed: document.spec.objectiveSeed,
          lineage: [{ trials: kept, seed: document.spec.seed }],
        });
        expect(await exportOf(await imported({ document: found }))).toBe(await exportOf(copy));
      }),
      { ...drawn, numRuns: 4 },
    );
  });
});

describe.each(deterministic)('a study with a fixed schedule (%s)', patient, (_title, fields) => {
  test('imported before its end, or forked without another seed, ends as it would have', async () => {
    const original = await begin(fields);
    await finish(original);
    const expected = await exportOf(original);
    const whole = await documentOf(original);
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(40), async (seed, trials) => {
        const part = await documentOf(await midway(fields, { seed, trials, state: 'active' }));
        for (const request of [{ document: part }, { document: whole, fork: forkOf(whole, seed) }]) {
          const copy = await imported(request);
          await finish(copy);
          expect(await exportOf(copy)).toBe(expected);
        }
      }),
      { ...drawn, numRuns: 5 },
    );
  });
});
