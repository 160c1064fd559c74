import { describe, expect, it } from 'vitest';
import { textClassifierEvaluator } from '../../../src/objectives/text-classifier/evaluator.ts';
import { hyperparameterDefaults } from '../../../src/objectives/text-classifier/hyperparameters.ts';
import { exclusionKey, lstmObjectiveSchema, textClassifier } from '../../../src/objectives/text-classifier/objective.ts';
import { objectiveViolations } from '../../../src/objectives/text-classifier/violations.ts';
import { searchSpaceSchema } from '../../../src/space/schema.ts';

const objective = { type: 'lstm-text-classifier', dataset: 'imdb' } as const;
const training = { objective, hyperparameters: hyperparameterDefaults, objectiveSeed: 7 };

describe('exclusionKey', () => {
  it('is the same whatever the number of epochs', () => {
    const longer = { ...training, hyperparameters: { ...hyperparameterDefaults, epochs: hyperparameterDefaults.epochs + 5 } };
    expect(exclusionKey(longer)).toBe(exclusionKey(training));
    expect(exclusionKey(training)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('differs by every other hyperparameter, the texts, how many of them, and the seed', () => {
    const hyperparameters = Object.keys(hyperparameterDefaults).filter((name) => name !== 'epochs');
    const others = [
      ...hyperparameters.map((name) => ({ ...training, hyperparameters: { ...hyperparameterDefaults, [name]: 12_345 } })),
      { ...training, objective: { ...objective, dataset: 'spam-assassin' as const } },
      { ...training, objective: { ...objective, datasetVersion: 2 } },
      { ...training, objective: { ...objective, trainSize: 1000 } },
      { ...training, objectiveSeed: 8 },
    ];
    expect(new Set([training, ...others].map(exclusionKey)).size).toBe(others.length + 1);
  });
});

describe('a job', () => {
  const jobOf = (hyperparameters: object, parameters: Record<string, number>) =>
    textClassifier.job({
      options: lstmObjectiveSchema.parse({ type: 'lstm-text-classifier', dataset: 'spam-assassin', hyperparameters }),
      seed: 7,
      parameters,
      evaluate: false,
    });

  it('has the key of an equal training, whether its values are searched, fixed or defaults', () => {
    const searched = jobOf({}, { learningRate: 0.01, epochs: 3 });
    const fixed = jobOf({ learningRate: 0.01 }, { epochs: 5 });
    expect(fixed.exclusionKey).toBe(searched.exclusionKey);
    expect([searched.steps, fixed.steps]).toEqual([3, 5]);
    expect(jobOf({ learningRate: 0.01, dropout: 0.5 }, { epochs: 5 }).exclusionKey).not.toBe(searched.exclusionKey);
  });
});

describe('the options', () => {
  it('have no fixed hyperparameters and all texts as their defaults', () => {
    const least = { type: 'lstm-text-classifier', dataset: 'spam-assassin' };
    expect(lstmObjectiveSchema.parse(least)).toEqual({ ...least, hyperparameters: {} });
  });

  it.each([
    [
      'a hyperparameter both fixed and searched',
      { type: 'int', name: 'hiddenUnits', low: 1, high: 64 },
      '/objective/hyperparameters/hiddenUnits',
    ],
    ['a hyperparameter that there is not', { type: 'int', name: 'wings', low: 1, high: 2 }, '/searchSpace/0/name'],
    ['a range that cannot be trained', { type: 'int', name: 'epochs', low: 0, high: 2 }, '/searchSpace/0/low'],
  ])('are refused with %s', (_what, parameter, pointer) => {
    const options = lstmObjectiveSchema.parse({
      type: 'lstm-text-classifier',
      dataset: 'spam-assassin',
      hyperparameters: { hiddenUnits: 5 },
    });
    expect(objectiveViolations(options, searchSpaceSchema.parse([parameter])).map((violation) => violation.pointer)).toEqual([pointer]);
  });
});

describe('the version of the texts', () => {
  const options = (given: object) => lstmObjectiveSchema.parse({ type: 'lstm-text-classifier', dataset: 'spam-assassin', ...given });
  const jobOf = (given: object) => textClassifier.job({ options: options(given), seed: 7, parameters: { epochs: 2 }, evaluate: false });

  it('of a new study is the newest unless it names one; a dataset with one version names none', () => {
    const pinned = (given: object) => textClassifier.pinned(options(given), []);
    expect(pinned({})).toMatchObject({ datasetVersion: 2 });
    expect(pinned({ datasetVersion: 1 })).toMatchObject({ datasetVersion: 1 });
    expect(pinned({ dataset: 'imdb' })).not.toHaveProperty('datasetVersion');
  });

  it('of a stored study that shows none is 1, with the job that it had before there were versions', () => {
    expect(jobOf({})).toEqual(jobOf({ datasetVersion: 1 }));
    expect(jobOf({}).payload).not.toHaveProperty('datasetVersion');
    // As version 0.1.0 made it.
    expect(jobOf({}).exclusionKey).toBe('b4d35051259b3bcd3481e14077346131a7cac65211de912e1040fee7deb02a9f');
    expect(jobOf({ datasetVersion: 2 }).payload).toMatchObject({ dataset: 'spam-assassin', datasetVersion: 2 });
    expect(jobOf({ datasetVersion: 2 }).exclusionKey).not.toBe(jobOf({}).exclusionKey);
  });

  it('is prepared for the job that names it', () => {
    const request = (given: object) =>
      textClassifierEvaluator.preparation?.request(jobOf(given).payload, { dataFolder: '/data', sources: {} });
    expect(request({})).toEqual({ name: 'spam-assassin', version: 1, dataFolder: '/data', imdbArchive: null });
    expect(request({ datasetVersion: 2 })).toMatchObject({ version: 2 });
  });

  it('that does not exist is refused', () => {
    const detail = 'must be at most 1, the newest version of imdb, got 2';
    expect(textClassifier.check([], options({ dataset: 'imdb', datasetVersion: 2 }))).toEqual([
      { pointer: '/objective/datasetVersion', detail },
    ]);
  });
});

it('has a task of dataset, version and size alone', () => {
  const taskOf = (options: object) => textClassifier.task(lstmObjectiveSchema.parse({ type: 'lstm-text-classifier', ...options }));
  const mails = taskOf({ dataset: 'spam-assassin' });
  expect(taskOf({ dataset: 'spam-assassin', datasetVersion: 1, hyperparameters: { epochs: 2 } })).toEqual(mails);
  for (const other of [{ dataset: 'imdb' }, { dataset: 'spam-assassin', datasetVersion: 2 }, { dataset: 'spam-assassin', trainSize: 100 }])
    expect(taskOf(other)).not.toEqual(mails);
});
