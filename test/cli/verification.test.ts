import { describe, expect, test } from 'vitest';
import type { EventRepresentation } from '../../src/api/event.ts';
import type { VerificationRepresentation } from '../../src/api/verification.ts';
import { commandLine } from './command-line.ts';
import { listed } from './fake-client.ts';
import { studyId } from './studies.ts';

const verified: VerificationRepresentation = {
  verified: true,
  digest: 'ab'.repeat(32),
  trials: 60,
  suggestions: 60,
  checkpoints: 10,
  events: 81,
  notReplayed: null,
  differences: [],
};
const changed: VerificationRepresentation = {
  ...verified,
  verified: false,
  differences: [{ where: 'trials/17/value', expected: '0.9', found: '0.95', detail: 'as the event log has it' }],
};

const event = (number: number, type: EventRepresentation['type'], data: EventRepresentation['data']): EventRepresentation => ({
  number,
  type,
  data,
  previous: '0'.repeat(64),
  hash: 'cd'.repeat(32),
  createdAt: '2026-11-24T12:00:00.000Z',
});

describe.each([
  ['study', 'verifyStudy', () => ({ verifyStudy: async () => verified }), () => ({ verifyStudy: async () => changed })],
  [
    'campaign',
    'verifyCampaign',
    () => ({ verifyCampaign: async () => ({ ...verified, parts: [] }) }),
    () => ({ verifyCampaign: async () => ({ ...changed, parts: [] }) }),
  ],
] as const)('%s verify', (group, method, good, bad) => {
  test('ends with 0 and prints the digest where nothing differs', async () => {
    const { code, out, calls } = await commandLine([group, 'verify', studyId], good());
    expect(calls).toEqual([[method, studyId]]);
    expect([code, out]).toEqual([0, `verified: 60 trials, 60 suggestions, 10 study checkpoints, 81 events\ndigest ${'ab'.repeat(32)}\n`]);
  });

  test('ends with 1 and prints a table of the differences where there are any', async () => {
    const { code, out } = await commandLine([group, 'verify', studyId], bad());
    expect(code).toBe(1);
    expect(out).toMatch(
      /^not verified: a difference \(60 trials, .+\)\n\nwhere +expected +found +reason\n─.+\ntrials\/17\/value +0\.9 +0\.95 +as the event log has it\n$/,
    );
  });

  test('ends with 1 and tells a search that cannot be made again from one that differs', async () => {
    const notReplayed = 'the study was searched by version 1 of the tpe sampler, whose code this service does not have; it has version 2';
    const { code, out } = await commandLine([group, 'verify', studyId], {
      [method]: async () => ({ ...verified, verified: false, suggestions: 0, notReplayed, parts: [] }),
    });
    expect(code).toBe(1);
    expect(out).toMatch(/^cannot be verified here: the study was searched by version 1 .+ no difference found\)\n$/);
  });

  test('shows of long values the part in which they differ', async () => {
    const expected = `{"accuracy":0.5,"aucPr":0.25,"loss":0.75,"trainLoss":0.125}`;
    const differences = [{ where: 'trials/17/metrics', expected, found: expected.replace('0.125', '0.625'), detail: 'so' }];
    const { out } = await commandLine([group, 'verify', studyId], {
      [method]: async () => ({ ...changed, differences, parts: [] }),
    });
    expect(out).toMatch(/\ntrials\/17\/metrics +….*:0\.125} +….*:0\.625} +so\n$/);
  });

  test('prints JSON where it is asked to, with the same exit code', async () => {
    const { code, out } = await commandLine([group, 'verify', studyId, '--json'], bad());
    expect([code, JSON.parse(out)]).toEqual([1, expect.objectContaining(changed)]);
  });
});

describe('study events', () => {
  const log = [
    event(0, 'study-created', { spec: 'ef'.repeat(32), samplerVersion: 1, objectiveVersion: 1 }),
    event(1, 'trials-queued', { trials: [{ number: 0 }, { number: 1 }] }),
    event(2, 'trials-observed', { trials: [{ number: 0 }] }),
    event(3, 'checkpoint-written', { sequence: 1, generation: null, trials: 20, digest: 'ab'.repeat(32) }),
    event(4, 'study-paused', {}),
    event(5, 'study-ended', { state: 'cancelled', outcome: { reason: 'cancelled' }, trials: [] }),
  ];

  test('prints a line for each event', async () => {
    const { code, out } = await commandLine(['study', 'events', studyId], { events: () => listed(...log) });
    expect(code).toBe(0);
    expect(
      out
        .split('\n')
        .map((line) => line.trim().split(/ {2,}/))
        .slice(2),
    ).toEqual([
      ['0', '2026-11-24 12:00:00', 'study-created', 'cdcdcdcdcdcdcdcd', 'samplerVersion 1, objectiveVersion 1'],
      ['1', '2026-11-24 12:00:00', 'trials-queued', 'cdcdcdcdcdcdcdcd', 'trials 0 to 1'],
      ['2', '2026-11-24 12:00:00', 'trials-observed', 'cdcdcdcdcdcdcdcd', 'trial 0'],
      ['3', '2026-11-24 12:00:00', 'checkpoint-written', 'cdcdcdcdcdcdcdcd', 'sequence 1, trials 20'],
      ['4', '2026-11-24 12:00:00', 'study-paused', 'cdcdcdcdcdcdcdcd'],
      ['5', '2026-11-24 12:00:00', 'study-ended', 'cdcdcdcdcdcdcdcd', 'state cancelled, outcome {"reason":"cancelled"}'],
      [''],
    ]);
  });

  test('prints a JSON array where it is asked to', async () => {
    const { out } = await commandLine(['study', 'events', studyId, '--json'], { events: () => listed(...log) });
    expect(JSON.parse(out)).toEqual(log);
  });
});
