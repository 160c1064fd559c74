import { expect, test } from 'vitest';
import { methodText } from '../../../src/campaigns/reporting/method-text.ts';
import { type SamplerOptions, samplerOptionsSchema } from '../../../src/samplers/table.ts';

const sampler = (options: object): SamplerOptions => samplerOptionsSchema.parse(options);
const alone = { kind: null, cross: null };

test('a method is told in words, a genetic one with what sets it apart', () => {
  expect(methodText(sampler({ type: 'random' }), alone)).toBe('random search');
  expect(methodText(sampler({ type: 'genetic', population: 20, elites: 1, selectionExponent: 4 }), alone)).toBe(
    'genetic algorithm: 20 individuals, 1 elite, P ∝ fitness⁴',
  );
  expect(methodText(sampler({ type: 'genetic', population: 6, elites: 3, selectionExponent: 2.5 }), alone)).toContain(
    '3 elites, P ∝ fitness^2.5',
  );
});

test('a final is told as what was asked for: the whole grid, a part of it, or the finalists as they are', () => {
  const list = sampler({ type: 'list', points: [{ epochs: 1 }] });
  expect(methodText(sampler({ type: 'grid' }), { kind: 'grid', cross: true })).toBe('grid over the finalists');
  expect(methodText(list, { kind: 'grid', cross: true })).toBe('part of the grid over the finalists');
  expect(methodText(list, { kind: 'grid', cross: false })).toBe('the finalists side by side');
  expect(methodText(list, { kind: 'grid', cross: null })).toBe('final among listed points');
  expect(methodText(list, alone)).toBe('listed configurations');
});
