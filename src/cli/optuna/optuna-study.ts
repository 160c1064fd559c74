import type { Distribution } from './distribution.ts';

/** States of an Optuna trial, as its databases name them. A journal has their index. */
export const optunaStates = ['RUNNING', 'COMPLETE', 'PRUNED', 'FAIL', 'WAITING'] as const;
export type OptunaState = (typeof optunaStates)[number];

/** Directions of an Optuna objective, as its databases name them. A journal has their index. */
export const optunaDirections = ['NOT_SET', 'MINIMIZE', 'MAXIMIZE'] as const;
export type OptunaDirection = (typeof optunaDirections)[number];

/** A parameter of a trial: its value as the objective function got it, and the distribution that it was drawn from. */
export interface OptunaParameter {
  readonly value: unknown;
  readonly distribution: Distribution;
}

export interface OptunaTrial {
  readonly number: number;
  readonly state: OptunaState;
  /** In the order in which the objective function asked for them. */
  readonly parameters: ReadonlyMap<string, OptunaParameter>;
  /** Parameters of an enqueued trial by name. Their distributions are unknown until it runs. */
  readonly enqueued: Readonly<Record<string, unknown>>;
  /** One for each objective, ±Infinity possible; empty if the trial has none. */
  readonly values: readonly number[];
  /** Number of intermediate values. */
  readonly reports: number;
  /** Number of user attributes. */
  readonly attributes: number;
}

/** A study of an Optuna storage. Its trials are in the order of their numbers. */
export interface OptunaStudy {
  readonly name: string;
  readonly directions: readonly OptunaDirection[];
  /** Names of the objectives; null if the study has none. */
  readonly metricNames: readonly string[] | null;
  readonly userAttributes: Readonly<Record<string, unknown>>;
  readonly trials: readonly OptunaTrial[];
}

/** System attributes of Optuna, by what they hold. */
export const systemKeys = { metricNames: 'study:metric_names', enqueued: 'fixed_params' } as const;
