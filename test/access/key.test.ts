import { describe, expect, it } from 'vitest';
import { stateOfKey } from '../../src/access/key.ts';
import { redaction } from '../../src/access/redaction.ts';
import { resultKeyIn } from '../../src/access/reuse.ts';
import { allows, type Scope, scopes } from '../../src/access/scope.ts';
import { digestOfSecret, isSecret, lastFourOf, newSecret } from '../../src/access/secret.ts';

describe('a secret', () => {
  it('has 256 random bits after a mark, and is another each time', () => {
    const drawn = new Set(Array.from({ length: 100 }, newSecret));
    expect(drawn.size).toBe(100);
    for (const secret of drawn) {
      expect(isSecret(secret)).toBe(true);
      expect(Buffer.from(secret.slice(4), 'base64url')).toHaveLength(32);
      expect(secret.endsWith(lastFourOf(secret))).toBe(true);
      expect(digestOfSecret(secret)).toHaveLength(32);
    }
  });

  it.each(['', 'clv_', 'secret', `clv_${'A'.repeat(42)}`, `clv_${'A'.repeat(44)}`, `clv_${'A'.repeat(42)}=`, `CLV_${'A'.repeat(43)}`])(
    'does not look like %j',
    (text) => {
      expect(isSecret(text)).toBe(false);
    },
  );
});

it('a text is repeated without the secrets in it', () => {
  const secret = newSecret();
  expect(redaction()(`GET /v1/keys/${secret}?key=${secret}&limit=1`)).toBe('GET /v1/keys/clv_…?key=clv_…&limit=1');
});

describe('a right', () => {
  const includes: Readonly<Record<Scope, readonly Scope[]>> = {
    read: ['read'],
    write: ['read', 'write'],
    work: ['work'],
    admin: ['read', 'write', 'work', 'admin'],
  };

  it.each(scopes)('%s allows itself and what it includes, and nothing else', (scope) => {
    expect(scopes.filter((needed) => allows([scope], needed))).toEqual(includes[scope]);
  });

  it('of several is enough; none allows nothing', () => {
    expect(scopes.filter((needed) => allows(['read', 'work'], needed))).toEqual(['read', 'work']);
    expect(scopes.filter((needed) => allows([], needed))).toEqual([]);
  });
});

describe('the state of a key', () => {
  const [before, now, after] = [1, 2, 3].map((time) => new Date(time)) as [Date, Date, Date];

  it.each([
    ['active', null, null],
    ['active', null, after],
    ['expired', null, now],
    ['expired', null, before],
    ['revoked', before, null],
    ['revoked', before, before],
  ])('is %s when it was revoked at %j and expires at %j', (state, revokedAt, expiresAt) => {
    expect(stateOfKey({ revokedAt, expiresAt }, now)).toBe(state);
  });
});

describe('the result key in a project', () => {
  it('is that of earlier versions in the default project, and another in each other', () => {
    expect(resultKeyIn('default', 'key')).toBe('key');
    const keys = ['default', 'vision', 'audio'].flatMap((project) => [resultKeyIn(project, 'key'), resultKeyIn(project, 'other')]);
    expect(new Set(keys).size).toBe(6);
  });
});
