import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../../src/http/app.ts';
import type { App } from '../../src/http/services.ts';
import { inProcessPlanner } from '../../src/studies/search/suggest.ts';
import { ready } from '../http/service.ts';
import { type Bench, openBench } from '../runner/bench.ts';
import { studyStoreOn } from '../store/study-fixture.ts';
import { eventually } from '../support/eventually.ts';
import { campaignContent, studyContent } from './normalised.ts';
import { upgradedDatabase } from './old-database.ts';

// Everything that version 0.1.0 left behind is of use to this version.

const folder = join(import.meta.dirname, 'version-0.1.0');
const json = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
const slug = (name: string): string => name.replace(/[^a-z0-9]+/g, '-');
const exportOf = (kind: string, name: string) => json(`exports/${kind}-${slug(name)}.json`);

interface Said {
  readonly id: string;
  readonly state: string;
  readonly leaderboard: unknown;
}
const said: { readonly studies: Readonly<Record<string, Said>>; readonly campaigns: Readonly<Record<string, Said>> } = json('said.json');
const studies = Object.entries(said.studies);
const campaigns = Object.entries(said.campaigns);
const inTheMiddle = studies.filter(([name]) => name.endsWith('in the middle'));
const known = (entries: readonly (readonly [string, Said])[], name: string): Said => {
  const found = entries.find(([candidate]) => candidate === name);
  if (!found) throw new Error(`version 0.1.0 said nothing of ${name}`);
  return found[1];
};

let bench: Bench;
let app: App;
beforeAll(async () => {
  const store = studyStoreOn(await upgradedDatabase(folder));
  bench = await openBench(store);
  const { transactions, reader } = store;
  app = await buildApp({
    transactions,
    reader,
    planner: inProcessPlanner,
    readiness: async () => ready,
    version: '0.2.0',
    drawSeed: () => 42,
  });
});
afterAll(async () => {
  await app.close();
  await bench[Symbol.asyncDispose]();
});

async function call(method: 'GET' | 'POST', url: string, payload?: object) {
  const response = await app.inject({ method, url, ...(payload && { payload }) });
  if (response.statusCode >= 400) throw new Error(`${method} ${url}: ${response.statusCode} ${response.body}`);
  return response;
}
const get = async (url: string) => (await call('GET', url)).json();
const post = async (url: string, body: object = {}) => (await call('POST', url, body)).json();
const exported = (kind: string, id: string) => get(`/v1/${kind}/${id}/export?provenance=false`);
const verified = async (kind: string, id: string) => {
  const { verified: isVerified, differences } = (await call('POST', `/v1/${kind}/${id}/verify`)).json();
  return { verified: isVerified, differences };
};
/** Studies of that version are exported with its bytes, wherever they ended. */
const withoutProvenance = ({ provenance: _, ...document }: Record<string, unknown>) => document;
const sound = { verified: true, differences: [] };

describe('a study of version 0.1.0', () => {
  it.each(studies)('is served as it was: %s', async (name, { id, state, leaderboard }) => {
    expect((await get(`/v1/studies/${id}`)).state).toBe(state);
    const ranked: { number: number; value: number }[] = (await get(`/v1/studies/${id}/leaderboard`)).items;
    expect(ranked.map(({ number, value }) => [number, value])).toEqual(leaderboard);
    expect(await exported('studies', id)).toEqual(withoutProvenance(exportOf('studies', name)));
    for (const { id: trial } of (await get(`/v1/studies/${id}/trials?limit=3`)).items) await call('GET', `/v1/trials/${trial}`);
    for (const part of ['events', 'checkpoints', 'report', 'report.html', 'trials.csv']) await call('GET', `/v1/studies/${id}/${part}`);
  });

  it.each(studies)('verifies: %s', async (_, { id }) => {
    expect(await verified('studies', id)).toEqual(sound);
  });
});

describe('a campaign of version 0.1.0', () => {
  it.each(campaigns)('is served as it was: %s', async (name, { id, state, leaderboard }) => {
    expect((await get(`/v1/campaigns/${id}`)).state).toBe(state);
    expect(campaignContent(await exported('campaigns', id))).toEqual(campaignContent(exportOf('campaigns', name)));
    if (leaderboard)
      expect((await get(`/v1/campaigns/${id}/winner`)).parameters).toEqual((leaderboard as { parameters: unknown }).parameters);
    for (const part of ['report', 'report.html', 'trials.csv']) await call('GET', `/v1/campaigns/${id}/${part}`);
  });

  it.each(campaigns)('verifies: %s', async (_, { id }) => {
    expect(await verified('campaigns', id)).toEqual(sound);
  });
});

describe('an export of version 0.1.0', () => {
  const whole = studies.filter(([name, { state }]) => state === 'completed' && name !== 'imported');

  it.each(whole)('is imported as it was, and verifies: %s', async (name) => {
    const document = exportOf('studies', name);
    const { id } = await post('/v1/studies/import', { document });
    expect(await exported('studies', id)).toEqual(withoutProvenance(document));
    expect(await verified('studies', id)).toEqual(sound);
  });
});

describe('what version 0.1.0 had begun', () => {
  it('ends as that version would have ended it, and verifies', async () => {
    await post(`/v1/studies/${known(studies, 'random in the middle').id}/resume`);
    await post(`/v1/campaigns/${known(campaigns, 'campaign in the middle').id}/resume`);
    const forked = await post('/v1/studies/import', { document: exportOf('studies', 'genetic'), fork: { generation: 1 }, seed: 5 });
    const shorter = await post('/v1/studies/import', { document: exportOf('studies', 'tpe'), fork: { trials: 9 } });
    await bench.start({ settings: { slots: 2, leaseSeconds: 1 } });
    for (const [name, { id }] of inTheMiddle) {
      await eventually(async () => expect((await get(`/v1/studies/${id}`)).state).toBe('completed'));
      expect(await verified('studies', id)).toEqual(sound);
      // Under the schedule that waits for nobody an end depends on who was first.
      if (name.includes('asap')) continue;
      expect(await exported('studies', id)).toEqual(withoutProvenance(exportOf('end-studies', name)));
    }
    const { id } = known(campaigns, 'campaign in the middle');
    await eventually(async () => expect((await get(`/v1/campaigns/${id}`)).state).toBe('completed'));
    expect(campaignContent(await exported('campaigns', id))).toEqual(campaignContent(exportOf('end-campaigns', 'campaign in the middle')));
    expect(await verified('campaigns', id)).toEqual(sound);
    for (const fork of [forked, shorter]) {
      await eventually(async () => expect((await get(`/v1/studies/${fork.id}`)).state).toBe('completed'));
      expect(await verified('studies', fork.id)).toEqual(sound);
    }
    // A fork with the seed that version 0.1.0 forked with has the results that it had.
    expect(studyContent(await exported('studies', forked.id))).toEqual(studyContent(exportOf('studies', 'forked')));
    expect(studyContent(await exported('studies', shorter.id))).toEqual(studyContent(exportOf('studies', 'tpe')));
  });
});
