import { expect, it } from 'vitest';
import { check } from '../../src/http/issues.ts';
import { studySpecSchema } from '../../src/studies/definition/definition.ts';
import { geneticStudy } from './definitions.ts';

/** The violations of a definition, as text. */
function found(changes: Record<string, unknown>): string[] {
  const result = check(studySpecSchema, geneticStudy(changes));
  return 'findings' in result ? result.findings.map(({ path, detail }) => `${path.join('/')} ${detail}`) : [];
}

it.each([
  [{ metrics: 'value' }, ['metrics must be a list, got "value"']],
  [{ name: [] }, ['name must be a text, got a list']],
  [{ searchSpace: '' }, ['searchSpace must be a list, got ""']],
  [{ retries: { on: 'crash' } }, ['retries/on must be a list, got "crash"']],
  [{ sampler: { type: 'grid', axes: { hiddenUnits: { values: '' } } } }, ['sampler/axes/hiddenUnits/values must be a list, got ""']],
  [{ seed: -(2 ** 60) }, ['seed must be at least 0, got -1152921504606847000']],
])('%j has one violation', (changes, expected) => {
  expect(found(changes)).toEqual(expected);
});

it('a hundred thousand violations, two of each value, are listed once each in a moment', () => {
  const bits = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, -(2 ** 60)]));
  expect(found({ sampler: { type: 'genetic', bits } })).toHaveLength(100_000);
});
