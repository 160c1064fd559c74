import { expect, test } from 'vitest';
import { digestOf } from '../../../src/shared/digest.ts';
import { studySpecSchema } from '../../../src/studies/definition/definition.ts';
import { resolveSpec } from '../../../src/studies/definition/resolve.ts';
import { readDefinition, storedDefinition } from '../../../src/studies/definition/stored.ts';

test('a definition of this version is read back as it was stored', () => {
  const definition = {
    name: 'a study',
    searchSpace: [{ type: 'int', name: 'hiddenUnits', low: 1, high: 64 }],
    metrics: [{ name: 'value' }],
    sampler: { type: 'random' },
    budget: { trials: 5 },
    labels: { team: 'search' },
    objective: { type: 'test-function', function: 'lstm-landscape' },
  };
  const spec = resolveSpec(studySpecSchema.parse(definition), 77);
  const stored = storedDefinition(spec);
  expect(stored).toMatchObject({ version: 2, digest: digestOf(spec) });
  expect(readDefinition(2, stored.content)).toEqual(spec);
});
