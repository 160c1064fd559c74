import { itemsFrom, knownInCommon } from '../../shared/shared-list.ts';
import type { Configuration } from '../../space/configuration.ts';
import type { Direction, SuggestionRequest } from '../contract.ts';
import type { History, Observation } from '../observation.ts';
import { Column } from './column.ts';
import { ConfigurationIndex } from './configuration-index.ts';
import { coordinateIn, type Geometry } from './geometry.ts';
import { type TrialRanking, trialRanking } from './trial-ranking.ts';

/** Trials known when a suggestion is made: finished ones, then pending ones, each ordered by number. */
export interface Evidence {
  readonly trials: number;
  /** Those of them that finished. */
  readonly finished: number;
  /** Coordinates in the unit cube, one column for each parameter of the space. */
  readonly columns: readonly Column[];
  /** All trials, best first. */
  readonly order: Uint32Array;
  /** True if a trial, finished or not, has exactly this configuration. */
  readonly wasTried: (configuration: Configuration) => boolean;
}

/** By the first observation of a history: what is known of the observations that followed it last, on each of the axes that were looked at. */
const pasts = new WeakMap<Observation, readonly Past[]>();
/** A search looks at its space on two kinds of axes in turn (`scales.ts`). */
const mostPasts = 2;

/**
 * Gathers the evidence; it is valid until the next call. A failed trial, a trial with a non-finite value, and a pending trial all count
 * as the worst: nothing good is known of them, and the next trial is better placed elsewhere. For pending trials this is a constant liar
 * (Ginsbourger, Le Riche and Carraro 2010) whose lie is the worst value. A trial beyond a limit of the study is between: after every trial
 * that keeps all limits, by its violation (as c-TPE and Optuna's `constraints_func` order them; Watanabe and Hutter, "c-TPE: Tree-structured
 * Parzen Estimator with Inequality Constraints", 2023, compare both). Trials that were stopped early come after all of these and before those that failed: first
 * those that got further, then by the value that they had, as in Optuna, which puts them before the trials beyond a limit. Whether they would have kept the limits
 * is not known, and the violation of a completed trial shows the way to those that do. Trials with several metrics are ordered by front, and
 * within a front by the hypervolume that they add (`front-ranking.ts`).
 *
 * A search asks again and again with a history that has grown by a few observations. Observations never change: those that were here
 * the last time, in the same place, are not read again. Nor are those compared that both histories have from the same array.
 */
export function gatherEvidence(
  directions: readonly Direction[],
  geometry: Geometry,
  { history, pending }: Pick<SuggestionRequest, 'history' | 'pending'>,
): Evidence {
  const first = history.at(0);
  const known = (first && pasts.get(first)) ?? [];
  const past = known.find((one) => one.isOf(directions, geometry)) ?? new Past(directions, geometry);
  if (first && known[0] !== past) pasts.set(first, [past, ...known.filter((one) => one !== past)].slice(0, mostPasts));
  return past.with(history, pending);
}

class Past {
  readonly #directions: readonly Direction[];
  readonly #geometry: Geometry;
  readonly #columns: readonly Column[];
  readonly #ranking: TrialRanking;
  readonly #tried = new ConfigurationIndex();
  /** The observations of `#last`, each at its place. */
  readonly #observations: Observation[] = [];
  #last: History = [];

  constructor(directions: readonly Direction[], geometry: Geometry) {
    this.#directions = directions;
    this.#geometry = geometry;
    this.#ranking = trialRanking(directions);
    this.#columns = geometry.axes.map((axis) => new Column(axis));
  }

  isOf(directions: readonly Direction[], geometry: Geometry): boolean {
    return geometry === this.#geometry && String(directions) === String(this.#directions);
  }

  with(history: History, pending: readonly Configuration[]): Evidence {
    this.#keep(this.#inCommon(history));
    const news = itemsFrom(history, this.#observations.length);
    for (const observation of news) {
      this.#put(this.#observations.length, observation.parameters);
      this.#observations.push(observation);
    }
    this.#last = history;
    this.#ranking.add(news);
    for (const [index, parameters] of pending.entries()) this.#put(history.length + index, parameters);
    return {
      trials: history.length + pending.length,
      finished: history.length,
      columns: this.#columns,
      order: this.#ranking.followedBy(pending.length),
      wasTried: (configuration) => this.#wasTried(configuration),
    };
  }

  /** Number of first observations that are known and have the same place in this history. */
  #inCommon(history: History): number {
    const known = this.#observations;
    const shared = Math.min(knownInCommon(this.#last, history), known.length);
    let same = known[shared - 1] === history.at(shared - 1) ? shared : 0;
    while (same < known.length && known[same] === history.at(same)) same += 1;
    return same;
  }

  /** Forgets the observations from a place on, and all pending trials. */
  #keep(count: number): void {
    this.#observations.length = count;
    this.#ranking.keep(count);
    this.#tried.keep(count);
  }

  #put(trial: number, parameters: Configuration): void {
    const coordinates = this.#coordinatesOf(parameters);
    for (const [place, column] of this.#columns.entries()) column.put(trial, coordinates[place] as number);
    this.#tried.add(coordinates);
  }

  #wasTried(configuration: Configuration): boolean {
    const coordinates = this.#coordinatesOf(configuration);
    return this.#tried.some(coordinates, (trial) =>
      this.#columns.every((column, place) => column.isAt(trial, coordinates[place] as number)),
    );
  }

  #coordinatesOf(configuration: Configuration): number[] {
    return this.#columns.map((_, place) => coordinateIn(this.#geometry, place, configuration));
  }
}
