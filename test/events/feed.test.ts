import { expect, it } from 'vitest';
import { SharedFeed } from '../../src/events/feed.ts';
import { FeedReader } from '../../src/events/feed-reader.ts';
import { MemoryLog } from './memory-log.ts';

it('a feed loses nothing when reads fail, tells the first error of a row, and goes on', async () => {
  const log = new MemoryLog();
  const faults: string[] = [];
  let wake = (): void => undefined;
  await using feed = new SharedFeed({
    log,
    wakes: (woken) => {
      wake = woken;
      return () => undefined;
    },
    onFault: (error) => void faults.push(String(error)),
  });
  const heard: number[] = [];
  feed.subscribe({ filter: {}, receive: (events) => void heard.push(...events.map(({ sequence }) => Number(sequence))) });
  await feed.position();
  log.failures.set('events', 2);
  log.commit(...Array.from({ length: 250 }, (_, index) => index + 1));
  wake();
  await expect.poll(() => heard.length, { timeout: 20_000 }).toBe(250);
  expect(heard).toEqual(Array.from({ length: 250 }, (_, index) => index + 1));
  expect(faults).toEqual(['Error: events failed']);
});

it('a feed whose first read fails says so to those that wait for its position', async () => {
  const log = new MemoryLog();
  log.failures.set('bounds', 1);
  await using feed = new SharedFeed({ log, wakes: () => () => undefined, onFault: () => undefined });
  const unsubscribe = feed.subscribe({ filter: {}, receive: () => undefined });
  await expect(feed.position()).rejects.toThrow('bounds failed');
  await expect.poll(() => feed.position().catch(() => null), { timeout: 20_000 }).toBe(0n);
  unsubscribe();
});

it('a reader that begins while others are given events misses none of them', async () => {
  const log = new MemoryLog();
  await using feed = new SharedFeed({
    log,
    wakes: () => () => undefined,
    onFault: (error) => {
      throw error;
    },
  });
  const end = feed.subscribe({ filter: { types: ['campaign-created'] }, receive: () => undefined });
  await feed.position();
  let open = (): void => undefined;
  log.gate = new Promise((resolve) => {
    open = resolve;
  });
  log.studies.set(2n, 'a quiet study');
  log.commit(1, 2);
  await expect.poll(() => log.calls.filter((name) => name === 'events').length, { timeout: 20_000 }).toBe(1);
  using cursor = new FeedReader(feed, { studyId: 'a quiet study' }, 0n);
  expect(await cursor.next(1)).toEqual([]);
  open();
  expect((await cursor.next(20_000)).map(({ sequence }) => sequence)).toEqual([2n]);
  end();
});

it('those that wait for its position get it, also if the last listener leaves meanwhile', async () => {
  const log = new MemoryLog();
  log.open.add('a writer');
  await using feed = new SharedFeed({ log, wakes: () => () => undefined, onFault: () => undefined });
  const leave = feed.subscribe({ filter: {}, receive: () => undefined });
  const position = feed.position();
  await expect.poll(() => log.calls.includes('writers'), { timeout: 20_000 }).toBe(true);
  leave();
  await new Promise((resolve) => setTimeout(resolve, 100));
  log.open.clear();
  expect(await position).toBe(0n);
});

it('a feed reads nothing while nobody listens', async () => {
  const log = new MemoryLog();
  await using feed = new SharedFeed({
    log,
    wakes: () => () => undefined,
    onFault: (error) => {
      throw error;
    },
  });
  feed.subscribe({ filter: {}, receive: () => undefined })();
  feed.subscribe({ filter: {}, receive: () => undefined })();
  await feed[Symbol.asyncDispose]();
  const { length } = log.calls;
  log.commit(1);
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect(log.calls.length).toBe(length);
});
