import { expect, it } from 'vitest';
import type { FeedEvent } from '../../src/events/event.ts';
import { DatabaseUnreachableError, isDatabaseUnreachable } from '../../src/shared/database-unreachable.ts';
import type { Subscription } from '../../src/webhooks/ports.ts';
import { Taker, type TakerWorld } from '../../src/webhooks/taker.ts';

const latest = 350n;
const subscription = (id: string, position: bigint): Subscription => ({
  ...{ id, project: 'default', types: null, studyId: null, labels: {}, position, waiting: 0 },
});
const event = (sequence: bigint): FeedEvent => ({
  ...{ sequence, project: 'default', studyId: null, campaignId: null, type: 'trial-completed', number: 0, data: {}, chain: null },
  createdAt: new Date(0),
});
const unreachable = () => new DatabaseUnreachableError('too late', {});

/**
 * A taker over webhooks in memory, that keeps the pages which were taken up and the facts that were logged.
 *
 * @param before called before each statement, with the id of its webhook if it has one; may throw
 */
function open(webhooks: readonly Subscription[], before: (id?: string) => void = () => undefined) {
  const stored = new Map(webhooks.map((one) => [one.id, one]));
  const [pages, logged]: [string[], unknown[]] = [[], []];
  const queue: TakerWorld['queue'] = {
    labelsOf: async () => new Map(),
    subscriptions: async () => {
      before();
      return { readable: [...stored.values()], unreadable: [] };
    },
    take: async ({ id, position }, to, messages) => {
      before(id);
      const found = stored.get(id);
      if (found?.position !== position) return false;
      stored.set(id, { ...found, position: to, waiting: found.waiting + messages.length });
      pages.push(`${id} ${to}`);
      return true;
    },
  };
  const feed: TakerWorld['feed'] = {
    position: async () => latest,
    subscribe: () => () => undefined,
    read: async (after, _filter, limit) => {
      const position = after + BigInt(limit) < latest ? after + BigInt(limit) : latest;
      const events = Array.from({ length: Number(position - after) }, (_, place) => event(after + BigInt(place) + 1n));
      return { events, position, isLast: position === latest };
    },
  };
  const log = { error: (facts: object) => void logged.push(facts) };
  const taker = new Taker({ queue, feed, represent: () => ({}), log, isAway: isDatabaseUnreachable });
  return { taker, pages, logged };
}

it('a webhook with a long backlog takes a page in its turn, and others have theirs in between', async () => {
  const { taker, pages } = open([subscription('a', 0n), subscription('b', latest - 1n), subscription('c', 200n)]);
  const turns = [await taker.look(), await taker.look(), await taker.look(), await taker.look()];
  expect(turns.map(({ taken, isBehind }) => [taken, isBehind])).toEqual([
    [201, true],
    [150, true],
    [100, true],
    [50, false],
  ]);
  expect(pages).toEqual(['a 100', 'b 350', 'c 300', 'a 200', 'c 350', 'a 300', 'a 350']);
});

it('a webhook for which enough deliveries wait is not behind', async () => {
  const { taker } = open([{ ...subscription('a', 0n), waiting: 950 }]);
  expect(await taker.look()).toEqual({ taken: 100, isBehind: false });
});

it.each([
  ['fails', () => new Error('statement failed')],
  ['waits too long', unreachable],
])('a webhook whose statement %s is logged with its id and left alone; the others are taken up', async (_what, error) => {
  const { taker, pages, logged } = open([subscription('a', 300n), subscription('b', 300n)], (id) => {
    if (id === 'a') throw error();
  });
  expect(await taker.look()).toEqual({ taken: 50, isBehind: false });
  expect(pages).toEqual(['b 350']);
  expect(logged).toEqual([{ webhook: 'a', err: error() }]);
  await taker.look();
  expect(logged).toHaveLength(1);
  taker.lookSoon();
  await taker.look();
  expect(logged).toEqual([0, 1].map(() => ({ webhook: 'a', err: error() })));
});

it('an unreachable database ends the look, and charges no webhook', async () => {
  let isAway = false;
  const { taker, logged } = open([subscription('a', 300n)], (id) => {
    isAway ||= id !== undefined;
    if (isAway) throw unreachable();
  });
  await expect(taker.look()).rejects.toThrow(DatabaseUnreachableError);
  expect(logged).toEqual([]);
});
