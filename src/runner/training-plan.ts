import { hyperparametersOf, modelSeedOf, resultKey, trainerVersion } from '../objectives/text-classifier/objective.ts';
import type { TrainRequest } from '../objectives/trainer-protocol.ts';
import type { TrainingEnvironment } from '../studies/model/trial.ts';
import type { ClaimedTrial, KnownTraining } from '../studies/ports/queue.ts';
import type { DatasetPreparation } from './dataset-preparation.ts';
import type { Artifacts, RunnerSettings } from './ports.ts';
import { processorClass } from './processor.ts';
import type { Trainer } from './trainer-process.ts';

/** Which training a claimed trial is, here: its dataset is ready and the trainer's TensorFlow is known. */
export interface TrainingPlan {
  /** Names its steps: trials of one digest have the same. */
  readonly resultKey: string;
  /** Steps that the trial asks for. */
  readonly steps: number;
  /** Where it runs. */
  readonly environment: TrainingEnvironment;
  /** What the trainer is told, but for its checkpoints. */
  readonly request: Omit<TrainRequest, 'checkpointFolder' | 'resumeFrom'>;
}

/** What it takes to find out which training a trial is. */
interface PlanTools {
  readonly datasets: DatasetPreparation;
  readonly trainer: Trainer;
  readonly settings: Pick<RunnerSettings, 'version'>;
}

/**
 * Prepares the dataset of a trial and finds out which training the trial is.
 *
 * @param onProgress called while the dataset is prepared
 * @throws DatasetUnavailableError
 */
export async function planTraining(
  { datasets, trainer, settings }: PlanTools,
  { spec, parameters, token }: ClaimedTrial,
  onProgress: () => void,
): Promise<TrainingPlan> {
  const { objective, objectiveSeed } = spec;
  const dataset = await datasets.prepare(objective.dataset, onProgress);
  const hyperparameters = hyperparametersOf(objective, parameters);
  const trainSize = objective.trainSize ?? null;
  const environment = environmentOf(settings.version, trainer, dataset.digest);
  const training = { hyperparameters, objectiveSeed, trainSize, datasetDigest: dataset.digest };
  return {
    resultKey: resultKey({ ...training, tensorflowVersion: environment.tensorflow, processorClass: environment.processor }),
    steps: hyperparameters.epochs,
    environment,
    request: {
      type: 'train',
      training: token,
      job: { datasetFolder: dataset.folder, trainSize, hyperparameters, modelSeed: modelSeedOf(objectiveSeed, hyperparameters) },
      evaluate: spec.evaluate,
    },
  };
}

function environmentOf(clavier: string, { libraries }: Trainer, dataset: string): TrainingEnvironment {
  return {
    clavier,
    trainerVersion,
    node: process.versions.node,
    tensorflow: libraries['tensorflow'] ?? 'unknown',
    processor: processorClass(),
    dataset,
  };
}

/** The whole request: the trainer goes on from the best checkpoint of a known step, whoever wrote it. */
export async function requestFor(artifacts: Artifacts, plan: TrainingPlan, known: KnownTraining): Promise<TrainRequest> {
  return {
    ...plan.request,
    checkpointFolder: await artifacts.checkpointFolder(plan.resultKey),
    resumeFrom: known.checkpoints.map((checkpoint) => ({ ...checkpoint, file: artifacts.absolute(checkpoint.file) })),
  };
}
