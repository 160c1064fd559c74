import { createCampaign } from '../../../src/campaigns/create.ts';
import { catchUpCampaign } from '../../../src/campaigns/life-cycle.ts';
import type { CampaignTransactions } from '../../../src/campaigns/ports.ts';
import { digestOf } from '../../../src/shared/digest.ts';
import { advanceStudy } from '../../../src/studies/actions/advance.ts';
import type { ClaimedTrial, Settlement } from '../../../src/studies/ports/queue.ts';
import { resolvedCampaign } from '../../campaigns/resolved-campaign.ts';
import { evaluationOf, untilCrash } from '../../campaigns/simulated-campaign.ts';
import { type StudyStore, sampleEnvironment, stepRecord, valuesOf } from '../study-fixture.ts';

/** Evaluations of one step over two parameters, so that a fake runner has little to report. */
const shortEvaluations = {
  searchSpace: [
    { type: 'float', name: 'learningRate', low: 0.0005, high: 0.0205, step: 0.0005 },
    { type: 'int', name: 'hiddenUnits', low: 1, high: 63 },
  ],
  objective: { type: 'test-function', function: 'lstm-landscape' },
};

/** Two searches of one trial each, a final of two points, their test and a repeat. With this seed, no trial fails. */
export const smallest = {
  seed: 3,
  studies: [
    { name: 'one', sampler: { type: 'random' }, budget: { trials: 1 } },
    { name: 'two', sampler: { type: 'random' }, budget: { trials: 1 } },
  ],
  final: { finalists: [{ study: 'one' }, { study: 'two' }], cross: false },
  evaluation: { repeats: 1 },
};

/** Creates a campaign. @returns its id */
export function addCampaign(store: StudyStore, overrides: Record<string, unknown> = {}): Promise<string> {
  return createCampaign(store.transactions, resolvedCampaign({ ...shortEvaluations, ...overrides }));
}

/** Settles a claimed trial with values that depend only on its parameters and objective seed. One in eight fails. Known results are reused. */
export async function settle(store: StudyStore, trial: ClaimedTrial): Promise<Settlement> {
  const training = digestOf(trial.job.payload);
  const hash = Number.parseInt(training.slice(0, 6), 16);
  if (hash % 8 === 0) return store.queue.fail(trial, { code: 'training-error', message: 'it did not converge' });
  const value = (hash % 20) / 20;
  const known = await store.continuation.begin(trial, { resultKey: training, steps: 1, environment: sampleEnvironment });
  if (!known) return { kind: 'lease-lost' };
  const record = { ...stepRecord(1, valuesOf(value), training), checkpoint: null };
  if (!trial.job.evaluate) return known.steps === 1 ? store.continuation.complete(trial, 1) : store.queue.complete(trial, record, false);
  await store.continuation.adopt(trial, known.steps);
  if (known.steps === 0) await store.queue.recordStep(trial, record);
  return store.queue.completeEvaluated(trial, { step: 1, resultKey: training, evaluation: evaluationOf(value) });
}

/** Claims one trial, settles it and advances its study, unless a fault ends it before. @returns false if there was no trial */
export async function workOnce(store: StudyStore, runner: string, process: CampaignTransactions = store.transactions): Promise<boolean> {
  const trial = await store.queue.claim(runner, 60);
  if (!trial) return false;
  await settle(store, trial);
  await untilCrash(advanceStudy(process, trial.studyId));
  return true;
}

/** Works until no trial is queued. */
export async function workOff(store: StudyStore, runner: string): Promise<void> {
  while (await workOnce(store, runner));
}

/** Runs one sweep, unless a fault ends it before. */
export async function sweepOnce(store: StudyStore, process: CampaignTransactions = store.transactions): Promise<void> {
  for (const study of await store.sweep.studiesDue()) await untilCrash(advanceStudy(process, study));
  for (const campaign of await store.sweep.campaignsDue()) await untilCrash(catchUpCampaign(process, campaign));
}

/** Reads the state of each part by its name, in order. */
export async function partStates(store: StudyStore, campaign: string): Promise<Record<string, string>> {
  return Object.fromEntries((await store.reader.campaignParts(campaign)).map(({ name, study }) => [name, study.state]));
}

/** Finds the id of a part's study. */
export async function partId(store: StudyStore, campaign: string, name: string): Promise<string> {
  const part = (await store.reader.campaignParts(campaign)).find((candidate) => candidate.name === name);
  if (!part) throw new Error(`the campaign has no part ${name}`);
  return part.study.id;
}
