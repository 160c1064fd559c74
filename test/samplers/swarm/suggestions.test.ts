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
  .parse(JSON.parse(readFileSync(new URL('../../vectors/swarm-suggestions.json', import.meta.url), 'utf8')));

const choices = {
  'by default': {},
  'constriction, global': { particles: 5, movement: { kind: 'constriction' }, topology: 'global', mutation: 0.4 },
};
const searches = sampleSpaceNames.flatMap((space) =>
  Object.entries(choices).map(([title, options]) => ({ title: `${space}, ${title}`, space: sampleSpace(space), options })),
);

/** A digest of five generations; every seventh trial fails. */
function digestOfSearch({ space, options }: (typeof searches)[number]): string {
  const sampler = samplerFor({ space, direction: 'minimize' }, samplerOptionsSchema.parse({ type: 'swarm', ...options }), 1);
  const stream = (purpose: string, ...indices: number[]) => randomStream(5, purpose, ...indices);
  const observations: Observation[] = [];
  let state = sampler.init();
  for (let generation = 0; generation < 5; generation += 1) {
    const proposal = sampler.suggest(state, { firstIndex: observations.length, count: 100, stream, history: [], pending: [] });
    if (proposal.kind !== 'suggestions') throw new Error('a new generation has trials to suggest');
    const members = proposal.suggestions.map((suggestion, slot) => {
      const number = observations.length + slot;
      return { ...suggestion, number, index: number, value: number % 7 === 3 ? null : ((number * 31) % 17) - 8 };
    });
    observations.push(...members);
    state = sampler.observe(state, members);
  }
  return digestOf(observations.map(({ parameters, origin }) => ({ parameters, origin }))).slice(0, 16);
}

test.each(searches)('version 1 suggests the same as ever: $title', (search) => {
  expect(digestOfSearch(search)).toBe(digests[search.title]);
});
