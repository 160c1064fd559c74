import { type RandomStream, randomStream } from '../../../src/shared/random.ts';
import type { Configuration } from '../../../src/space/configuration.ts';
import type { SearchSpace } from '../../../src/space/schema.ts';

/** Kinds of problems, by which the bench reports. */
export const problemClasses = ['lstm-linear', 'lstm-log', 'classic', 'mixed', 'conditional', 'noisy', 'failing'] as const;
export type ProblemClass = (typeof problemClasses)[number];

/** A problem of the bench, to be minimised. */
export interface Problem {
  readonly name: string;
  readonly class: ProblemClass;
  readonly space: SearchSpace;
  /** The least value, and a configuration that has it. */
  readonly least: number;
  readonly at: Configuration;
  /** The true value of a configuration: what a search is judged by. */
  value(parameters: Configuration): number;
  /** What a search is told of it, in one run; null if the trial fails. */
  observed(parameters: Configuration, run: number): number | null;
}

/**
 * The random numbers of a draw of a problem. Draws from `firstReported` on are what the bench reports; samplers are tuned
 * on earlier ones.
 */
export function drawStream(family: string, draw: number): RandomStream {
  return randomStream(draw, `bench-problem-${family}`);
}

export const firstReported = 1000;

/** A problem without noise and failures. */
export function plain(problem: Omit<Problem, 'observed'>): Problem {
  return { ...problem, observed: (parameters) => problem.value(parameters) };
}

/** A number between two, uniform. */
export function between(stream: RandomStream, low: number, high: number): number {
  return low + (high - low) * stream.uniform();
}

/** A number between two positive ones, uniform in its logarithm. */
export function betweenLogs(stream: RandomStream, low: number, high: number): number {
  return Math.exp(between(stream, Math.log(low), Math.log(high)));
}
