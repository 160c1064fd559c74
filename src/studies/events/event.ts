import type { Values } from '../../objectives/contract.ts';
import type { Json } from '../../shared/digest.ts';
import type { Configuration } from '../../space/configuration.ts';
import type { TrialError } from '../model/failure.ts';
import type { TrialState } from '../model/states.ts';
import type { Outcome } from '../model/study.ts';
import type { SeenTrials, trialSources } from '../model/trial.ts';

/** Every kind of change of a study. */
export const eventTypes = [
  'study-created',
  'study-imported',
  'trials-folded',
  'checkpoint-written',
  'trials-queued',
  'study-paused',
  'study-resumed',
  'study-ended',
] as const;

/** What a trial came to, as it enters the chain. */
export interface ResultFacts {
  readonly number: number;
  readonly state: TrialState;
  readonly value: number | null;
  readonly metrics: Values | null;
  readonly diverged: boolean;
  /** Of an error its code alone: messages name sizes and exit codes. */
  readonly error: TrialError['code'] | null;
  readonly source: (typeof trialSources)[number];
  /** Epochs that it reported, and the digest over the metrics of all of them in order; null where there are none. */
  readonly epochs: number;
  readonly reports: string | null;
  /** Digest over what its model is worth on the test split; null where it was not measured. */
  readonly evaluation: string | null;
  /** What happened on the way, such as `checkpoint-skipped`; in order of kind and epoch. */
  readonly incidents: readonly { readonly kind: string; readonly epoch: number }[];
}

/** A trial as it was queued. */
export interface QueuedFacts {
  readonly number: number;
  readonly generation: number | null;
  readonly parameters: Configuration;
  readonly origin: Readonly<Record<string, Json>>;
  readonly seen?: SeenTrials;
}

/** Whose code a study began with, and what of. Digests are over canonical text. */
export interface CreationFacts {
  /** Digest of the definition. */
  readonly spec: string;
  readonly samplerVersion: number;
  readonly trainerVersion: number;
}

/** A change of a study before it is chained. */
export type EventBody =
  | { readonly type: 'study-created'; readonly data: CreationFacts }
  /** Made of an export: `document` is the digest of its canonical text, `trials` how many results came with it. */
  | { readonly type: 'study-imported'; readonly data: CreationFacts & { readonly document: string; readonly trials: number } }
  | { readonly type: 'trials-folded'; readonly data: { readonly trials: readonly ResultFacts[] } }
  | {
      readonly type: 'checkpoint-written';
      readonly data: { readonly sequence: number; readonly generation: number | null; readonly trials: number; readonly digest: string };
    }
  | { readonly type: 'trials-queued'; readonly data: { readonly trials: readonly QueuedFacts[] } }
  | { readonly type: 'study-paused' | 'study-resumed'; readonly data: Readonly<Record<string, never>> }
  /** `trials`: results that count although they were not folded (the study ended before their turn). */
  | {
      readonly type: 'study-ended';
      readonly data: {
        readonly state: 'completed' | 'failed' | 'cancelled';
        readonly outcome: Outcome;
        readonly trials: readonly ResultFacts[];
      };
    };

/** A change with its place in the chain. */
export interface ChainedEvent {
  /** From 0, without a gap. */
  readonly sequence: number;
  readonly type: EventBody['type'];
  /** As stored: `EventBody` says what it holds; whoever reads it back checks. */
  readonly data: unknown;
  /** Hash of the event before; that of the first is `emptyChain.hash`. */
  readonly previous: string;
  readonly hash: string;
}

/** An event as it is read back. */
export interface StudyEvent extends ChainedEvent {
  readonly createdAt: Date;
}
