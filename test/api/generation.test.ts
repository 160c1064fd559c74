import { expect, test } from 'vitest';
import { representGeneration } from '../../src/api/generation.ts';
import type { StudyCheckpoint } from '../../src/studies/model/study.ts';

const checkpoint = (population: StudyCheckpoint['population']): StudyCheckpoint => ({
  sequence: 1,
  generation: 0,
  trials: 4,
  state: null,
  digest: '',
  population,
});
const spec = { metrics: [{ name: 'loss', direction: 'minimize' as const }], ranking: 'finite-first' as const };

test('a member that was stopped early says after which step, and is neither the best of its generation nor in the mean', () => {
  const shown = representGeneration(
    checkpoint([
      { trial: 0, elite: false, value: 3 },
      { trial: 1, elite: true, value: 1, prunedAt: 9 },
      { trial: 2, elite: false, value: 5 },
      { trial: 3, elite: false, value: null, prunedAt: 1 },
    ]),
    spec,
    new Map(),
  );
  expect(shown).toMatchObject({ best: { trial: 0, value: 3 }, mean: 4 });
  expect(shown?.population).toEqual([
    { trial: 0, elite: false, value: 3 },
    { trial: 1, elite: true, value: 1, prunedAt: 9 },
    { trial: 2, elite: false, value: 5 },
    { trial: 3, elite: false, value: null, prunedAt: 1 },
  ]);
});

test('a generation of which every member was stopped has no best and no mean', () => {
  const shown = representGeneration(checkpoint([{ trial: 0, elite: false, value: 3, prunedAt: 1 }]), spec, new Map());
  expect(shown).toMatchObject({ best: null, mean: null });
});
