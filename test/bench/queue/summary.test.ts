import { expect, test } from 'vitest';
import { readOptions } from '../../../bench/queue/options.ts';
import { type Measurement, summarized } from '../../../bench/queue/summary.ts';
import { rateTable } from '../../../bench/queue/table.ts';
import { variants } from '../../../bench/queue/variants.ts';

/** A machine that is half as fast in the second round and a third as fast in the third. */
const measured: Measurement[] = [0, 1, 2].flatMap((round) =>
  [1, 8].flatMap((runners) =>
    variants.map(({ name }, index) => ({ round, runners, variant: name, rate: (runners * 60 * (1 + index / 4)) / (round + 1) })),
  ),
);

test('a ratio is of one round, so that a machine that slows down changes none', () => {
  const rows = summarized(measured.toReversed());
  expect(rows.map(({ runners }) => runners)).toEqual([8, 1]);
  for (const { rates } of rows) expect(rates.map(({ ratio }) => ratio)).toEqual([1, 1.25, 1.5]);
  expect(rows[1]?.rates[0]).toEqual({ variant: 'everything', median: 30, least: 20, most: 60, ratio: 1 });
});

test('the table says the middle, the least and the most of each', () => {
  expect(
    rateTable(summarized(measured), { cycles: 300, rounds: 3 })
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/ {2,}/)),
  ).toEqual([
    ['runners', 'everything', 'no log', 'ratio', 'no log, no checkpoints', 'ratio'],
    ['1', '30.0 (20.0 - 60.0)', '37.5 (25.0 - 75.0)', 'x 1.25', '45.0 (30.0 - 90.0)', 'x 1.50'],
    ['8', '240.0 (160.0 - 480.0)', '300.0 (200.0 - 600.0)', 'x 1.25', '360.0 (240.0 - 720.0)', 'x 1.50'],
  ]);
});

test('an option that it cannot mean is refused by name, and help is a text', () => {
  expect(() => readOptions(['--runners', '1,none'])).toThrow('--runners takes a whole number from 1 on, got none');
  expect(readOptions(['--quick', '--rounds', '3'])).toEqual({ url: null, runners: [1, 2, 4, 8], cycles: 60, rounds: 3 });
  expect(readOptions(['--help'])).toMatch(/^usage: npm run bench:queue/);
});
