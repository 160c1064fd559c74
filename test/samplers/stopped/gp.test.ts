import { describe, expect, test } from 'vitest';
import { geometryOf } from '../../../src/samplers/gp/dimensions.ts';
import { gatherEvidence } from '../../../src/samplers/gp/evidence.ts';
import { gpSettings } from '../../../src/samplers/gp/settings.ts';
import { nearbyPhase, widthAfter } from '../../../src/samplers/gp/trust-region.ts';
import type { Observation } from '../../../src/samplers/observation.ts';
import { completed, failed, type Result, square, squareSampler, stopped, stream } from './generations.ts';

const geometry = geometryOf(square);

/** Trials along the diagonal of the square. */
function historyOf(results: readonly Result[]): Observation[] {
  return results.map((result, number) => {
    const at = (number + 0.5) / results.length;
    return { number, index: number, parameters: { x: at, y: at }, origin: {}, ...result };
  });
}

const evidenceOf = (results: readonly Result[], most = 400) =>
  gatherEvidence('minimize', geometry, { history: historyOf(results), pending: [] }, most);

function suggested(results: readonly Result[], firstIndex = 40) {
  const sampler = squareSampler({ type: 'gp', startupTrials: 4 }, 'minimize');
  const proposal = sampler.suggest(sampler.init(), { firstIndex, count: 1, history: historyOf(results), pending: [], stream });
  const [suggestion] = proposal.kind === 'suggestions' ? proposal.suggestions : [];
  if (!suggestion) throw new Error('a GP always has a suggestion');
  return suggestion;
}

describe('gp learns of a stopped trial', () => {
  test('a value no better than the one it had, and than the median of the completed ones', () => {
    const { values, beyond, points } = evidenceOf([completed(1), stopped(3, 2), completed(4), stopped(5, -9), completed(8), stopped(1, 8)]);
    expect([...values]).toEqual([1, 4, 4, 4, 8, 8].map((value) => value / 8));
    expect([...beyond]).toEqual([1, 3, 5].map((place) => points[place]));
  });

  test('the value that it had, while no trial has completed', () => {
    expect([...evidenceOf([stopped(3, 2), stopped(5, 4), failed]).values]).toEqual([0.5, 1]);
  });

  test('nothing about the limits of the study', () => {
    const results = [completed(1), { value: 2, violation: 3 }, stopped(3, 4), completed(5)];
    expect([...(evidenceOf(results).limited?.violations ?? [])]).toEqual([0, 3, 0]);
    // No completed trial keeps the limits: the model is of the violation, which a stopped one does not have.
    const seeking = evidenceOf([{ value: 1, violation: 2 }, { value: 2, violation: 4 }, stopped(3, 4)]);
    expect([...seeking.values]).toEqual([0.5, 1]);
    expect([seeking.failed.length, seeking.tried.size]).toEqual([0, 3]);
  });

  test('that it did not fail', () => {
    const { succeeded, failed: failures } = evidenceOf([completed(1), stopped(3, 2), stopped(3, null)]);
    expect([succeeded.length, failures.length]).toEqual([2, 1]);
  });

  test('after the completed ones, where it cannot look at all trials', () => {
    const many = [...Array.from({ length: 6 }, (_, index) => completed(index)), ...Array.from({ length: 30 }, () => stopped(1, 2.5))];
    expect(evidenceOf(many, 24).measured).toHaveLength(6);
  });

  test('no reason to look around it: its box is that of the best completed trial', () => {
    const history = (last: Result): Observation[] => [
      ...historyOf([completed(5), completed(4), completed(3)]),
      { number: 3, index: 3, parameters: { x: 0.5, y: 0.5 }, origin: { phase: nearbyPhase }, ...last },
    ];
    const region = gpSettings.region;
    if (!region) throw new Error('there is a box');
    expect(widthAfter('minimize', history(completed(1)), region)).toBe(region.start * region.growth);
    expect(widthAfter('minimize', history(stopped(2, 1)), region)).toBe(region.start);
  });
});

describe('a suggestion of gp', () => {
  test('is one of the design while fewer than three trials have completed', () => {
    const few = [completed(1), completed(2), ...Array.from({ length: 8 }, () => stopped(2, 1))];
    expect(suggested(few).origin['phase']).toBe('startup');
    expect(suggested([...few, completed(3)]).origin['phase']).toBe('model');
  });

  test('keeps away from where trials were stopped, whatever they had reached', () => {
    const results = Array.from({ length: 16 }, (_, index) => (index < 8 ? stopped(2, -100) : completed(16 - index)));
    for (const index of [40, 41, 42, 43]) expect(Number(suggested(results, index).parameters['x'])).toBeGreaterThan(0.5);
    const all = results.map(({ value }) => ({ value }));
    for (const index of [40, 41]) expect(Number(suggested(all, index).parameters['x'])).toBeLessThan(0.6);
  });
});
