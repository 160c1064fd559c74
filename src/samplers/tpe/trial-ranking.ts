import { type Direction, oriented } from '../contract.ts';
import { type Observation, stopMark } from '../observation.ts';
import { FrontRanking } from './front-ranking.ts';
import { LimitedRanking, type Standing } from './limited-ranking.ts';

/** The finished trials of a history that grows, best first. */
export interface TrialRanking {
  /** Forgets the trials from a number on. */
  keep(count: number): void;
  /** Adds trials, numbered from the present number of trials on. */
  add(observations: readonly Observation[]): void;
  /** The order with some more trials at its end, numbered on: nothing is worse than them. Valid until the next call. */
  followedBy(others: number): Uint32Array;
}

/** The ranking of a study: by its metric, or by fronts if there are several. */
export function trialRanking(directions: readonly Direction[]): TrialRanking {
  const [direction] = directions;
  return direction !== undefined && directions.length === 1 ? new ValueRanking(direction) : new FrontRanking(directions);
}

class ValueRanking implements TrialRanking {
  readonly #direction: Direction;
  readonly #ranking = new LimitedRanking();

  constructor(direction: Direction) {
    this.#direction = direction;
  }

  keep(count: number): void {
    this.#ranking.keep(count);
  }

  add(observations: readonly Observation[]): void {
    this.#ranking.add(observations.map((observation) => this.#standingOf(observation)));
  }

  followedBy(others: number): Uint32Array {
    return this.#ranking.followedBy(others);
  }

  #standingOf(observation: Observation): Standing {
    const { value, violation = 0 } = observation;
    if (value === null || !Number.isFinite(value)) return { value: Number.NEGATIVE_INFINITY, violation: 0 };
    return { value: oriented(this.#direction, value), violation, ...stopMark(observation) };
  }
}
