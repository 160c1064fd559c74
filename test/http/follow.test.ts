import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createClient } from '../../src/client/client.ts';
import { createTestDatabase } from '../store/database.ts';
import { externalStudy } from './definitions.ts';
import { startTestService } from './service.ts';

/** Takes items of an iteration until there are enough. */
async function first<Item>(count: number, iterator: AsyncIterator<Item>): Promise<Item[]> {
  const items: Item[] = [];
  while (items.length < count) {
    const next = await iterator.next();
    if (next.done) break;
    items.push(next.value);
  }
  return items;
}

describe('a client that follows events', () => {
  it('gets each once and in order, although the service is started again meanwhile, and ends when it is told to', async () => {
    await using database = await createTestDatabase();
    const kept = { url: database.url, [Symbol.asyncDispose]: async () => undefined };
    const start = async (port: number) => {
      const service = await startTestService({}, kept);
      await service.app.listen({ host: '127.0.0.1', port });
      return service;
    };
    const before = await start(0);
    const { port } = before.app.server.address() as AddressInfo; // it listens on a port
    const client = createClient({ baseUrl: `http://127.0.0.1:${port}` });
    const stop = new AbortController();
    const events = client
      .follow({ after: 0, types: ['study-created', 'study-paused', 'study-resumed'], signal: stop.signal })
      [Symbol.asyncIterator]();
    const { id } = (await before.post('/v1/studies', externalStudy())).json();
    const heard = await first(1, events);
    await before[Symbol.asyncDispose]();
    await using after = await start(port);
    await after.post(`/v1/studies/${id}/pause`);
    await after.post(`/v1/studies/${id}/resume`);
    heard.push(...(await first(2, events)));
    expect(heard.map(({ type }) => type)).toEqual(['study-created', 'study-paused', 'study-resumed']);
    const last = events.next();
    stop.abort();
    expect(await last).toEqual({ done: true, value: undefined });
  });

  it('is told when events that it asks for are gone, and when it may not hear them', async () => {
    await using service = await startTestService();
    await service.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = service.app.server.address() as AddressInfo; // it listens on a port
    const client = createClient({ baseUrl: `http://127.0.0.1:${port}` });
    const gone = client.follow({ after: 12_345 })[Symbol.asyncIterator]();
    expect((await gone.next()).value).toEqual({ type: 'gap', after: 12_345, position: 0 });
    await gone.return?.();
    const refused = client.follow({ types: ['no-such-type'] })[Symbol.asyncIterator]();
    await expect(refused.next()).rejects.toMatchObject({ code: 'invalid-request', status: 422 });
  });
});
