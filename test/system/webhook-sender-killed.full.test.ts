import { expect, test } from 'vitest';
import { createTestDatabase } from '../store/database.ts';
import { runSql } from '../store/server.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { eventually } from '../support/eventually.ts';
import { accept, startReceiver } from '../webhooks/receiver.ts';
import { startProcess } from './service-process.ts';

test('a message whose process is killed before it recorded the answer is sent by another, twice in all, and counted once', async () => {
  await using receiver = await startReceiver();
  await using database = await createTestDatabase();
  await using folder = await temporaryFolder();
  const settings = { DATABASE_URL: database.url, CLAVIER_DATA_DIR: folder.path, CLAVIER_WEBHOOK_PRIVATE_TARGETS: '127.0.0.1' };
  await using first = startProcess(['api'], settings);
  const made = await fetch(`${await first.url()}/v1/webhooks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url: receiver.url }),
  });
  expect(made.status).toBe(201);
  receiver.behave(() => first.signal('SIGKILL')); // the message has arrived, and its answer never does
  const write = (number: number) =>
    runSql(
      database.url,
      `INSERT INTO outbox (project, study_id, type, number) VALUES ('default', '${studyId}', 'trial-completed', ${number})`,
    );
  const studyId = '01900000-0000-7000-8000-00000000000a';
  for (const number of [0, 1, 2]) await write(number);
  await first.exited;
  receiver.behave(accept);
  await using second = startProcess(['api'], settings);
  await second.url();
  const states = async () => (await runSql(database.url, 'SELECT state, attempts FROM webhook_delivery ORDER BY sequence')).rows;
  await eventually(async () => expect((await states()).map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered']), {
    seconds: 120,
  });
  expect(receiver.received.map(({ body }) => JSON.parse(body).data.number)).toEqual([0, 0, 1, 2]);
  expect(receiver.received[1]?.headers['webhook-id']).toBe(receiver.received[0]?.headers['webhook-id']);
  expect((await states()).map(({ attempts }) => attempts)).toEqual([2, 1, 1]);
});
