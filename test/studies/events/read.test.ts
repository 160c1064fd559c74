import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/shared/digest.ts';
import { creationFacts, endEvent, movedEvent, observedEvents } from '../../../src/studies/events/facts.ts';
import { readEvent } from '../../../src/studies/events/read.ts';
import type { StoredResult } from '../../../src/studies/events/stored-result.ts';

const result: StoredResult = {
  number: 3,
  state: 'completed',
  value: 0.5,
  values: { loss: 0.25, accuracy: 0.5 },
  diverged: false,
  error: null,
  source: 'reused',
  reuse: 'longer',
  measurements: [
    { step: 1, values: { loss: 0.5, accuracy: 0.25 } },
    { step: 2, values: { loss: 0.25, accuracy: 0.5 } },
  ],
  evaluation: null,
  incidents: [{ kind: 'checkpoint-skipped', step: 1 }],
};

/** The same result as version 0.1.0 wrote it. */
const resultV1 = {
  number: 3,
  state: 'completed',
  value: 0.5,
  metrics: { loss: 0.25, accuracy: 0.5 },
  diverged: false,
  error: null,
  source: 'prefix',
  epochs: 2,
  reports: digestOf([
    { epoch: 1, metrics: { loss: 0.5, accuracy: 0.25 } },
    { epoch: 2, metrics: { loss: 0.25, accuracy: 0.5 } },
  ]),
  evaluation: null,
  incidents: [{ kind: 'checkpoint-skipped', epoch: 1 }],
};

function observedOf(type: 'trials-folded' | 'trials-observed', data: unknown) {
  const event = readEvent({ type, data });
  if (event.type !== 'trials-observed') throw new Error(`it is read as ${event.type}`);
  const [first] = event.data.trials;
  if (!first) throw new Error('it has no trial');
  return first;
}

describe('an event of version 0.1.0', () => {
  test('of results is read in current words, and compared with a stored result in its own values', () => {
    const logged = observedOf('trials-folded', { trials: [resultV1] });
    expect(logged).toMatchObject({ number: 3, state: 'completed', value: 0.5, error: null });
    expect(Object.keys(logged.facts)).toEqual(expect.arrayContaining(['values', 'steps', 'measurements', 'source']));
    expect(logged.factsOf(result)).toEqual(logged.facts);
    expect(logged.factsOf({ ...result, reuse: 'equal' })).not.toEqual(logged.facts);
    expect(logged.factsOf({ ...result, measurements: result.measurements.slice(1) })).not.toEqual(logged.facts);
  });

  test.each([
    ['trained', null, 'trained'],
    ['reused', 'equal', 'memo'],
    ['reused', 'longer', 'prefix'],
    ['imported', null, 'imported'],
  ] as const)('calls a result that was %s (%s) %s', (source, reuse, word) => {
    const logged = observedOf('trials-folded', { trials: [{ ...resultV1, source: word }] });
    expect(logged.factsOf({ ...result, source, reuse })).toEqual(logged.facts);
  });

  test('of the creation is read with the names of today', () => {
    expect(readEvent({ type: 'study-created', data: { spec: 'a digest', samplerVersion: 1, trainerVersion: 2 } })).toEqual({
      type: 'study-created',
      data: { definition: 'a digest', samplerVersion: 1, objectiveVersion: 2 },
    });
  });

  test('of a later type is none', () => {
    expect(() => readEvent({ type: 'trials-observed', data: { trials: [resultV1] } })).toThrow();
  });
});

describe('an event of this version', () => {
  test('says its version in its data', () => {
    const definition = { version: 2, content: {}, digest: 'a digest' } as const;
    const outcome = { reason: 'budget', detail: 'done', lastTrial: null } as const;
    for (const { data } of [movedEvent('study-paused'), ...observedEvents([result]), endEvent({ state: 'completed', outcome }, [])])
      expect(data).toMatchObject({ version: 2 });
    expect(creationFacts(definition, { sampler: 1, objective: 1 })).toMatchObject({
      version: 2,
      definition: 'a digest',
      definitionVersion: 2,
    });
  });

  test('of results is compared with a stored result', () => {
    const [event] = observedEvents([result]);
    if (!event) throw new Error('there is no event');
    const logged = observedOf('trials-observed', event.data);
    expect(logged.factsOf(result)).toEqual(logged.facts);
    expect(logged.factsOf({ ...result, reuse: 'equal' })).not.toEqual(logged.facts);
  });

  test('is none where a version that nobody knows wrote it', () => {
    expect(() => readEvent({ type: 'study-paused', data: { version: 3 } })).toThrow();
  });
});
