import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SuggestionRequest } from '../../../src/samplers/contract.ts';
import type { History, Observation } from '../../../src/samplers/observation.ts';
import { tpeOptionsSchema } from '../../../src/samplers/tpe/options.ts';
import { tpeSampler } from '../../../src/samplers/tpe/sampler.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { firstOf, followedBy } from '../../../src/shared/shared-list.ts';
import type { Configuration } from '../../../src/space/configuration.ts';
import { searchSpaceSchema } from '../../../src/space/schema.ts';

const space = searchSpaceSchema.parse([
  { type: 'categorical', name: 'optimizer', choices: ['adam', 'sgd'] },
  { type: 'float', name: 'momentum', low: 0, high: 1, when: { parameter: 'optimizer', values: ['sgd'] } },
  { type: 'int', name: 'units', low: 1, high: 4 },
  // Looked at on two axes in turn.
  { type: 'float', name: 'rate', low: 0.001, high: 1 },
]);

/** Trials with few different configurations, so that candidates were tried before, and few different values, so that there are ties. */
function trialsOf(seed: number, count: number): Observation[] {
  const draws = randomStream(seed, 'trials');
  return Array.from({ length: count }, (_, number) => {
    const units = 1 + Math.floor(4 * draws.uniform());
    const rate = [0.001, 0.03, 1][Math.floor(3 * draws.uniform())] as number;
    const parameters =
      draws.uniform() < 0.7 ? { optimizer: 'adam', units, rate } : { optimizer: 'sgd', momentum: draws.uniform(), units, rate };
    return { number, index: number, parameters, origin: {}, value: draws.uniform() < 0.1 ? null : Math.floor(8 * draws.uniform()) };
  });
}

interface Ask {
  readonly history: History;
  readonly pending?: readonly Configuration[];
}

function suggest({ history, pending = [] }: Ask, preset: string) {
  const stream: SuggestionRequest['stream'] = (purpose, ...indices) => randomStream(7, purpose, ...indices);
  const request = { firstIndex: history.length, count: 1, history, pending, stream };
  const options = tpeOptionsSchema.parse({ type: 'tpe', preset, startupTrials: 1 });
  return tpeSampler.suggest({ space, direction: 'maximize' }, options, { version: 1 }, request);
}

/** Asks once as the search does, and once with other objects, of which nothing can be known. */
function expectSame(ask: Ask, preset: string): void {
  expect(suggest(ask, preset)).toEqual(suggest({ ...ask, history: structuredClone([...ask.history]) }, preset));
}

/** How the history of an ask differs from the observed trials. */
const changes = {
  none: (observed: readonly Observation[]): History => observed,
  shared: (observed: readonly Observation[]): History => firstOf(observed, observed.length),
  shorter: (observed: readonly Observation[], place: number): History => firstOf(observed, place),
  beyond: (observed: readonly Observation[], place: number): History =>
    followedBy(
      firstOf(observed, observed.length),
      trialsOf(2, observed.length + 20).filter(({ number }) => number >= observed.length && number % 3 === place % 3),
    ),
  lost: (observed: readonly Observation[], place: number): History => observed.filter((_, index) => index !== place),
  replaced: (observed: readonly Observation[], place: number): History =>
    observed.map((observation, index) => (index === place ? { ...observation, value: 99 } : observation)),
  'replaced beyond what is shared': (observed: readonly Observation[], place: number): History =>
    followedBy(
      firstOf(observed, place),
      observed.slice(place).map((observation, index) => (index === 0 ? { ...observation, value: 99 } : observation)),
    ),
};

const step = fc.record({
  grow: fc.oneof(fc.nat(3), fc.nat(60)),
  change: fc.constantFrom(...Object.values(changes)),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  pending: fc.nat(5),
});

describe.each([['default'], ['hyperopt']])('TPE with the preset %s suggests the same as without what it remembers', (preset) => {
  test('while a history grows, shrinks, and has observations lost or replaced', () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(step, { maxLength: 8 }), (seed, steps) => {
        const trials = trialsOf(seed, 600);
        const observed: Observation[] = [];
        for (const { grow, change, share, pending } of steps) {
          observed.push(...trials.slice(observed.length, observed.length + grow));
          const history = change(observed, Math.floor(share * observed.length));
          expectSame({ history, pending: trials.slice(500, 500 + pending).map(({ parameters }) => parameters) }, preset);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('where two studies share their first observations', () => {
    const start = trialsOf(1, 40);
    const studies = [2, 3].map((seed) => [...start, ...trialsOf(seed, 90).slice(40)]);
    for (let count = 38; count < 90; count += 4) for (const study of studies) expectSame({ history: firstOf(study, count) }, preset);
  });

  test('where most of a long history is forgotten', () => {
    const trials = trialsOf(4, 600);
    for (const count of [600, 599, 500, 20, 580]) expectSame({ history: firstOf(trials, count) }, preset);
  });
});
