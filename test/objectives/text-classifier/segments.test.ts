import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src/objectives/contract.ts';
import type { IdentifiedTraining } from '../../../src/objectives/evaluator.ts';
import { textClassifierEvaluator } from '../../../src/objectives/text-classifier/evaluator.ts';
import { hyperparameterDefaults } from '../../../src/objectives/text-classifier/hyperparameters.ts';
import { lstmObjectiveSchema, textClassifier } from '../../../src/objectives/text-classifier/objective.ts';
import { trainJobSchema } from '../../../src/objectives/text-classifier/train-job.ts';
import type { Configuration } from '../../../src/space/configuration.ts';
import type { EarlierValues } from '../../../src/space/earlier-values.ts';

const options = lstmObjectiveSchema.parse({
  type: 'lstm-text-classifier',
  dataset: 'spam-assassin',
  hyperparameters: { hiddenUnits: 5, dropout: 0.25 },
});
const jobOf = (parameters: Configuration, earlierValues?: EarlierValues): Job =>
  textClassifier.job({ options, seed: 7, parameters, evaluate: false, ...(earlierValues && { earlierValues }) });
const place = { data: { folder: '/data', digest: 'texts' }, libraries: { tensorflow: '2.9.1' }, processor: 'x64 avx2' };
const trainingOf = ({ payload, steps }: Job): IdentifiedTraining => textClassifierEvaluator.training({ payload, steps }, place);
const requestOf = (job: Job) => trainJobSchema.parse(trainingOf(job).request);

/** Two epochs with 0.01, two with 0.02, and two with 0.04. */
const earlierValues: EarlierValues = [
  { until: 2, parameters: { learningRate: 0.01 } },
  { until: 4, parameters: { learningRate: 0.02 } },
];
const changing = jobOf({ learningRate: 0.04, epochs: 6 }, earlierValues);
const plain = (learningRate: number, epochs = 6): Job => jobOf({ learningRate, epochs });

describe('the job of a training whose values change', () => {
  it('has each segment whole: what an entry does not name is that of its configuration', () => {
    expect(changing).toMatchObject({ steps: 6, payload: { hyperparameters: { learningRate: 0.04, dropout: 0.25, epochs: 6 } } });
    expect(changing.payload['earlier']).toEqual([
      { epochs: 2, learningRate: 0.01, dropout: 0.25 },
      { epochs: 4, learningRate: 0.02, dropout: 0.25 },
    ]);
  });

  it('is that of a plain training where nothing changes', () => {
    const same = { learningRate: 0.04 };
    for (const nothing of [[], [{ until: 2, parameters: same }], [{ until: 2, parameters: { ...same, dropout: 0.25 } }]])
      expect(jobOf({ ...same, epochs: 6 }, nothing)).toEqual(plain(0.04));
    expect(plain(0.04).payload).not.toHaveProperty('earlier');
  });

  it('has no entry that changes nothing', () => {
    const split: EarlierValues = [
      { until: 1, parameters: { learningRate: 0.01 } },
      ...earlierValues,
      { until: 5, parameters: { learningRate: 0.04, dropout: 0.25 } },
    ];
    expect(jobOf({ learningRate: 0.04, epochs: 6 }, split)).toEqual(changing);
  });

  it.each<[string, EarlierValues, string]>([
    ['changes a hyperparameter that is fixed', [{ until: 2, parameters: { hiddenUnits: 9 } }], 'hiddenUnits cannot change'],
    ['is not in order', [...earlierValues].reverse(), 'they end after 4, 2, 6'],
    ['leaves no epoch to the last values', [{ until: 6, parameters: { learningRate: 0.01 } }], 'they end after 6, 6'],
  ])('does not exist for a earlierValues that %s', (_what, wrong, message) => {
    expect(() => jobOf({ learningRate: 0.04, epochs: 6 }, wrong)).toThrow(message);
  });
});

describe('the keys of a training whose values change', () => {
  const training = trainingOf(changing);

  it('begin with those of the plain training of its first segment, whose epochs are the same', () => {
    expect(training.inherited?.[0]).toEqual({ resultKey: trainingOf(plain(0.01)).resultKey, lastStep: 2 });
    expect(requestOf(changing).modelSeed).toBe(requestOf(plain(0.01)).modelSeed);
  });

  it('are shared by trainings with the same history, and are a chain: each segment has the key of the training that ended with it', () => {
    const before = jobOf({ learningRate: 0.02, epochs: 4 }, earlierValues.slice(0, 1));
    expect(training.inherited).toEqual([...(trainingOf(before).inherited ?? []), { resultKey: trainingOf(before).resultKey, lastStep: 4 }]);
    const longer = jobOf({ learningRate: 0.04, epochs: 9 }, earlierValues);
    expect([longer.exclusionKey, trainingOf(longer).resultKey]).toEqual([changing.exclusionKey, training.resultKey]);
    expect(trainingOf(plain(0.04))).not.toHaveProperty('inherited');
  });

  it('are those of no training with the same last values and another history', () => {
    const others = [
      plain(0.04),
      plain(0.01),
      jobOf({ learningRate: 0.04, epochs: 6 }, earlierValues.slice(0, 1)),
      jobOf({ learningRate: 0.04, epochs: 6 }, earlierValues.slice(1)),
      jobOf({ learningRate: 0.04, epochs: 6 }, [{ until: 3, parameters: { learningRate: 0.01 } }, ...earlierValues.slice(1)]),
      jobOf({ learningRate: 0.04, dropout: 0.5, epochs: 6 }, earlierValues),
      jobOf({ learningRate: 0.04, epochs: 6 }, [{ until: 2, parameters: { learningRate: 0.01, dropout: 0 } }, ...earlierValues.slice(1)]),
    ];
    const keys = [changing, ...others].map((job) => [job.exclusionKey, trainingOf(job).resultKey]);
    expect(new Set(keys.flat()).size).toBe(2 * (others.length + 1));
  });

  it('are digests over texts that do not change', () => {
    // Computed with Python: SHA-256 of json.dumps(value, sort_keys=True, separators=(',', ':')), from the plain keys on.
    expect([plain(0.01).exclusionKey, changing.exclusionKey]).toEqual([
      '56a9e13c1424436a82a3fc37b65b17aa6605638d77e5a34c61a6adb14d884bd3',
      '46095ac380b43a90692bce2d49ffb29926fcb1ed39f82c7e7a77ef1a35a73029',
    ]);
    expect(training.inherited?.map(({ resultKey }) => resultKey)).toEqual([
      'b85817cbfe53d056301dad5afa9ea304240cd7159cbcdcf6ec7e9b4332ca6819',
      '9a01807a0f87f3c1b9bc9cbad041425d246a99c3a9adc1facd5d5699821fde54',
    ]);
    expect(training.resultKey).toBe('8cf64f77621e10831f1b55eca1fa1435accfe7f4464a40f687efcbac61c0987d');
  });
});

describe('the request of a training whose values change', () => {
  it('has its segments, and that of a plain one has none', () => {
    expect(requestOf(changing)).toMatchObject({
      hyperparameters: { ...hyperparameterDefaults, hiddenUnits: 5, dropout: 0.25, learningRate: 0.04, epochs: 6 },
      earlier: changing.payload['earlier'],
    });
    expect(requestOf(plain(0.04)).earlier).toEqual([]);
  });
});
