import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Scope, scopes } from '../../../src/access/scope.ts';
import { openApiDocument } from '../../../src/http/openapi.ts';
import { newId } from '../../../src/shared/ids.ts';
import { geneticStudy, smallCampaign } from '../definitions.ts';
import { startTestService, type TestService } from '../service.ts';

/** One operation of the application, as its router has it. */
interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT';
  readonly url: string;
  readonly operation: string;
}

const operator = 'operators-own';
const methods = ['GET', 'POST', 'PATCH', 'DELETE', 'PUT'] as const;
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

let service: TestService;
let routes: readonly Route[];
let keys: Readonly<Record<string, Readonly<Record<Scope, string>>>>;
/** Of the project `own`, by the names that paths have for them. */
let ids: Readonly<Record<string, string>>;

beforeAll(async () => {
  service = await startTestService({ key: operator });
  const post = async (url: string, payload: object, key = operator) =>
    (await service.request({ method: 'POST', url, headers: bearer(key), payload })).json();
  const keysOf = async (project: string): Promise<Record<Scope, string>> => {
    await post('/v1/projects', { name: project });
    const made = scopes.map(async (scope) => [scope, (await post('/v1/keys', { name: scope, scopes: [scope], project })).secret]);
    return Object.fromEntries(await Promise.all(made));
  };
  const own = await keysOf('own');
  keys = { own, other: await keysOf('other') };
  const study = await post('/v1/studies', geneticStudy(), own.write);
  const campaign = await post('/v1/campaigns', smallCampaign(), own.write);
  const trial = await service.database.trial.findFirstOrThrow({ where: { studyId: study.id } });
  const key = await post('/v1/keys', { name: 'to look at', scopes: ['read'] }, own.admin);
  const webhook = await post('/v1/webhooks', { url: 'https://receiver.example/' }, own.admin);
  const delivery = await post(`/v1/webhooks/${webhook.id}/ping`, {}, own.admin);
  ids = {
    ...{ studyId: study.id, campaignId: campaign.id, trialId: trial.id, keyId: key.id, project: 'own' },
    ...{ webhookId: webhook.id, deliveryId: delivery.id },
  };
  const { paths } = (await openApiDocument(service.app)) as { paths: Record<string, Record<string, { operationId: string }>> }; // ours
  routes = Object.entries(paths).flatMap(([url, operations]) =>
    methods.flatMap((method) => {
      const found = operations[method.toLowerCase()];
      return found ? [{ method, url, operation: found.operationId }] : [];
    }),
  );
});
afterAll(() => service[Symbol.asyncDispose]());

/** The right that each operation needs. A new one is added here, and its right thought about. */
const needed: Readonly<Record<Scope | 'any' | 'nothing' | 'allProjects', readonly string[]>> = {
  nothing: ['getHealth', 'getReadiness'],
  any: ['getRoot', 'getOpenApi', 'getCaller'],
  allProjects: ['getMetrics', 'changeProject', 'eraseProject'],
  read: [
    ...[
      'listStudies',
      'getStudy',
      'listTrials',
      'getTrial',
      'listEvents',
      'listAllEvents',
      'getFront',
      'getLeaderboard',
      'listGenerations',
      'listCheckpoints',
    ],
    ...['exportStudy', 'getStudyReport', 'getStudyReportPage', 'getStudyTrialsCsv', 'verifyStudy', 'compareStudies', 'getComparisonPage'],
    ...['listCampaigns', 'getCampaign', 'getWinner', 'listFinalists', 'exportCampaign', 'getCampaignReport', 'getCampaignReportPage'],
    ...['getCampaignTrialsCsv', 'verifyCampaign', 'listPresets', 'getPreset', 'listProjects', 'getProject', 'exportProject'],
  ],
  write: [
    ...['createStudy', 'deleteStudy', 'changeStudy', 'pauseStudy', 'resumeStudy', 'cancelStudy', 'addTrials', 'extendStudy', 'forkStudy'],
    ...[
      'importStudy',
      'createCampaign',
      'changeCampaign',
      'deleteCampaign',
      'pauseCampaign',
      'resumeCampaign',
      'cancelCampaign',
      'importCampaign',
    ],
  ],
  work: ['askStudy', 'askAny', 'heartbeat', 'reportTrial', 'completeTrial', 'failTrial', 'releaseTrial'],
  admin: [
    ...['createKey', 'listKeys', 'getKey', 'revokeKey', 'createProject', 'listAuditEntries'],
    ...['createWebhook', 'listWebhooks', 'getWebhook', 'changeWebhook', 'deleteWebhook', 'rotateWebhookSecret'],
    ...['pingWebhook', 'listDeliveries', 'getDelivery', 'redeliver'],
  ],
};

