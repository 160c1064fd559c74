import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { checkedStates } from '../../src/samplers/checked-states.ts';
import { samplerFor, samplerOptionsSchema } from '../../src/samplers/table.ts';
import { searchSpaceSchema } from '../../src/space/schema.ts';

/** A schema that counts how often it checks a state. */
function countingSchema() {
  const check = vi.fn(() => true);
  return { check, schema: z.strictObject({ version: z.literal(1) }).refine(check) };
}

test('a state is checked once, whoever reads it, and so is what was read of it', () => {
  const { check, schema } = countingSchema();
  const state: unknown = { version: 1 };
  const found = checkedStates(schema).read(state);
  expect(checkedStates(schema).read(state)).toBe(found);
  expect(checkedStates(schema).read(found)).toBe(found);
  expect(check).toHaveBeenCalledTimes(1);
  checkedStates(schema).read({ version: 1 });
  expect(check).toHaveBeenCalledTimes(2);
});

test('a state that the sampler made is taken as it is', () => {
  const { check, schema } = countingSchema();
  const states = checkedStates<{ version: 1 }>(schema);
  const state = states.made({ version: 1 });
  expect(states.read(state)).toBe(state);
  expect(check).not.toHaveBeenCalled();
});

test('a state of another sampler is refused each time, though its own one read it', () => {
  const state: unknown = { version: 1 };
  checkedStates(z.strictObject({ version: z.literal(1) })).read(state);
  const other = checkedStates(z.strictObject({ version: z.literal(1), best: z.number() }));
  for (const _ of [1, 2]) expect(() => other.read(state)).toThrow(z.ZodError);
});

test('a point that no coordinate can be is refused when a generation is observed', () => {
  const space = searchSpaceSchema.parse([{ type: 'float', name: 'rate', low: 0, high: 1 }]);
  const sampler = samplerFor({ space, direction: 'minimize' }, samplerOptionsSchema.parse({ type: 'nsga2', population: 8 }));
  const origin = { sampler: 'nsga2', generation: 0, slot: 0, latent: { rate: 2 } };
  const observations = [{ number: 0, index: 0, parameters: { rate: 0.5 }, origin, value: 1 }];
  expect(() => sampler.observe(sampler.init(), observations)).toThrow(z.ZodError);
});
