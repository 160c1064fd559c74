import { z } from 'zod';
import { healthSchema, readinessSchema, rootSchema } from '../../api/service.ts';
import { json, noBody, responses, unchanged } from '../responses.ts';
import type { App, Services } from '../services.ts';
import { noQuery } from '../validation.ts';
import { variesBy } from '../vary.ts';

const links = {
  docs: '/docs',
  openapi: '/openapi.json',
  studies: '/v1/studies',
  campaigns: '/v1/campaigns',
  presets: '/v1/presets',
  health: '/healthz',
};

/** Adds the root, and the routes for operators: health, readiness and the OpenAPI document. */
export function operationRoutes(app: App, services: Services): void {
  rootRoute(app, services);
  healthRoute(app, services);
  readinessRoute(app, services);
  documentRoute(app);
}

function rootRoute(app: App, { version }: Services): void {
  const schema = {
    operationId: 'getRoot',
    tags: ['operations'],
    summary: 'Get the version and links to the main resources',
    description: 'A browser, which prefers text/html, is redirected to the documentation.',
    querystring: noQuery,
    response: responses({
      200: json('The version and the links.', rootSchema),
      302: noBody('The header Accept prefers text/html: see /docs.'),
      304: unchanged,
    }),
  };
  app.get('/', { schema }, async (request, reply) => {
    variesBy(reply, 'accept');
    if (request.type(['json', 'html']) === 'html') return reply.redirect(links.docs, 302);
    return reply.send({ name: 'Clavier', version, links });
  });
}

function healthRoute(app: App, { version }: Services): void {
  const schema = {
    operationId: 'getHealth',
    tags: ['operations'],
    summary: 'Check that the process answers',
    querystring: noQuery,
    response: responses({ 200: json('It does.', healthSchema) }),
  };
  app.get('/healthz', { schema }, async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return { status: 'ok' as const, version };
  });
}

function readinessRoute(app: App, { readiness }: Services): void {
  const schema = {
    operationId: 'getReadiness',
    tags: ['operations'],
    summary: 'Check that the service is ready',
    description:
      'Checks the database, its migrations and the runners. The service is ready even without a runner: it accepts studies, which wait.',
    querystring: noQuery,
    response: responses({
      200: json('The service is ready.', readinessSchema),
      503: json('The service is not ready; the checks say why.', readinessSchema),
    }),
  };
  app.get('/readyz', { schema }, async (_request, reply) => {
    const found = await readiness();
    return reply
      .code(found.ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(found);
  });
}

function documentRoute(app: App): void {
  const schema = {
    operationId: 'getOpenApi',
    tags: ['operations'],
    summary: 'Get this document',
    querystring: noQuery,
    response: responses({ 200: json('OpenAPI 3.1.', z.record(z.string(), z.unknown())), 304: unchanged }),
  };
  app.get('/openapi.json', { schema }, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(JSON.stringify(app.swagger())),
  );
}
