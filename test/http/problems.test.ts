import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../../src/http/app.ts';
import { isProblemCode, type ProblemCode, problemKinds } from '../../src/http/problems.ts';
import { openDatabase } from '../../src/store/database.ts';
import { studyReader } from '../../src/store/study-reader.ts';
import { studyTransactions } from '../../src/store/study-transactions.ts';
import { runSql } from '../store/server.ts';
import { badRequests } from './bad-requests.ts';
import { geneticStudy, unknownId } from './definitions.ts';
import { ready, startTestService, type TestService } from './service.ts';

let service: TestService;
const reached = new Set<string>();
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

function note(problem: { code: string; status: number }): string {
  expect(isProblemCode(problem.code) && problemKinds[problem.code].status).toBe(problem.status);
  reached.add(problem.code);
  return problem.code;
}

describe('the table of problems', () => {
  it('is reached by bad requests', async () => {
    for (const code of new Set(badRequests.map((bad) => bad.code))) {
      const bad = badRequests.find((candidate) => candidate.code === code);
      if (bad) expect(note((await service.request(bad.request)).json())).toBe(code);
    }
  });

  it('is reached by illegal moves', async () => {
    const { id } = (await service.post('/v1/studies', geneticStudy())).json();
    expect(note((await service.request({ method: 'DELETE', url: `/v1/studies/${id}` })).json())).toBe('study-not-ended');
    await service.post(`/v1/studies/${id}/cancel`);
    expect(note((await service.post(`/v1/studies/${id}/pause`)).json())).toBe('illegal-move');
  });

  it('tells nothing of the cause of an internal error, which the log has under the id of the request', async () => {
    const logged: unknown[] = [];
    const logger = recordingLogger(logged);
    const reader = { ...studyReader(service.database), study: () => Promise.reject(new Error('the secret cause')) };
    const app = await buildApp({
      transactions: studyTransactions(service.database),
      reader,
      readiness: async () => ready,
      version: '1',
      drawSeed: () => 1,
      logger,
    });
    const response = await app.inject(`/v1/studies/${unknownId}`);
    expect(note(response.json())).toBe('internal-error');
    expect(response.body).not.toContain('secret');
    expect(response.json().instance).toBe(`urn:uuid:${response.headers['x-request-id']}`);
    expect(JSON.stringify(logged, (_key, value) => (value instanceof Error ? value.message : value))).toContain('the secret cause');
    await app.close();
  });

  it('answers 503 with Retry-After, never 500, when nothing listens where the database should be', async () => {
    const database = openDatabase({ url: 'postgresql://nobody@127.0.0.1:1/none', connections: 1 });
    const app = await buildApp({
      transactions: studyTransactions(database),
      reader: studyReader(database),
      readiness: async () => ready,
      version: '1',
      drawSeed: () => 1,
    });
    for (const request of [
      { url: '/v1/studies' },
      { url: `/v1/trials/${unknownId}` },
      { method: 'POST' as const, url: '/v1/studies', payload: geneticStudy() },
    ]) {
      const response = await app.inject(request);
      expect(note(response.json()), response.body).toBe('service-unavailable');
      expect(response.headers['retry-after']).toBe('5');
    }
    await app.close();
    await database[Symbol.asyncDispose]();
  });

  it('answers 503 when the database ends its connections, and works again once it takes new ones', async () => {
    const name = new URL(service.url).pathname.slice(1);
    const admin = new URL(service.url);
    admin.pathname = '/postgres';
    await runSql(admin.href, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await runSql(admin.href, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
    const cut = [await service.get('/v1/studies'), await service.post('/v1/studies', geneticStudy())];
    await runSql(admin.href, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    for (const response of cut) expect(note(response.json()), response.body).toBe('service-unavailable');
    expect((await service.get('/v1/studies')).statusCode).toBe(200);
  });

  it('answers 503 when the connection of a running transaction is ended, and has stored nothing of it', async () => {
    const { id } = (await service.post('/v1/studies', geneticStudy())).json();
    await using holder = openDatabase({ url: service.url, connections: 1 });
    const waiting = await holder.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM study WHERE id = ${id}::uuid FOR UPDATE`;
      const pause = service.post(`/v1/studies/${id}/pause`);
      for (let ended = 0; ended === 0; ) {
        ended =
          await tx.$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      }
      return pause;
    });
    expect(note(waiting.json()), waiting.body).toBe('service-unavailable');
    expect((await service.get(`/v1/studies/${id}`)).json().state).toBe('active');
  });

  it('is reached by what is no HTTP at all', async () => {
    await service.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = service.app.server.address() as AddressInfo; // it listens on TCP
    expect(note(problemIn(await exchange(port, 'NONSENSE\r\n\r\n')))).toBe('malformed-http');
    expect(note(problemIn(await exchange(port, `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`)))).toBe(
      'headers-too-large',
    );
  });

  it('has no code that no test reaches, and a page for each', async () => {
    const codes = Object.keys(problemKinds) as ProblemCode[]; // the keys of the table
    expect([...reached].sort()).toEqual([...codes].sort());
    const overview = (await service.get('/problems')).body;
    for (const code of codes) {
      const page = await service.get(`/problems/${code}`);
      expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      expect(page.body).toContain(code);
      expect(overview).toContain(`/problems/${code}`);
    }
    expect((await service.get('/problems/none')).json().code).toBe('route-not-found');
  });
});

function problemIn(answer: string): { code: string; status: number } {
  expect(answer).toContain('content-type: application/problem+json');
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
}

/** Sends text to a port and reads until the other side ends. */
function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}

function recordingLogger(logged: unknown[]): FastifyBaseLogger {
  const record = (...entry: unknown[]): void => void logged.push(entry);
  const logger: FastifyBaseLogger = {
    level: 'info',
    silent: record,
    fatal: record,
    error: record,
    warn: record,
    info: record,
    debug: record,
    trace: record,
    child: () => logger,
  };
  return logger;
}
