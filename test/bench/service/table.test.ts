import { expect, test } from 'vitest';
import { readOptions } from '../../../bench/service/options.ts';
import { growth, type Rate, rateTable } from '../../../bench/service/table.ts';

/** A machine that is half as fast in the second round and a third as fast in the third. */
const rates: Rate[] = [0, 1, 2].flatMap((round) =>
  [
    { what: 'floor', trials: 0, perSecond: 6000 },
    { what: 'random', trials: 0, perSecond: 3000 },
    { what: 'tpe', trials: 1000, perSecond: 900 },
    { what: 'tpe', trials: 10_000, perSecond: 600 },
    { what: 'optuna-random', trials: 0, perSecond: 60 },
    { what: 'optuna-tpe', trials: 1000, perSecond: 18 },
  ].map(({ perSecond, ...rate }) => ({ ...rate, round, clients: 8, reports: 0, perSecond: perSecond / (round + 1) })),
);

test('a rate is compared with the floor, and with Optuna where the same study was measured, each within one round', () => {
  const rows = rateTable(rates.toReversed())
    .split('\n')
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    );
  expect(rows.toReversed()).toEqual([
    ['8', 'floor', '0', '0', '3000', '100 %', ''],
    ['8', 'random', '0', '0', '1500', '50 %', 'x 50'],
    ['8', 'tpe', '1000', '0', '450', '15 %', 'x 50'],
    ['8', 'tpe', '10000', '0', '300', '10 %', ''],
    ['8', 'optuna-random', '0', '0', '30', '1.0 %', ''],
    ['8', 'optuna-tpe', '1000', '0', '9.0', '0.3 %', ''],
  ]);
});

test('with a Python, the studies have the numbers of trials that Optuna is measured with', () => {
  const quick = ['--quick', '--trials', '10000,0'];
  expect(readOptions(quick)).toMatchObject({ trials: [10_000, 0], python: null });
  expect(readOptions([...quick, '--python', 'python3'])).toMatchObject({ trials: [0, 1000, 10_000], python: 'python3' });
  expect(() => readOptions(['--clients', '0'])).toThrow('--clients takes a whole number from 1 on, got 0');
});

test('the rate at many trials is a share of that at none in the same round, with an interval by the sign test', () => {
  // The machine's speed changes by the round; the share does not follow it.
  const shares = [0.9, 1.1, 1, 0.5, 1.02, 0.98, 2, 1.01, 0.99];
  const ofRound = shares.flatMap((share, round): Rate[] => {
    const rate = { round, clients: 8, what: 'random', reports: 0 };
    return [
      { ...rate, trials: 0, perSecond: 100 * (round + 1) },
      { ...rate, trials: 1000, perSecond: 100 * (round + 1) * share },
    ];
  });
  const [found] = growth(ofRound);
  expect(found).toMatchObject({ trials: 1000, ratio: 1, low: 0.9, high: 1.1 });
  const [few] = growth(ofRound.filter(({ round }) => round < 3));
  expect(few).toMatchObject({ low: 0.9, high: 1.1 });
});
