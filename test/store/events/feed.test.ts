import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SharedFeed } from '../../../src/events/feed.ts';
import { FeedReader } from '../../../src/events/feed-reader.ts';
import { readAddress } from '../../../src/store/database/address.ts';
import { openDirectDatabase } from '../../../src/store/database/database.ts';
import type { DirectDatabase } from '../../../src/store/database/direct.ts';
import { outbox } from '../../../src/store/events/outbox.ts';
import { deleteOldEvents } from '../../../src/store/events/sweep.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { runSql } from '../server.ts';
import { hear, openWriter } from './writers.ts';

let test: TestDatabase;
let database: DirectDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
  database = openDirectDatabase({ address: readAddress(test.url), connections: 4 });
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await test[Symbol.asyncDispose]();
});
beforeEach(async () => void (await runSql(test.url, 'DELETE FROM outbox')));

/** A feed that nobody wakes: it looks each second, as behind a pooler. */
const pollingFeed = (): SharedFeed =>
  new SharedFeed({
    log: outbox(database),
    wakes: () => () => undefined,
    onFault: (error) => {
      throw error;
    },
  });

const stored = async () => (await runSql(test.url, 'SELECT project FROM outbox ORDER BY sequence')).rows.map(({ project }) => project);
const patient = { timeout: 20_000 };

describe('a listener that nobody wakes', () => {
  it('gets an event of a transaction that commits late before those with higher numbers', async () => {
    await using feed = pollingFeed();
    await using late = await openWriter(test.url);
    using heard = await hear(feed);
    await late.sql('BEGIN');
    await late.write('late');
    await runSql(test.url, "INSERT INTO outbox (project, type) VALUES ('early', 'campaign-created')");
    await delay(1500);
    expect(heard.projects()).toEqual([]);
    await late.sql('COMMIT');
    await expect.poll(heard.projects, patient).toEqual(['late', 'early']);
  });

  it('does not wait for a transaction that was rolled back, nor for one that writes no events', async () => {
    await using feed = pollingFeed();
    await using bystander = await openWriter(test.url);
    await using gone = await openWriter(test.url);
    using heard = await hear(feed);
    await bystander.sql('BEGIN; CREATE TABLE bystander ()');
    await gone.sql('BEGIN');
    await gone.write('rolled back');
    await runSql(test.url, "INSERT INTO outbox (project, type) VALUES ('kept', 'campaign-created')");
    await gone.sql('ROLLBACK');
    await expect.poll(heard.projects, patient).toEqual(['kept']);
    await bystander.sql('ROLLBACK');
  });

  it('goes past numbers that nobody has, as a crash of the server leaves them', async () => {
    await using feed = pollingFeed();
    using heard = await hear(feed);
    await runSql(test.url, "SELECT nextval('outbox_sequence_seq') FROM generate_series(1, 33)");
    await runSql(test.url, "INSERT INTO outbox (project, type) VALUES ('after the crash', 'campaign-created')");
    await expect.poll(heard.projects, patient).toEqual(['after the crash']);
  });
});

describe('a feed that begins', () => {
  it('waits for a transaction that may have a number before its place, and loses nothing to a reader from there', async () => {
    await using feed = pollingFeed();
    await using late = await openWriter(test.url);
    await late.sql('BEGIN');
    await late.write('late');
    await runSql(test.url, "INSERT INTO outbox (project, type) VALUES ('early', 'campaign-created')");
    let position: bigint | null = null;
    const found = feed.position().then((known) => {
      position = known;
    });
    await delay(300);
    expect(position).toBeNull();
    await late.sql('COMMIT');
    await found;
    const { events, isLast } = await feed.read(0n, {}, 10);
    expect([events.map(({ project }) => project), isLast]).toEqual([['late', 'early'], true]);
  });
});

