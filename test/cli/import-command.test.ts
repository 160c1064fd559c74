import { describe, expect, test } from 'vitest';
import { campaign } from './campaigns.ts';
import { commandLine } from './command-line.ts';
import { study, studyId } from './studies.ts';

const importStudy = async () => study();

describe('study import', () => {
  test('sends the export as it is, and prints id, name and state on one line', async () => {
    const { code, out, calls } = await commandLine(['study', 'import', '-f', '-'], { importStudy }, { input: '{"format": "x"}' });
    expect(calls).toEqual([['importStudy', { document: { format: 'x' } }]]);
    expect([code, out]).toEqual([0, `${studyId}  genetic  active  18 trials completed\n`]);
  });

  test('passes on where to fork, the seed, the name and the budget', async () => {
    const line = ['study', 'import', '-f', '-', '--fork-generation', '0', '--seed', '7', '--name', 'fork', '--generations', '9', '--json'];
    const { out, calls } = await commandLine(line, { importStudy }, { input: '{}' });
    expect(calls).toEqual([['importStudy', { document: {}, fork: { generation: 0 }, seed: 7, name: 'fork', budget: { generations: 9 } }]]);
    expect(JSON.parse(out)).toEqual(study());
    const trials = await commandLine(
      ['study', 'import', '-f', '-', '--fork-trials', '5', '--trials', '8'],
      { importStudy },
      { input: '{}' },
    );
    expect(trials.calls).toEqual([['importStudy', { document: {}, fork: { trials: 5 }, budget: { trials: 8 } }]]);
  });

  test('says what a fork comes from', async () => {
    const line = ['study', 'import', '-f', '-', '--fork-generation', '3'];
    const forkedFrom = { study: null, generation: 3, trials: 24, digest: 'a'.repeat(64) };
    const { out } = await commandLine(line, { importStudy: async () => study({ forkedFrom }) }, { input: '{}' });
    expect(out).toBe(
      `${studyId}  genetic  active  18 trials completed  forked from a document (SHA-256 aaaaaaaaaaaa…) after generation 3 (24 trials)\n`,
    );
  });

  test('with two places to fork, or a number that is none, sends nothing and ends with 2', async () => {
    for (const more of [
      ['--fork-generation', '1', '--fork-trials', '2'],
      ['--trials', '1e3'],
      ['--seed', '-1'],
      ['--fork-trials', '99999999999999999'],
    ]) {
      const { code, calls } = await commandLine(['study', 'import', '-f', '-', ...more], { importStudy }, { input: '{}' });
      expect([code, calls], more.join(' ')).toEqual([2, []]);
    }
  });
});

test('campaign import sends the export as it is, and prints the campaign', async () => {
  const answers = { importCampaign: async () => campaign() };
  const { code, out, calls } = await commandLine(['campaign', 'import', '-f', '-'], answers, { input: '{"format": "x"}' });
  expect(calls).toEqual([['importCampaign', { document: { format: 'x' } }]]);
  expect([code, out.split('  ')[0]]).toEqual([0, campaign().id]);
  const json = await commandLine(['campaign', 'import', '-f', '-', '--json'], answers, { input: '{}' });
  expect(JSON.parse(json.out)).toEqual(campaign());
  expect((await commandLine(['campaign', 'import'], answers)).code).toBe(2);
});

test('study and campaign export leave the provenance out where they are asked to', async () => {
  for (const [group, method] of [
    ['study', 'exportStudy'],
    ['campaign', 'exportCampaign'],
  ] as const) {
    const answers = { [method]: async () => '{}' };
    expect((await commandLine([group, 'export', 'x', '--no-provenance'], answers)).calls).toEqual([[method, 'x', { provenance: false }]]);
    expect((await commandLine([group, 'export', 'x'], answers)).calls).toEqual([[method, 'x', { provenance: true }]]);
  }
});
