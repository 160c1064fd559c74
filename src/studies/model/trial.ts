import { z } from 'zod';
import { type Values, valuesSchema } from '../../objectives/contract.ts';
import type { Origin } from '../../samplers/origin.ts';
import { describedEnum } from '../../shared/described-enum.ts';
import { type Json, jsonSchema } from '../../shared/digest.ts';
import type { Configuration } from '../../space/configuration.ts';
import type { TrialError } from './failure.ts';
import type { TrialState } from './states.ts';

/** More trials than any study has: a number above it is a mistake. */
export const mostTrials = 10_000_000;
export const trialNumberSchema = z.int().min(0).max(mostTrials);

export const originSchema: z.ZodType<Origin> = z.record(z.string(), jsonSchema);

/** Sources of a trial's result. */
export const trialSources = ['trained', 'reused', 'imported', 'given'] as const;

/** Kinds of trials that a client gave: with the result, or to be evaluated. */
export const givenKinds = ['known', 'enqueued'] as const;
export type GivenKind = (typeof givenKinds)[number];

/** Text that names how a client gave a trial. */
export const givenKindSchema = describedEnum(givenKinds, {
  known: 'with its result.',
  enqueued: 'to be evaluated.',
});

/** The evaluation that a reused result was read from: one that asked for as many steps, or a longer one. */
export const reuseKinds = ['equal', 'longer'] as const;

/** Text that names the source of a result. */
export const trialSourceSchema = describedEnum(trialSources, {
  trained: 'at least one step was evaluated for this trial.',
  reused: 'all steps were read from another trial.',
  imported: 'the result is from an import.',
  given: 'the result was known when the trial was given.',
});

/** Text that names the kind of reuse. */
export const reuseKindSchema = describedEnum(reuseKinds, {
  equal: 'the evaluation asked for the same number of steps.',
  longer: 'the evaluation asked for more steps.',
});

/** A trial as it is stored. */
export interface Trial {
  readonly id: string;
  readonly studyId: string;
  /** From 0, in the order in which trials were suggested and given. */
  readonly number: number;
  /** Index of its suggestion, from 0; null for a given trial. Without given trials it equals the number. */
  readonly index: number | null;
  /** The kind of a given trial; null if the sampler suggested it. */
  readonly given: GivenKind | null;
  readonly generation: number | null;
  readonly state: TrialState;
  readonly parameters: Configuration;
  readonly origin: Origin;
  /**
   * The metric of the study, of several the first; null until it is known, for failed trials, and if it is not finite (of several, if one
   * of them is not).
   */
  readonly value: number | null;
  /** All metrics in the order of the study, if it has several and all are finite. */
  readonly metricValues?: readonly number[];
  /** Metrics after the last step. */
  readonly values: Values | null;
  readonly diverged: boolean;
  /**
   * Distance of the trial from the limits of its study, 0 if it keeps all of them (see `measuredViolation`). Absent: the study has no constraints, or
   * the trial has no result.
   */
  readonly violation?: number;
  /** Step after which it was stopped early; absent: it was not. */
  readonly prunedAt?: number;
  /** Whole steps of its result so far: these are charged, trained or reused. */
  readonly stepsDone: number;
  /** The steps among them that were trained for this trial; steps trained again after a crash count again. */
  readonly stepsTrained: number;
  /** Number of claims by runners. */
  readonly attempts: number;
  /** Attempts that failed by themselves. */
  readonly failures: number;
  readonly source: (typeof trialSources)[number];
  /** Of a reused result; else null. */
  readonly reuse: (typeof reuseKinds)[number] | null;
  /** Results visible to its suggestion if the schedule does not fix them; else null. */
  readonly seen: SeenTrials | null;
  readonly error: TrialError | null;
  readonly queuedAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

/** The fields of a trial that the search reads. */
export type TrialResult = Pick<
  Trial,
  | 'number'
  | 'index'
  | 'given'
  | 'state'
  | 'parameters'
  | 'origin'
  | 'value'
  | 'metricValues'
  | 'violation'
  | 'prunedAt'
  | 'diverged'
  | 'error'
>;

/** A trial of a leaderboard, as far as others build on it. */
export type Leader = Pick<Trial, 'number' | 'parameters' | 'value' | 'metricValues' | 'violation' | 'diverged'>;

export const seenTrialsSchema = z
  .strictObject({
    before: trialNumberSchema.describe('The suggestion saw the results of trials 0 to before - 1.'),
    except: z.array(trialNumberSchema).max(1000).describe('Trials among them that were still open, in ascending order.'),
  })
  .meta({ id: 'SeenTrials', description: 'The results that a suggestion saw.' });

/**
 * Results visible to a suggestion: those of trials 0 … `before` − 1 except these, which were open. Minimal: trial `before` − 1 was
 * seen, and at most `parallelism` trials were open.
 */
export type SeenTrials = Readonly<z.output<typeof seenTrialsSchema>>;

/** Incidents of a trial that are recorded beside its results. */
export const incidentKinds = ['checkpoint-skipped', 'checkpoint-broken', 'late-result'] as const;

export const incidentSchema = z
  .strictObject({
    kind: describedEnum(incidentKinds, {
      'checkpoint-skipped': 'a step checkpoint could not be written, so a crash would repeat the step.',
      'checkpoint-broken': 'a step checkpoint could not be read, so the evaluation continued from an earlier one.',
      'late-result': 'a result arrived after the lease of its runner had expired.',
    }),
    step: z.int().min(0).describe('The step that it concerns.'),
    detail: z.string().describe('Description.'),
  })
  .meta({ id: 'TrialIncident', description: 'An event of a trial that is recorded beside its results.' });

/** Something that happened to a trial, once for each kind and step. */
export type TrialIncident = Readonly<z.output<typeof incidentSchema>>;

/** The environment of a training: everything that can affect its values besides its job. The objective adds facts of its own. */
export const environmentSchema = z
  .object({
    clavier: z.string().describe('Version of Clavier.'),
    node: z.string().describe('Version of Node.js.'),
    processor: z.string().describe('Class of the processor: evaluations on the same class give the same values.'),
  })
  .catchall(z.union([z.string(), z.number()]));
export type TrainingEnvironment = Readonly<z.output<typeof environmentSchema>>;

export const measurementSchema = z.strictObject({
  step: z.int().min(1).describe("From 1, in the objective's own unit."),
  values: valuesSchema,
});

/** Values that were measured at a step of a trial. */
export interface Measurement extends Readonly<z.output<typeof measurementSchema>> {
  readonly recordedAt: Date;
}

/** A trial's model, measured on the test split. */
export interface TrialEvaluation {
  readonly trialId: string;
  readonly evaluation: Json;
}
