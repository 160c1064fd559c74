import { setTimeout as delay } from 'node:timers/promises';
import { trainerVersion } from '../objectives/text-classifier/objective.ts';
import { advanceStudy } from '../studies/actions/advance.ts';
import type { ClaimedTrial } from '../studies/ports/queue.ts';
import type { DatasetPreparation } from './dataset-preparation.ts';
import type { RunnerSettings, RunnerWorld } from './ports.ts';
import { startTrainer, type Trainer, TrainerStartError, TrainerUnavailableError } from './trainer-process.ts';
import { trainTrial } from './training.ts';
import type { TrainingControl, TrainingEnd } from './training-control.ts';

/** Idle slots look for work this often; a slot that just settled a trial looks at once. */
const idleMs = 400;
/** After a fault, and after a trial of another trainer version, a slot waits this long before it asks again. */
const faultMs = 2000;
/** A dataset that could not be had (the network is away, say) is asked for again after this long. */
const datasetRetryMs = 3000;
/** A runner without TensorFlow looks this often whether it has become the only one. */
const unavailableMs = 30_000;
/** Every so many trainers in a row that die before they are ready, the trial at hand is charged an attempt. */
const startsBeforeCharge = 4;

/** A trial that a slot holds, from claim to end. `control` is null while its trainer starts. */
export interface HeldTrial {
  readonly trial: ClaimedTrial;
  control: TrainingControl | null;
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

/** What a slot keeps between trials. */
interface SlotState {
  held: HeldTrial | null;
  trainer: Trainer | null;
  /** Trainers in a row that ended before they were ready. */
  failedStarts: number;
}

/** What became of a claimed trial, and how long to wait before the next claim. */
interface Turn {
  readonly end: TrainingEnd;
  readonly waitMs: number;
}

/** Starts a slot. It keeps its trainer between trials, and replaces one that died or grew past half its memory limit. */
export function startSlot(tools: SlotTools): Slot {
  const state: SlotState = { held: null, trainer: null, failedStarts: 0 };
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
async function claimAndTrain(tools: SlotTools, state: SlotState): Promise<number> {
  const { world, settings } = tools;
  const trial = await world.queue.claim(world.registration.id, settings.leaseSeconds);
  if (!trial) return idleMs;
  const held: HeldTrial = { trial, control: null };
  state.held = held;
  world.log.debug({ study: trial.studyId, trial: trial.number, stepsDone: trial.stepsDone }, 'trial claimed');
  if (trial.trainerVersion !== trainerVersion) return leaveOtherVersion(tools, trial);
  const { end, waitMs } = await trainIfReady(tools, state, held);
  await settle(tools, trial, end);
  return waitMs;
}

/** A study that began with another version of the trainer would go on with other bits: it is not trained, and its advance says so. */
async function leaveOtherVersion({ world }: SlotTools, trial: ClaimedTrial): Promise<number> {
  const facts = { study: trial.studyId, trial: trial.number };
  world.log.warn(
    facts,
    `the study began with version ${trial.trainerVersion} of the trainer; this is ${trainerVersion}: it is not trained here`,
  );
  await world.queue.release(trial);
  await advanceStudy(world.transactions, trial.studyId);
  return faultMs;
}

async function trainIfReady(tools: SlotTools, state: SlotState, held: HeldTrial): Promise<Turn> {
  if (tools.draining.aborted) return { end: { kind: 'released' }, waitMs: 0 }; // The claim was under way when the drain began.
  if (!state.trainer?.alive()) {
    await discardTrainer(state);
    const refusal = await startTrainerFor(tools, state);
    if (refusal) return refusal;
  }
  if (tools.draining.aborted || !state.trainer) return { end: { kind: 'released' }, waitMs: 0 };
  const end = await train(tools, state, state.trainer, held);
  const waits = end.kind === 'failed' && end.error.code === 'dataset-unavailable';
  return { end, waitMs: waits ? datasetRetryMs : 0 };
}

/** Starts this slot's trainer. @returns what becomes of the claimed trial where none can be had, else null */
async function startTrainerFor(tools: SlotTools, state: SlotState): Promise<Turn | null> {
  try {
    state.trainer = await startTrainer(tools.settings.trainerEntry);
    state.failedStarts = 0;
    return null;
  } catch (error) {
    if (error instanceof TrainerUnavailableError) return whenUnavailable(tools, error);
    if (!(error instanceof TrainerStartError)) throw error;
    return whenNotStarted(tools, state, error);
  }
}

/** TensorFlow is missing here: the trial waits for a runner that has it, and fails only where there is none. */
async function whenUnavailable({ world }: SlotTools, error: TrainerUnavailableError): Promise<Turn> {
  const othersCan = await world.registration.cannotTrain();
  world.log.error({}, `${othersCan ? 'this runner leaves training to the others' : 'no runner can train'}: ${error.message}`);
  if (othersCan) return { end: { kind: 'released' }, waitMs: unavailableMs };
  return { end: { kind: 'failed', error: { code: 'trainer-unavailable', message: error.message } }, waitMs: 0 };
}

/** A trainer that dies while it starts is no fault of the trial, unless it happens again and again. */
function whenNotStarted({ world }: SlotTools, state: SlotState, error: TrainerStartError): Turn {
  state.failedStarts += 1;
  const waitMs = 500 * 2 ** Math.min(state.failedStarts, 6);
  if (state.failedStarts % startsBeforeCharge !== 0) {
    world.log.warn({}, `${error.message}; another one is started in ${waitMs / 1000} s`);
    return { end: { kind: 'released' }, waitMs };
  }
  return { end: { kind: 'failed', error: { code: 'trainer-crashed', message: error.message } }, waitMs };
}

async function train(tools: SlotTools, state: SlotState, trainer: Trainer, held: HeldTrial): Promise<TrainingEnd> {
  const { control, end } = trainTrial({ ...tools, trainer }, held.trial);
  held.control = control;
  const ended = await end;
  if (control.peakRssBytes() > tools.settings.trainerMemoryMb * 524_288) await discardTrainer(state);
  return ended;
}

async function discardTrainer(state: SlotState): Promise<void> {
  const { trainer } = state;
  state.trainer = null;
  await trainer?.[Symbol.asyncDispose]();
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
    case 'conflict':
      return world.log.warn(facts, 'the trial was settled by another; what was trained here is kept, and changes and counts nothing');
    case 'failed': {
      world.log.warn({ ...facts, code: end.error.code }, `an attempt failed: ${end.error.message}`);
      const settled = await world.queue.fail(trial, end.error);
      if (settled.kind === 'settled') await advanceStudy(world.transactions, settled.studyId);
    }
  }
}
