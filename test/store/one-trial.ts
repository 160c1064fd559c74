import type { ClaimedTrial, Lease, Settlement, StepRecord } from '../../src/studies/ports/queue.ts';
import type { HeldOut } from '../objectives/every-feature.ts';
import { endLeases, type StoredTrial, storedTrialById } from './inspect.ts';
import { claimed, type StudyStore, sampleEnvironment, stepRecord, valuesOf } from './study-fixture.ts';

/** Defines a study of one trial with a number of steps. */
export const oneTrial = (steps: number) => ({
  searchSpace: [{ type: 'int', name: 'steps', low: 1, high: 15 }],
  sampler: { type: 'list', points: [{ steps }] },
  budget: { trials: 1 },
});

/** Makes the record of a step. Each step has a different value. */
export function stepOf(step: number, digest = 'digest'): StepRecord {
  return stepRecord(step, valuesOf(step / 100), digest);
}

/** Makes the queue's answer for a settled trial of a study. */
export function settled(studyId: string): Settlement {
  return { kind: 'settled', studyId };
}

/** Reads the row of a trial. */
export function trialRow(store: StudyStore, { trialId }: Lease): Promise<StoredTrial | undefined> {
  return storedTrialById(store, trialId);
}

/** Begins the training of a claimed trial after its known steps. */
export async function begin(store: StudyStore, trial: ClaimedTrial, digest = 'digest'): Promise<void> {
  const training = { resultKey: digest, steps: Number(trial.parameters['steps']), environment: sampleEnvironment };
  const known = await store.continuation.begin(trial, training);
  await store.continuation.adopt(trial, known?.steps ?? 0);
}

/** Claims a trial, begins its training and trains some steps. Another runner continues after the known ones. */
export async function trained(
  store: StudyStore,
  steps: number,
  { by, digest = 'digest', from = 1 }: { readonly by: string; readonly digest?: string; readonly from?: number },
): Promise<ClaimedTrial> {
  const trial = await claimed(store, by);
  await begin(store, trial, digest);
  for (let step = from; step <= steps; step += 1) await store.queue.recordStep(trial, stepOf(step, digest));
  return trial;
}

/** Expires the leases of all running trials, as if their holder had been unreachable for too long, and requeues the trials. */
export async function expireAllLeases(store: StudyStore): Promise<void> {
  await endLeases(store);
  await store.queue.expireLeases(0.001);
}

/** A measurement on held-out data. */
export const sampleEvaluation: HeldOut = { score: 0.875, points: 10 };
