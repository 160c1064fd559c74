import { randomUUID } from 'node:crypto';
import { trainingContinuation, trialQueue } from '../../src/store/queue/queue.ts';
import { databaseTransactions } from '../../src/store/transactions.ts';
import { advanceStudy } from '../../src/studies/actions/advance.ts';
import { createStudy } from '../../src/studies/actions/create.ts';
import { type StudySpec, studySpecSchema } from '../../src/studies/definition/definition.ts';
import type { TrainingEnvironment } from '../../src/studies/model/trial.ts';
import type { Continuation } from '../../src/studies/ports/continuation.ts';
import type { ClaimedTrial, StepRecord, TrialQueue } from '../../src/studies/ports/queue.ts';
import type { Transactions } from '../../src/studies/ports/transactions.ts';
import type { BenchDatabase } from '../support/bench-database.ts';
import type { Variant } from './variants.ts';

/** Number of steps of every trial. */
const steps = 3;
const leaseSeconds = 60;
const environment = {
  clavier: 'bench',
  trainerVersion: 1,
  node: process.version,
  tensorflow: 'none',
  processor: 'none',
  dataset: 'none',
} satisfies TrainingEnvironment;

/** One measurement. */
export interface Measured {
  readonly variant: Variant;
  /** Number of concurrent runners. */
  readonly runners: number;
  /** Number of timed trials. */
  readonly cycles: number;
  readonly signal: AbortSignal;
}

/** The tools of a fake runner. */
interface Worker {
  readonly queue: TrialQueue;
  readonly continuation: Continuation;
  readonly transactions: Transactions;
  readonly checkpoints: boolean;
}

/**
 * Measures trials per second, from claim to advance, in a new study in empty tables.
 *
 * @throws the signal's reason, and Error when a trial is not settled, because the numbers would be meaningless
 */
export async function cyclesPerSecond(bench: BenchDatabase, { variant, runners, cycles, signal }: Measured): Promise<number> {
  const worker: Worker = {
    queue: trialQueue(bench.database),
    continuation: trainingContinuation(bench.database),
    transactions: databaseTransactions(bench.database),
    checkpoints: variant.checkpoints,
  };
  const warmUp = Math.ceil(cycles / 10);
  await bench.sql('TRUNCATE campaign, study, step_checkpoint, step_result, training_environment CASCADE');
  const study = await createStudy(worker.transactions, randomSearch(warmUp + cycles, runners), 7);
  if (!variant.log) await forgetLog(bench, study);
  await workOff(worker, { runners, cycles: warmUp, signal });
  await bench.sql('ANALYZE');
  const started = performance.now();
  await workOff(worker, { runners, cycles, signal });
  return cycles / ((performance.now() - started) / 1000);
}

/** Turns the log off: a study without a last event keeps no log, as one of a version without logs. */
async function forgetLog(bench: BenchDatabase, study: string): Promise<void> {
  await bench.sql('UPDATE study SET event_count = NULL, event_head = NULL WHERE id = $1', [study]);
  await bench.sql('DELETE FROM study_event WHERE study_id = $1', [study]);
}

/** Two open trials for each runner, so that no runner waits for another's advance. */
function randomSearch(trials: number, runners: number): StudySpec {
  return studySpecSchema.parse({
    name: 'bench',
    searchSpace: [
      { type: 'float', name: 'learningRate', low: 0.0005, high: 0.5115, step: 0.0005 },
      { type: 'int', name: 'hiddenUnits', low: 1, high: 511 },
      { type: 'int', name: 'maxLength', low: 1, high: 500 },
    ],
    metrics: [{ name: 'accuracy' }],
    sampler: { type: 'random' },
    budget: { trials },
    parallelism: runners * 2,
    objective: { type: 'lstm-text-classifier', dataset: 'spam-assassin', hyperparameters: { epochs: steps } },
  });
}

/** Runs `count` trials on all runners together. */
async function workOff(worker: Worker, { runners, cycles, signal }: Pick<Measured, 'runners' | 'cycles' | 'signal'>): Promise<void> {
  let left = cycles;
  const runner = async (): Promise<void> => {
    const id = randomUUID();
    while (left > 0) {
      left -= 1;
      signal.throwIfAborted();
      await cycle(worker, await nextTrial(worker, id));
    }
  };
  await Promise.all(Array.from({ length: runners }, runner));
}

/** Claims a trial. One is queued, or another runner's advance is about to queue one. */
async function nextTrial({ queue }: Worker, runner: string): Promise<ClaimedTrial> {
  const token = randomUUID();
  for (;;) {
    const trial = await queue.claim(runner, leaseSeconds, token);
    if (trial) return trial;
  }
}

/** Runs a trial as a slot does: begin, every step (the last one settles the trial), and the advance of its study. */
async function cycle({ queue, continuation, transactions, checkpoints }: Worker, trial: ClaimedTrial): Promise<void> {
  const resultKey = `bench ${trial.trialId}`;
  await continuation.begin(trial, { resultKey, steps, environment });
  await continuation.adopt(trial, 0);
  for (let step = 1; step < steps; step += 1) await queue.recordStep(trial, record({ trial, step, resultKey, checkpoints }));
  const settled = await queue.complete(trial, record({ trial, step: steps, resultKey, checkpoints }), false);
  if (settled.kind !== 'settled') throw new Error(`trial ${trial.number} was not settled: ${settled.kind}`);
  await advanceStudy(transactions, trial.studyId);
}

/** Makes numbers with as many digits as a training's. */
function record({
  trial,
  step,
  resultKey,
  checkpoints,
}: {
  readonly trial: ClaimedTrial;
  readonly step: number;
  readonly resultKey: string;
  readonly checkpoints: boolean;
}): StepRecord {
  const value = ((trial.number * 7919 + step) % 1009) / 1009;
  const values = { loss: 1 - value, accuracy: value, aucPr: value, trainLoss: 1 - value };
  const file = { step, file: `steps/${resultKey}/${step}.ckpt`, bytes: 1_000_000, sha256: '0'.repeat(64) };
  return { step, resultKey, values, checkpoint: checkpoints ? file : null };
}
