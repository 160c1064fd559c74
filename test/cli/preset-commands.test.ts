import { describe, expect, test, vi } from 'vitest';
import type { PresetRepresentation } from '../../src/api/preset.ts';
import { ProblemError } from '../../src/client/problem-error.ts';
import { campaignSpec } from './campaigns.ts';
import { commandLine } from './command-line.ts';
import { study } from './studies.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

const list: readonly PresetRepresentation[] = [
  {
    kind: 'study',
    name: 'landscape-2',
    summary: 'A search of the landscape that is described in a sentence long enough to break.',
    spec: study().spec,
  },
  { kind: 'campaign', name: 'all', summary: 'Every method.', spec: campaignSpec },
];
const presets = async () => list;

describe('preset list', () => {
  test('prints name, kind and summary of each preset, broken at the width of a terminal', async () => {
    expect((await commandLine(['preset', 'list'], { presets })).out).toBe(
      `landscape-2  study     ${list[0]?.summary}\nall          campaign  Every method.\n`,
    );
    expect((await commandLine(['preset', 'list'], { presets }, { columns: 60 })).out).toBe(
      [
        'landscape-2  study     A search of the landscape that is',
        '                       described in a sentence long enough',
        '                       to break.',
        'all          campaign  Every method.',
        '',
      ].join('\n'),
    );
  });

  test('prints those of a kind, with their definitions as JSON where it is asked to', async () => {
    const { code, out } = await commandLine(['preset', 'list', '--kind', 'campaign', '--json'], { presets });
    expect([code, JSON.parse(out)]).toEqual([0, JSON.parse(JSON.stringify(list.slice(1)))]);
    const wrong = await commandLine(['preset', 'list', '--kind', 'campain'], { presets });
    expect([wrong.code, wrong.calls]).toEqual([2, []]);
    expect(wrong.err).toContain('Allowed choices are study, campaign.');
  });
});

describe('preset show', () => {
  test('prints the definition alone as the result, and beside it the summary and the command that starts it', async () => {
    const { code, out, err } = await commandLine(['preset', 'show', 'all'], { presets });
    expect([code, JSON.parse(out)]).toEqual([0, JSON.parse(JSON.stringify(campaignSpec))]);
    expect(err).toBe('Every method.\nStart it with: clavier campaign create --preset all\n\n');
    const json = await commandLine(['preset', 'show', 'all', '--json'], { presets });
    expect([JSON.parse(json.out), json.err]).toEqual([JSON.parse(JSON.stringify(list[1])), '']);
  });

  test('names the preset that was meant and all there are, and ends with 2', async () => {
    const { code, out, err } = await commandLine(['preset', 'show', 'landscap-2'], { presets });
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe(
      'clavier: there is no preset landscap-2 (did you mean landscape-2?); there are landscape-2, all (see clavier preset list)\n',
    );
  });
});

describe('a preset that the service refuses', () => {
  const refusal = async () => {
    throw new ProblemError({
      status: 422,
      code: 'invalid-study',
      detail: 'the study definition has an error',
      errors: [{ pointer: '/preset', detail: 'must be one of landscape-2' }],
    });
  };
  const answers = { presets, createStudy: refusal, createCampaign: refusal, dryRunCampaign: refusal };

  test('is answered with the one that was meant and those of the kind', async () => {
    const { code, err } = await commandLine(['study', 'create', '--preset', 'landscape2'], answers);
    expect(code).toBe(2);
    expect(err).toBe(
      'clavier: there is no preset landscape2 (did you mean landscape-2?); there are landscape-2 (see clavier preset list)\n',
    );
    const far = await commandLine(['campaign', 'create', '--preset', 'something-else', '--dry-run'], answers);
    expect(far.err).toBe('clavier: there is no preset something-else; there are all (see clavier preset list)\n');
  });

  test('is answered with the command of its kind if it is of the other', async () => {
    const { code, err } = await commandLine(['campaign', 'create', '--preset', 'landscape-2'], answers);
    expect([code, err]).toEqual([2, 'clavier: landscape-2 is a preset of a study: clavier study create --preset landscape-2\n']);
  });

  test('keeps the words of the service where the definition names it', async () => {
    const { err, calls } = await commandLine(['study', 'create', '-f', '-'], answers, { input: '{"preset": "x"}' });
    expect(err).toContain('/preset: must be one of landscape-2');
    expect(calls.map(([name]) => name)).toEqual(['createStudy']);
  });
});
