import { z } from 'zod';
import type { JsonObject } from '../shared/digest.ts';
import type { CrossViolation } from '../shared/errors.ts';
import type { Configuration } from '../space/configuration.ts';
import type { EarlierValues } from '../space/earlier-values.ts';
import type { SearchSpace } from '../space/schema.ts';
import type { ObjectiveDefinitions } from './definitions.ts';
import type { Evaluations } from './evaluations.ts';
import type { PublishedPart, PublishedResult } from './published.ts';

/** Values measured together, by name. One that is not finite is null. */
export const valuesSchema = z
  .record(z.string().min(1).max(100), z.number().nullable())
  .meta({ id: 'Values', description: 'Values measured together, by name; null if a value is not finite.' });
export type Values = Readonly<z.output<typeof valuesSchema>>;

/** The better direction of a metric. */
export type Direction = 'minimize' | 'maximize';

/** One of the values that an objective measures. */
export interface ValueDescription {
  readonly name: string;
  /** The natural direction if the value can be optimised; null for values that are only shown. */
  readonly direction: Direction | null;
  /** A few words for a heading. */
  readonly label: string;
  /** One plain sentence: the measured quantity and its unit. */
  readonly text: string;
  /** Bounds, both inclusive; null where there is none. */
  readonly range: { readonly low: number | null; readonly high: number | null };
}

/** Asks for the job of one suggestion. */
export interface JobRequest<Options> {
  readonly options: Options;
  /** Seed of everything random in an evaluation. */
  readonly seed: number;
  readonly parameters: Configuration;
  /** True if the result is also measured on held-out data after its last step. */
  readonly evaluate: boolean;
  /** Steps that the search asks for, if it knows: for an objective that does not know which parameter says so. */
  readonly steps?: number;
  /** Values that its first steps are taken with, if they differ from its parameters. Absent: they do not. */
  readonly earlierValues?: EarlierValues;
}

/** The work that a trial is. It is made when the trial is suggested and stored with it; a claim returns it. */
export interface Job {
  /** The objective's own words to its evaluator; it holds all that shapes the values. An object: a stored null means that there is no job. */
  readonly payload: JsonObject;
  /** Steps asked for, at least 1. */
  readonly steps: number;
  /**
   * Equal for jobs that differ in nothing but their steps, in any study: one of them runs at a time, the one with most steps first,
   * and the others read its steps if the objective reuses them. null: the job shares with no other.
   */
  readonly exclusionKey: string | null;
  /** True if the result is measured on held-out data after its last step. */
  readonly evaluate: boolean;
}

/** An objective in one version: a runner lists those that it evaluates, a trial names the one that it needs. */
export interface Capability {
  readonly name: string;
  readonly version: number;
}

/** Kinds of failure that a study may name to be retried (`retries.on`). */
export const retriedKinds = ['crash', 'error', 'timeout'] as const;

/** The consequences of a failed attempt. */
export interface FailurePolicy {
  /** The failure in a few words, for the document of the API. */
  readonly meaning: string;
  /**
   * Condition for further attempts within the study's limit: `always`, `never`, or if the study's retries name this kind. Otherwise
   * the trial fails at once.
   */
  readonly retried: (typeof retriedKinds)[number] | 'always' | 'never';
  /** True if this failure ends the study, because no other trial could do better. */
  readonly endsStudy: boolean;
}

/** The processes that evaluate trials: runners of the service, or workers of a client. */
export type EvaluatedBy = 'runner' | 'client';

/** The parameter that determines the cost of one evaluation. */
export interface Fidelity {
  readonly parameter: string;
  /** Most steps that a configuration of the space can ask for. */
  readonly most: number;
  /** True if a longer evaluation continues a shorter one to the same values. */
  readonly continues: boolean;
}

/** Processor time, from the fastest to the slowest hour of the machine that it was measured on. */
export interface CoreSeconds {
  readonly low: number;
  readonly high: number;
}

