import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { AskAnswer, AskedTrialRepresentation, DirectiveRepresentation } from '../../src/api/ask.ts';
import type { Dice } from '../chaos/dice.ts';
import { bodyOf, type Call } from './patient-calls.ts';
import type { StormTally } from './storm-tally.ts';

/** Shortest lease that the API gives. */
export const leaseSeconds = 5;
/** A trial that was given out so often is not disturbed any more: after ten leases without a step it would fail. */
const disturbedAttempts = 7;

/** What workers do to the trials that they get: shares of 1, and times. */
export interface StormHabits {
  readonly abandon: number;
  readonly stall: number;
  readonly release: number;
  readonly fail: number;
  /** Longest time of an evaluation. */
  readonly workMs: number;
  /** The result of a trial. */
  readonly valueOf: (trial: AskedTrialRepresentation, dice: Dice) => number;
}

/** Dependencies of a worker. */
export interface StormWorker {
  readonly name: string;
  readonly studyId: string;
  readonly call: Call;
  readonly tally: StormTally;
  readonly dice: Dice;
  readonly habits: StormHabits;
}

/** Works for a study until it has ended. A worker that dies is followed by another one. */
export async function workThroughStorm(worker: StormWorker): Promise<void> {
  for (;;) {
    const { trials, waiting } = await ask(worker);
    if (waiting?.reason === 'ended') return;
    for (const trial of trials) {
      worker.tally.add('asked');
      await meetFate(worker, trial);
    }
  }
}

/** Half of the requests have a key: sent again, these get the trials of an answer that was lost. */
async function ask({ name, studyId, call, dice }: StormWorker): Promise<AskAnswer> {
  const body = { worker: name, leaseSeconds, waitSeconds: 5 };
  return bodyOf(await call('POST', `/v1/studies/${studyId}/ask`, body, dice.chance(0.5) ? randomUUID() : undefined));
}

async function meetFate(worker: StormWorker, trial: AskedTrialRepresentation): Promise<void> {
  const { dice, habits, tally } = worker;
  const fate = trial.attempt > disturbedAttempts ? 1 : dice.between(0, 1);
  const { abandon, stall, release, fail } = habits;
  await delay(dice.between(0, habits.workMs / 2));
  if (fate < abandon) return tally.add('abandoned');
  if (fate < abandon + stall) {
    await delay(leaseSeconds * 1000 + dice.between(100, 2000));
    tally.add('late');
    return deliver(worker, trial);
  }
  if (fate < abandon + stall + release) return giveBack(worker, trial, 'release', {});
  if (fate < abandon + stall + release + fail) return giveBack(worker, trial, 'fail', { error: 'no memory' });
  if (!(await keeps(worker, trial))) return tally.add('told to stop');
  await delay(dice.between(0, habits.workMs / 2));
  return deliver(worker, trial);
}

/** Sends a heartbeat, which says if the worker still has the trial. */
async function keeps({ call, tally }: StormWorker, { id, lease: { token } }: AskedTrialRepresentation): Promise<boolean> {
  const answer = await call('POST', `/v1/trials/${id}/heartbeat`, { token });
  if (answer.status !== 200) tally.faults.push(`a heartbeat was answered ${answer.status}: ${answer.text}`);
  return answer.status === 200 && bodyOf<DirectiveRepresentation>(answer).directive === 'continue';
}

async function giveBack(
  { call, tally }: StormWorker,
  { id, lease: { token } }: AskedTrialRepresentation,
  verb: 'release' | 'fail',
  body: object,
): Promise<void> {
  const answer = await call('POST', `/v1/trials/${id}/${verb}`, { token, ...body });
  if (answer.status === 200) tally.add(verb === 'release' ? 'released' : 'failed');
  else if (answer.status === 409) tally.add('conflicts');
  else tally.faults.push(`${verb} was answered ${answer.status}: ${answer.text}`);
}

async function deliver({ call, tally, habits, dice }: StormWorker, trial: AskedTrialRepresentation): Promise<void> {
  const { id, number, lease } = trial;
  const value = habits.valueOf(trial, dice);
  const answer = await call('POST', `/v1/trials/${id}/complete`, { token: lease.token, values: { accuracy: value } });
  if (answer.status === 200) tally.accept({ trial: id, number, token: lease.token, value });
  else if (answer.status === 409) tally.add('conflicts');
  else tally.faults.push(`a result was answered ${answer.status}: ${answer.text}`);
}
