import type { z } from 'zod';
import type { Values } from '../../objectives/contract.ts';
import { digestOf, type Json } from '../../shared/digest.ts';
import type { TrialError } from '../model/failure.ts';
import type { incidentSchema, measurementSchema, Trial } from '../model/trial.ts';
import type { Judgement } from '../pruning/judgement.ts';
import type { ResultFacts } from './event.ts';

/** The stored facts of a trial's result that enter the event log. */
export interface StoredResult extends Pick<Trial, 'number' | 'state' | 'value' | 'diverged' | 'source' | 'reuse'> {
  readonly values: Values | null;
  /** Of a failed trial. An error that a later attempt made good is none. */
  readonly error: TrialError['code'] | null;
  /** Measurements of the attempt that settled the trial, in order. */
  readonly measurements: readonly z.output<typeof measurementSchema>[];
  /** On held-out data; null if there is none. */
  readonly evaluation: Json;
  /** Ordered by kind and step. */
  readonly incidents: readonly Omit<z.output<typeof incidentSchema>, 'detail'>[];
  /** Those of its pruner, by step; absent if there are none. */
  readonly judgements?: readonly Judgement[];
}

/** The result of a trial as it enters the chain. */
export function resultFacts({ measurements, evaluation, incidents, judgements, ...result }: StoredResult): ResultFacts {
  return {
    ...result,
    steps: measurements.length,
    measurements: measurements.length === 0 ? null : digestOf(measurements),
    evaluation: evaluation === null ? null : digestOf(evaluation),
    incidents: [...incidents],
    ...(judgements && { judgements: digestOf(judgements) }),
  };
}
