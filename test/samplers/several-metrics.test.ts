import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/samplers/contract.ts';
import type { Observation } from '../../src/samplers/observation.ts';
import { type SamplerOptions, samplerFor } from '../../src/samplers/table.ts';
import { randomStream } from '../../src/shared/random.ts';
import { searchSpaceSchema } from '../../src/space/schema.ts';

const space = searchSpaceSchema.parse([
  { type: 'float', name: 'x', low: 0, high: 1 },
  { type: 'float', name: 'y', low: 0, high: 1 },
]);

interface Trial {
  readonly x: number;
  readonly y: number;
}

/** The front is where y is 0.7 and x is between 0.2 and 0.5. */
const losses = ({ x, y }: Trial): [number, number] => [(x - 0.2) ** 2 + (y - 0.7) ** 2, (x - 0.5) ** 2 + (y - 0.7) ** 2];

/** Searches with two trials open at a time. @returns the trials, in order */
function searched(options: SamplerOptions, trials: number, results: (trial: Trial) => Partial<Observation>, problem: Problem): Trial[] {
  const sampler = samplerFor(problem, options);
  const stream = (purpose: string, ...indices: number[]) => randomStream(1, purpose, ...indices);
  const all: Observation[] = [];
  for (let index = 0; index < trials; index += 1) {
    const [history, pending] = [all.slice(0, -1), all.slice(-1).map(({ parameters }) => parameters)];
    const proposal = sampler.suggest(sampler.init(), { firstIndex: index, count: 1, history, pending, stream });
    if (proposal.kind !== 'suggestions') throw new Error('the search goes on');
    const [{ parameters, origin } = { parameters: {}, origin: {} }] = proposal.suggestions;
    all.push({ number: index, index, parameters, origin, value: null, ...results(trialOf(parameters)) });
  }
  return all.map(({ parameters }) => trialOf(parameters));
}

function trialOf(parameters: Observation['parameters']): Trial {
  return { x: Number(parameters['x']), y: Number(parameters['y']) };
}

const shareOf = (trials: readonly Trial[], isMeant: (trial: Trial) => boolean) => trials.filter(isMeant).length / trials.length;

describe.each([
  ['tpe', { type: 'tpe', startupTrials: 8 } as SamplerOptions, 80],
  ['gp', { type: 'gp', startupTrials: 6 } as SamplerOptions, 24],
])('%s', (_title, options, trials) => {
  it('spreads its trials over the front, whatever the directions', () => {
    for (const sign of [1, -1]) {
      const directions = ['minimize', sign > 0 ? 'minimize' : 'maximize'] as const;
      const found = searched(
        options,
        trials,
        (trial) => {
          const [first, second] = losses(trial);
          return { value: first, values: [first, sign * second] };
        },
        { space, direction: 'minimize', directions },
      ).slice(trials / 2);
      // The rectangle has 0.12 of the space.
      expect(shareOf(found, ({ x, y }) => x > 0.15 && x < 0.55 && y > 0.55 && y < 0.85)).toBeGreaterThan(0.5);
      expect(found.some(({ x }) => x < 0.3)).toBe(true);
      expect(found.some(({ x }) => x > 0.4)).toBe(true);
    }
  });

  it('looks for trials that keep the limits, and among those for the front', () => {
    const found = searched(
      options,
      trials,
      (trial) => {
        const values = losses(trial);
        return { value: values[0], values, violation: Math.max(0, trial.x - 0.3) };
      },
      { space, direction: 'minimize', directions: ['minimize', 'minimize'] },
    ).slice(trials / 2);
    expect(shareOf(found, ({ x, y }) => x < 0.4 && y > 0.5 && y < 0.9)).toBeGreaterThan(0.5);
  });

  it('finds the front beside a region in which every trial fails', () => {
    const found = searched(
      options,
      trials,
      (trial) => {
        const values = losses(trial);
        return trial.x > 0.5 || trial.y < 0.5 ? { value: null } : { value: values[0], values };
      },
      { space, direction: 'minimize', directions: ['minimize', 'minimize'] },
    ).slice(trials / 2);
    expect(shareOf(found, ({ x, y }) => x > 0.1 && x < 0.6 && y > 0.5 && y < 0.9)).toBeGreaterThan(0.5);
  });

  it('goes on where every trial fails', () => {
    const found = searched(options, 14, () => ({ value: null }), { space, direction: 'minimize', directions: ['minimize', 'maximize'] });
    expect(new Set(found.map(({ x }) => x)).size).toBe(14);
  });
});
