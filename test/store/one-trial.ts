import type { TestEvaluation } from '../../src/objectives/text-classifier/test-evaluation.ts';
import type { ClaimedTrial, Lease, Settlement, StepRecord } from '../../src/studies/ports/queue.ts';
import { claimed, type StudyStore, sampleEnvironment, stepRecord, valuesOf } from './study-fixture.ts';

/** A study of one trial of so many steps. */
export const oneTrial = (steps: number) => ({
  searchSpace: [{ type: 'int', name: 'epochs', low: 1, high: 15 }],
  sampler: { type: 'list', points: [{ epochs: steps }] },
  budget: { trials: 1 },
});

/** A step of a training; each has a value of its own. */
export function stepOf(step: number, digest = 'digest'): StepRecord {
  return stepRecord(step, valuesOf(step / 100), digest);
}

/** What the queue answers where a trial of this study is settled. */
export function settled(studyId: string): Settlement {
  return { kind: 'settled', studyId };
}

/** All that is stored of a trial. */
export async function trialRow(store: StudyStore, { trialId }: Lease): Promise<Record<string, unknown> | undefined> {
  return (await store.sql(`SELECT * FROM trial WHERE id = '${trialId}'`))[0];
}

/** What happened to trials, in order. */
export function incidents(store: StudyStore): Promise<Record<string, unknown>[]> {
  return store.sql('SELECT kind, step, detail FROM trial_incident ORDER BY kind, step');
}

/** Begins the training of a claimed trial, after the steps that are known of it. */
export async function begin(store: StudyStore, trial: ClaimedTrial, digest = 'digest'): Promise<void> {
  const training = { resultKey: digest, steps: Number(trial.parameters['epochs']), environment: sampleEnvironment };
  const known = await store.continuation.begin(trial, training);
  await store.continuation.adopt(trial, known?.steps ?? 0);
}

/** Claims a trial, begins its training and trains some steps; as another runner it goes on after those that are known. */
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

/** Ends the leases of all running trials, as after a holder that was away for too long. */
export async function endLeases(store: StudyStore): Promise<void> {
  await store.sql(`UPDATE trial SET lease_until = clock_timestamp() - interval '1 second' WHERE state = 'running'`);
  await store.queue.expireLeases(0.001);
}

/** What a model is worth on the test split. */
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
