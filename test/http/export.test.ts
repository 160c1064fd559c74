import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CampaignReader } from '../../src/campaigns/ports.ts';
import { canonicalText } from '../../src/shared/digest.ts';
import { readAddress } from '../../src/store/database/address.ts';
import { type Database, openDatabase } from '../../src/store/database/database.ts';
import { databaseReader } from '../../src/store/reader.ts';
import { studyExport } from '../../src/studies/document/export.ts';
import { runSql } from '../store/server.ts';
import { eventually } from '../support/eventually.ts';
import { geneticStudy, smallCampaign } from './definitions.ts';
import { startTestService, type TestService } from './service.ts';
import { work } from './worker.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

/** Their text is larger than all the bytes on their way: those made ahead, and those in the buffers of the sockets. */
const manyTrials = 10_000;

/** The limit of each page of trials that the exports read. Reads from trial `failsFrom` on fail. */
let pages: number[] = [];
let failsFrom = Number.POSITIVE_INFINITY;
/** Snapshots that have not ended. */
let snapshots = 0;

const watched = (reader: CampaignReader): CampaignReader => ({
  ...reader,
  trials: async (filter) => {
    pages.push(filter.limit);
    if ((filter.after ?? 0) >= failsFrom) throw new Error('the disk is on fire');
    return reader.trials(filter);
  },
  snapshot: async (read) => {
    snapshots += 1;
    try {
      return await reader.snapshot((inner) => read(watched(inner)));
    } finally {
      snapshots -= 1;
    }
  },
});

/** The study and campaign are in the database of the first; the second exports them. */
let service: TestService;
let exporting: TestService;
let database: Database;
let reader: CampaignReader;
let origin: string;
let small: string;
let campaign: string;
let large: string;

