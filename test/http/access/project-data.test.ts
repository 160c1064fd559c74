import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { erasedTables } from '../../../src/store/access/erasure.ts';
import { databaseSweep } from '../../../src/store/sweep.ts';
import { runSql } from '../../store/server.ts';
import { eventually } from '../../support/eventually.ts';
import { externalStudy, geneticStudy, smallCampaign } from '../definitions.ts';
import { startTestService, type TestService } from '../service.ts';

const operator = 'operators-own';
const bearer = (key = operator) => ({ authorization: `Bearer ${key}` });

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ key: operator });
});
afterAll(() => service[Symbol.asyncDispose]());

const request = (
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  { project = null as string | null, payload = undefined as object | undefined, key = operator } = {},
) =>
  service.request({
    method,
    url,
    headers: { ...bearer(key), ...(project !== null && { 'clavier-project': project }) },
    ...(payload && { payload }),
  });
const erase = (name: string, confirm = name) => request('DELETE', `/v1/projects/${name}`, { payload: { confirm } });
const sql = async (text: string) => (await runSql(service.url, text)).rows;

/** A project with an ended campaign, two ended studies and a key. @returns their ids, and the key */
async function filled(project: string) {
  if (project !== 'default') await request('POST', '/v1/projects', { payload: { name: project } });
  const create = async (url: string, payload: object) => (await request('POST', url, { project, payload })).json().id as string;
  const ids = {
    studies: [await create('/v1/studies', geneticStudy({ name: 'first' })), await create('/v1/studies', externalStudy({ name: 'second' }))],
    campaign: await create('/v1/campaigns', smallCampaign()),
  };
  const [, external] = ids.studies;
  const [trial] = (await request('POST', `/v1/studies/${external}/ask`, { project, payload: { worker: 'test' } })).json().trials;
  await request('POST', `/v1/trials/${trial.id}/complete`, { project, payload: { token: trial.lease.token, values: { accuracy: 0.5 } } });
  // The search observes the result a moment later.
  const isObserved = async () => (await sql(`SELECT observed FROM study WHERE id = '${external}'`))[0].observed === 1;
  await eventually(isObserved, { until: 'the result is observed' });
  const key = (await request('POST', '/v1/keys', { payload: { name: 'its own', scopes: ['write'], project } })).json().secret as string;
  return { ...ids, key };
}

async function endAll(project: string, { studies, campaign }: { studies: readonly string[]; campaign: string }): Promise<void> {
  await request('POST', `/v1/campaigns/${campaign}/cancel`, { project });
  for (const id of studies) await request('POST', `/v1/studies/${id}/cancel`, { project });
}

/** Sweeps until nothing is being erased. @returns the number of transactions */
async function sweepAll(): Promise<number> {
  const sweep = databaseSweep(service.database);
  for (let steps = 1; ; steps += 1) if (!(await sweep.eraseSome())) return steps;
}

describe('the export of a project', () => {
  it('has a line for each campaign and each study of its own, as their exports are, and a last one that counts them', async () => {
    const own = await filled('exported');
    const response = await request('GET', '/v1/projects/exported/export?provenance=false');
    expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'application/x-ndjson; charset=utf-8']);
    const lines = response.body.trimEnd().split('\n');
    const documentOf = async (path: string) => (await request('GET', `${path}/export?provenance=false`, { project: 'exported' })).body;
    expect(lines).toEqual([
      `{"kind":"campaign","id":"${own.campaign}","document":${await documentOf(`/v1/campaigns/${own.campaign}`)}}`,
      ...(await Promise.all(
        own.studies.map(async (id) => `{"kind":"study","id":"${id}","document":${await documentOf(`/v1/studies/${id}`)}}`),
      )),
      '{"kind":"end","campaigns":1,"studies":2}',
    ]);
    expect((await request('GET', '/v1/projects/exported/export', { key: own.key })).body.trimEnd().split('\n')).toHaveLength(4);
  });

  it('of an empty project is its last line, and that of another one is not found', async () => {
    await request('POST', '/v1/projects', { payload: { name: 'empty' } });
    expect((await request('GET', '/v1/projects/empty/export')).body).toBe('{"kind":"end","campaigns":0,"studies":0}\n');
    const { secret } = (await request('POST', '/v1/keys', { payload: { name: 'x', scopes: ['admin'], project: 'empty' } })).json();
    expect((await request('GET', '/v1/projects/exported/export', { key: secret })).json()).toMatchObject({ code: 'project-not-found' });
  });
});

