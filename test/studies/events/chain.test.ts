import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalText } from '../../../src/shared/digest.ts';
import { chained, emptyChain, hashOfEvent, headAfter } from '../../../src/studies/events/chain.ts';
import type { EventBody } from '../../../src/studies/events/event.ts';

const bodies: EventBody[] = [
  { type: 'study-created', data: { version: 2, definition: 'a digest', definitionVersion: 2, samplerVersion: 1, objectiveVersion: 1 } },
  { type: 'study-paused', data: { version: 2 } },
  { type: 'study-resumed', data: { version: 2 } },
];

describe('a chain of events', () => {
  it('counts from 0 and holds in each event the hash of the one before, the first one that of nothing', () => {
    const events = chained(emptyChain, bodies);
    expect(events.map(({ sequence, type }) => [sequence, type])).toEqual([
      [0, 'study-created'],
      [1, 'study-paused'],
      [2, 'study-resumed'],
    ]);
    expect(events.map(({ previous }) => previous)).toEqual(['0'.repeat(64), events[0]?.hash, events[1]?.hash]);
  });

  it('is the same whether its events were appended at once or one by one', () => {
    let head = emptyChain;
    const single = bodies.flatMap((body) => {
      const events = chained(head, [body]);
      head = headAfter(head, events);
      return events;
    });
    expect(single).toEqual(chained(emptyChain, bodies));
    expect(head).toEqual({ count: 3, hash: single.at(-1)?.hash });
    expect(headAfter(head, [])).toEqual(head);
  });

  it('hashes the canonical text of an event with SHA-256, so that anybody can check it', () => {
    const [event] = chained(emptyChain, bodies);
    const { hash, ...rest } = event ?? { hash: '' };
    expect(hash).toBe(createHash('sha256').update(canonicalText(rest)).digest('hex'));
  });

  it.each([
    ['sequence', { sequence: 1 }],
    ['type', { type: 'study-paused' as const }],
    ['data', { data: { spec: 'b digest', samplerVersion: 1, objectiveVersion: 1 } }],
    ['previous hash', { previous: '1'.repeat(64) }],
  ])('has another hash when its %s is another', (_, change) => {
    const [event] = chained(emptyChain, bodies);
    if (!event) throw new Error('a body makes an event');
    expect(hashOfEvent({ ...event, ...change })).not.toBe(event.hash);
  });
});
