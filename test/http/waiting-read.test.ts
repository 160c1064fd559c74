import { EventEmitter, getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ChangeWatch } from '../../src/http/change-watch.ts';
import { readOrWait } from '../../src/http/waiting-read.ts';

let watch: ChangeWatch;
beforeEach(() => {
  watch = new ChangeWatch();
});
afterEach(() => watch.stop());

const longMs = 60_000;

it.each(['before', 'while'])('a client that leaves %s it is waited for is not waited for', async (when) => {
  const gone = new AbortController();
  if (when === 'before') gone.abort();
  const wait = watch.changed('/study', async () => 'tag', 'tag', longMs, gone.signal);
  gone.abort();
  await wait;
  expect(getEventListeners(gone.signal, 'abort')).toEqual([]);
});

it('a wait ends when the tag differs, when it cannot be read, and when the service stops', async () => {
  const { signal } = new AbortController();
  await watch.changed('/study', async () => 'newer', 'tag', longMs, signal);
  await watch.changed('/broken', () => Promise.reject(new Error('gone')), 'tag', longMs, signal);
  const waits = ['/one', '/two', '/two'].map((address) => watch.changed(address, async () => 'tag', 'tag', longMs, signal));
  await watch.stop();
  await Promise.all(waits);
  await watch.changed('/one', async () => 'tag', 'tag', longMs, signal);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it('a client that leaves during the first read is not waited for', async () => {
  const raw = new EventEmitter();
  let reads = 0;
  const read = async () => {
    reads += 1;
    if (reads === 1) raw.emit('close');
    return { state: 'active' as const };
  };
  // the members that readOrWait uses
  const request = { url: '/study?wait=60', query: { wait: 60 }, headers: {} } as unknown as FastifyRequest<{
    Querystring: { wait: number };
  }>;
  const reply = { raw, header: () => reply } as unknown as FastifyReply;
  expect(await readOrWait(request, reply, { watch, read })).toEqual({ state: 'active' });
}, 5_000);

it('a wait that is over leaves nothing in memory', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void; // of the flag
  const rounds = 20_000;
  const bytesAfter = async (): Promise<number> => {
    for (let round = 0; round < rounds; round += 1_000)
      await Promise.all(
        Array.from({ length: 1_000 }, () => watch.changed('/study', async () => 'tag', 'tag', 0, new AbortController().signal)),
      );
    await new Promise((resolve) => setTimeout(resolve, 50));
    collect();
    return process.memoryUsage().heapUsed;
  };
  await bytesAfter();
  const before = await bytesAfter();
  const left = ((await bytesAfter()) - before) / rounds;
  expect(left).toBeLessThan(12);
});
