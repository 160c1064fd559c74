import { createHash, randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CampaignRepresentation } from '../../src/api/campaign.ts';
import { type Client, createClient } from '../../src/client/client.ts';
import { eventually } from '../support/eventually.ts';
import { filmCampaign, smallCampaign } from './campaigns.ts';
import { dataFolder } from './data-folder.ts';
import { startProcess } from './service-process.ts';

/** With KILLED_CAMPAIGN_IMDB=<archive> the same proof runs on film reviews, for a person to watch. */
const archive = process.env.KILLED_CAMPAIGN_IMDB;
const definition = archive === undefined ? smallCampaign : filmCampaign;
const kills = 3;
/** Steps between two kills, at most: the campaign has a few times as many. */
const stepsBetween = archive === undefined ? 30 : 120;
const patienceSeconds = archive === undefined ? 300 : 3600;
const settings = (dataFolder: string) => ({
  CLAVIER_DATA_DIR: dataFolder,
  CLAVIER_SLOTS: '2',
  ...(archive !== undefined && { CLAVIER_IMDB_ARCHIVE: archive }),
});

async function completed(client: Client, id: string): Promise<CampaignRepresentation> {
  let campaign = await client.getCampaign(id);
  const ended = async (): Promise<boolean> => {
    campaign = await client.getCampaign(id);
    return campaign.endedAt !== null;
  };
  await eventually(ended, { until: `campaign ${id} has ended`, seconds: patienceSeconds });
  if (campaign.state !== 'completed') throw new Error(`the campaign ${campaign.state}: ${JSON.stringify(campaign.outcome)}`);
  return campaign;
}

async function undisturbed(): Promise<string> {
  await using folder = await dataFolder();
  await using service = startProcess(['serve'], settings(folder.path));
  const client = createClient({ baseUrl: await service.url() });
  const { id } = await client.createCampaign(definition);
  await completed(client, id);
  return await client.exportCampaign(id);
}

interface Killed {
  readonly text: string;
  /** What it was doing when it was killed. */
  readonly moments: readonly string[];
  readonly end: CampaignRepresentation;
}

/** Kills the whole process tree after a random number of further steps, again and again, then lets it finish. */
async function killed(): Promise<Killed> {
  await using folder = await dataFolder();
  const moments: string[] = [];
  let id: string | null = null;
  for (let round = 0; ; round += 1) {
    await using service = startProcess(['serve'], settings(folder.path));
    const client = createClient({ baseUrl: await service.url() });
    id ??= (await client.createCampaign(definition)).id;
    if (round === kills) {
      const end = await completed(client, id);
      return { text: await client.exportCampaign(id), moments, end };
    }
    const running: string = id;
    const goal = (await client.getCampaign(running)).stepsTrained + randomInt(1, stepsBetween);
    const reached = async (): Promise<boolean> => {
      const now = await client.getCampaign(running);
      return now.stepsTrained >= goal || now.endedAt !== null;
    };
    await eventually(reached, { until: `${goal} steps are trained`, seconds: patienceSeconds });
    const now = await client.getCampaign(running);
    const open = now.parts.filter((part) => part.endedAt === null).map((part) => part.name);
    moments.push(`${now.stepsTrained} steps (${open.join(', ')})`);
    await service.killTree();
  }
}

test('a campaign whose service is killed three times with all its processes ends with the same export, byte for byte', async () => {
  const expected = await undisturbed();
  const { text: actual, moments, end } = await killed();
  const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
  const exports = `exports of ${expected.length} and ${actual.length} bytes: ${digest(expected)}, ${digest(actual)}`;
  console.log(`killed after ${moments.join('; ')}; ${end.stepsDone} steps done, ${end.stepsTrained} trained; ${exports}`);
  expect(actual, `killed after ${moments.join('; ')}`).toBe(expected);
  expect(end.parts.map((part) => part.kind)).toEqual(expect.arrayContaining(['search', 'grid', 'test', 'repeat']));
}, 7_200_000);
