import { setTimeout as delay } from 'node:timers/promises';
import { invariant } from '../shared/errors.ts';
import { type AttemptWork, follow } from '../shared/work.ts';
import { advanceStudy } from '../studies/actions/advance.ts';
import type { ClaimedTrial } from '../studies/ports/queue.ts';
import type { EvaluationEnd, HeldTrial, Turn } from './evaluation-control.ts';
import { evaluateInProcess } from './in-process.ts';
import { TrainerSeat } from './local-trainer/trainer-seat.ts';
import type { SlotTools } from './slot-tools.ts';

/** Interval at which an idle slot tries to claim; a slot that has just settled a trial claims at once. */
const idleMs = 400;
/** Pause of a slot after an error before it claims again. */
const faultMs = 2000;

/** Repeatedly claims a trial, evaluates it and settles it. */
export interface Slot {
  readonly held: () => HeldTrial | null;
  /** Resolves when the slot has stopped. */
  readonly done: Promise<void>;
}

/** State that a slot keeps between trials. */
interface SlotState {
  held: HeldTrial | null;
  readonly seat: TrainerSeat;
}

/** Starts a slot. */
export function startSlot(tools: SlotTools): Slot {
  const state: SlotState = { held: null, seat: new TrainerSeat(tools) };
  const loop = async (): Promise<void> => {
    while (!tools.draining.aborted) {
      const waitMs = await claimAndEvaluate(tools, state).catch(async (error: unknown) => {
        tools.world.log.error({ err: error }, 'slot failed and will continue; its trial is requeued when the lease expires');
        await state.seat.discard(); // Its trainer may still be busy with that trial.
        return faultMs;
      });
      state.held = null;
      if (waitMs > 0) await delay(waitMs, undefined, { signal: tools.draining }).catch(() => undefined);
    }
    await state.seat.discard();
  };
  return { held: () => state.held, done: loop() };
}

/** @returns the time in ms to wait before the next claim */
async function claimAndEvaluate(tools: SlotTools, state: SlotState): Promise<number> {
  const { world, settings, abilities } = tools;
  const trial = await world.queue.claim(world.registration.id, settings.leaseSeconds, undefined, abilities.now());
  if (!trial) return idleMs;
  const held: HeldTrial = { trial, control: null };
  state.held = held;
  const attempt = attemptOf(trial);
  return follow('attempt', attempt, async () => {
    world.log.debug({ study: trial.studyId, trial: trial.number, stepsDone: trial.stepsDone }, 'trial claimed');
    const { end, waitMs } = await evaluate(tools, state, held);
    attempt.outcome = end.kind;
    if (end.kind === 'failed') attempt.code = end.error.code;
    await follow('settlement', { attempt }, () => settle(tools, trial, end));
    return waitMs;
  });
}

function attemptOf({ token, studyId, project, trialId, number, objective, job, trace }: ClaimedTrial): AttemptWork {
  const facts = { token, study: studyId, project, trial: trialId, number, objective: objective.name, steps: job.steps, trace };
  return { ...facts, outcome: null, code: null };
}

async function evaluate({ world, draining }: SlotTools, { seat }: SlotState, held: HeldTrial): Promise<Turn> {
  if (draining.aborted) return { end: { kind: 'released' }, waitMs: 0 }; // The claim was under way when the drain began.
  const evaluator = world.evaluatorOf(held.trial.objective);
  invariant(evaluator, 'a claim gives a trial of an objective that was asked for');
  if (evaluator.kind === 'trainer') return seat.train(evaluator, held);
  const { control, end } = evaluateInProcess(world, held.trial, evaluator);
  held.control = control;
  return { end: await end, waitMs: 0 };
}

async function settle({ world }: SlotTools, trial: ClaimedTrial, end: EvaluationEnd): Promise<void> {
  const facts = { study: trial.studyId, trial: trial.number };
  switch (end.kind) {
    case 'completed':
      return advanceStudy(world.transactions, end.studyId);
    case 'released':
      return world.queue.release(trial);
    case 'abandoned':
      return world.log.info(facts, 'the trial was cancelled or is held by another runner; its work here is dropped');
    case 'conflict':
      return world.log.warn(facts, 'the trial was settled by another; what was measured here is kept, and changes and counts nothing');
    case 'failed': {
      world.log.warn({ ...facts, code: end.error.code }, `an attempt failed: ${end.error.message}`);
      const settled = await world.queue.fail(trial, end.error);
      if (settled.kind === 'settled') await advanceStudy(world.transactions, settled.studyId);
    }
  }
}
