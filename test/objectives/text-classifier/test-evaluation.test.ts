import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { binaryMetrics } from '../../../src/objectives/text-classifier/metrics.ts';
import { type TestEvaluation, testEvaluationOf, testEvaluationSchema } from '../../../src/objectives/text-classifier/test-evaluation.ts';
import { computedRows } from './computed-rows.ts';

const numbers = z.array(z.number());
const expectedSchema = testEvaluationSchema
  .pick({ accuracy: true, aucPr: true, aucPrTrapezoid: true, precision: true, recall: true, f1: true, confusion: true })
  .extend({ name: z.string(), aucRoc: z.number().nullable() });
const caseSchema = expectedSchema.extend({
  labels: numbers,
  scores: z.array(z.number().nullable()),
  curve: z.object({ threshold: numbers, precision: numbers, recall: numbers }),
});
const computedSchema = expectedSchema.extend({ every: z.int(), thresholds: z.int().min(501) });
const vectors = z
  .object({ cases: z.array(caseSchema).min(10), computed: z.array(computedSchema).min(2) })
  .parse(JSON.parse(readFileSync(new URL('../../vectors/test-evaluation.json', import.meta.url), 'utf8')));

function expectAgreement(found: TestEvaluation, expected: z.output<typeof expectedSchema>): void {
  expect(() => testEvaluationSchema.parse(found)).not.toThrow();
  expect(found.confusion).toEqual(expected.confusion);
  for (const name of ['accuracy', 'aucPr', 'precision', 'recall', 'f1'] as const) expect(found[name], name).toBeCloseTo(expected[name], 12);
  // Where one class has no row, scikit-learn has no answer or another (see the note on the vectors).
  expect(found.aucRoc).toBeCloseTo(expected.aucRoc ?? 0.5, 12);
  expect(found.aucPrTrapezoid).toBeCloseTo(found.positives === 0 ? 0 : expected.aucPrTrapezoid, 12);
}

describe('an evaluation agrees with scikit-learn', () => {
  test.each(vectors.cases)('$name', ({ labels, scores, curve, ...expected }) => {
    const given = Float64Array.from(scores, (score) => score ?? Number.NaN);
    const found = testEvaluationOf({ labels: Uint8Array.from(labels), scores: given, loss: 0.25 });
    expectAgreement(found, expected);
    expect(found).toMatchObject({ rows: labels.length, positives: labels.filter((label) => label === 1).length, loss: 0.25 });
    expect(found.curve.map(({ threshold }) => threshold)).toEqual(curve.threshold.map((threshold) => Math.max(0, threshold)));
    found.curve.forEach(({ precision, recall }, point) => {
      expect(precision).toBeCloseTo(curve.precision[point] as number, 12);
      expect(recall).toBeCloseTo(found.positives === 0 ? 0 : (curve.recall[point] as number), 12);
    });
  });

  test.each(vectors.computed)('$name, exact though the curve is thinned', ({ every, thresholds, ...expected }) => {
    const rows = computedRows(every);
    const found = testEvaluationOf({ ...rows, loss: 0.25 });
    expectAgreement(found, expected);
    expect(new Set(rows.scores).size).toBe(thresholds);
    expect(found.curve).toHaveLength(500);
  });

  test('and is what is measured after every epoch, bit for bit', () => {
    const { labels, scores } = computedRows(2);
    expect(testEvaluationOf({ labels, scores, loss: 1 })).toMatchObject(binaryMetrics(labels, scores));
  });
});

describe('every value of an evaluation is finite', () => {
  const evaluate = (labels: number[], scores: number[], loss = 1): TestEvaluation =>
    testEvaluationOf({ labels: Uint8Array.from(labels), scores: Float64Array.from(scores), loss });

  test('without rows', () => {
    const none = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 };
    const areas = { aucPr: 0, aucPrTrapezoid: 0, aucRoc: 0.5 };
    const shares = { accuracy: 0, precision: 0, recall: 0, f1: 0 };
    expect(evaluate([], [], Number.NaN)).toEqual({ rows: 0, positives: 0, loss: null, ...areas, ...shares, confusion: none, curve: [] });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('with a loss of %s, which is null', (loss) => {
    expect(evaluate([1, 0], [0, 0], loss).loss).toBeNull();
  });

  test('and at most 1, where shares add up to a little more', () => {
    // Added up nine times, 1/9 comes to a bit more than 1; so it is for half of the numbers.
    for (let rows = 1; rows < 400; rows += 1) {
      const { aucPr, aucPrTrapezoid, aucRoc } = evaluate(
        Array.from({ length: rows }, () => 1),
        Array.from({ length: rows }, (_, row) => row / rows),
      );
      expect(aucPr).toBeLessThanOrEqual(1);
      expect(aucPrTrapezoid).toBeLessThanOrEqual(1);
      expect(aucRoc).toBe(0.5);
    }
  });
});

test('scores that are no probabilities, or not as many as labels, are refused', () => {
  const labels = Uint8Array.of(1, 0);
  for (const score of [-0.1, 1.1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
    expect(() => testEvaluationOf({ labels, scores: Float64Array.of(score, 0.5), loss: 1 })).toThrow(/probability/);
  expect(() => testEvaluationOf({ labels, scores: Float64Array.of(0.5), loss: 1 })).toThrow(/as many scores as labels/);
});
