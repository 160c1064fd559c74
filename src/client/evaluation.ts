import type { AskedTrialRepresentation } from '../api/ask.ts';
import type { Client } from './client.ts';
import type { RetryOptions } from './retry.ts';
import { settlementOf, type TrialOutcome } from './settlement.ts';
import { type RunningTrial, runningTrial, TrialLease } from './trial-lease.ts';
import { TrialFailedError, TrialStoppedError } from './trial-stopped.ts';
import type { Completion, Failure, MeasuredValues } from './trials.ts';

/**
 * Evaluates a trial. Returns the value of the study's metric, or values by name, or a completion with attributes and links; nothing: the
 * values of its last report, or those of the checkpoint at which the trial resumed, if no step was left. If it throws, the trial fails. Once
 * `trial.signal` is aborted its result is not used.
 */
export type Objective = (trial: RunningTrial) => Promise<ObjectiveResult> | ObjectiveResult;
// biome-ignore lint/suspicious/noConfusingVoidType: an objective that only reports returns nothing
export type ObjectiveResult = number | MeasuredValues | (Completion & { readonly values: MeasuredValues }) | undefined | void;

/** Everything that an evaluation needs beside the trial. */
interface EvaluationTools {
  readonly client: Client;
  readonly studyId: string;
  readonly objective: Objective;
  readonly retry: RetryOptions;
  /** Aborted when the worker stops. */
  readonly stop: AbortSignal;
}

/** Evaluates a trial and tells the service its end. @throws what the service refuses */
export async function evaluate(tools: EvaluationTools, trial: AskedTrialRepresentation): Promise<TrialOutcome> {
  const { client, objective, retry, stop } = tools;
  const settlement = settlementOf(client, trial, retry);
  if (stop.aborted) return settlement.release(); // the answer with the trial came after the stop
  const lease = new TrialLease(client, trial, stop, retry);
  const { signal } = lease;
  const stopped = async (): Promise<TrialOutcome> => {
    const reason: unknown = signal.reason;
    return reason instanceof TrialStoppedError ? { trial, kind: 'stopped', detail: reason.message } : settlement.release();
  };
  try {
    const end = await endOf(objective, runningTrial(trial, lease), lease);
    // An objective that notices the signal may return what it has: a part of a result is no result.
    if (signal.aborted) return await stopped();
    if ('failure' in end) return await settlement.fail(end.failure);
    return await settlement.complete(await completionOf(tools, end.result));
  } finally {
    lease.close();
  }
}

async function endOf(
  objective: Objective,
  trial: RunningTrial,
  lease: TrialLease,
): Promise<{ readonly result: ObjectiveResult } | { readonly failure: Failure }> {
  try {
    const result = await objective(trial);
    await lease.reported();
    return { result };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

async function completionOf({ client, studyId }: EvaluationTools, result: ObjectiveResult): Promise<Completion> {
  if (typeof result === 'number') return { values: { [await metricName(client, studyId)]: result } };
  if (result === undefined || isCompletion(result)) return result ?? {};
  return { values: result };
}

/** Name of the metric that a study optimises. */
async function metricName(client: Client, studyId: string): Promise<string> {
  const [metric] = (await client.getStudy(studyId)).spec.metrics;
  return metric?.name ?? 'value';
}

function isCompletion(result: MeasuredValues | Completion): result is Completion {
  return typeof result.values === 'object' && result.values !== null;
}

/** Most characters of an error that the service keeps. */
const errorLength = 2000;

function failureOf(error: unknown): Failure {
  if (error instanceof TrialFailedError) return { error: error.message, retry: error.retry };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  // Cut here, because the service would keep the end, which in a stack says least.
  return { error: text.slice(0, errorLength), retry: true };
}
