import { z } from 'zod';
import { describedEnum } from '../../shared/described-enum.ts';
import { digestOf } from '../../shared/digest.ts';
import type { Configuration } from '../../space/configuration.ts';
import { realChanges } from '../../space/earlier-values.ts';
import type { SearchSpace } from '../../space/schema.ts';
import { cardinality, valueAt } from '../../space/unit-cube.ts';
import type { Job, JobRequest, Objective } from '../contract.ts';
import { costAssumptions, trainingCost } from './cost.ts';
import { datasetNames, latestVersion } from './datasets/catalogue.ts';
import { testEvaluations } from './evaluations.ts';
import { campaignExamples, studyExamples } from './examples.ts';
import {
  type Hyperparameters,
  hyperparameterDefaults,
  hyperparameterRanges,
  hyperparametersSchema,
  isHyperparameter,
} from './hyperparameters.ts';
import { fastPaperStudies, paperCampaign, paperStudies } from './paper.ts';
import { paperResultOf } from './published.ts';
import { quickstarts } from './quickstarts.ts';
import { segmentKeys } from './segment-keys.ts';
import { changeableHyperparameters, earlierSegmentsOf, earlierSegmentsSchema, hyperparametersAt } from './segments.ts';
import { objectiveViolations } from './violations.ts';

/** Raised when the same training would give other bits: weights, batches, tokens or metrics changed. */
export const trainerVersion = 1;

/** Trains an LSTM that tells two classes of text apart, and measures it on the validation split. */
export const lstmObjectiveSchema = z
  .strictObject({
    type: z.literal('lstm-text-classifier'),
    dataset: describedEnum(datasetNames, {
      'spam-assassin': 'e-mails, included with the service.',
      imdb: 'film reviews, from an archive.',
    }),
    datasetVersion: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe(
        'Version of the texts of the dataset. A new study takes the newest unless it names one; where a study shows none, it has version 1.',
      ),
    trainSize: z
      .int()
      .min(1)
      .max(10_000_000)
      .optional()
      .describe('Number of texts to train on; the validation split shrinks in proportion. Default, and limit: all.'),
    hyperparameters: z
      .strictObject(hyperparameterRanges)
      .partial()
      .meta({ id: 'LstmHyperparameters', description: 'Hyperparameters of the LSTM text classifier.' })
      .default({})
      .describe(
        'Fixed hyperparameters. A new study shows every one that is not searched, with its default unless it names another value. A searched one has its default where its condition makes it inactive.',
      ),
  })
  .meta({ id: 'LstmTextClassifier', description: 'The objective that trains LSTM text classifiers on this service.' });

export type LstmObjective = z.output<typeof lstmObjectiveSchema>;

/**
 * The options of a new study: every hyperparameter that is not searched has its value, and the dataset its version. Version 1 is left
 * out, as it was before there were versions.
 */
function pinnedObjective(options: LstmObjective, space: SearchSpace): LstmObjective {
  const datasetVersion = options.datasetVersion ?? latestVersion(options.dataset);
  const searched = new Set(space.map(({ name }) => name));
  const defaults = Object.fromEntries(Object.entries(hyperparameterDefaults).filter(([name]) => !searched.has(name)));
  const hyperparameters = { ...defaults, ...options.hyperparameters };
  return { ...options, hyperparameters, ...(datasetVersion === 1 ? {} : { datasetVersion }) };
}

/** The complete hyperparameters of a configuration: searched values over fixed ones over defaults. */
export function hyperparametersOf(objective: LstmObjective, configuration: Configuration): Hyperparameters {
  return hyperparametersSchema.parse({ ...hyperparameterDefaults, ...objective.hyperparameters, ...configuration });
}

/**
 * The seed of weights, shuffles and dropout: the same for every number of epochs, so that a long run contains a short one.
 *
 * @param hyperparameters those of its first epoch
 */
export function modelSeedOf(objectiveSeed: number, hyperparameters: Hyperparameters): string {
  const { epochs: _, ...rest } = hyperparameters;
  return digestOf({ objectiveSeed, hyperparameters: rest });
}

/**
 * Identifies trainings that are equal except for the number of epochs, before their environment is known: it has the texts by name,
 * not by digest, and no facts of the trainer, TensorFlow or the processor. Trials of one key wait for each other; `resultKey`
 * decides if one may read the epochs of another. Of a training whose values change on the way it is the key of the first segment
 * (see `segmentKeys`).
 */
export function exclusionKey(training: {
  readonly objective: Pick<LstmObjective, 'type' | 'dataset' | 'datasetVersion' | 'trainSize'>;
  readonly hyperparameters: Hyperparameters;
  readonly objectiveSeed: number;
}): string {
  const { type, dataset, trainSize = null } = training.objective;
  const { epochs: _, ...hyperparameters } = training.hyperparameters;
  const texts = { dataset, ...versionOf(training.objective), trainSize };
  return digestOf({ objective: type, ...texts, hyperparameters, objectiveSeed: training.objectiveSeed });
}

/** The dataset version in keys and payloads: they have no version 1, so that those of before keep their digests. */
function versionOf({ datasetVersion = 1 }: Pick<LstmObjective, 'datasetVersion'>): { datasetVersion?: number } {
  return datasetVersion === 1 ? {} : { datasetVersion };
}

/**
 * Names the trainings whose epochs are bit for bit the same: everything that shapes the weights but the number of
 * epochs. Epoch checkpoints are kept under it. Of a training whose values change on the way it is the key of the first segment
 * (see `segmentKeys`).
 */
