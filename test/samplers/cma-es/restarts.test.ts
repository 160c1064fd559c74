import { describe, expect, test } from 'vitest';
import { bowl, continuous, searched } from './searches.ts';

describe('a search that has converged', () => {
  test('starts again elsewhere, with twice the population and a distribution as at the start', () => {
    const { states } = searched({ space: continuous(2), objective: bowl(1), generations: 130 });
    const place = states.findIndex(({ restarts }) => restarts === 1);
    const [before, after] = [states[place - 1], states[place]];
    expect(before?.population).toBe(6);
    expect(before?.distribution.sigma).toBeLessThan(1e-4);
    expect(after?.population).toBe(12);
    expect(after?.bests).toEqual([]);
    expect(after?.distribution).toMatchObject({ sigma: 0.2, covariance: [1, 0, 1], stepPath: [0, 0], age: 0 });
    expect(after?.distribution.mean).not.toEqual([0.5, 0.5]);
  });

  test('has used all generations before with one size', () => {
    const { states } = searched({ space: continuous(2), objective: bowl(1), generations: 130 });
    const firsts = states.map(({ firstTrial }) => firstTrial);
    for (const [index, { restarts }] of states.slice(0, -1).entries())
      expect((firsts[index + 1] ?? 0) - (firsts[index] ?? 0)).toBe(6 * 2 ** restarts);
  });

  test('goes on where it is without restarts, with finite numbers', () => {
    const { state } = searched({ space: continuous(2), objective: bowl(1), generations: 600, options: { restarts: false } });
    expect(state.restarts).toBe(0);
    expect(state.population).toBe(6);
    for (const number of [...state.distribution.mean, ...state.distribution.covariance, state.distribution.sigma])
      expect(Number.isFinite(number)).toBe(true);
  });
});

test('equal values for 10 + ⌈30 n / λ⌉ generations are a reason to start again', () => {
  const { states } = searched({ space: continuous(2), objective: () => 7, generations: 21 });
  expect(states.map(({ restarts }) => restarts)).toEqual([...new Array(19).fill(0), 1, 1]);
});

test('an optimum that is missed by the first start is found after restarts', () => {
  const objective = (parameters: Readonly<Record<string, unknown>>) => {
    const [x, y] = [Number(parameters['x0']), Number(parameters['x1'])];
    return Math.min((x - 0.5) ** 2 + (y - 0.5) ** 2 + 1, 4 * ((x + 4) ** 2 + (y - 4) ** 2));
  };
  expect(searched({ space: continuous(2), objective, generations: 60 }).least).toBeGreaterThan(0.9);
  expect(searched({ space: continuous(2), objective, generations: 400 }).least).toBeLessThan(0.01);
});
