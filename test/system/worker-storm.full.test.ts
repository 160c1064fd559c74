import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../store/database.ts';
import { runSql } from '../store/server.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { eventually } from '../support/eventually.ts';
import { getStudy, postStudy, type ServiceProcess, startProcess } from './service-process.ts';
import { runStorm } from './worker-storm.ts';

// The long form: STORM_TRIALS=2000 STORM_KILL_SECONDS=20 npx vitest run --project full test/system/worker-storm
const trials = Number(process.env.STORM_TRIALS ?? 400);
const killSeconds = Number(process.env.STORM_KILL_SECONDS ?? 4);
const workers = 32;
const leaseSeconds = 5;

const study = {
  name: 'storm',
  searchSpace: [{ type: 'float', name: 'x', low: 0, high: 1 }],
  metrics: [{ name: 'value' }],
  sampler: { type: 'tpe' },
  budget: { trials },
  objective: { type: 'external', metrics: [{ name: 'value', direction: 'maximize' }] },
};

/** Two services on one database, one of which is killed every few seconds and started again. */
async function withKills<T>(
  settings: Record<string, string>,
  work: (urls: () => string[]) => Promise<T>,
): Promise<{ result: T; kills: number }> {
  const services: ServiceProcess[] = [];
  const urls: string[] = [];
  const start = async (place: number): Promise<void> => {
    const service = startProcess(['api'], settings);
    services.push(service);
    urls[place] = await service.url();
    running[place] = service;
  };
  const running: ServiceProcess[] = [];
  try {
    await Promise.all([start(0), start(1)]);
    const done = new AbortController();
    let kills = 0;
    const killing = (async () => {
      for (let turn = 0; !done.signal.aborted; turn = 1 - turn) {
        await delay(killSeconds * 1000, undefined, { signal: done.signal }).catch(() => undefined);
        if (done.signal.aborted) return;
        await running[turn]?.killTree();
        kills += 1;
        await start(turn);
      }
    })();
    const result = await work(() => [...urls]).finally(() => done.abort());
    await killing;
    return { result, kills };
  } finally {
    for (const service of services) await service[Symbol.asyncDispose]();
  }
}

test(`${workers} workers that die and stall complete ${trials} trials, each once, while services are killed`, async () => {
  await using database = await createTestDatabase();
  await using folder = await temporaryFolder();
  const { result, kills } = await withKills({ DATABASE_URL: database.url, CLAVIER_DATA_DIR: folder.path }, async (urls) => {
    const url = urls()[0] ?? '';
    const studyId = await postStudy(url, study);
    const counts = await runStorm({ studyId, urls, workers, leaseSeconds });
    return { studyId, counts };
  });
  const { studyId, counts } = result;
  const { results, ...numbers } = counts;
  process.stdout.write(`storm: ${JSON.stringify({ trials, workers, kills, ...numbers })}\n`);
  expect(kills).toBeGreaterThan(0);
  await using api = startProcess(['api'], { DATABASE_URL: database.url, CLAVIER_DATA_DIR: folder.path });
  const url = await api.url();
  await eventually(async () => (await getStudy(url, studyId)).state === 'completed', {
    until: 'the study has ended',
  });
  const { rows } = await runSql(
    database.url,
    `SELECT number, state, value, attempts FROM trial WHERE study_id = '${studyId}' ORDER BY number`,
  );
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: trials }, (_, number) => number));
  expect(rows.filter(({ state }) => state !== 'completed')).toEqual([]);
  // Each result is one that was delivered and answered, and of each trial one result was.
  expect([...results.values()].filter((values) => values.size !== 1)).toEqual([]);
  expect(rows.filter(({ number, value }) => !results.get(Number(number))?.has(Number(value)))).toEqual([]);
  const verification = await (await fetch(`${url}/v1/studies/${studyId}/verify`, { method: 'POST' })).json();
  expect(verification).toMatchObject({ verified: true, differences: [], trials });
});
