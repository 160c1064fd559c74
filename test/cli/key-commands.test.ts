import { describe, expect, test } from 'vitest';
import type { KeyRepresentation, KeyRequest, NewKeyRepresentation } from '../../src/api/key.ts';
import { ProblemError } from '../../src/client/problem-error.ts';
import { commandLine } from './command-line.ts';
import { listed } from './fake-client.ts';

const secret = `clv_${'x'.repeat(43)}`;
const key: KeyRepresentation = {
  id: '01900000-0000-7000-8000-00000000000a',
  name: 'laptop',
  project: 'default',
  scopes: ['read', 'work'],
  lastFour: 'xxxx',
  state: 'active',
  createdAt: '2026-11-24T12:00:00.000Z',
  createdBy: null,
  expiresAt: '2027-11-24T12:00:00.000Z',
  lastUsedAt: null,
  revokedAt: null,
};
const made: NewKeyRepresentation = { ...key, secret };
const createKey = async () => made;

describe('key create', () => {
  test('prints the secret alone as the result, and what it is of beside it', async () => {
    const { code, out, err, calls } = await commandLine(['key', 'create', 'laptop', '--scopes', 'read, work'], { createKey });
    expect([code, out]).toEqual([0, `${secret}\n`]);
    expect(err).toBe(
      [
        `Made key ${key.id} (laptop): read, work in the project default, valid until 2027-11-24T12:00:00.000Z`,
        'Its secret is shown this once. Keep it safe; clients send it as CLAVIER_KEY:',
        '',
      ].join('\n'),
    );
    expect(calls).toEqual([['createKey', { name: 'laptop', scopes: ['read', 'work'] }]]);
  });

  test('prints the key as JSON, with its secret', async () => {
    const { out, err } = await commandLine(['key', 'create', 'laptop', '--scopes', 'read', '--json'], { createKey });
    expect([JSON.parse(out), err]).toEqual([made, '']);
  });

  test('makes it in a project, or in all', async () => {
    const { connections } = await commandLine(['key', 'create', 'x', '--scopes', 'read', '--project', 'vision'], { createKey });
    expect(connections).toEqual([{ project: 'vision' }]);
    const all = await commandLine(['key', 'create', 'x', '--scopes', 'admin', '--all-projects'], { createKey });
    expect(all.calls).toEqual([['createKey', { name: 'x', scopes: ['admin'], project: null }]]);
  });

  test('takes an end as a time or as a length from now', async () => {
    const expiryOf = async (text: string) => {
      let expiresAt: string | undefined;
      const kept = async (request: KeyRequest) => {
        expiresAt = request.expiresAt;
        return made;
      };
      await commandLine(['key', 'create', 'x', '--scopes', 'read', '--expires', text], { createKey: kept });
      return Date.parse(expiresAt ?? '');
    };
    expect(await expiryOf('2027-11-24T12:00:00+01:00')).toBe(Date.parse('2027-11-24T11:00:00Z'));
    for (const [text, hours] of [
      ['12h', 12],
      ['90d', 90 * 24],
      ['2w', 14 * 24],
    ] as const)
      expect(Math.abs((await expiryOf(text)) - Date.now() - hours * 3_600_000), text).toBeLessThan(60_000);
  });

  test.each([
    [['key', 'create', 'x'], "required option '--scopes <rights>' not specified"],
    [['key', 'create', 'x', '--scopes', 'root'], 'It must be some of read, write, work, admin, each once, separated by commas.'],
    [['key', 'create', 'x', '--scopes', 'read,read'], 'It must be some of read, write, work, admin'],
    [['key', 'create', 'x', '--scopes', 'read', '--expires', 'soon'], 'It must be a length such as 12h, 90d or 52w'],
    [['key', 'create', 'x', '--scopes', 'read', '--project', 'No Name'], 'It must have 1 to 63 lower-case letters'],
  ])('refuses %j', async (args, words) => {
    const { code, err, calls } = await commandLine(args, { createKey });
    expect([code, calls]).toEqual([2, []]);
    expect(err).toContain(words);
  });

  test('refuses a project together with all of them', async () => {
    const args = ['key', 'create', 'x', '--scopes', 'read', '--all-projects', '--project', 'vision'];
    await expect(commandLine(args, { createKey })).rejects.toThrow('--all-projects and --project contradict each other: leave one out');
  });

  test('tells in one line why the service refuses', async () => {
    const refusal = async () => {
      throw new ProblemError({ status: 403, code: 'forbidden', detail: 'this needs the right admin; the key has read', errors: [] });
    };
    const { code, out, err } = await commandLine(['key', 'create', 'x', '--scopes', 'read'], { createKey: refusal });
    expect([code, out, err]).toEqual([2, '', 'clavier: this needs the right admin; the key has read (forbidden)\n']);
  });
});

