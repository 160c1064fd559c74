import type { Evaluation, EvaluationCurve, Evaluations, EvaluationTable } from '../evaluations.ts';
import { type TestEvaluation, testEvaluationSchema } from './test-evaluation.ts';

const fields = testEvaluationSchema.shape;
type NumberName = { [Name in keyof TestEvaluation]: TestEvaluation[Name] extends number | null ? Name : never }[keyof TestEvaluation];

function value(name: NumberName, label: string, whole = false) {
  return { name, label, text: fields[name].description ?? label, whole };
}

const values = [
  value('aucPr', 'AUC-PR'),
  value('aucPrTrapezoid', 'AUC-PR (trapezoid)'),
  value('aucRoc', 'AUC-ROC'),
  value('accuracy', 'accuracy'),
  value('precision', 'precision'),
  value('recall', 'recall'),
  value('f1', 'F1'),
  value('loss', 'loss'),
  value('rows', 'texts', true),
  value('positives', 'positive texts', true),
];

/** A trained model on the test split, as it is shown. */
export const testEvaluations: Evaluations = {
  data: 'the test split',
  schema: testEvaluationSchema,
  values,
  headline: 'aucPr',
  present: (stored) => presented(testEvaluationSchema.parse(stored)),
};

function presented(evaluation: TestEvaluation): Evaluation {
  const { rows, positives, curve, confusion } = evaluation;
  return {
    values: Object.fromEntries(values.map(({ name }) => [name, evaluation[name]])),
    curves: [precisionRecall(curve, rows === 0 ? 0 : positives / rows)],
    tables: [confusionTable(confusion)],
  };
}

/** The average precision counts the first point from recall 0 on, as does a curve of steps. @param prevalence precision without any skill */
function precisionRecall(curve: TestEvaluation['curve'], prevalence: number): EvaluationCurve {
  return {
    name: 'precision-recall',
    title: 'Precision-recall curve',
    axes: ['recall', 'precision', 'threshold'].map((name) => ({ name, low: 0, high: 1 })),
    points: curve.map(({ recall, precision, threshold }) => [recall, precision, threshold]),
    steps: true,
    baseline: { label: 'no skill', value: prevalence },
  };
}

function confusionTable(confusion: TestEvaluation['confusion']): EvaluationTable {
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = confusion;
  return {
    name: 'confusion',
    title: 'texts by class',
    corner: 'truth',
    rows: ['negative', 'positive'],
    columns: ['predicted negative', 'predicted positive'],
    cells: [
      [trueNegatives, falsePositives],
      [falseNegatives, truePositives],
    ],
  };
}
