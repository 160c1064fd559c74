import { expect, test } from 'vitest';
import { studySpecSchema } from '../../../src/studies/definition/definition.ts';
import { resolveSpec } from '../../../src/studies/definition/resolve.ts';
import { specViolations } from '../../../src/studies/document/document-violations.ts';

const spec = resolveSpec(
  studySpecSchema.parse({
    name: 'known function',
    searchSpace: [{ type: 'float', name: 'x1', low: 0, high: 1 }],
    metrics: [{ name: 'value' }],
    sampler: { type: 'random' },
    budget: { trials: 2 },
    objective: { type: 'test-function', function: 'sphere-2' },
  }),
  1,
);

test('a definition whose trials are measured on held-out data is refused where its objective has no such measurement', () => {
  expect(specViolations(spec)).toEqual([]);
  expect(specViolations({ ...spec, evaluate: true })).toEqual([
    { pointer: '/evaluate', detail: 'the objective test-function measures nothing on held-out data' },
  ]);
});
