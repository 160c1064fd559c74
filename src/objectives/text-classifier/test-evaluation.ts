import { z } from 'zod';
import { accuracyOf, confusionMatrix, f1Of, precisionOf, recallOf } from './confusion-matrix.ts';
import { precisionRecallCurve } from './precision-recall-curve.ts';
import { averagePrecision, precisionRecallTrapezoid, rankByScore, rocArea } from './ranking.ts';

/** Points of a stored precision-recall curve at most: enough for a page, and some 40 kB of JSON. */
const MOST_CURVE_POINTS = 500;

const share = z.number().min(0).max(1);

/** A trained model's measurement on the test split. Every value is finite. */
export const testEvaluationSchema = z
  .strictObject({
    rows: z.int().min(0).describe('Texts of the test split.'),
    positives: z.int().min(0).describe('Texts of the positive class among them.'),
    loss: z.number().nullable().describe('Mean binary cross-entropy; null if it is not finite.'),
    accuracy: share.describe('Share of texts on the right side of 0.5.'),
    aucPr: share.describe(
      'Area under the precision-recall curve, as average precision; computed from all points, not from the reduced curve below.',
    ),
    aucPrTrapezoid: share.describe('The same area by the trapezoid rule, for comparison with Keras.'),
    aucRoc: share.describe('Area under the receiver operating characteristic.'),
    precision: share.describe('Share of true positives among the texts predicted positive; 0 if there are none.'),
    recall: share.describe('Share of true positives among the positive texts; 0 if there are none.'),
    f1: share.describe('Harmonic mean of precision and recall; 0 if both are 0.'),
    confusion: z
      .strictObject({
        truePositives: z.int().min(0),
        falsePositives: z.int().min(0),
        trueNegatives: z.int().min(0),
        falseNegatives: z.int().min(0),
      })
      .meta({ id: 'ConfusionMatrix', description: 'Texts by their class and the predicted one, the threshold being 0.5.' }),
    curve: z
      .array(z.strictObject({ threshold: z.number(), precision: share, recall: share }).meta({ id: 'CurvePoint' }))
      .max(MOST_CURVE_POINTS)
      .describe(
        'The precision-recall curve in order of rising recall: at most 500 points, each for one threshold. From recall 0 to its first point, it has the height of that point.',
      ),
  })
  .meta({ id: 'TestEvaluation', description: 'The evaluation of a model on the test split, which no search uses.' });

export type TestEvaluation = z.output<typeof testEvaluationSchema>;

/** A model's predictions for the rows of the test split. */
export interface TestPredictions {
  /** 0 or 1 for each row. */
  readonly labels: Uint8Array;
  /** Probability of the positive class for each row, or no number where the model gave none. */
  readonly scores: Float64Array;
  /** Mean binary cross-entropy. */
  readonly loss: number;
}

/**
 * Measures predictions in every way that is reported; all areas are over all thresholds.
 *
 * Policies, so that every value is finite: a loss that is not is null. A score that is not a number predicts the negative
 * class, ranks below all others and has the threshold 0 in the curve. No positive row: areas under the precision-recall
 * curve, recall and F1 are 0. No row of one of the classes: the ROC area is 0.5. No row at all: besides, accuracy and
 * precision are 0, and the curve has no point.
 *
 * @throws RangeError when there are not as many scores as labels, or a score is a number outside 0 … 1
 */
export function testEvaluationOf({ labels, scores, loss }: TestPredictions): TestEvaluation {
  const outside = scores.find((score) => score < 0 || score > 1);
  if (outside !== undefined) throw new RangeError(`a score is a probability, 0 … 1, got ${outside}`);
  const ranking = rankByScore(labels, scores);
  const confusion = confusionMatrix(labels, scores);
  return {
    rows: labels.length,
    positives: ranking.positives,
    loss: Number.isFinite(loss) ? loss : null,
    accuracy: accuracyOf(confusion),
    aucPr: atMostOne(averagePrecision(ranking)),
    aucPrTrapezoid: atMostOne(precisionRecallTrapezoid(ranking)),
    aucRoc: rocArea(ranking),
    precision: precisionOf(confusion),
    recall: recallOf(confusion),
    f1: f1Of(confusion),
    confusion,
    curve: precisionRecallCurve(ranking, MOST_CURVE_POINTS).map((point) => ({ ...point, threshold: Math.max(0, point.threshold) })),
  };
}

/** A sum of many shares of 1 may end a few bits above it. */
function atMostOne(area: number): number {
  return Math.min(1, area);
}
