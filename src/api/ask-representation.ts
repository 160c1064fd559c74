import type { NoTrial } from '../studies/actions/ask.ts';
import type { HandedTrial, Held, SettledTrial, Standing } from '../studies/ports/workers.ts';
import type { AskAnswer, AskedTrialRepresentation, DirectiveRepresentation, SettledRepresentation, WorkerStopReason } from './ask.ts';

const waits: Readonly<Record<NoTrial | 'no-study', { readonly detail: string; readonly retryAfterSeconds: number | null }>> = {
  generation: {
    detail: 'the next generation needs the results of all trials of this one: ask again, best with waitSeconds',
    retryAfterSeconds: 2,
  },
  'earlier-trials': {
    detail: 'the next suggestion needs the results of earlier trials: ask again, best with waitSeconds',
    retryAfterSeconds: 2,
  },
  parallelism: {
    detail: 'as many trials are open as the parallelism of the study allows: ask again when one has ended',
    retryAfterSeconds: 2,
  },
  budget: {
    detail: 'all trials of the study are given out: ask again until the study has ended, because one may come back',
    retryAfterSeconds: 5,
  },
  suggestion: { detail: 'a suggestion is being computed: ask again', retryAfterSeconds: 1 },
  quota: {
    detail: 'the project has used up its quota of trials a day or of bytes: ask again later, or ask an administrator for more',
    retryAfterSeconds: 60,
  },
  paused: { detail: 'the study is paused: ask again later', retryAfterSeconds: 30 },
  version: {
    detail: 'the study began with another version of its objective, which this service does not have: ask one that has it',
    retryAfterSeconds: 60,
  },
  ended: { detail: 'the study has ended: stop asking', retryAfterSeconds: null },
  'no-study': { detail: 'no active study needs a worker: ask again later', retryAfterSeconds: 10 },
};

/** Builds the answer to a request for trials. */
export function representAsked(trials: readonly HandedTrial[], missing: NoTrial | 'no-study'): AskAnswer {
  const waiting = trials.length > 0 ? null : { reason: missing, ...waits[missing] };
  return { trials: trials.map(representHanded), waiting };
}

function representHanded(trial: HandedTrial): AskedTrialRepresentation {
  const {
    trialId: id,
    studyId,
    number,
    generation,
    parameters,
    attempt,
    token,
    leaseSeconds: seconds,
    leaseUntil,
    resume,
    continues,
    earlierValues,
  } = trial;
  return {
    id,
    studyId,
    number,
    generation,
    parameters: { ...parameters },
    attempt,
    lease: { token, seconds, until: leaseUntil.toISOString() },
    resume: resume && { ...resume },
    continues: continues && { ...continues },
    ...(earlierValues.length > 0 && { earlierValues }),
  };
}

const stops: Readonly<Record<WorkerStopReason, string>> = {
  cancelled: 'the study has ended: stop, the result is not needed',
  pruned: 'the trial is not promising: stop',
  settled: 'the trial has a result already, or has failed: stop',
  'lease-lost': 'the lease ended, because it was not renewed in time or nothing was reported for too long: stop and ask for another trial',
};

/** Builds the answer to a heartbeat or a report. */
export function representDirective(answer: Held | Extract<Standing, { kind: 'lost' }>): DirectiveRepresentation {
  if (answer.kind === 'held') return { directive: 'continue', reason: null, detail: null, leaseUntil: answer.leaseUntil.toISOString() };
  const reason = reasonOf(answer);
  return { directive: 'stop', reason, detail: stops[reason], leaseUntil: null };
}

function reasonOf({ state }: Extract<Standing, { kind: 'lost' }>): WorkerStopReason {
  switch (state) {
    case 'queued':
    case 'running':
      return 'lease-lost';
    case 'completed':
    case 'failed':
      return 'settled';
    case 'pruned':
    case 'cancelled':
      return state;
  }
}

/** Builds the answer to a settlement. */
export function representSettled({ trialId: trial, number, state, value }: SettledTrial): SettledRepresentation {
  return { trial, number, state, value };
}
