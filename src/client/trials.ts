import type { z } from 'zod';
import type {
  AskAnswer,
  AskedTrialRepresentation,
  askAnyRequestSchema,
  askRequestSchema,
  CompleteRequest,
  DirectiveRepresentation,
  FailRequest,
  ReportRequest,
  SettledRepresentation,
} from '../api/ask.ts';
import type { AddedTrials, AddTrialsRequest } from '../api/given.ts';
import { newKey } from './idempotency-key.ts';
import type { Requester } from './request.ts';
import type { RetryOptions } from './retry.ts';

/** A request for trials; only `worker` is required. */
export type AskBody = z.input<typeof askRequestSchema>;
export type AskAnyBody = z.input<typeof askAnyRequestSchema>;

/** Measured values by name. NaN and the infinities are accepted and rank last. */
export type MeasuredValues = Readonly<Record<string, ReportRequest['reports'][number]['values'][string]>>;

/** The values measured at a step, and the caller's own reference to a checkpoint. */
export interface Report {
  /** From 1. */
  readonly step: number;
  readonly values: MeasuredValues;
  readonly checkpoint?: string | undefined;
}

/** The result of a trial. Without values, those of its last report, or of the checkpoint at which it resumed, if no step was left. */
export interface Completion {
  readonly values?: MeasuredValues | undefined;
  readonly checkpoint?: string | undefined;
  readonly attributes?: CompleteRequest['attributes'];
  readonly links?: CompleteRequest['links'];
}

/** A configuration to evaluate next or, with values, a known result. */
export type GivenTrial = Omit<AddTrialsRequest['trials'][number], 'values'> & { readonly values?: MeasuredValues | undefined };

/** A failed attempt. `retry` false: the trial fails at once. Default true. */
export type Failure = Pick<FailRequest, 'error'> & { readonly retry?: boolean };

/** A trial that the caller holds, as `ask` returned it. */
export type HeldTrial = Pick<AskedTrialRepresentation, 'id'> & { readonly lease: Pick<AskedTrialRepresentation['lease'], 'token'> };

/**
 * Ask and tell: the requests of a worker, and the trials that a client gives. Each is repeated while the service cannot be reached, and the service carries it out once.
 *
 * @throws ProblemError `stale-token` from all but ask, addTrials and complete when the caller holds the trial no longer
 */
export interface TrialClient {
  /** Takes trials of a study. With `waitSeconds` the service answers as soon as there is one. */
  ask(studyId: string, request: AskBody, options?: RetryOptions): Promise<AskAnswer>;
  /** Adds configurations to evaluate next, and known results, to a study of any objective that has not ended: all, or none. */
  addTrials(studyId: string, trials: readonly GivenTrial[], options?: RetryOptions): Promise<AddedTrials['trials']>;
  /** Takes trials of any active study with an external objective. */
  askAny(request: AskAnyBody, options?: RetryOptions): Promise<AskAnswer>;
  /** Renews the lease and returns whether to continue. */
  heartbeat(trial: HeldTrial, options?: RetryOptions): Promise<DirectiveRepresentation>;
  /** Stores measurements, renews the lease and returns whether to continue. All reports are stored, or none. */
  report(trial: HeldTrial, reports: Report | readonly Report[], options?: RetryOptions): Promise<DirectiveRepresentation>;
  complete(trial: HeldTrial, completion?: Completion, options?: RetryOptions): Promise<SettledRepresentation>;
  fail(trial: HeldTrial, failure: Failure, options?: RetryOptions): Promise<SettledRepresentation>;
  /** Returns the trial to the queue; nothing is charged. For a worker that stops. */
  release(trial: HeldTrial, options?: RetryOptions): Promise<SettledRepresentation>;
}

/** Time beyond `waitSeconds` that an answer may take. */
const answerSeconds = 15;

/** Makes the methods of a worker. */
export function trialMethods({ json }: Pick<Requester, 'json'>): TrialClient {
  const ask = (path: string, body: AskBody | AskAnyBody, retry: RetryOptions): Promise<AskAnswer> =>
    json({ method: 'POST', path, body, retry, idempotencyKey: newKey(), timeoutSeconds: (body.waitSeconds ?? 0) + answerSeconds });
  const tell = <Answer>({ id, lease }: HeldTrial, verb: string, body: object, retry: RetryOptions): Promise<Answer> => {
    const path = `/v1/trials/${encodeURIComponent(id)}/${verb}`;
    // A heartbeat has no key: a stored answer would not renew the lease.
    return json({
      method: 'POST',
      path,
      body: { token: lease.token, ...body },
      retry,
      ...(verb !== 'heartbeat' && { idempotencyKey: newKey() }),
    });
  };
  return {
    ask: (studyId, request, options = {}) => ask(`/v1/studies/${encodeURIComponent(studyId)}/ask`, request, options),
    addTrials: async (studyId, trials, retry = {}) => {
      const path = `/v1/studies/${encodeURIComponent(studyId)}/trials`;
      const body = { trials: trials.map(writtenGiven) };
      return (await json<AddedTrials>({ method: 'POST', path, body, retry, idempotencyKey: newKey() })).trials;
    },
    askAny: (request, options = {}) => ask('/v1/ask', request, options),
    heartbeat: (trial, options = {}) => tell(trial, 'heartbeat', {}, options),
    report: (trial, reports, options = {}) => tell(trial, 'reports', { reports: [reports].flat().map(writtenReport) }, options),
    complete: (trial, completion = {}, options = {}) => tell(trial, 'complete', writtenCompletion(completion), options),
    fail: (trial, failure, options = {}) => tell(trial, 'fail', failure, options),
    release: (trial, options = {}) => tell(trial, 'release', {}, options),
  };
}

function writtenReport({ values, ...report }: Report): Report {
  return { ...report, values: writtenValues(values) };
}

function writtenCompletion({ values, ...completion }: Completion): Completion {
  return { ...completion, ...(values !== undefined && { values: writtenValues(values) }) };
}

function writtenGiven({ values, ...trial }: GivenTrial): GivenTrial {
  return { ...trial, ...(values !== undefined && { values: writtenValues(values) }) };
}

/** JSON has no numbers that are not finite: they are sent by their names. */
function writtenValues(values: MeasuredValues): MeasuredValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Number.isFinite(value) || value === null ? value : nameOf(value)]),
  );
}

function nameOf(value: MeasuredValues[string]): MeasuredValues[string] {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return 'Infinity';
  return value === Number.NEGATIVE_INFINITY ? '-Infinity' : value;
}