describe('events that many sessions write at once', () => {
  it('arrive once, in the order of their numbers, also if transactions commit late or are rolled back', async () => {
    await using feed = pollingFeed();
    using heard = await hear(feed);
    const write = async (session: number): Promise<void> => {
      await using writer = await openWriter(test.url);
      for (let turn = 0; turn < 40; turn += 1) {
        await writer.sql('BEGIN');
        for (let written = 0; written <= turn % 3; written += 1) await writer.write(`${session}.${turn}.${written}`);
        if ((turn + session) % 4 === 0) await delay((turn * 7 + session * 3) % 20);
        await writer.sql((turn + session) % 5 === 0 ? 'ROLLBACK' : 'COMMIT');
      }
    };
    await Promise.all([1, 2, 3, 4, 5, 6].map(write));
    const all = await stored();
    expect(all.length).toBeGreaterThan(300);
    await expect.poll(() => heard.events.length, patient).toBe(all.length);
    expect(heard.projects()).toEqual(all);
  });
});

describe('a reader that is slower than the feed', () => {
  it('gets every event once and in order, from the log where it fell behind', async () => {
    await using feed = pollingFeed();
    using cursor = new FeedReader(feed, { types: ['campaign-created'] }, await feed.position());
    expect(await cursor.next(1)).toEqual([]);
    const numbers = Array.from({ length: 750 }, (_, number) => String(number));
    await runSql(
      test.url,
      "INSERT INTO outbox (project, type) SELECT n::text, CASE WHEN side = 0 THEN 'campaign-created' ELSE 'campaign-ended' END FROM generate_series(0, 749) AS n, generate_series(0, 1) AS side ORDER BY n + 0, side",
    );
    using heard = await hear(feed);
    await runSql(test.url, "INSERT INTO outbox (project, type) VALUES ('all passed on', 'campaign-paused')");
    await expect.poll(heard.projects, patient).toContain('all passed on');
    const got: string[] = [];
    while (got.length < numbers.length) got.push(...(await cursor.next(5000)).map(({ project }) => project));
    expect(got).toEqual(numbers);
  });
});

describe('events that are kept no longer', () => {
  it('are deleted by age, and a reader from before them is told so', async () => {
    await using feed = pollingFeed();
    await runSql(
      test.url,
      "INSERT INTO outbox (project, type, created_at) SELECT 'old', 'campaign-created', clock_timestamp() - interval '8 days' FROM generate_series(1, 20)",
    );
    await runSql(test.url, "INSERT INTO outbox (project, type) VALUES ('new', 'campaign-created')");
    const [first] = (await feed.read(0n, {}, 1)).events;
    expect(await feed.isComplete((first?.sequence ?? 0n) - 1n)).toBe(true);
    expect(await deleteOldEvents(database, 7)).toBe(20);
    expect(await deleteOldEvents(database, 7)).toBe(0);
    expect(await stored()).toEqual(['new']);
    expect(await feed.isComplete((first?.sequence ?? 0n) + 18n)).toBe(false);
    expect(await feed.isComplete((first?.sequence ?? 0n) + 19n)).toBe(true);
    expect(await feed.isComplete((await feed.position()) + 1n)).toBe(false);
  });

  const write = (project: string, days: number) =>
    runSql(
      test.url,
      `INSERT INTO outbox (project, type, created_at) VALUES ('${project}', 'campaign-created', clock_timestamp() - interval '${days} days')`,
    );

  it('leave no gap for a reader that has them, also where none is left and where numbers were left out', async () => {
    for (const project of ['one', 'two', 'three']) await write(project, 8);
    const place = await pollingFeed().position();
    expect(await deleteOldEvents(database, 7)).toBe(3);
    expect(await stored()).toEqual([]);
    expect(await pollingFeed().position()).toBe(place);
    expect([await pollingFeed().isComplete(place - 1n), await pollingFeed().isComplete(place)]).toEqual([false, true]);
    await runSql(test.url, "BEGIN; INSERT INTO outbox (project, type) VALUES ('rolled back', 'campaign-created'); ROLLBACK");
    await write('four', 0);
    expect([await pollingFeed().isComplete(place - 1n), await pollingFeed().isComplete(place)]).toEqual([false, true]);
    expect((await pollingFeed().read(place, {}, 9)).events.map(({ project }) => project)).toEqual(['four']);
  });

  it('are not those of an erased project', async () => {
    await write('erased', 0);
    const place = await pollingFeed().position();
    await write('erased', 0);
    await runSql(test.url, "DELETE FROM outbox WHERE project = 'erased'");
    expect(await pollingFeed().isComplete(place)).toBe(true);
  });
});