/** The cost of one job. */
export interface JobCost {
  /** One step, its measuring included. */
  readonly step: CoreSeconds;
  /** The measurement of the result on held-out data. */
  readonly evaluation: CoreSeconds;
  /** Size of the checkpoint of a step. */
  readonly checkpointBytes: number;
}

/** Estimates costs without running anything. */
export interface CostModel {
  /** @throws ZodError if the job is of another objective */
  estimate(job: Job): JobCost;
  /** The measurements that it is based on, in one or two sentences. */
  readonly assumes: string;
}

/** Options by name. */
export type Task = Readonly<Record<string, string | number>>;

/** Examples that an evaluation learns from; `all`: as many as there are. */
export type DataSize = number | 'all';

/** A schema of options; `type` is a literal that names their owner. */
export type OptionsSchema = z.ZodObject<{ readonly type: z.ZodLiteral<string> }>;

/**
 * Evaluates a trial, as data and pure functions: no I/O, no clock, no randomness except its seed. The engine (studies, campaigns,
 * store, runner, API) knows objectives by this contract and the table alone.
 */
export interface Objective<Schema extends OptionsSchema> {
  /** The value of `objective.type` in a study. */
  readonly name: string;
  /** Raised when the same job would measure other values; a study keeps the version it began with. */
  readonly version: number;
  /** One plain sentence: the evaluated task. */
  readonly summary: string;
  /** `runner`: the service's own runners claim the trials. `client`: workers of a client ask for them over HTTP. */
  readonly evaluatedBy: EvaluatedBy;
  /** Options with their defaults, `type` included. */
  readonly optionsSchema: Schema;
  /** Every value that it measures at a step, in the order in which they are shown. Those with a direction are its metrics. */
  values(options: z.output<Schema>): readonly ValueDescription[];
  /**
   * Returns the options of a new study with everything named that they leave open: the newest version of a dataset, say, or the
   * fixed hyperparameters that the space does not search. Called only for a study or campaign that a client creates; stored and
   * imported options keep their meaning. null: the schema leaves nothing open.
   */
  readonly pinned: ((options: z.output<Schema>, space: SearchSpace) => z.output<Schema>) | null;
  /** Returns the violations of this space with these options. Pointers are into the study. */
  check(space: SearchSpace, options: z.output<Schema>): readonly CrossViolation[];
  /** The parameter that is a budget; null if every evaluation is one step. */
  fidelity(space: SearchSpace, options: z.output<Schema>): Fidelity | null;
  /** Parameters whose values may change between two steps of an evaluation; null: any, because the objective does not know what they do. */
  readonly changeable: readonly string[] | null;
  /** Failures of its evaluations that the engine does not know, by code, with their consequences. */
  readonly failures: Readonly<Record<string, FailurePolicy>>;
  /** @throws ZodError if the parameters are none of a space that `check` accepted */
  job(request: JobRequest<z.output<Schema>>): Job;
  /**
   * The options that determine the measured task, such as the dataset, by name: values of studies in which one of them differs do not
   * compare. null: only the client knows the task, and values compare wherever the metric is the same.
   */
  task(options: z.output<Schema>): Task | null;
  /** The options in one phrase, for reports. */
  describe(options: z.output<Schema>): string;
  /** The same options on so many examples, `all` being every one. null if the objective has no data whose size could vary. */
  readonly withDataSize: ((options: z.output<Schema>, size: DataSize) => z.output<Schema>) | null;
  /** The measurement of finalists on held-out data; null if there is none. */
  evaluations(options: z.output<Schema>): Evaluations | null;
  /** Costs of jobs, for dry runs; null if they are not known. */
  readonly cost: CostModel | null;
  /** A published result of the same search, to be shown beside ours; null if there is none. */
  published(part: PublishedPart<z.output<Schema>>): PublishedResult | null;
  /** Presets and examples that use it. */
  readonly definitions: ObjectiveDefinitions;
}
