import { describe, expect, test } from 'vitest';
import { repeatSeedOf, studySeedOf } from '../../src/campaigns/seeds.ts';

// Made with `printf '%s' '[42,"study","random"]' | sha256sum | cut -c1-12`, read as a hexadecimal number and halved.
describe('the seeds of a campaign', () => {
  test.each([
    [42, 'random', 1_713_571_503_056],
    [42, 'final-grid', 57_496_095_443_776],
    [0, 'random', 77_564_588_127_170],
  ])('for studies are the first 47 bits of a digest of its seed (%i) and their name (%s)', (seed, name, expected) => {
    expect(studySeedOf(seed, name)).toBe(expected);
  });

  test.each([
    [42, 1, 109_564_253_655_872],
    [42, 2, 19_711_296_610_248],
    [Number.MAX_SAFE_INTEGER, 50, 24_881_153_726_041],
  ])('for repeats are the same of its objective seed (%i) and their number (%i)', (seed, repeat, expected) => {
    expect(repeatSeedOf(seed, repeat)).toBe(expected);
  });

  test('are whole numbers that a double keeps exact', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const derived = studySeedOf(seed, 'random');
      expect(Number.isInteger(derived) && derived >= 0 && derived < 2 ** 47).toBe(true);
    }
  });
});
