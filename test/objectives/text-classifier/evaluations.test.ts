import { describe, expect, it } from 'vitest';
import { testEvaluations } from '../../../src/objectives/text-classifier/evaluations.ts';
import { textClassifier } from '../../../src/objectives/text-classifier/objective.ts';
import { testEvaluationOf } from '../../../src/objectives/text-classifier/test-evaluation.ts';

const measured = testEvaluationOf({
  labels: Uint8Array.from([0, 1, 1, 0, 1]),
  scores: Float64Array.from([0.1, 0.9, 0.6, 0.7, 0.2]),
  loss: Number.NaN,
});

describe('a measurement on the test split, as it is shown', () => {
  const { values, curves, tables } = testEvaluations.present(measured);

  it('has every number under its own name, the headline among them', () => {
    const { curve: _curve, confusion: _confusion, ...numbers } = measured;
    expect(values).toEqual(numbers);
    expect(values['loss']).toBeNull();
    expect(testEvaluations.values.map(({ name }) => name)).toEqual(Object.keys(values));
    expect(values[testEvaluations.headline]).toBe(measured.aucPr);
  });

  it('has the whole precision-recall curve with its thresholds, over the share of positive texts', () => {
    expect(curves).toHaveLength(1);
    expect(curves[0]).toMatchObject({ name: 'precision-recall', steps: true, baseline: { label: 'no skill', value: 0.6 } });
    expect(curves[0]?.points).toEqual(measured.curve.map(({ recall, precision, threshold }) => [recall, precision, threshold]));
  });

  it('has the texts by class and prediction', () => {
    expect(tables[0]).toMatchObject({ rows: ['negative', 'positive'], columns: ['predicted negative', 'predicted positive'] });
    expect(tables[0]?.cells).toEqual([
      [1, 1],
      [1, 2],
    ]);
  });

  it('refuses what is no measurement of the test split', () => {
    expect(() => testEvaluations.present({ ...measured, accuracy: 2 })).toThrow();
    expect(() => testEvaluations.present({})).toThrow();
  });
});

describe('the objective in words and by its data', () => {
  const options = (differences: object = {}) =>
    textClassifier.optionsSchema.parse({ type: 'lstm-text-classifier', dataset: 'imdb', ...differences });

  it('is told with its dataset, its texts and what is fixed', () => {
    expect(textClassifier.describe(options())).toBe('lstm-text-classifier on imdb, trained on all texts');
    expect(textClassifier.describe(options({ trainSize: 4000, hyperparameters: { maxLength: 150, epochs: 2 } }))).toBe(
      'lstm-text-classifier on imdb, trained on 4,000 texts; epochs 2, maxLength 150',
    );
  });

  it('takes another number of texts, or all', () => {
    expect(textClassifier.withDataSize(options(), 9)).toEqual(options({ trainSize: 9 }));
    expect(textClassifier.withDataSize(options({ trainSize: 9 }), 'all')).toEqual(options());
  });

  it('has a published result for the parts of the paper on its data alone', () => {
    const published = (name: string, sampler: string, dataset = 'imdb') =>
      textClassifier.published({ name, sampler, options: options({ dataset }) });
    expect(published('genetic-3', 'genetic')).toMatchObject({ source: 'the paper', headline: 0.946, seconds: 862 * 60 });
    expect(published('final-grid', 'list')?.parameters).toEqual({ learningRate: 0.0075, hiddenUnits: 85, epochs: 3, maxLength: 475 });
    expect(published('genetic-3', 'random')).toBeNull();
    expect(published('genetic-3', 'genetic', 'spam-assassin')).toBeNull();
    expect(published('constructor', 'random')).toBeNull();
  });
});
