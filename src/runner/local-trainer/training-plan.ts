import { resultKeyIn } from '../../access/reuse.ts';
import type { TrainerEvaluator } from '../../objectives/evaluator.ts';
import type { TrainRequest } from '../../objectives/trainer-protocol.ts';
import type { BegunTraining, KnownTraining } from '../../studies/ports/continuation.ts';
import type { ClaimedTrial } from '../../studies/ports/queue.ts';
import type { Artifacts, RunnerSettings } from '../ports.ts';
import type { DataPreparations, Preparation } from './data-preparation.ts';
import { processorClass } from './processor.ts';
import type { Trainer } from './trainer-process.ts';

/** The training of a claimed trial, identified: its data is ready and the trainer's libraries are known. */
export interface TrainingPlan extends BegunTraining {
  /** The trainer's request without the checkpoints. */
  readonly request: Omit<TrainRequest, 'checkpointFolder' | 'resumeFrom'>;
}

/** Dependencies of `planTraining`. */
interface PlanTools {
  readonly evaluator: TrainerEvaluator;
  readonly preparations: DataPreparations;
  readonly trainer: Trainer;
  readonly settings: RunnerSettings;
}

/** Returns the preparation of the data that a job needs; null if it needs none. */
export function preparationFor(
  { evaluator, settings }: Pick<PlanTools, 'evaluator' | 'settings'>,
  { job }: ClaimedTrial,
): Preparation | null {
  const { preparation } = evaluator;
  if (preparation === null) return null;
  const { dataFolder, dataSources: sources } = settings;
  return { entry: settings.entryPoint(preparation.entry), request: preparation.request(job.payload, { dataFolder, sources }) };
}

/**
 * Prepares the data of a trial and identifies its training.
 *
 * @param onProgress called while the data is prepared
 * @throws DataUnavailableError
 */
export async function planTraining(tools: PlanTools, trial: ClaimedTrial, onProgress: () => void): Promise<TrainingPlan> {
  const { evaluator, preparations, trainer, settings } = tools;
  const { payload, steps, evaluate } = trial.job;
  const preparation = preparationFor(tools, trial);
  const data = preparation && (await preparations.prepare(preparation, onProgress));
  const processor = processorClass();
  const place = { data, libraries: trainer.libraries, processor };
  const { resultKey, inherited, facts, request } = evaluator.training({ payload, steps }, place);
  return {
    resultKey: resultKeyIn(trial.project, resultKey),
    ...(inherited && { inherited: inherited.map((part) => ({ ...part, resultKey: resultKeyIn(trial.project, part.resultKey) })) }),
    steps,
    environment: { clavier: settings.version, node: process.versions.node, processor, ...facts },
    request: { type: 'train', training: trial.token, job: request, evaluate },
  };
}

/** Completes the request: the trainer continues from the best checkpoint of a known step, from any runner. */
export async function requestFor(artifacts: Artifacts, plan: TrainingPlan, known: KnownTraining): Promise<TrainRequest> {
  return {
    ...plan.request,
    checkpointFolder: await artifacts.scratch(plan.request.training, plan.resultKey),
    resumeFrom: await Promise.all(
      known.checkpoints.map(async (checkpoint) => ({ ...checkpoint, file: await artifacts.get(checkpoint.file) })),
    ),
  };
}
