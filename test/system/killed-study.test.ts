import { createHash, randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { dataFolder } from './data-folder.ts';
import { completed, exportText, getStudy, postStudy, startProcess } from './service-process.ts';
import { filmStudy, smallStudy } from './studies.ts';

/** With KILLED_STUDY_IMDB=<archive> the same proof runs on film reviews, larger and with more kills, for a person to watch. */
const archive = process.env.KILLED_STUDY_IMDB;
const [study, kills] = archive === undefined ? [smallStudy, 3] : [filmStudy, 5];
/** A limit on the wait for a kill: the film study prepares 50,000 reviews first and then waits for up to 24 steps. */
const stepsSeconds = archive === undefined ? 300 : 3600;
const settings = (dataFolder: string) => ({
  CLAVIER_DATA_DIR: dataFolder,
  CLAVIER_SLOTS: '2',
  ...(archive !== undefined && { CLAVIER_IMDB_ARCHIVE: archive }),
});
const trials = study.sampler.population + (study.budget.generations - 1) * (study.sampler.population - study.sampler.elites);

async function undisturbed(): Promise<string> {
  await using folder = await dataFolder();
  await using service = startProcess(['serve'], settings(folder.path));
  const url = await service.url();
  const id = await postStudy(url, study);
  await completed(url, id, 3600);
  return await exportText(url, id);
}

/** Kills the whole process tree after a random number of further steps, again and again, then lets it finish. */
async function killed(): Promise<{ export: string; moments: number[] }> {
  await using folder = await dataFolder();
  const moments: number[] = [];
  let id: string | null = null;
  for (let round = 0; ; round += 1) {
    await using service = startProcess(['serve'], settings(folder.path));
    const url = await service.url();
    id ??= await postStudy(url, study);
    if (round === kills) {
      await completed(url, id, 3600);
      return { export: await exportText(url, id), moments };
    }
    const running: string = id;
    const before = (await getStudy(url, running)).stepsTrained;
    const goal = before + randomInt(1, archive === undefined ? 6 : 25);
    const reached = async (): Promise<boolean> => {
      const now = await getStudy(url, running);
      return now.stepsTrained >= goal || now.endedAt !== null;
    };
    await eventually(reached, { until: `${goal} steps are trained`, seconds: stepsSeconds });
    moments.push((await getStudy(url, running)).stepsTrained);
    await service.killTree();
  }
}

test('a study whose service is killed with all its processes at random moments ends with the same export, byte for byte', async () => {
  const expected = await undisturbed();
  const { export: actual, moments } = await killed();
  const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
  console.log(
    `killed after ${moments.join(', ')} steps; exports of ${expected.length} and ${actual.length} bytes: ${digest(expected)}, ${digest(actual)}`,
  );
  expect(actual, `killed after ${moments.join(', ')} steps`).toBe(expected);
  expect(JSON.parse(actual).trials).toHaveLength(trials);
}, 7_200_000);
