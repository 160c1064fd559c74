import { expect, test } from 'vitest';
import { runChaos } from './chaos.ts';
import { chaosTable, differencesText } from './table.ts';

test('twenty kills, and what else can happen to a service, change no study, lose no trial and leave nothing behind', async () => {
  const seed = Number(process.env.CHAOS_SEED ?? 20);
  const result = await runChaos({
    kills: 20,
    seed,
    paceSeconds: 2,
    disturbSeconds: 100,
    real: false,
    keepLogs: false,
    leaseSeconds: 3,
    onProgress: () => undefined,
  });
  console.log(chaosTable(result));
  expect(result.differences, differencesText(result)).toEqual([]);
  expect(result.tally.kills()).toBe(20);
});
