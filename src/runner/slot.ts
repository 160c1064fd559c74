import { setTimeout as delay } from 'node:timers/promises';
import { advanceStudy } from '../studies/advance.ts';
import type { ClaimedTrial } from '../studies/ports.ts';
import type { DatasetPreparation } from './dataset-preparation.ts';
import type { RunnerSettings, RunnerWorld } from './ports.ts';
import { startTrainer, type Trainer, TrainerUnavailableError } from './trainer-process.ts';
import { type TrainingControl, type TrainingEnd, trainTrial } from './training.ts';

/** Idle slots look for work this often; a slot that just settled a trial looks at once. */
const idleMs = 400;
/** After a fault of the database a slot waits this long before it asks again. */
const faultMs = 2000;

/** A trial that a slot holds, from claim to end. `control` is null while its trainer starts. */
export interface HeldTrial {
  readonly trial: ClaimedTrial;
  control: TrainingControl | null;
  readonly claimedMs: number;
}

/** One place to train: claims a trial, trains it, settles it, and again. */
export interface Slot {
  readonly held: () => HeldTrial | null;
  /** Resolves when the slot has stopped. */
  readonly done: Promise<void>;
}

/** What a slot shares with the others of its runner. */
export interface SlotTools {
  readonly world: RunnerWorld;
  readonly settings: RunnerSettings;
  readonly datasets: DatasetPreparation;
  /** Aborted when the runner drains: no more claims. */
  readonly draining: AbortSignal;
}

/** Starts a slot. It keeps its trainer between trials, and replaces one that died or grew past half its memory limit. */
export function startSlot(tools: SlotTools): Slot {
  const state: { held: HeldTrial | null; trainer: Trainer | null } = { held: null, trainer: null };
  const loop = async (): Promise<void> => {
    while (!tools.draining.aborted) {
      const waitMs = await claimAndTrain(tools, state).catch(async (error: unknown) => {
        tools.world.log.error({ err: error }, 'a slot met a fault and goes on; a trial that it held is put back when its lease ends');
        await discardTrainer(state); // It may still be busy with that trial.
        return faultMs;
      });
      state.held = null;
      if (waitMs > 0) await delay(waitMs, undefined, { signal: tools.draining }).catch(() => undefined);
    }
    await discardTrainer(state);
  };
  return { held: () => state.held, done: loop() };
}

/** @returns how long to wait before the next claim */
async function claimAndTrain(tools: SlotTools, state: { held: HeldTrial | null; trainer: Trainer | null }): Promise<number> {
  const { world, settings } = tools;
  const trial = await world.queue.claim(world.registration.id, settings.leaseSeconds);
  if (!trial) return idleMs;
  const held: HeldTrial = { trial, control: null, claimedMs: performance.now() };
  state.held = held;
  world.log.debug({ study: trial.studyId, trial: trial.number, epochsDone: trial.epochsDone }, 'trial claimed');
  const end = await train(tools, state, held);
  await settle(tools, trial, end);
  return 0;
}

async function train(tools: SlotTools, state: { trainer: Trainer | null }, held: HeldTrial): Promise<TrainingEnd> {
  if (tools.draining.aborted) return { kind: 'released' }; // The claim was under way when the drain began.
  try {
    state.trainer = await readyTrainer(state.trainer, tools.settings.trainerEntry);
  } catch (error) {
    if (!(error instanceof TrainerUnavailableError)) throw error;
    return { kind: 'failed', error: { code: 'trainer-unavailable', message: error.message } };
  }
  if (tools.draining.aborted) return { kind: 'released' };
  const { control, end } = trainTrial({ ...tools, trainer: state.trainer }, held.trial);
  held.control = control;
  const ended = await end;
  if (control.peakRssBytes() > tools.settings.trainerMemoryMb * 524_288) await discardTrainer(state);
  return ended;
}

async function discardTrainer(state: { trainer: Trainer | null }): Promise<void> {
  const { trainer } = state;
  state.trainer = null;
  await trainer?.[Symbol.asyncDispose]();
}

async function readyTrainer(current: Trainer | null, entry: string): Promise<Trainer> {
  return current?.alive() ? current : startTrainer(entry);
}

async function settle({ world }: SlotTools, trial: ClaimedTrial, end: TrainingEnd): Promise<void> {
  const facts = { study: trial.studyId, trial: trial.number };
  switch (end.kind) {
    case 'completed':
      return advanceStudy(world.transactions, end.studyId);
    case 'released':
      return world.queue.release(trial);
    case 'gone':
      return world.log.info(facts, 'the trial was cancelled or is held by another runner; its work here is dropped');
    case 'failed': {
      world.log.warn({ ...facts, code: end.error.code }, `an attempt failed: ${end.error.message}`);
      const settled = await world.queue.fail(trial, end.error);
      if (settled.kind === 'settled') await advanceStudy(world.transactions, settled.studyId);
    }
  }
}
