import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { binaryMetrics } from '../../../src/objectives/text-classifier/metrics.ts';

const numbers = z.array(z.number());
const caseSchema = z.object({ name: z.string(), labels: numbers, scores: numbers, accuracy: z.number(), aucPr: z.number() });
const vectors = z
  .object({ cases: z.array(caseSchema).min(10) })
  .parse(JSON.parse(readFileSync(new URL('../../vectors/metrics.json', import.meta.url), 'utf8')));

describe('accuracy and average precision agree with scikit-learn', () => {
  test.each(vectors.cases)('$name', ({ labels, scores, accuracy, aucPr }) => {
    const found = binaryMetrics(Uint8Array.from(labels), Float32Array.from(scores));
    expect(found.accuracy).toBeCloseTo(accuracy, 12);
    expect(found.aucPr).toBeCloseTo(aucPr, 12);
    // Rows of one score are one threshold: their order must not matter.
    const backwards = binaryMetrics(Uint8Array.from(labels.toReversed()), Float64Array.from(scores.toReversed()));
    expect(backwards.aucPr).toBeCloseTo(aucPr, 12);
  });
});

describe('every case has a finite answer', () => {
  test('without a positive label, average precision is 0', () => {
    expect(binaryMetrics(Uint8Array.of(0, 0), Float32Array.of(0.2, 0.9))).toEqual({ accuracy: 0.5, aucPr: 0 });
  });

  test('without rows, both are 0', () => {
    expect(binaryMetrics(new Uint8Array(0), new Float32Array(0))).toEqual({ accuracy: 0, aucPr: 0 });
  });

  test('a score that is no number predicts the negative class and ranks last', () => {
    expect(binaryMetrics(Uint8Array.of(1, 0), Float32Array.of(0.9, Number.NaN))).toEqual({ accuracy: 1, aucPr: 1 });
    expect(binaryMetrics(Uint8Array.of(1, 0), Float32Array.of(Number.NaN, 0.1))).toEqual({ accuracy: 0.5, aucPr: 0.5 });
  });

  test('infinite scores are ranked as such', () => {
    const scores = Float64Array.of(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0);
    expect(binaryMetrics(Uint8Array.of(1, 0, 1, 0), scores)).toEqual({ accuracy: 1, aucPr: 1 });
  });

  test('as many scores as labels are asked for', () => {
    expect(() => binaryMetrics(Uint8Array.of(1, 0), Float32Array.of(1))).toThrow(RangeError);
  });
});
