import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { guardServer } from '../../../src/store/embedded/server-guard.ts';
import { processIdentity } from '../../../src/store/runners/process-identity.ts';
import { builtFile } from '../../support/built.ts';
import { eventually } from '../../support/eventually.ts';
import { type TemporaryFolder, temporaryFolder } from '../temporary-folder.ts';

/** Folder of the only programs that the guard finds; null: the usual ones. */
const place = vi.hoisted((): { path: string | null } => ({ path: null }));
vi.mock('../../../src/store/embedded/program.ts', async (original) => {
  const actual = await original<typeof import('../../../src/store/embedded/program.ts')>();
  return { ...actual, programEnvironment: () => ({ ...actual.programEnvironment(), ...(place.path !== null && { PATH: place.path }) }) };
});

const compiled = builtFile('store/embedded/server-guard.ts');

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  place.path = null;
  await folder[Symbol.asyncDispose]();
});

/** A process in the place of a server. */
async function fakeServer() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const identity = processIdentity(child.pid ?? 0);
  if (identity === null) throw new Error('the process ended at once');
  return { server: { identity, port: 0 }, ended: once(child, 'exit'), [Symbol.dispose]: () => void child.kill('SIGKILL') };
}

/** A process that guards a server until it is killed. */
async function keeperOf(server: object) {
  const script = `
    import { guardServer } from ${JSON.stringify(compiled)};
    const options = { home: ${JSON.stringify(folder.path)}, account: null, log: console.error, everyMs: 100 };
    await guardServer(${JSON.stringify(server)}, options);
    console.log('guards');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return { kill: (signal: NodeJS.Signals) => child.kill(signal), [Symbol.dispose]: () => void child.kill('SIGKILL') };
}

it.each(['SIGKILL', 'SIGSTOP'] as const)(
  'a server ends immediately after its process had a %s, and not while that lives',
  async (signal) => {
    using victim = await fakeServer();
    using keeper = await keeperOf(victim.server);
    await pause(2500);
    expect(processIdentity(victim.server.identity.pid)).not.toBeNull();
    keeper.kill(signal);
    expect(await victim.ended).toEqual([null, 'SIGQUIT']);
    await eventually(async () => expect(await readdir(folder.path)).toEqual([]));
  },
);

it('a server that cannot end, because it stands still, is killed', async () => {
  using victim = await fakeServer();
  using keeper = await keeperOf(victim.server);
  process.kill(victim.server.identity.pid, 'SIGSTOP');
  keeper.kill('SIGKILL');
  expect(await victim.ended).toEqual([null, 'SIGKILL']);
});

it('a server that the next process adopts goes on', async () => {
  using victim = await fakeServer();
  using keeper = await keeperOf(victim.server);
  keeper.kill('SIGKILL');
  await using guard = await guardServer(victim.server, { home: folder.path, account: null, log: () => undefined, everyMs: 100 });
  await pause(2500);
  expect(processIdentity(victim.server.identity.pid)).not.toBeNull();
  await guard[Symbol.asyncDispose]();
  expect(await readdir(folder.path)).toEqual([]);
});

it('a server goes on on a machine that cannot tell the time of a file', async () => {
  using victim = await fakeServer();
  await using programs = await temporaryFolder();
  await symlink('/bin/sleep', join(programs.path, 'sleep'));
  place.path = programs.path;
  await using _guard = await guardServer(victim.server, { home: folder.path, account: null, log: () => undefined, everyMs: 100 });
  await pause(2500);
  expect(processIdentity(victim.server.identity.pid)).not.toBeNull();
});

it('another server of the folder, on another machine, takes the sign of life from the first', async () => {
  using first = await fakeServer();
  using second = await fakeServer();
  using _keeper = await keeperOf(first.server);
  await using _guard = await guardServer(second.server, { home: folder.path, account: null, log: () => undefined, everyMs: 100 });
  expect(await first.ended).toEqual([null, 'SIGQUIT']);
  expect(processIdentity(second.server.identity.pid)).not.toBeNull();
});
