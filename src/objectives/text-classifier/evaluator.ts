import { invariant } from '../../shared/errors.ts';
import type { TrainerEvaluator } from '../evaluator.ts';
import type { PrepareRequest } from './datasets/prepare-request.ts';
import { modelSeedOf, payloadSchema, resultKey, trainerVersion } from './objective.ts';
import { segmentKeys } from './segment-keys.ts';
import { hyperparametersAt } from './segments.ts';
import { testEvaluationSchema } from './test-evaluation.ts';
import type { TrainJob } from './train-job.ts';

/** Trains in a process that has TensorFlow, on texts that another one tokenised. */
export const textClassifierEvaluator: TrainerEvaluator = {
  kind: 'trainer',
  entry: 'objectives/text-classifier/tensorflow/trainer',
  preparation: {
    entry: 'objectives/text-classifier/datasets/prepare-process',
    unavailable: 'dataset-unavailable',
    request: (payload, { dataFolder, sources }) => {
      const { dataset: name, datasetVersion: version = 1 } = payloadSchema.parse(payload);
      return { name, version, dataFolder, imdbArchive: sources['imdb'] ?? null } satisfies PrepareRequest;
    },
  },
  training: ({ payload }, { data, libraries, processor }) => {
    invariant(data, 'a text classifier is trained on a dataset');
    const { hyperparameters, trainSize, seed, earlier = [] } = payloadSchema.parse(payload);
    const first = hyperparametersAt({ hyperparameters, earlier }, 1);
    const tensorflow = libraries['tensorflow'] ?? 'unknown';
    const training = { hyperparameters: first, objectiveSeed: seed, trainSize, datasetDigest: data.digest };
    const plainKey = resultKey({ ...training, tensorflowVersion: tensorflow, processorClass: processor });
    const keys = segmentKeys(plainKey, { hyperparameters, earlier });
    return {
      resultKey: keys.key,
      ...(earlier.length > 0 && { inherited: keys.earlier.map(({ key, epochs }) => ({ resultKey: key, lastStep: epochs })) }),
      facts: { trainerVersion, tensorflow, dataset: data.digest },
      request: {
        datasetFolder: data.folder,
        trainSize,
        hyperparameters,
        earlier: [...earlier],
        modelSeed: modelSeedOf(seed, first),
      } satisfies TrainJob,
    };
  },
  evaluationSchema: testEvaluationSchema,
};
