import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Observation } from '../../../src/samplers/observation.ts';
import { samplerFor, samplerOptionsSchema } from '../../../src/samplers/table.ts';
import { digestOf } from '../../../src/shared/digest.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { sampleSpace, sampleSpaceNames } from '../../support/search-spaces.ts';

const digests = z
  .record(z.string(), z.string())
  .parse(JSON.parse(readFileSync(new URL('../../vectors/variation-suggestions.json', import.meta.url), 'utf8')));

const fields = { probability: 0.5, distributionIndex: 2.5 };
const choices = {
  nsga2: { type: 'nsga2', population: 8 },
  'nsga2, all mutated': { type: 'nsga2', population: 6, crossover: fields, mutation: { ...fields, probability: 1 } },
  'genetic, real': { type: 'genetic', variation: 'real', population: 8 },
  'genetic, real, tournaments': { type: 'genetic', variation: 'real', selection: 'tournament', population: 7, realMutation: fields },
};
const searches = sampleSpaceNames.flatMap((space) =>
  Object.entries(choices).map(([title, options]) => ({ title: `${space}, ${title}`, space: sampleSpace(space), options })),
);

/** A digest of five generations of two metrics, or of one for genetic; every seventh trial fails. */
function digestOfSearch({ space, options }: (typeof searches)[number]): string {
  const directions = options.type === 'nsga2' ? { directions: ['minimize', 'maximize'] as const } : {};
  const sampler = samplerFor({ space, direction: 'minimize', ...directions }, samplerOptionsSchema.parse(options), 1);
  const stream = (purpose: string, ...indices: number[]) => randomStream(5, purpose, ...indices);
  const observations: Observation[] = [];
  let state = sampler.init();
  for (let generation = 0; generation < 5; generation += 1) {
    const proposal = sampler.suggest(state, { firstIndex: observations.length, count: 100, stream, history: [], pending: [] });
    if (proposal.kind !== 'suggestions') throw new Error('a new generation has trials to suggest');
    const members = proposal.suggestions.map((suggestion, slot): Observation => {
      const number = observations.length + slot;
      if (number % 7 === 3) return { ...suggestion, number, index: number, value: null };
      const value = ((number * 31) % 17) - 8;
      const values = options.type === 'nsga2' ? { values: [value, (number * 13) % 11] } : {};
      return { ...suggestion, number, index: number, value, ...values };
    });
    observations.push(...members);
    state = sampler.observe(state, members);
  }
  return digestOf(observations.map(({ parameters, origin }) => ({ parameters, origin }))).slice(0, 16);
}

test.each(searches)('version 1 suggests the same as ever: $title', (search) => {
  expect(digestOfSearch(search)).toBe(digests[search.title]);
});
