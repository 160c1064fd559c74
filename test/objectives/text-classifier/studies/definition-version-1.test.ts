import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../../src/shared/digest.ts';
import { studySpecSchema } from '../../../../src/studies/definition/definition.ts';
import { resolveSpec } from '../../../../src/studies/definition/resolve.ts';
import { readDefinition, storedAs } from '../../../../src/studies/definition/stored.ts';
import { definitionV1Schema } from '../../../../src/studies/definition/version-1.ts';

/** A definition as version 0.1.0 stored it. */
const first = {
  name: 'an earlier study',
  searchSpace: [{ type: 'int', name: 'hiddenUnits', low: 1, high: 64, step: 1, scale: 'linear' }],
  metric: { name: 'loss', direction: 'minimize' },
  sampler: { type: 'random' },
  budget: { trials: 5 },
  parallelism: 16,
  seed: 77,
  objectiveSeed: 78,
  retries: { maxAttempts: 3, on: ['crash', 'error', 'timeout'] },
  objective: { type: 'lstm-text-classifier', dataset: 'spam-assassin', hyperparameters: {} },
};

const { metric, ...shared } = first;
const current = resolveSpec(studySpecSchema.parse({ ...shared, metrics: [metric], labels: { team: 'search' } }), 0);

describe('a definition of version 0.1.0', () => {
  test('is read in the current form, with the meanings that version gave to what it left out', () => {
    expect(readDefinition(1, first)).toEqual({
      ...shared,
      metrics: [metric],
      schedule: 'deterministic',
      evaluate: false,
      labels: {},
    });
  });

  test.each([
    [{ schedule: 'strict' }, { schedule: 'deterministic' }],
    [{ schedule: 'asap' }, { schedule: 'asynchronous' }],
    [{ evaluateOnTest: true }, { evaluate: true }],
    [{ timeoutSeconds: 60 }, { timeoutSeconds: 60 }],
    [{ lineage: [{ trials: 3, seed: 1 }] }, { lineage: [{ trials: 3, seed: 1 }] }],
    [{ retries: { maxAttempts: 2 } }, { retries: { maxAttempts: 2, on: ['crash', 'error', 'timeout'] } }],
  ])('with %o is read with %o', (stored, read) => {
    expect(readDefinition(1, { ...first, ...stored })).toMatchObject(read);
  });

  test('keeps its text and the digest of it', () => {
    const parsed = definitionV1Schema.parse(first);
    expect(storedAs(1, parsed)).toEqual({ version: 1, content: first, digest: digestOf(first) });
  });

  test.each(['labels', 'metrics', 'evaluate'])('has no %s', (part) => {
    expect(() => readDefinition(1, { ...first, [part]: part === 'labels' ? {} : true })).toThrow();
  });
});

test('a definition of this version is not taken for an earlier one, nor an earlier one for it', () => {
  expect(() => readDefinition(1, current)).toThrow();
  expect(() => readDefinition(2, first)).toThrow();
});
