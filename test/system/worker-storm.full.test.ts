import { expect, test } from 'vitest';
import { createTestDatabase } from '../store/database.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { runStorm } from '../storm/storm.ts';
import { pureHabits, roughHabits, stormStudy } from '../storm/storm-study.ts';

test('workers that die and stall, and api processes that are killed, lose no trial and complete none twice', async () => {
  await using database = await createTestDatabase();
  await using folder = await temporaryFolder();
  const trials = 300;
  const result = await runStorm({
    databaseUrl: database.url,
    folder: folder.path,
    study: stormStudy({ budget: { trials } }),
    trials,
    workers: 32,
    killSeconds: 3,
    habits: { ...roughHabits, workMs: 2000 },
    seed: 12,
  });
  console.log(`${result.tally.text()}, seconds ${result.seconds.toFixed(0)}`);
  expect(result.differences).toEqual([]);
  expect(result.tally.accepted).toHaveLength(trials);
});

test.each([
  { search: 'tpe', definition: { sampler: { type: 'tpe', startupTrials: 4 }, budget: { trials: 24 } }, trials: 24 },
  { search: 'genetic', definition: { sampler: { type: 'genetic', population: 8, elites: 2 }, budget: { generations: 4 } }, trials: 26 },
])(
  'a deterministic study ($search) has the same export, byte for byte, however its workers and api processes die',
  async ({ definition, trials }) => {
    const texts = await Promise.all(
      [1, 2].map(async (seed) => {
        await using database = await createTestDatabase();
        await using folder = await temporaryFolder();
        const { differences, text, tally } = await runStorm({
          databaseUrl: database.url,
          folder: folder.path,
          study: stormStudy({ schedule: 'deterministic', parallelism: 4, ...definition }),
          trials,
          workers: 4,
          killSeconds: 3,
          habits: pureHabits,
          seed,
        });
        expect(differences).toEqual([]);
        expect(tally.of('api kills')).toBeGreaterThan(0);
        return text;
      }),
    );
    expect(texts[1]).toBe(texts[0]);
  },
);
