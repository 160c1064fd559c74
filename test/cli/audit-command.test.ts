import { describe, expect, test } from 'vitest';
import type { AuditEntryRepresentation } from '../../src/api/audit.ts';
import type { AuditListFilter } from '../../src/client/keys.ts';
import { commandLine } from './command-line.ts';
import { listed } from './fake-client.ts';

const entry: AuditEntryRepresentation = {
  id: '01900000-0000-7000-8000-00000000000b',
  at: '2026-11-24T12:00:00.000Z',
  project: 'vision',
  caller: 'key',
  keyId: '01900000-0000-7000-8000-00000000000a',
  keyName: 'people',
  person: 'ana@example.org',
  address: '203.0.113.7',
  requestId: '01900000-0000-7000-8000-00000000000c',
  action: 'study-deleted',
  target: '01900000-0000-7000-8000-00000000000d',
  details: { name: 'first try' },
};
const local: AuditEntryRepresentation = {
  ...entry,
  ...{ caller: 'command-line', keyId: null, keyName: null, person: null, address: null, requestId: null, action: 'key-created' },
};

describe('audit', () => {
  test('prints who did what, to what and from where', async () => {
    const { code, out } = await commandLine(['audit'], { audit: () => listed(entry, local) });
    const lines = out.split('\n').map((line) => line.trimEnd().split(/ {2,}/));
    expect(code).toBe(0);
    expect(lines[2]?.slice(0, 6)).toEqual([
      entry.at,
      'study-deleted',
      entry.target,
      'first try',
      'ana@example.org (key people)',
      '203.0.113.7',
    ]);
    expect(lines[3]?.slice(0, 5)).toEqual([local.at, 'key-created', local.target, 'first try', 'command-line']);
  });

  test('prints as many entries as it is told as JSON', async () => {
    const { out } = await commandLine(['audit', '--json', '--limit', '1'], { audit: () => listed(entry, local) });
    expect(JSON.parse(out)).toEqual([entry]);
  });

  test('says that there are none', async () => {
    const { out, err } = await commandLine(['audit'], { audit: () => listed<AuditEntryRepresentation>() });
    expect([out, err]).toEqual(['', 'There are no entries.\n']);
  });

  test('asks for what its options name, with a length as a time before now', async () => {
    const asked: AuditListFilter[] = [];
    const audit = (filter: AuditListFilter = {}) => {
      asked.push(filter);
      return listed<AuditEntryRepresentation>();
    };
    const options = ['--action', 'key-created', '--target', 'vision', '--person', 'ana', '--since', '7d'];
    await commandLine(['audit', ...options], { audit });
    expect(asked).toMatchObject([{ action: 'key-created', target: 'vision', person: 'ana' }]);
    expect(Math.abs(Date.parse(asked[0]?.since ?? '') - Date.now() + 7 * 86_400_000)).toBeLessThan(60_000);
  });

  test.each([
    [['--action', 'tea'], 'It must be one of key-created, key-revoked'],
    [['--since', 'yesterday'], 'It must be a length such as 12h, 7d or 4w'],
  ])('refuses %j', async (options, words) => {
    const { code, err, calls } = await commandLine(['audit', ...options], { audit: () => listed<AuditEntryRepresentation>() });
    expect([code, calls]).toEqual([2, []]);
    expect(err).toContain(words);
  });
});
