import { channel } from 'node:diagnostics_channel';

/** Facts that parts of a process tell to those who measure it, by name. Nobody need listen, and no part waits for a listener. */
export interface Facts {
  /** A request was answered. */
  readonly request: { readonly method: string; readonly route: string; readonly status: number; readonly seconds: number };
  /** A step of a search was planned. */
  readonly plan: { readonly sampler: string; readonly suggestions: number; readonly seconds: number };
  /** Leases ended without a result, and their trials went back to the queue. */
  readonly leasesLost: { readonly trials: number };
  /** A runner stored a step of an attempt, or the evaluation on held-out data after the last one. `token` is that of the attempt's lease. */
  readonly step: { readonly token: string; readonly step: number; readonly part: 'step' | 'evaluation' };
  /** An attempt goes on after steps that it need not train, because their values are known. */
  readonly reused: { readonly token: string; readonly steps: number };
  /** A line was written to the log: JSON, without secrets. */
  readonly line: { readonly text: string };
  /** Something was committed that may have written events. */
  readonly committed: null;
  /** An event was passed on to those that listen in this process, so long after it was written. */
  readonly eventPassedOn: { readonly seconds: number };
  /** A stream of events was opened, or it ended: closed by either side, or dropped because its reader took nothing for too long. */
  readonly eventStream: 'opened' | 'closed' | 'dropped';
  /** A message was sent to a webhook once. `retried`: it failed and will be sent again; `disabled`: it failed and ended the webhook. */
  readonly webhookAttempt: { readonly outcome: 'delivered' | 'retried' | 'failed' | 'disabled'; readonly seconds: number };
}

export type FactName = keyof Facts;

/** Tells a fact. It costs next to nothing while nobody listens. */
export function tell<Name extends FactName>(name: Name, fact: Facts[Name]): void {
  channelOf(name).publish(fact);
}

/** Listens to the facts of a name until the returned function is called. A listener must not throw. */
export function listen<Name extends FactName>(name: Name, listener: (fact: Facts[Name]) => void): () => void {
  const told = (fact: unknown): void => listener(fact as Facts[Name]); // only `tell` publishes here
  channelOf(name).subscribe(told);
  return () => void channelOf(name).unsubscribe(told);
}

function channelOf(name: FactName) {
  return channel(`clavier:${name}`);
}
