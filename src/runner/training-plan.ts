import type { ClaimedTrial, KnownTraining } from '../studies/ports.ts';
import { epochsDigest, hyperparametersOf, modelSeedOf } from '../training/objective.ts';
import type { TrainRequest } from '../training/protocol.ts';
import type { DatasetPreparation } from './dataset-preparation.ts';
import type { Artifacts } from './ports.ts';
import { processorClass } from './processor.ts';
import type { Trainer } from './trainer-process.ts';

/** Which training a claimed trial is, here: its dataset is ready and the trainer's TensorFlow is known. */
export interface TrainingPlan {
  /** Names its epochs: trials of one digest have the same. */
  readonly epochsDigest: string;
  /** Epochs that the trial asks for. */
  readonly epochs: number;
  /** What the trainer is told, but for its checkpoints. */
  readonly request: Omit<TrainRequest, 'checkpointFolder' | 'resumeFrom'>;
}

/**
 * Prepares the dataset of a trial and finds out which training the trial is.
 *
 * @param onProgress called while the dataset is prepared
 * @throws DatasetUnavailableError
 */
export async function planTraining(
  { datasets, trainer }: { readonly datasets: DatasetPreparation; readonly trainer: Trainer },
  { spec, parameters, token }: ClaimedTrial,
  onProgress: () => void,
): Promise<TrainingPlan> {
  const { objective, objectiveSeed } = spec;
  const dataset = await datasets.prepare(objective.dataset, onProgress);
  const hyperparameters = hyperparametersOf(objective, parameters);
  const trainSize = objective.trainSize ?? null;
  const training = { hyperparameters, objectiveSeed, trainSize, datasetDigest: dataset.digest };
  return {
    epochsDigest: epochsDigest({ ...training, tensorflowVersion: trainer.tensorflowVersion, processorClass: processorClass() }),
    epochs: hyperparameters.epochs,
    request: {
      type: 'train',
      training: token,
      datasetFolder: dataset.folder,
      trainSize,
      hyperparameters,
      modelSeed: modelSeedOf(objectiveSeed, hyperparameters),
      evaluateOnTest: spec.evaluateOnTest === true,
    },
  };
}

/** The whole request: the trainer goes on from the best checkpoint of a known epoch, whoever wrote it. */
export async function requestFor(artifacts: Artifacts, plan: TrainingPlan, known: KnownTraining): Promise<TrainRequest> {
  return {
    ...plan.request,
    checkpointFolder: await artifacts.epochFolder(plan.epochsDigest),
    resumeFrom: known.checkpoints.map((checkpoint) => ({ ...checkpoint, file: artifacts.absolute(checkpoint.file) })),
  };
}