describe('the erasure of a project', () => {
  it('wants its name again, and no open work, and changes nothing otherwise', async () => {
    await filled('busy');
    const before = await service.checksum();
    expect((await erase('busy', 'bussy')).json()).toMatchObject({ code: 'invalid-request', errors: [{ pointer: '/confirm' }] });
    const { code, detail } = (await erase('busy')).json();
    expect([code, detail]).toEqual(['project-in-use', 'the project busy has 1 open campaign and 4 open studies: cancel them first']);
    expect((await erase('nobodys')).json()).toMatchObject({ code: 'project-not-found' });
    expect(await service.checksum()).toBe(before);
  });

  it('ends its keys at once, creates nothing more in it, and leaves no row of it and all of others', async () => {
    const [own, other] = [await filled('erased'), await filled('kept')];
    await sql(`
      UPDATE trial SET result_key = 'of ' || project WHERE number = 0 AND project IN ('erased', 'kept');
      INSERT INTO step_result (result_key, step, values, diverged) VALUES ('of erased', 1, '{}', false), ('of kept', 1, '{}', false);
      INSERT INTO step_checkpoint (result_key, step, file, bytes, sha256) VALUES ('of erased', 1, 'a', 1, '0'), ('of kept', 1, 'b', 1, '0');
      INSERT INTO training_environment (result_key, environment) VALUES ('of erased', '{}'), ('of kept', '{}')`);
    const keyed = await service.request({
      method: 'POST',
      url: '/v1/studies',
      headers: { ...bearer(own.key), 'idempotency-key': 'one' },
      payload: geneticStudy(),
    });
    await endAll('erased', { ...own, studies: [...own.studies, keyed.json().id] });
    const kept = await rowsOf('kept');
    const response = await erase('erased');
    expect([response.statusCode, response.json().state]).toEqual([202, 'erasing']);
    expect((await request('GET', '/v1/studies', { key: own.key })).statusCode).toBe(401);
    const refused = await request('POST', '/v1/studies', { project: 'erased', payload: geneticStudy() });
    expect(refused.json()).toMatchObject({ status: 409, code: 'project-erasing' });
    const inErased = { project: 'erased' };
    for (const [url, payload] of [
      ['/v1/keys', { name: 'late', scopes: ['read'], ...inErased }],
      ['/v1/webhooks', { url: 'https://receiver.example/' }],
    ] as const)
      expect((await request('POST', url, { ...inErased, payload })).json(), url).toMatchObject({ code: 'project-erasing' });
    expect((await erase('erased')).statusCode).toBe(202);
    await sweepAll();
    expect(await rowsOf('erased')).toEqual({});
    expect(await rowsOf('kept')).toEqual(kept);
    expect((await request('GET', '/v1/projects/erased')).json()).toMatchObject({ code: 'project-not-found' });
    expect((await request('POST', '/v1/studies', { project: 'erased', payload: geneticStudy() })).json()).toMatchObject({
      code: 'project-not-found',
    });
    expect((await request('GET', `/v1/studies/${other.studies[0]}`, { key: other.key })).statusCode).toBe(200);
  });

  it('refuses to open a study again by a larger budget, and changes nothing of it', async () => {
    const project = 'reopened';
    await request('POST', '/v1/projects', { payload: { name: project } });
    const { id } = (await request('POST', '/v1/studies', { project, payload: externalStudy({ budget: { trials: 1 } }) })).json();
    const [trial] = (await request('POST', `/v1/studies/${id}/ask`, { project, payload: { worker: 'test' } })).json().trials;
    await request('POST', `/v1/trials/${trial.id}/complete`, { project, payload: { token: trial.lease.token, values: { accuracy: 0.5 } } });
    const stateOf = async () => (await request('GET', `/v1/studies/${id}`, { project })).json().state;
    await eventually(async () => (await stateOf()) === 'completed', { until: 'the study has ended' });
    await erase(project);
    const before = await service.checksum();
    const refused = await request('POST', `/v1/studies/${id}/extend`, { project, payload: { budget: { trials: 2 } } });
    expect(refused.json()).toMatchObject({ status: 409, code: 'project-erasing' });
    expect(await service.checksum()).toBe(before);
    await sweepAll();
    expect(await rowsOf(project)).toEqual({});
  });

  it('leaves its entries of the audit log to callers of all projects alone', async () => {
    await endAll('again', await filled('again'));
    await erase('again');
    await sweepAll();
    await request('POST', '/v1/projects', { payload: { name: 'again' } });
    const { secret } = (await request('POST', '/v1/keys', { payload: { name: 'new', scopes: ['admin'], project: 'again' } })).json();
    const actionsFor = async (key: string) => {
      const { items } = (await request('GET', '/v1/audit', { project: 'again', key })).json() as { items: { action: string }[] };
      return items.map(({ action }) => action);
    };
    expect(await actionsFor(secret)).toEqual(['key-created', 'project-created']);
    expect(await actionsFor(operator)).toContain('project-erased');
  });

  it('goes on in small transactions, after a process that died too', async () => {
    const own = await filled('large');
    const trials = (
      await request('POST', `/v1/studies/${own.studies[1]}/trials`, {
        project: 'large',
        payload: { trials: Array.from({ length: 600 }, (_, n) => ({ parameters: { x: n / 600, n: 1 }, values: { accuracy: 0.5 } })) },
      })
    ).json().trials;
    expect(trials).toHaveLength(600);
    await endAll('large', own);
    await erase('large');
    await databaseSweep(service.database).eraseSome();
    const left = Number((await sql("SELECT count(*) FROM trial WHERE project = 'large'"))[0].count);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(600);
    await Promise.all([sweepAll(), sweepAll()]);
    expect(await rowsOf('large')).toEqual({});
  });

  it('empties the first project, which stays and can be used again', async () => {
    await endAll('default', await filled('default'));
    await erase('default');
    await sweepAll();
    expect(await rowsOf('default')).toEqual({ project: 1 });
    expect((await request('GET', '/v1/projects/default')).json()).toMatchObject({ state: 'active' });
    expect((await request('POST', '/v1/studies', { payload: geneticStudy() })).statusCode).toBe(201);
  });

  it('knows every table with rows of projects', async () => {
    const tables = await sql(`
      SELECT table_name AS name FROM information_schema.columns
      WHERE table_schema = 'public' AND column_name = 'project' ORDER BY 1`);
    // The audit log says who erased a project; events are found by their numbers.
    expect(tables.map(({ name }) => name).filter((name) => !['audit_entry', 'outbox'].includes(name))).toEqual(
      erasedTables
        .map(({ table }) => table)
        .filter((table) => !withoutProject.has(table))
        .toSorted(),
    );
  });
});

