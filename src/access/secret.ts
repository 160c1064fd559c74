import { createHash, randomBytes } from 'node:crypto';

/** 32 random bytes in the alphabet of URLs, after a mark by which scanners of source code know a key of this service. */
const secretPattern = /^clv_[A-Za-z0-9_-]{43}$/;
const secretBytes = 32;

/** Draws the secret of a new key. It is shown once and stored nowhere. */
export function newSecret(): string {
  return `clv_${randomBytes(secretBytes).toString('base64url')}`;
}

export function isSecret(text: string): boolean {
  return secretPattern.test(text);
}

/** The SHA-256 of a secret: of 256 random bits a plain digest says nothing, so that no slow one is needed. */
export function digestOfSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** The last characters of a secret, by which people tell keys apart. */
export function lastFourOf(secret: string): string {
  return secret.slice(-4);
}
