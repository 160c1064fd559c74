import { randomUUID } from 'node:crypto';
import type { Values } from '../../src/objectives/contract.ts';
import { randomStream } from '../../src/shared/random.ts';
import { advanceStudy } from '../../src/studies/actions/advance.ts';
import type { ClaimedTrial } from '../../src/studies/ports/queue.ts';
import { exportStudy } from '../support/exported.ts';
import { expireAllLeases } from './one-trial.ts';
import { addStudy, objectiveValue, type StudyStore, sampleEnvironment, stepRecord, valuesOf } from './study-fixture.ts';

/** Steps that every trial of these studies asks for, unless its parameters say so. */
const fixedSteps = 4;

/** A learning curve: it begins low, and some rise faster than others, so that curves cross. */
export function curveOf(parameters: ClaimedTrial['parameters'], step: number): Values {
  const haste = 1 + (Number(parameters['hiddenUnits']) % 5);
  return valuesOf(objectiveValue(parameters) * (1 - Math.exp((-haste * step) / 4)));
}

/** A study of trials of four steps with a pruner. */
export const prunedStudy = {
  searchSpace: [
    { type: 'float', name: 'learningRate', low: 0.0005, high: 0.5115, step: 0.0005 },
    { type: 'int', name: 'hiddenUnits', low: 1, high: 511 },
  ],
  objective: { type: 'test-function', function: 'lstm-landscape', steps: fixedSteps },
  sampler: { type: 'random' },
  parallelism: 3,
  budget: { trials: 12 },
  pruner: { type: 'asha', reductionFactor: 2 },
};

/** The disorder in which a study is evaluated. */
export interface Disorder {
  /** Trials that are evaluated at a time. */
  readonly slots: number;
  /** Fixes whose step comes next, and what dies on the way. */
  readonly seed: number;
  /** Chance that every runner dies before a step. */
  readonly deaths?: number;
}

interface Held {
  readonly trial: ClaimedTrial;
  step: number;
}

/** Evaluates a study to its end in some disorder. @returns the export of the study */
export async function evaluated(store: StudyStore, definition: Record<string, unknown>, disorder: Disorder): Promise<string> {
  const study = await addStudy(store, definition);
  const stream = randomStream(disorder.seed, 'disorder');
  const runner = randomUUID();
  let held: Held[] = [];
  const isOver = async (): Promise<boolean> => (await store.reader.study(study))?.state !== 'active';
  while (!(await isOver())) {
    if (stream.uniform() < (disorder.deaths ?? 0)) {
      held = [];
      await expireAllLeases(store);
    }
    while (held.length < disorder.slots) {
      const trial = await store.queue.claim(runner, 60);
      if (!trial) break;
      const begun = await begin(store, trial);
      if (begun !== null) held.push({ trial, step: begun });
    }
    if (held.length === 0) await advanceStudy(store.transactions, study);
    const next = held[stream.integer(Math.max(1, held.length))];
    if (next && (await afterStep(store, next))) held = held.filter((other) => other !== next);
  }
  return exportStudy(store.reader, study);
}

/** @returns the last known step; null if the trial is over */
async function begin(store: StudyStore, trial: ClaimedTrial): Promise<number | null> {
  const { steps } = trial.job;
  const known = await store.continuation.begin(trial, { resultKey: keyOf(trial), steps, environment: sampleEnvironment });
  const settled = known?.steps === steps && !known.stopped ? await store.continuation.complete(trial, steps) : known?.stopped;
  if (!settled) {
    await store.continuation.adopt(trial, known?.steps ?? 0);
    return known?.steps ?? 0;
  }
  if (settled.kind === 'settled') await advanceStudy(store.transactions, settled.studyId);
  return null;
}

/** @returns true if the trial is over */
async function afterStep(store: StudyStore, held: Held): Promise<boolean> {
  const { trial } = held;
  held.step += 1;
  const record = stepRecord(held.step, curveOf(trial.parameters, held.step), keyOf(trial));
  const answer =
    held.step === trial.job.steps ? await store.queue.complete(trial, record, false) : await store.queue.recordStep(trial, record);
  if (typeof answer === 'string') return answer !== 'continue';
  if (answer.kind === 'settled') await advanceStudy(store.transactions, answer.studyId);
  return true;
}

/** Equal for trials that differ in their steps alone: a longer one continues a shorter one. */
function keyOf({ parameters: { steps: _, ...others } }: ClaimedTrial): string {
  return `curve ${JSON.stringify(others)}`;
}
