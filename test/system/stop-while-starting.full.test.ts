import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { dataFolder } from './data-folder.ts';
import { allGone, processTree, withCommand } from './process-tree.ts';
import { type ServiceProcess, startProcess } from './service-process.ts';

const oneSlot = (path: string) => ({ CLAVIER_DATA_DIR: path, CLAVIER_SLOTS: '1' });

/** The end of a process, together with whether it came: a promise alone cannot be asked. */
function watchEnd(service: ServiceProcess): { readonly came: boolean } {
  const end = { came: false };
  void service.exited.then(() => {
    end.came = true;
  });
  return end;
}

/** Waits for a moment of the start, sends a signal, and holds the process to its end: nothing is left, and a start afterwards works. */
async function stopAt(
  verb: 'serve' | 'quickstart',
  signal: NodeJS.Signals,
  moment: (service: ServiceProcess, path: string) => boolean,
): Promise<number | null> {
  await using folder = await dataFolder();
  await using service = startProcess([verb], oneSlot(folder.path));
  const end = watchEnd(service);
  await eventually(() => end.came || moment(service, folder.path), { until: 'the moment of the start' });
  expect(end.came, service.output()).toBe(false);
  const tree = processTree(service.pid);
  service.signal(signal);
  await eventually(() => end.came, { until: 'it has ended' });
  await allGone(tree);
  await eventually(() => withCommand(`postgres -D ${folder.path}/`).length === 0, { until: 'no PostgreSQL is left', seconds: 5 });
  await using again = startProcess(['serve'], oneSlot(folder.path));
  await again.url();
  expect(again.output()).not.toContain('adopted the embedded PostgreSQL of an earlier process');
  return await service.exited;
}

const clusterIsMade = (_: ServiceProcess, path: string): boolean => readdirSync(path).some((name) => name.startsWith('postgres.new-'));
const says =
  (text: string) =>
  (service: ServiceProcess): boolean =>
    service.output().includes(text);

test.each(['SIGTERM', 'SIGINT'] as const)('%s at once after the start of the program leaves no process', async (signal) => {
  // Before the program has come so far as to listen, the signal itself ends it: null.
  expect([0, null]).toContain(await stopAt('serve', signal, () => true));
});

test.each([
  ['SIGTERM', 'its cluster is made', clusterIsMade],
  ['SIGHUP', 'its PostgreSQL is up', says('started the embedded PostgreSQL')],
  ['SIGINT', 'a migration is applied', says('applied migration')],
  ['SIGTERM', 'its slots are up', says('training on 1 slot')],
  ['SIGHUP', 'it listens', says('listening on')],
] as const)('%s while %s stops a serve in order, with exit code 0', async (signal, _, moment) => {
  expect(await stopAt('serve', signal, moment)).toBe(0);
});

test.each([
  ['SIGINT', 'its cluster is made', clusterIsMade],
  ['SIGHUP', 'its study begins', says('The API is at')],
] as const)('%s while %s stops a quickstart in order, with exit code 130', async (signal, _, moment) => {
  expect(await stopAt('quickstart', signal, moment)).toBe(130);
});
