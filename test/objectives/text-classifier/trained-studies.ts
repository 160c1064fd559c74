import type { Values } from '../../../src/objectives/contract.ts';
import type { TestEvaluation } from '../../../src/objectives/text-classifier/test-evaluation.ts';
import type { StudySpec } from '../../../src/studies/definition/definition.ts';
import { addStudy as addAnyStudy, type StudyStore, specOf as specOfAny } from '../../store/study-fixture.ts';

const trained = {
  searchSpace: [
    { type: 'float', name: 'learningRate', low: 0.0005, high: 0.5115, step: 0.0005 },
    { type: 'int', name: 'hiddenUnits', low: 1, high: 511 },
    { type: 'int', name: 'epochs', low: 1, high: 15 },
  ],
  metrics: [{ name: 'accuracy' }],
  objective: { type: 'lstm-text-classifier', dataset: 'spam-assassin' },
};

/** Defines a random search whose trials train text classifiers, with a test's overrides. */
export function specOf(overrides: Record<string, unknown> = {}): StudySpec {
  return specOfAny({ ...trained, ...overrides });
}

/** Creates a study whose trials train text classifiers. @returns its id */
export function addStudy(store: StudyStore, overrides: Record<string, unknown> = {}): Promise<string> {
  return addAnyStudy(store, { ...trained, ...overrides });
}

/** Makes values in which accuracy, AUC-PR and loss are the same number. */
export function valuesOf(value: number, loss: number | null = value): Values {
  return { loss, accuracy: value, aucPr: value, trainLoss: loss };
}

/** A model's evaluation on the test split. */
export const sampleEvaluation: TestEvaluation = {
  rows: 10,
  positives: 5,
  loss: 0.3,
  accuracy: 0.8,
  aucPr: 0.875,
  aucPrTrapezoid: 0.85,
  aucRoc: 0.9,
  precision: 0.8,
  recall: 0.8,
  f1: 0.8,
  confusion: { truePositives: 4, falsePositives: 1, trueNegatives: 4, falseNegatives: 1 },
  curve: [{ threshold: 0.5, precision: 0.8, recall: 0.8 }],
};