export function resultKey(training: {
  readonly hyperparameters: Hyperparameters;
  readonly objectiveSeed: number;
  readonly trainSize: number | null;
  readonly datasetDigest: string;
  readonly tensorflowVersion: string;
  readonly processorClass: string;
}): string {
  const { epochs: _, ...hyperparameters } = training.hyperparameters;
  return digestOf({ objective: 'lstm-text-classifier', trainerVersion, ...training, hyperparameters });
}

/** The payload of a job: all that shapes a training but the texts themselves, the libraries and the processor. */
export const payloadSchema = z.strictObject({
  dataset: z.enum(datasetNames),
  /** Absent: 1. */
  datasetVersion: z.int().min(2).optional(),
  trainSize: z.int().min(1).nullable(),
  hyperparameters: hyperparametersSchema,
  /** The objective's seed. */
  seed: z.int().min(0),
  /** Segments in which its first epochs have other values; absent: none, so that jobs without them are as they were before there were any. */
  earlier: earlierSegmentsSchema.min(1).optional(),
});

function jobOf({ options, seed, parameters, evaluate, earlierValues = [] }: JobRequest<LstmObjective>): Job {
  const hyperparameters = hyperparametersOf(options, parameters);
  const earlier = earlierSegmentsOf(realChanges(earlierValues, hyperparameters), (changed) =>
    hyperparametersOf(options, { ...parameters, ...changed }),
  );
  const training = { hyperparameters, earlier };
  const first = exclusionKey({ objective: options, hyperparameters: hyperparametersAt(training, 1), objectiveSeed: seed });
  const payload = { dataset: options.dataset, ...versionOf(options), trainSize: options.trainSize ?? null, hyperparameters, seed };
  return {
    payload: { ...payload, ...(earlier.length > 0 && { earlier }) },
    steps: hyperparameters.epochs,
    exclusionKey: segmentKeys(first, training).key,
    evaluate,
  };
}

/** The most epochs that a configuration of a space can ask for. */
export function mostEpochs(space: SearchSpace, objective: LstmObjective): number {
  const searched = space.find(({ name }) => name === 'epochs');
  const fixed = objective.hyperparameters.epochs ?? hyperparameterDefaults.epochs;
  if (!searched) return fixed;
  const values = searched.type === 'categorical' ? searched.choices.map(Number) : [Number(valueAt(searched, cardinality(searched) - 1))];
  return Math.max(...values, ...(searched.when ? [fixed] : []));
}

/** Hyperparameters with their defaults are left out: the definition shows them. */
function describedObjective({ type, dataset, trainSize, hyperparameters }: LstmObjective): string {
  const texts = trainSize === undefined ? 'all texts' : `${trainSize.toLocaleString('en-US')} texts`;
  const fixed = Object.entries(hyperparameters)
    .filter(([name, value]) => !isHyperparameter(name) || value !== hyperparameterDefaults[name])
    .map(([name, value]) => `${name} ${value}`);
  return `${type} on ${dataset}, trained on ${texts}${fixed.length === 0 ? '' : `; ${fixed.join(', ')}`}`;
}

/** LSTM classifiers of two classes of text. A step is an epoch; a longer training continues a shorter one, bit for bit. */
export const textClassifier = {
  name: 'lstm-text-classifier',
  version: trainerVersion,
  summary: 'Trains LSTM text classifiers on this service and measures them on a validation split after each epoch.',
  evaluatedBy: 'runner',
  optionsSchema: lstmObjectiveSchema,
  values: () => [
    {
      name: 'loss',
      direction: 'minimize',
      label: 'validation loss',
      text: 'Mean binary cross-entropy on the validation split (natural logarithm).',
      range: { low: 0, high: null },
    },
    {
      name: 'accuracy',
      direction: 'maximize',
      label: 'validation accuracy',
      text: 'Share of validation texts on the right side of 0.5.',
      range: { low: 0, high: 1 },
    },
    {
      name: 'aucPr',
      direction: 'maximize',
      label: 'validation AUC-PR',
      text: 'Area under the precision-recall curve of the validation split (average precision).',
      range: { low: 0, high: 1 },
    },
    {
      name: 'trainLoss',
      direction: null,
      label: 'training loss',
      text: 'Mean binary cross-entropy over the training batches of the epoch.',
      range: { low: 0, high: null },
    },
  ],
  pinned: pinnedObjective,
  check: (space, options) => objectiveViolations(options, space),
  fidelity: (space, options) => ({ parameter: 'epochs', most: mostEpochs(space, options), continues: true }),
  changeable: changeableHyperparameters,
  job: jobOf,
  // Fewer texts to train on mean fewer to validate on.
  task: ({ dataset, datasetVersion = 1, trainSize = 'all' }) => ({ dataset, datasetVersion, trainSize }),
  describe: describedObjective,
  withDataSize: ({ trainSize: _, ...options }, size) => (size === 'all' ? options : { ...options, trainSize: size }),
  evaluations: () => testEvaluations,
  cost: { estimate: ({ payload }) => trainingCost(payloadSchema.parse(payload)), assumes: costAssumptions },
  published: ({ name, sampler, options: { dataset } }) => paperResultOf({ name, sampler, dataset }),
  definitions: {
    studyPresets: [...paperStudies, ...fastPaperStudies],
    campaignPresets: [paperCampaign],
    studyExamples,
    campaignExamples,
    quickstarts,
  },
  failures: { 'dataset-unavailable': { meaning: 'the texts cannot be read.', retried: 'always', endsStudy: true } },
} satisfies Objective<typeof lstmObjectiveSchema>;
