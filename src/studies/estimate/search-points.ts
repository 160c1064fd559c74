import { setImmediate } from 'node:timers/promises';
import { samplerFor } from '../../samplers/table.ts';
import { invariant } from '../../shared/errors.ts';
import type { Configuration } from '../../space/configuration.ts';
import { problemOf, type ResolvedSpec, samplerOf } from '../definition/definition.ts';
import { plannedTrials } from '../search/planned-trials.ts';
import { suggest } from '../search/suggest.ts';

/** Most points that are looked at. */
const mostPoints = 1024;
/** Consecutive points of a sample: a grid makes many hardly slower than one. */
const atOnce = 16;
const goldenRatio = (1 + Math.sqrt(5)) / 2;

/** Points that a search tries. */
export interface SearchPoints {
  readonly points: readonly Configuration[];
  /** True if these are all of them, false for a sample. */
  readonly isAll: boolean;
}

/**
 * Returns the points of a search that are known before it begins, of a list or a grid: all of them, or a sample that is always the same;
 * null for other searches. Yields to the event loop.
 */
export async function searchPoints(spec: ResolvedSpec): Promise<SearchPoints | null> {
  const sampler = samplerOf(spec);
  const trials = plannedTrials(spec);
  if (sampler.learns !== 'nothing' || sampler.cost === 'slow' || sampler.size(spec.budget) === null || trials === null) return null;
  const pointsFrom = suggester(spec);
  if (trials <= mostPoints) return { points: pointsFrom(0, trials), isAll: true };
  const points: Configuration[] = [];
  for (let index = 0; index < mostPoints / atOnce; index += 1) {
    // Multiples of an irrational number, modulo 1: equal steps could always meet the same value of a parameter.
    points.push(...pointsFrom(Math.floor(((index * goldenRatio) % 1) * (trials - atOnce)), atOnce));
    await setImmediate();
  }
  return { points, isAll: false };
}

/** Returns a function that asks the sampler of a study for the points of some trials. */
function suggester(spec: ResolvedSpec): (firstIndex: number, count: number) => Configuration[] {
  const { sampler: options, seed } = spec;
  const problem = problemOf(spec);
  const { version, init } = samplerFor(problem, options);
  const state = init();
  return (firstIndex, count) => {
    const proposal = suggest({ problem, options, version, state, seed, firstIndex, count, history: [], pending: [] });
    invariant(proposal.kind === 'suggestions', 'a sampler of known size suggests all its points');
    return proposal.suggestions.map(({ parameters }) => parameters);
  };
}