describe('key create --local', () => {
  test('asks no service, and names the project that the command names', async () => {
    const requests: unknown[] = [];
    const makeLocalKey = async (request: unknown) => {
      requests.push(request);
      return made;
    };
    const args = ['key', 'create', 'operator', '--scopes', 'admin', '--local'];
    const { code, out, calls } = await commandLine([...args, '--all-projects'], {}, { makeLocalKey });
    expect([code, out, calls]).toEqual([0, `${secret}\n`, []]);
    await commandLine([...args, '--project', 'vision'], {}, { makeLocalKey });
    await commandLine(args, {}, { makeLocalKey });
    expect(requests).toEqual([
      { name: 'operator', scopes: ['admin'], project: null },
      { name: 'operator', scopes: ['admin'], project: 'vision' },
      { name: 'operator', scopes: ['admin'] },
    ]);
  });

  test('refuses the address or the key of a service', async () => {
    for (const more of [
      ['--url', 'http://service.example'],
      ['--key', 'secret'],
    ])
      await expect(commandLine(['key', 'create', 'x', '--scopes', 'admin', '--local', ...more])).rejects.toThrow(
        '--local needs no service',
      );
  });
});

describe('key list', () => {
  test('prints a table without secrets, or JSON', async () => {
    const all = { ...key, project: null, expiresAt: null, lastUsedAt: '2026-11-25T12:00:00.000Z', state: 'revoked' as const };
    const answers = { listKeys: () => listed(key, all) };
    const { out } = await commandLine(['key', 'list'], answers);
    const [titles, , first, second] = out.split('\n').map((line) => line.split(/ {2,}/));
    expect(titles).toEqual(['key', 'name', 'project', 'rights', 'state', 'ends in', 'last used', 'expires']);
    expect(first).toEqual([key.id, 'laptop', 'default', 'read,work', 'active', 'xxxx', 'never', key.expiresAt]);
    expect(second).toEqual([key.id, 'laptop', '(all)', 'read,work', 'revoked', 'xxxx', all.lastUsedAt, 'never']);
    expect(JSON.parse((await commandLine(['key', 'list', '--json'], answers)).out)).toEqual([key, all]);
    const none = await commandLine(['key', 'list'], { listKeys: () => listed() });
    expect([none.code, none.out, none.err]).toEqual([0, '', 'There are no keys.\n']);
  });
});

describe('key revoke', () => {
  test('says which key it was', async () => {
    const revokeKey = async () => ({ ...key, state: 'revoked' as const, revokedAt: key.createdAt });
    const { code, out, err, calls } = await commandLine(['key', 'revoke', key.id], { revokeKey });
    expect([code, out, err]).toEqual([0, '', `Revoked key ${key.id} (laptop): read, work in the project default\n`]);
    expect(calls).toEqual([['revokeKey', key.id]]);
  });
});

describe('whoami', () => {
  test('prints the project and the rights', async () => {
    const caller = async () => ({ keyId: key.id, project: 'vision', allProjects: false, scopes: ['read' as const] });
    const { out } = await commandLine(['whoami', '--project', 'vision'], { caller });
    expect(out).toBe(`sender   key ${key.id}\nproject  vision\nrights   read\n`);
    const everywhere = async () => ({ keyId: null, project: 'default', allProjects: true, scopes: ['admin' as const] });
    expect((await commandLine(['whoami'], { caller: everywhere })).out).toBe(
      'sender   no key, or that of the operator\nproject  default (and all others by --project)\nrights   admin\n',
    );
    expect(JSON.parse((await commandLine(['whoami', '--json'], { caller })).out)).toEqual(await caller());
  });
});
