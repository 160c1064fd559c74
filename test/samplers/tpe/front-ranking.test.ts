import { describe, expect, it } from 'vitest';
import { sortConstrained } from '../../../src/pareto/constrained-fronts.ts';
import type { Direction } from '../../../src/samplers/contract.ts';
import type { Observation } from '../../../src/samplers/observation.ts';
import { candidateOf } from '../../../src/samplers/several-metrics.ts';
import { FrontRanking } from '../../../src/samplers/tpe/front-ranking.ts';
import { randomStream } from '../../../src/shared/random.ts';

const directions: readonly Direction[] = ['minimize', 'maximize', 'minimize'];

/** Trials of three metrics; some fail, and some are beyond a limit. */
function trials(count: number): Observation[] {
  const stream = randomStream(3, 'trials');
  return Array.from({ length: count }, (_, number) => {
    const values = directions.map(() => stream.uniform());
    const results =
      number % 11 === 5 ? { value: null } : { value: values[0] ?? null, values, violation: number % 7 === 3 ? stream.uniform() : 0 };
    return { number, index: number, parameters: {}, origin: {}, ...results };
  });
}

function orderOf(observations: readonly Observation[], others = 0): number[] {
  const ranking = new FrontRanking(directions);
  ranking.add(observations);
  return [...ranking.followedBy(others)];
}

describe('a ranking of trials with several metrics', () => {
  it('has the trials front by front up to 399 of them, then those beyond a limit by their violation, then those that failed', () => {
    const all = trials(399);
    const order = orderOf(all);
    const fronts = sortConstrained(all.map((each) => candidateOf(directions, each)));
    let from = 0;
    for (const front of fronts) {
      expect([...order.slice(from, from + front.length)].sort((one, other) => one - other)).toEqual(front);
      from += front.length;
    }
    expect(from).toBe(399);
  });

  it('names every trial of a long history once, pending ones last, and the best ones first', () => {
    const all = trials(3000);
    const order = orderOf(all, 3);
    expect(order.slice(-3)).toEqual([3000, 3001, 3002]);
    expect([...order].sort((one, other) => one - other)).toEqual(Array.from({ length: 3003 }, (_, trial) => trial));
    const [first = []] = sortConstrained(all.map((each) => candidateOf(directions, each)));
    expect(first.length).toBeLessThan(200);
    expect([...order.slice(0, first.length)].sort((one, other) => one - other)).toEqual(first);
  });

  it('is the same whether trials are added one by one, all at once, or again after they were forgotten', () => {
    const all = trials(650);
    const ranking = new FrontRanking(directions);
    for (const each of all) ranking.add([each]);
    expect([...ranking.followedBy(0)]).toEqual(orderOf(all));
    for (const kept of [601, 600, 399, 150, 0]) {
      ranking.keep(kept);
      expect([...ranking.followedBy(2)]).toEqual(orderOf(all.slice(0, kept), 2));
      ranking.add(all.slice(kept));
      expect([...ranking.followedBy(0)]).toEqual(orderOf(all));
    }
  });
});
