import { describe, expect, test, vi } from 'vitest';
import { earlierValuesText } from '../../src/cli/earlier-values-text.ts';
import { leaderboardText } from '../../src/cli/leaderboard-text.ts';
import { study, trial } from './studies.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

/** The definition of a study that ranks by this metric. */
const ranking = (name: 'value' | 'gain') => ({ ...study().spec, metrics: [{ name, direction: 'maximize' as const }] });

/** The cells of each line, title line first. */
const cells = (text: string): string[][] => text.split('\n').map((line) => line.trim().split(/\s{2,}/));

describe('the earlier values of trials on a leaderboard', () => {
  const earlierValues = [{ until: 3, parameters: { learningRate: 0.02 } }];
  const changed = (number: number) => trial(1, { number, earlierValues });

  test('are said to be others, of each trial that has some; more than five are cut', () => {
    expect(earlierValuesText('ID', [changed(98), trial(2), changed(80)])).toBe(
      'Earlier steps of trials 98, 80 had other values: see clavier study trials ID',
    );
    expect(earlierValuesText('ID', [changed(9)])).toBe('Earlier steps of trial 9 had other values: see clavier study trials ID');
    expect(earlierValuesText('ID', [6, 5, 4, 3, 2, 1].map(changed))).toContain('trials 6, 5, 4, 3, 2, … had');
    expect(earlierValuesText('ID', [trial(1)])).toBe('');
  });
});

describe('a leaderboard', () => {
  test("has a line for each trial: rank, the API's numbers of trial and generation, the metric first, then the others, then the parameters", () => {
    const text = leaderboardText(ranking('gain'), [
      trial(1, { number: 7, generation: 2, value: 0.95678 }),
      trial(2, { generation: 0, value: 0.9 }),
    ]);
    expect(cells(text).filter((_, line) => line !== 1)).toEqual([
      ['rank', 'trial', 'generation', 'gain', 'value', 'epochs', 'hiddenUnits', 'learningRate', 'maxLength'],
      ['1', '7', '2', '0.9568', '0.9000', '4', '20', '0.0105', '60'],
      ['2', '2', '0', '0.9000', '0.9000', '4', '20', '0.0105', '60'],
    ]);
  });

  test('shows a dash for a value that is not finite or not known', () => {
    const diverged = trial(1, { value: null, values: { value: null, gain: 0.5, spread: null } });
    expect(cells(leaderboardText(ranking('value'), [diverged]))[2]?.slice(3, 5)).toEqual(['–', '0.5000']);
    expect(cells(leaderboardText(ranking('value'), [trial(1, { values: null })]))[2]?.slice(3, 5)).toEqual(['0.9000', '–']);
  });

  test('has a column for every parameter of any trial, empty where a trial has none', () => {
    const lines = leaderboardText(ranking('value'), [
      trial(1, { parameters: { beta: 2 } }),
      trial(2, { parameters: { alpha: 'x' } }),
    ]).split('\n');
    expect(lines[0]).toMatch(/alpha {2}beta$/);
    expect(lines[2]).toMatch(/ {2}2$/);
    expect(lines[3]).toMatch(/ {2}x$/);
  });

  test('leaves the generation empty where the search has none', () => {
    const [, , line] = cells(leaderboardText(ranking('value'), [trial(1, { generation: null })]));
    expect(line?.slice(0, 3)).toEqual(['1', '1', '0.9000']);
  });
});