/** Tables whose rows belong to a project by another column. */
const withoutProject = new Set(['study_event', 'created_request', 'webhook_delivery']);

/** Numbers of rows by table that belong to a project, or are named after it. */
async function rowsOf(project: string): Promise<Record<string, number>> {
  const caller = project === 'default' ? '' : project;
  const ofStudy = (table: string) => `SELECT 1 FROM ${table} WHERE study_id IN (SELECT id FROM study WHERE project = '${project}')`;
  const counted = {
    project: `SELECT 1 FROM project WHERE name = '${project}'`,
    access_key: `SELECT 1 FROM access_key WHERE project = '${project}'`,
    study: `SELECT 1 FROM study WHERE project = '${project}'`,
    campaign: `SELECT 1 FROM campaign WHERE project = '${project}'`,
    trial: `SELECT 1 FROM trial WHERE project = '${project}'`,
    study_event: ofStudy('study_event'),
    study_checkpoint: ofStudy('study_checkpoint'),
    created_request: `SELECT 1 FROM created_request WHERE caller = '${caller}' OR caller LIKE '${caller} %'`,
    step_result: `SELECT 1 FROM step_result WHERE result_key = 'of ${project}'`,
    step_checkpoint: `SELECT 1 FROM step_checkpoint WHERE result_key = 'of ${project}'`,
    training_environment: `SELECT 1 FROM training_environment WHERE result_key = 'of ${project}'`,
  };
  const rows: Record<string, number> = {};
  for (const [table, text] of Object.entries(counted)) {
    const { length } = await sql(text);
    if (length > 0) rows[table] = length;
  }
  return rows;
}
