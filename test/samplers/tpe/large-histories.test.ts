import { expect, test } from 'vitest';
import type { SuggestionRequest } from '../../../src/samplers/contract.ts';
import type { Observation } from '../../../src/samplers/observation.ts';
import { geometryOf } from '../../../src/samplers/tpe/geometry.ts';
import { tpeOptionsSchema } from '../../../src/samplers/tpe/options.ts';
import { gatherEvidence } from '../../../src/samplers/tpe/past.ts';
import { firstTpeSampler, tpeSampler } from '../../../src/samplers/tpe/sampler.ts';
import { splitSamples } from '../../../src/samplers/tpe/samples.ts';
import { defaultSettings } from '../../../src/samplers/tpe/settings.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { searchSpaceSchema } from '../../../src/space/schema.ts';

const space = searchSpaceSchema.parse([
  { type: 'float', name: 'x', low: 0, high: 1 },
  { type: 'float', name: 'y', low: 0, high: 1 },
]);

/** Trials at random places of the unit square, which are better nearer to (0.3, 0.3). */
function historyOf(count: number): Observation[] {
  const draws = randomStream(1, 'places');
  return Array.from({ length: count }, (_, number) => {
    const parameters = { x: draws.uniform(), y: draws.uniform() };
    return { number, index: number, parameters, origin: {}, value: (parameters.x - 0.3) ** 2 + (parameters.y - 0.3) ** 2 };
  });
}

function splitOf(history: readonly Observation[], pending = 0) {
  const geometry = geometryOf(space);
  const places = Array.from({ length: pending }, () => ({ x: 0.5, y: 0.5 }));
  const [group] = geometry.groups.together;
  if (!group) throw new Error('the space has parameters');
  return splitSamples(gatherEvidence(['minimize'], geometry, { history, pending: places }), group, defaultSettings);
}

const suggestion = (sampler: typeof tpeSampler, history: readonly Observation[]) => {
  const stream: SuggestionRequest['stream'] = (purpose, ...indices) => randomStream(7, purpose, ...indices);
  const request = { firstIndex: history.length, count: 1, history, pending: [], stream };
  return sampler.suggest({ space, direction: 'minimize' }, tpeOptionsSchema.parse({ type: 'tpe' }), { version: 1 }, request);
};

test.each([472, 1000, 5000, 40_000])('the densities of %i trials are made of at most 100 good and 400 bad ones', (count) => {
  const { good, bad } = splitOf(historyOf(count));
  expect(good.trials.length).toBe(Math.min(100, Math.ceil(0.15 * count)));
  expect(bad.trials.length).toBeGreaterThanOrEqual(200);
  expect(bad.trials.length).toBeLessThanOrEqual(400);
});

test('of the bad trials, as many are kept from each quarter of the search', () => {
  const { bad } = splitOf(historyOf(8000));
  const quarters = [0, 1, 2, 3].map((quarter) => bad.trials.filter((trial) => Math.floor(trial / 2000) === quarter).length);
  for (const kept of quarters) expect(kept).toBeCloseTo(bad.trials.length / 4, -1);
});

test('every pending trial is kept', () => {
  const { bad } = splitOf(historyOf(5000), 30);
  expect([...bad.trials].filter((trial) => trial >= 5000)).toHaveLength(30);
});

test('the versions 1 and 2 suggest the same up to 471 trials, and differ then', () => {
  const history = historyOf(1000);
  for (const count of [0, 9, 70, 471]) {
    expect(suggestion(tpeSampler, history.slice(0, count))).toEqual(suggestion(firstTpeSampler, history.slice(0, count)));
  }
  expect(suggestion(tpeSampler, history)).not.toEqual(suggestion(firstTpeSampler, history));
});