/** A request that reaches the handler of a route; its body is empty, so that it changes nothing. */
function requestOf({ method, url }: Route, key: string | null, named: Readonly<Record<string, string>>): InjectOptions {
  const path = url.replace(/\{(\w+)\}/g, (_whole, name: string) => named[name] ?? 'default');
  const query = url.startsWith('/v1/compare') ? `?study=${named['studyId']}&study=${newId()}` : '';
  return {
    method,
    url: `${path}${query}`,
    headers: { ...(key !== null && bearer(key)) },
    ...(method !== 'GET' && method !== 'DELETE' && { payload: url === '/v1/ask' ? { worker: 'w', studies: [named['studyId']] } : {} }),
  };
}

const answered = async (request: InjectOptions) => {
  const { statusCode, headers, body } = await service.app.inject(request);
  const code: string | null = String(headers['content-type']).startsWith('application/problem+json') ? JSON.parse(body).code : null;
  return { status: statusCode, code, body };
};

/** Rights that include another. */
const including: Readonly<Record<Scope, readonly Scope[]>> = {
  read: ['read', 'write', 'admin'],
  write: ['write', 'admin'],
  work: ['work', 'admin'],
  admin: ['admin'],
};

describe('every operation of the router', () => {
  it('has a right in the matrix, and no right has an operation that is gone', () => {
    expect(Object.values(needed).flat().toSorted()).toEqual(routes.map(({ operation }) => operation).toSorted());
  });

  it('is under /v1, or one of those that say nothing of a study', () => {
    const outside = routes.filter(({ url }) => !url.startsWith('/v1/')).map(({ operation }) => operation);
    expect(outside.toSorted()).toEqual(['getHealth', 'getMetrics', 'getOpenApi', 'getReadiness', 'getRoot']);
  });

  it('wants a key, but the probes', async () => {
    for (const route of routes) {
      const { status } = await answered(requestOf(route, null, ids));
      const isOpen = needed.nothing.includes(route.operation);
      expect([route.operation, status === 401], `${status}`).toEqual([route.operation, !isOpen]);
    }
  });

  it.each(scopes)('is open to a key of the right %s only where that is enough', async (scope) => {
    const before = await service.checksum();
    for (const route of routes) {
      // Some requests change something even without a body. They are sent only where they are refused; the next test sends them all.
      const needs = (Object.keys(needed) as (keyof typeof needed)[]).find((name) => needed[name].includes(route.operation));
      const mayCall =
        needs === undefined || needs === 'nothing' || needs === 'any' || (needs !== 'allProjects' && including[needs].includes(scope));
      if (mayCall && route.method !== 'GET') continue;
      const { code, body } = await answered(requestOf(route, keys['own']?.[scope] ?? '', ids));
      expect([route.operation, code === 'forbidden'], body.slice(0, 300)).toEqual([route.operation, !mayCall]);
    }
    expect(await service.checksum()).toBe(before);
  });

  it('answers for another project as if there were nothing, and changes nothing', async () => {
    const before = await service.checksum();
    const unknown = {
      ...ids,
      studyId: newId(),
      campaignId: newId(),
      trialId: newId(),
      keyId: newId(),
      webhookId: newId(),
      project: 'nobodys',
    };
    for (const route of routes.filter(({ url }) =>
      /\{(studyId|campaignId|trialId|keyId|webhookId|project)\}|compare|\/v1\/ask/.test(url),
    )) {
      const key = keys['other']?.admin ?? '';
      const [foreign, nothing] = [await answered(requestOf(route, key, ids)), await answered(requestOf(route, key, unknown))];
      expect([route.operation, foreign.status], foreign.body).toEqual([route.operation, 404]);
      const plain = (body: string, named: Readonly<Record<string, string>>) =>
        Object.entries(named)
          .reduce((text, [name, id]) => text.replaceAll(id, name), body)
          .replace(/"instance": *"[^"]*"/, '');
      expect([route.operation, plain(foreign.body, ids)]).toEqual([route.operation, plain(nothing.body, unknown)]);
    }
    expect(await service.checksum()).toBe(before);
  });

  it('tells nothing of another project in a list', async () => {
    for (const route of routes.filter(({ url, method }) => method === 'GET' && !url.includes('{') && !/compare/.test(url))) {
      const { body } = await answered(requestOf(route, keys['other']?.admin ?? '', ids));
      for (const id of [ids['studyId'], ids['campaignId'], ids['trialId'], ids['keyId'], ids['webhookId']])
        expect(body, route.operation).not.toContain(id);
    }
  });
});
