import { createHash } from 'node:crypto';

const moment = '2026-01-02T03:04:05.678Z';
/** A cursor has a digest of its list, which has an id. */
const cursor = 'MQ.888efe96740d45ed';
/** A secret by its form alone: nobody can take it for a key that leaked. */
const secret = `clv_${'EXAMPLE'.repeat(7).slice(0, 43)}`;
const webhookSecret = `whsec_${Buffer.from('EXAMPLE'.repeat(5).slice(0, 32)).toString('base64')}`;
const durations = new Set(['elapsedSeconds', 'wallClockSeconds', 'coreSeconds']);

/** The same answers with ids, times, durations, digests, cursors and secrets that are equal at each recording. Equal ones stay equal. */
export function withFixedFacts(answers: object): unknown {
  const known = new Map<string, string>();
  const fixed = (text: string, made: (digest: string) => string): string => {
    const found = known.get(text) ?? made(createHash('sha256').update(`example ${known.size}`).digest('hex'));
    known.set(text, found);
    return found;
  };
  const uuid = (digest: string): string =>
    `${digest.slice(0, 8)}-${digest.slice(8, 12)}-7${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  return JSON.parse(JSON.stringify(answers), (key, value: unknown) => {
    if (key === 'remainingSeconds' && typeof value === 'number') return 12;
    if (durations.has(key) && typeof value === 'number') return 12.5;
    if (typeof value !== 'string') return value;
    if (key === 'nextCursor') return cursor;
    if (key === 'secret') return value.startsWith('whsec_') ? webhookSecret : secret;
    if (key === 'lastFour') return secret.slice(-4);
    return value
      .replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z/g, moment)
      .replace(/(?<![0-9a-f])[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, (id) => fixed(id, uuid))
      .replace(/\b(?!0{64})[0-9a-f]{64}\b/g, (digest) => fixed(digest, (made) => made));
  });
}
