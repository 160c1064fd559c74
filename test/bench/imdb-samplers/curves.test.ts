import { describe, expect, test } from 'vitest';
import { bestAfter, efforts, meanCurve, totalOf } from '../../../bench/imdb-samplers/curves.ts';
import { plotFile } from '../../../bench/imdb-samplers/plot.ts';
import type { Run } from '../../../bench/imdb-samplers/results.ts';
import { epochTable, trialTable } from '../../../bench/imdb-samplers/tables.ts';

const runOf = (seed: number, trials: readonly (readonly [accuracy: number | null, epochs: number, hiddenUnits?: number])[]): Run => ({
  sampler: 'gp',
  seed,
  identity: 'one',
  trials: trials.map(([accuracy, epochs, hiddenUnits = 1]) => ({ learningRate: 0.01, hiddenUnits, epochs, maxLength: 9, accuracy })),
});
const first = runOf(1, [
  [null, 2],
  [0.7, 5],
  [0.6, 3],
  [0.8, 4, 2],
]);
const second = runOf(2, [
  [0.5, 1],
  [0.9, 2],
]);

describe('the best accuracy so far', () => {
  test.each([
    ['trials', 1, null],
    ['trials', 2, 0.7],
    ['trials', 3, 0.7],
    ['trials', 99, 0.8],
    ['epochs', 4, null],
    ['epochs', 5, 0.7],
    ['epochs', 8, 0.7],
    ['epochs', 9, 0.8],
  ] as const)('after %s: %d', (effort, limit, best) => {
    expect(bestAfter(first, efforts[effort], limit)).toBe(best);
  });

  test('is averaged where every search has a result and none has ended', () => {
    expect(totalOf(first, efforts.epochs)).toBe(9);
    expect(meanCurve([first, second], efforts.trials)).toEqual([{ effort: 2, accuracy: 0.8 }]);
    expect(meanCurve([second], efforts.epochs)).toEqual([
      { effort: 1, accuracy: 0.5 },
      { effort: 2, accuracy: 0.9 },
    ]);
  });
});

test('the tables have the mean of the seeds, each seed at the end, and the trained epochs', () => {
  expect(trialTable([first, second])).toContain('| `gp` | 0.850 | 0.850 | 0.850 | 0.850 | 0.850 | 0.800, 0.900 |');
  expect(epochTable([first, second])).toContain('| `gp` | 0.850 | 0.850 | 0.850 | 0.850 | 0.850 | 9, 2 |');
});

test('the plot is one SVG file with a line and a name for each sampler, against trials and against epochs', () => {
  const svg = plotFile([first, second, { ...first, sampler: 'random' }]);
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
  for (const text of ['>gp<', '>random<', 'gp: 0.800 after 2 trials', 'random: 0.800 after 9 trained epochs']) expect(svg).toContain(text);
  expect(svg).not.toMatch(/NaN|undefined/);
});
