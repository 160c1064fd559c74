import { Webhook as Verifier } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../store/database.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { eventually } from '../support/eventually.ts';
import { type Received, startReceiver } from '../webhooks/receiver.ts';
import { completed, postStudy, startProcess } from './service-process.ts';
import { knownStudy } from './studies.ts';

/** Runs a command to its end. */
async function command(args: readonly string[], url: string): Promise<{ code: number | null; output: string }> {
  await using ran = startProcess(args, { CLAVIER_URL: url });
  const code = await ran.exited;
  await ran.closed;
  return { code, output: ran.output() };
}

const secretIn = (output: string): string => /^whsec_\S+$/m.exec(output)?.[0] ?? '';
const bodyOf = ({ body }: Received) => JSON.parse(body);

test('a study that a runner works on is heard by a receiver, signed and in order, and no output has the secret or the address', async () => {
  await using receiver = await startReceiver();
  await using database = await createTestDatabase();
  await using folder = await temporaryFolder();
  const settings = { DATABASE_URL: database.url, CLAVIER_DATA_DIR: folder.path, CLAVIER_WEBHOOK_PRIVATE_TARGETS: '127.0.0.1/32' };
  await using api = startProcess(['api'], settings);
  await using runner = startProcess(['runner'], settings);
  const url = await api.url();
  const address = `${receiver.url}?token=unlisted`;
  const made = await command(
    ['webhook', 'create', address, '--type', 'study-created', '--type', 'trial-completed', '--type', 'study-ended'],
    url,
  );
  expect(made.code, made.output).toBe(0);
  const secret = secretIn(made.output);
  const [{ id }] = JSON.parse((await command(['webhook', 'list', '--json'], url)).output);
  expect(await command(['webhook', 'ping', id], url)).toMatchObject({ code: 0, output: expect.stringContaining('delivered: 200') });

  const study = await postStudy(url, knownStudy);
  const { trials } = await completed(url, study);
  await eventually(() => expect(receiver.received.map(bodyOf).at(-1)?.type).toBe('study-ended'));
  for (const { body, headers } of receiver.received) new Verifier(secret).verify(body, headers as Record<string, string>); // throws unless it is genuine
  const [ping, first, ...others] = receiver.received.map(bodyOf);
  expect([ping.type, first.type]).toEqual(['ping', 'study-created']);
  expect(first.data).toMatchObject({ studyId: study, project: 'default', number: 0, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(others.map(({ type }) => type)).toEqual([...Array.from({ length: trials.completed }, () => 'trial-completed'), 'study-ended']);
  const sequences = [first, ...others].map(({ data }) => data.sequence);
  expect(sequences).toEqual(sequences.toSorted((one, other) => one - other));
  for (const output of [api.output(), runner.output()]) {
    expect(output).not.toContain(secret);
    expect(output).not.toContain('unlisted');
  }
});
