import { expect, it } from 'vitest';
import type { FeedEvent } from '../../src/events/event.ts';
import { SharedFeed } from '../../src/events/feed.ts';
import { FeedReader } from '../../src/events/feed-reader.ts';
import { RecentEvents } from '../../src/events/recent-events.ts';
import { MemoryLog } from './memory-log.ts';

const event = (sequence: number, studyId = 'a', data: unknown = {}, type: FeedEvent['type'] = 'study-paused'): FeedEvent => ({
  sequence: BigInt(sequence),
  project: 'default',
  studyId,
  campaignId: null,
  type,
  number: null,
  data,
  chain: null,
  createdAt: new Date(0),
});
const numbers = (page: { readonly events: readonly FeedEvent[] } | null) => page?.events.map(({ sequence }) => Number(sequence));
const all = (after: number, through: number) => ({ after: BigInt(after), through: BigInt(through) });

it('has a page as the log has it, also of a limit and of a position between', () => {
  const recent = new RecentEvents();
  recent.beginAt(10n);
  const events = [event(11), event(13, 'b'), event(14), event(20)];
  recent.add(events, events);
  expect(recent.page(all(10, 20), {}, 2)).toEqual({ events: events.slice(0, 2), position: 13n });
  expect(recent.page(all(11, 17), { studyId: 'a' }, 9)).toEqual({ events: [events[2]], position: 17n });
  expect(recent.page(all(20, 25), {}, 9)).toEqual({ events: [], position: 25n });
});

it('does not answer for what came before it began, or that nobody listened to', () => {
  const recent = new RecentEvents();
  expect([recent.reaches(0n), recent.page(all(0, 1), {}, 9)]).toEqual([false, null]);
  recent.beginAt(10n);
  recent.add([event(11), event(12, 'b')], [event(12, 'b')]);
  expect([recent.reaches(9n), recent.reaches(10n)]).toEqual([false, true]);
  expect(recent.page(all(9, 12), {}, 9)).toBeNull();
  expect(recent.page(all(10, 12), {}, 9)).toBeNull();
  expect(numbers(recent.page(all(10, 12), { studyId: 'b' }, 9))).toEqual([12]);
  recent.beginAt(null);
  expect(recent.reaches(12n)).toBe(false);
});

it.each([
  ['events', { events: 3 }, {}],
  ['characters', { characters: 18 }, { k: 1 }],
  ['time', { ms: -1 }, {}],
])('keeps no more than its limit of %s, and does not answer for what it dropped', (name, limits, data) => {
  const recent = new RecentEvents(limits);
  recent.beginAt(0n);
  for (let sequence = 1; sequence <= 10; sequence += 1) recent.add([event(sequence, 'a', data)], [event(sequence, 'a', data)]);
  const floor = { events: 7n, characters: 8n, time: 10n }[name] ?? 0n;
  expect([recent.reaches(floor - 1n), recent.reaches(floor)]).toEqual([false, true]);
  expect(recent.page({ after: floor, through: 10n }, {}, 99)?.events).toHaveLength(Number(10n - floor));
});

it('keeps no large event, and none of a study that was deleted but that it was', () => {
  const recent = new RecentEvents();
  recent.beginAt(0n);
  const large = event(1, 'a', 'x'.repeat(70_000));
  const events = [large, event(2, 'b'), event(3, 'c'), event(4, 'b', {}, 'study-deleted')];
  recent.add(events, events);
  expect(recent.page(all(0, 4), { studyId: 'a' }, 9)).toBeNull();
  expect(recent.page(all(0, 4), { studyId: 'b' }, 9)).toBeNull();
  expect(numbers(recent.page(all(2, 4), { studyId: 'b' }, 9))).toEqual([4]);
  expect(numbers(recent.page(all(0, 4), { studyId: 'c' }, 9))).toEqual([3]);
});

it('a reader that connects again to a feed with others reads nothing from the log', async () => {
  const log = new MemoryLog();
  await using feed = new SharedFeed({ log, wakes: () => () => undefined, onFault: (error) => expect.unreachable(String(error)) });
  log.commit(1);
  const heard: number[] = [];
  const end = feed.subscribe({ filter: {}, receive: (events) => void heard.push(...events.map(({ sequence }) => Number(sequence))) });
  const begun = await feed.position();
  log.commit(2, 3, 4);
  await expect.poll(() => heard, { timeout: 20_000 }).toEqual([2, 3, 4]);
  const { length } = log.calls.filter((name) => name === 'page' || name === 'bounds');
  using cursor = new FeedReader(feed, {}, begun + 1n);
  expect([await feed.isComplete(begun + 1n), (await cursor.next(1)).map(({ sequence }) => sequence)]).toEqual([true, [3n, 4n]]);
  expect(log.calls.filter((name) => name === 'page' || name === 'bounds')).toHaveLength(length);
  expect((await feed.read(0n, {}, 10)).events.map(({ sequence }) => sequence)).toEqual([1n, 2n, 3n, 4n]);
  end();
});