beforeAll(async () => {
  service = await startTestService();
  database = openDatabase({ address: readAddress(service.url), connections: 8 });
  reader = databaseReader(database);
  exporting = await startTestService({ reader: watched(reader) });
  small = (await service.post('/v1/studies', geneticStudy())).json().id;
  campaign = (await service.post('/v1/campaigns', smallCampaign())).json().id;
  await work(service.database);
  large = (await service.post('/v1/studies', geneticStudy({ sampler: { type: 'random' }, budget: { trials: 100_000 } }))).json().id;
  await runSql(service.url, `DELETE FROM trial WHERE study_id = '${large}'`);
  await runSql(
    service.url,
    `INSERT INTO trial (objective_name, objective_version, id, study_id, number, state, parameters, origin, value, score, values, started_at, finished_at)
     SELECT 'test-function', 1, gen_random_uuid(), '${large}', number, 'completed', jsonb_build_object('learningRate', 0.0005, 'hiddenUnits', 1 + number % 31, 'a', repeat('€', 200), 'b', repeat('€', 200), 'c', repeat('€', 200), 'd', repeat('€', 200)),
       '{}', 0.5, 0.5, '{"value": 0.5}', now(), now() FROM generate_series(0, ${manyTrials - 1}) AS number`,
  );
  await runSql(service.url, 'ANALYZE trial');
  await exporting.app.listen({ host: '127.0.0.1', port: 0 });
  origin = `http://127.0.0.1:${(exporting.app.server.address() as AddressInfo).port}`; // it listens on TCP
});
afterEach(async () => {
  await eventually(() => snapshots === 0);
  pages = [];
  failsFrom = Number.POSITIVE_INFINITY;
});
afterAll(async () => {
  await exporting[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

const exportOf = (id: string): string => `/v1/studies/${id}/export?provenance=false`;

/** Begins to read an answer, and takes no more than its first bytes. */
async function begin(url: string): Promise<IncomingMessage> {
  const [response] = (await once(get(origin + url), 'response')) as [IncomingMessage];
  await once(response, 'readable');
  response.read(1);
  return response;
}

describe('an export', () => {
  it('has the bytes of the canonical text of the whole, and a page in memory', async () => {
    for (const id of [small, large]) {
      const whole = canonicalText(await reader.snapshot((snapshot) => studyExport(snapshot, id, { provenance: false })));
      pages = [];
      expect(await (await fetch(origin + exportOf(id))).text()).toBe(whole);
      expect(Math.max(...pages)).toBeLessThanOrEqual(200);
    }
    expect(pages).toHaveLength(manyTrials / 200);
  });

  it('of a campaign has the exports of its parts', async () => {
    const { parts } = (await exporting.get(`/v1/campaigns/${campaign}/export?provenance=false`)).json();
    const shown = (await service.get(`/v1/campaigns/${campaign}`)).json();
    expect(parts).toHaveLength(shown.parts.length);
    for (const [index, { study }] of parts.entries())
      expect(canonicalText(study)).toBe((await exporting.get(exportOf(shown.parts[index].studyId))).body);
  });

  it('reads no further than the client, and ends its snapshot when the client leaves', async () => {
    const response = await begin(exportOf(large));
    await eventually(async () => {
      const before = pages.length;
      await delay(200);
      return before > 0 && pages.length === before;
    });
    expect(pages.length).toBeLessThan(manyTrials / 200);
    expect(snapshots).toBe(1);
    response.destroy();
    await eventually(() => snapshots === 0);
    expect(pages.length).toBeLessThan(manyTrials / 200);
  });

  it('gives a client up that reads, but slowly', async () => {
    const { timeout } = AbortSignal;
    const shorter = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout.call(AbortSignal, ms / 100));
    const response = await begin(exportOf(large));
    const ended = once(response, 'close').then(
      () => true,
      () => true,
    );
    let bytes = 0;
    const drip = setInterval(() => {
      bytes += response.read(1024)?.length ?? 0;
    }, 20);
    await eventually(() => snapshots === 0);
    clearInterval(drip);
    shorter.mockRestore();
    response.resume();
    expect(await ended).toBe(true);
    expect(bytes).toBeGreaterThan(0);
    expect(response.complete).toBe(false);
  });

  it('breaks off with the connection if a read fails', async () => {
    failsFrom = 5_000;
    const response = await fetch(origin + exportOf(large));
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    await eventually(() => snapshots === 0);
    expect((await exporting.get(exportOf(small))).statusCode).toBe(200);
  });

  it('is one of four at a time: slow clients leave connections to others, and a further export is tried later', async () => {
    const slow = await Promise.all([1, 2, 3, 4].map(() => begin(exportOf(large))));
    const busy = await exporting.get(exportOf(small));
    expect([busy.statusCode, busy.json().code, busy.headers['retry-after']]).toEqual([503, 'exports-busy', '5']);
    expect((await exporting.get(`/v1/studies/${small}`)).statusCode).toBe(200);
    const waiting = exporting.get(exportOf(small));
    for (const response of slow) response.destroy();
    expect((await waiting).statusCode).toBe(200);
    await eventually(() => snapshots === 0);
    expect(await Promise.all([1, 2, 3, 4].map(async () => (await exporting.get(exportOf(small))).statusCode))).toEqual([
      200, 200, 200, 200,
    ]);
  });

  it('has no ETag if it fails before its first byte', async () => {
    const failing = await startTestService({
      reader: {
        ...reader,
        snapshot: (read) =>
          reader.snapshot((inner) => {
            let counted = false;
            const trialsCounted: CampaignReader['trialCounts'] = (id) => {
              counted = true;
              return inner.trialCounts(id);
            };
            const study: CampaignReader['study'] = (id) => (counted ? Promise.reject(new Error('the disk is on fire')) : inner.study(id));
            return read({ ...inner, trialCounts: trialsCounted, study });
          }),
      },
    });
    const answer = await failing.get(exportOf(small));
    expect([answer.statusCode, answer.headers['etag'], answer.json().code]).toEqual([500, undefined, 'internal-error']);
    await failing[Symbol.asyncDispose]();
  });

  it('is not read for HEAD, nor for a client that has it', async () => {
    for (const url of [exportOf(large), `/v1/campaigns/${campaign}/export`]) {
      const head = await exporting.request({ method: 'HEAD', url });
      expect([head.statusCode, head.headers['content-type'], head.body]).toEqual([200, 'application/json; charset=utf-8', '']);
      const again = await exporting.get(url, { 'if-none-match': String(head.headers.etag) });
      expect([again.statusCode, again.headers.etag, again.body]).toEqual([304, head.headers.etag, '']);
    }
    expect(pages).toEqual([]);
  });

  it('has another ETag after each change, and with other contents', async () => {
    const id = (await service.post('/v1/studies', geneticStudy())).json().id;
    const tags: unknown[] = [];
    const note = async (url = exportOf(id)) => tags.push((await service.request({ method: 'HEAD', url })).headers.etag);
    await note();
    await note(`/v1/studies/${id}/export`);
    await runSql(service.url, `UPDATE trial SET state = 'cancelled', finished_at = now() WHERE study_id = '${id}' AND number = 0`); // its study does not know of it yet
    await note();
    await service.post(`/v1/studies/${id}/pause`);
    await note();
    await service.post(`/v1/studies/${id}/cancel`);
    await note();
    await note(exportOf(small));
    expect(new Set(tags).size).toBe(tags.length);
    expect(tags).not.toContain(undefined);
  });

  it('of a study that does not exist is a problem', async () => {
    expect((await exporting.get(exportOf(campaign))).json().code).toBe('study-not-found');
    expect((await exporting.get(`/v1/campaigns/${small}/export`)).json().code).toBe('campaign-not-found');
  });
});
