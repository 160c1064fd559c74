import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { completed, exportText, getStudy, postStudy, startProcess } from './service-process.ts';
import { smallStudy } from './studies.ts';
import { until } from './until.ts';

const kills = 3;

async function undisturbed(): Promise<string> {
  await using folder = await temporaryFolder();
  await using service = startProcess(['serve'], { CLAVIER_DATA_DIR: folder.path, CLAVIER_SLOTS: '2' });
  const url = await service.url();
  const id = await postStudy(url, smallStudy);
  await completed(url, id);
  return await exportText(url, id);
}

/** Kills the whole process tree after a random number of further epochs, again and again, then lets it finish. */
async function killed(): Promise<{ export: string; moments: number[] }> {
  await using folder = await temporaryFolder();
  const settings = { CLAVIER_DATA_DIR: folder.path, CLAVIER_SLOTS: '2' };
  const moments: number[] = [];
  let id: string | null = null;
  for (let round = 0; ; round += 1) {
    await using service = startProcess(['serve'], settings);
    const url = await service.url();
    id ??= await postStudy(url, smallStudy);
    if (round === kills) {
      await completed(url, id);
      return { export: await exportText(url, id), moments };
    }
    const study = id;
    const before = (await getStudy(url, study)).epochsTrained;
    const goal = before + randomInt(1, 6);
    await until(`${goal} epochs are trained`, async () => {
      const now = await getStudy(url, study);
      return now.epochsTrained >= goal || now.endedAt !== null;
    });
    moments.push((await getStudy(url, study)).epochsTrained);
    await service.killTree();
  }
}

test('a study whose service is killed with all its processes at random moments ends with the same export, byte for byte', async () => {
  const expected = await undisturbed();
  const { export: actual, moments } = await killed();
  expect(actual, `killed after ${moments.join(', ')} epochs`).toBe(expected);
  expect(JSON.parse(actual).trials).toHaveLength(10);
});
