import type { Configuration } from '../../space/configuration.ts';
import { type Direction, type Observation, oriented, type SuggestionRequest } from '../contract.ts';
import { Column } from './column.ts';
import { coordinateIn, type Geometry } from './geometry.ts';
import { Ranking } from './ranking.ts';

/** Trials known when a suggestion is made: finished ones, then pending ones, each ordered by number. */
export interface Evidence {
  readonly trials: number;
  /** Those of them that finished. */
  readonly finished: number;
  /** Coordinates in the unit cube, one column for each parameter of the space. */
  readonly columns: readonly Column[];
  /** All trials, best first. */
  readonly order: Uint32Array;
}

/** By the first observation of a history: what is known of the observations that followed it last. */
const pasts = new WeakMap<Observation, Past>();

/**
 * Gathers the evidence; it is valid until the next call. A failed trial, a trial with a non-finite value, and a pending trial all count
 * as the worst: nothing good is known of them, and the next trial is better placed elsewhere. For pending trials this is a constant liar
 * (Ginsbourger, Le Riche and Carraro 2010) whose lie is the worst value.
 *
 * A search asks again and again with a history that has grown by a few observations. Observations never change: those that were here
 * the last time, in the same place, are not read again.
 */
export function gatherEvidence(
  direction: Direction,
  geometry: Geometry,
  { history, pending }: Pick<SuggestionRequest, 'history' | 'pending'>,
): Evidence {
  const [first] = history;
  const known = first && pasts.get(first);
  const past = known?.isOf(direction, geometry) ? known : new Past(direction, geometry);
  if (first) pasts.set(first, past);
  return past.with(history, pending);
}

class Past {
  readonly #direction: Direction;
  readonly #geometry: Geometry;
  readonly #columns: readonly Column[];
  readonly #ranking = new Ranking();
  readonly #observations: Observation[] = [];

  constructor(direction: Direction, geometry: Geometry) {
    this.#direction = direction;
    this.#geometry = geometry;
    this.#columns = geometry.axes.map((axis) => new Column(axis));
  }

  isOf(direction: Direction, geometry: Geometry): boolean {
    return direction === this.#direction && geometry === this.#geometry;
  }

  with(history: readonly Observation[], pending: readonly Configuration[]): Evidence {
    this.#forget(history);
    const news = history.slice(this.#observations.length);
    for (const observation of news) {
      this.#put(this.#observations.length, observation.parameters);
      this.#observations.push(observation);
    }
    this.#ranking.add(news.map((observation) => this.#rankedValue(observation)));
    for (const [index, parameters] of pending.entries()) this.#put(history.length + index, parameters);
    return {
      trials: history.length + pending.length,
      finished: history.length,
      columns: this.#columns,
      order: this.#ranking.followedBy(pending.length),
    };
  }

  /** Forgets the observations from the first on that is another in this history. */
  #forget(history: readonly Observation[]): void {
    const known = this.#observations;
    let same = 0;
    while (same < known.length && known[same] === history[same]) same += 1;
    if (same === known.length) return;
    known.length = same;
    this.#ranking.keep(same);
  }

  #put(trial: number, parameters: Configuration): void {
    for (const [place, column] of this.#columns.entries()) column.put(trial, coordinateIn(this.#geometry, place, parameters));
  }

  #rankedValue({ value }: Observation): number {
    return value === null || !Number.isFinite(value) ? Number.NEGATIVE_INFINITY : oriented(this.#direction, value);
  }
}
