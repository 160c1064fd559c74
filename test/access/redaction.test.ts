import { expect, it } from 'vitest';
import { redaction, secretsOfAddress } from '../../src/access/redaction.ts';
import { newSecret } from '../../src/access/secret.ts';

it('cuts the secret of a webhook wholly where an address has it, whichever of its characters are escaped', () => {
  for (const secret of ['+CxZ1Lt9z3nPzw1qza0T', 'CxZ1/Lt9z3+nPzw1qza0T==', '/+/+'])
    expect(redaction()(`GET /nothing/whsec_${encodeURIComponent(secret)}?next=1`)).toBe('GET /nothing/whsec_…?next=1');
});

it('cuts keys and secrets of webhooks down to their mark', () => {
  const key = newSecret();
  expect(redaction()(`GET /v1/keys/${key}/revoke?key=${key}&limit=1 whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD/x== end`)).toBe(
    'GET /v1/keys/clv_…/revoke?key=clv_…&limit=1 whsec_… end',
  );
});

it('cuts the secrets of this process as they are, in JSON and in addresses', () => {
  const secret = 'a"b\\c/d e+f!$(1)';
  const cut = redaction(secret);
  for (const form of [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    new URLSearchParams({ k: secret }).toString(),
  ])
    expect(cut(`<${form}>`)).toMatch(/^<(k=)?…>$/);
  expect(cut('a"b')).toBe('a"b');
});

it('cuts the longer of two secrets that begin alike', () => {
  expect(redaction('12345678', '12345678-9')('12345678-9 12345678')).toBe('… …');
});

it('leaves texts that are too short for a secret', () => {
  expect(redaction('a', null, undefined, '')('a banana')).toBe('a banana');
});

it('finds the password in the address of a database', () => {
  const address = 'postgresql://user:p%40ssword-1@db.example:5432/tuning';
  const cut = redaction(...secretsOfAddress(address));
  expect(cut(`connect ${address}: password p@ssword-1 (p%40ssword-1) of user`)).toBe('connect …: password … (…) of user');
  expect(redaction(...secretsOfAddress('postgresql://db/x?user=u&password=hunter22'))('hunter22')).toBe('…');
  expect([secretsOfAddress(null), secretsOfAddress('no address')]).toEqual([[], []]);
});
