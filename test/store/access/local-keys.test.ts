import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../../src/access/audit.ts';
import { stateOfKey } from '../../../src/access/key.ts';
import { digestOfSecret } from '../../../src/access/secret.ts';
import { UsageError } from '../../../src/cli/exit-codes.ts';
import { loadConfig } from '../../../src/config.ts';
import { makeLocalKey } from '../../../src/local-keys.ts';
import { accessStore } from '../../../src/store/access/access-store.ts';
import { readAddress } from '../../../src/store/database/address.ts';
import { type Database, openDatabase } from '../../../src/store/database/database.ts';
import { lockDataFolder } from '../../../src/store/embedded/data-folder-lock.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { temporaryFolder } from '../temporary-folder.ts';

let test: TestDatabase;
let database: Database;
beforeAll(async () => {
  test = await createTestDatabase();
  database = openDatabase({ address: readAddress(test.url), connections: 2 });
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await test[Symbol.asyncDispose]();
});

const { signal } = new AbortController();
const make = (request: Parameters<typeof makeLocalKey>[1], environment = {}) =>
  makeLocalKey(loadConfig({ DATABASE_URL: test.url, ...environment }), request, signal);

describe('a key that is made without a service', () => {
  it('is in the database, by the digest of its secret', async () => {
    const access = accessStore(database);
    expect(await access.hasAdministrator()).toBe(false);
    const { secret, ...shown } = await make({ name: 'operator', scopes: ['admin'], project: null });
    expect(shown).toMatchObject({ name: 'operator', scopes: ['admin'], project: null, state: 'active', createdBy: null });
    const stored = await access.keyByDigest(digestOfSecret(secret));
    expect(stored).toMatchObject({ id: shown.id, lastFour: secret.slice(-4) });
    expect(stored && stateOfKey(stored, new Date())).toBe('active');
    expect(await access.hasAdministrator()).toBe(true);
  });

  it('is of the project of the request, of that of the environment, or of the default one', async () => {
    await accessStore(database).insertProject('vision', commandLine);
    await accessStore(database).insertProject('audio', commandLine);
    const request = { name: 'x', scopes: ['read' as const] };
    expect((await make(request)).project).toBe('default');
    expect((await make(request, { CLAVIER_PROJECT: 'audio' })).project).toBe('audio');
    expect((await make({ ...request, project: 'vision' }, { CLAVIER_PROJECT: 'audio' })).project).toBe('vision');
  });

  it.each([
    [{ name: '', scopes: ['read' as const] }, /^the name of the key /],
    [{ name: 'x', scopes: ['read' as const], project: 'nobodys' }, /^there is no project nobodys: create it/],
    [{ name: 'x', scopes: ['read' as const], expiresAt: '2020-01-01T00:00:00Z' }, /would have expired already/],
  ])('is not made of %j', async (request, words) => {
    const before = await database.accessKey.count();
    const refusal = make(request);
    await expect(refusal).rejects.toThrow(words);
    await expect(refusal).rejects.toBeInstanceOf(UsageError);
    expect(await database.accessKey.count()).toBe(before);
  });

  it('is not made in a data folder on which a service runs: its message says to use the API', async () => {
    await using folder = await temporaryFolder();
    await using _lock = await lockDataFolder(folder.path, { verb: 'serve', onLost: () => undefined, log: () => undefined });
    const refusal = makeLocalKey(loadConfig({ CLAVIER_DATA_DIR: folder.path }), { name: 'x', scopes: ['admin'] }, signal);
    await expect(refusal).rejects.toBeInstanceOf(UsageError);
    await expect(refusal).rejects.toThrow(
      /is in use by process \d+, probably a service: make the key over its API instead, without --local/,
    );
  });
});
