import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { SuggestionRequest } from '../../../src/samplers/contract.ts';
import type { Observation } from '../../../src/samplers/observation.ts';
import { swarmOptionsSchema } from '../../../src/samplers/swarm/options.ts';
import { swarmSampler } from '../../../src/samplers/swarm/sampler.ts';
import { randomStream } from '../../../src/shared/random.ts';
import { searchSpaceSchema } from '../../../src/space/schema.ts';

const particleSchema = z.object({ position: z.array(z.number()), velocity: z.array(z.number()), value: z.number().nullable() });

const { searches, choices } = z
  .object({
    choices: z.int(),
    searches: z.array(
      z.object({
        title: z.string(),
        options: z.record(z.string(), z.unknown()),
        generations: z.array(z.object({ random: z.array(z.array(z.number())).optional(), particles: z.array(particleSchema) })),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../../vectors/swarm.json', import.meta.url), 'utf8')));

const space = searchSpaceSchema.parse([
  ...['a', 'b', 'c'].map((name) => ({ type: 'float', name, low: 0, high: 1 })),
  { type: 'categorical', name: 'd', choices: Array.from({ length: choices }, (_, choice) => choice) },
]);

/** Positions are rounded to 12 decimal places in each generation. */
const digits = 10;

/** A stream of these numbers. */
function given(numbers: readonly number[]): SuggestionRequest['stream'] {
  const left = [...numbers];
  return () => ({ ...randomStream(1, 'unused'), uniform: () => left.shift() ?? Number.NaN });
}

describe.each(searches)('$title, as the published equations have it', ({ options: stored, generations }) => {
  const problem = { space, direction: 'minimize' } as const;
  const options = swarmOptionsSchema.parse({ type: 'swarm', ...stored });
  const [first, ...others] = generations;
  const observed = (generation: number, particles: readonly z.output<typeof particleSchema>[]): Observation[] =>
    particles.map(({ position, velocity, value }, slot) => {
      const number = generation * particles.length + slot;
      return { number, index: number, parameters: {}, origin: { generation, slot, position, velocity }, value };
    });

  test('every particle moves as it should, given the same random numbers', () => {
    let state = swarmSampler.observe(problem, options, swarmSampler.init(problem, options), observed(0, first?.particles ?? []));
    let compared = 0;
    for (const [index, { random = [], particles }] of others.entries()) {
      for (const [slot, { position, velocity }] of particles.entries()) {
        const request = { firstIndex: state.firstTrial + slot, count: 1, history: [], pending: [], stream: given(random[slot] ?? []) };
        const proposal = swarmSampler.suggest(problem, options, state, request);
        const [suggestion] = proposal.kind === 'suggestions' ? proposal.suggestions : [];
        const origin = particleSchema.parse({ ...suggestion?.origin, value: null });
        for (const [place, expected] of position.entries()) {
          expect(origin.position[place]).toBeCloseTo(expected, digits);
          expect(origin.velocity[place]).toBeCloseTo(velocity[place] ?? Number.NaN, digits);
          compared += 1;
        }
        expect(suggestion?.parameters['d']).toBe(position[3]);
      }
      state = swarmSampler.observe(problem, options, state, observed(index + 1, particles));
    }
    expect(compared).toBe(5 * 7 * 4);
  });
});
