import { describe, expect, test, vi } from 'vitest';
import { campaign, campaignId, endedCampaign } from './campaigns.ts';
import { commandLine } from './command-line.ts';
import { endedStudy, study, studyId } from './studies.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

const removed = async () => undefined;
const answers = { getStudy: async () => endedStudy(), deleteStudy: removed };
const names = (calls: readonly (readonly [string, ...unknown[]])[]): string[] => calls.map(([name]) => name);

describe('study delete', () => {
  test.each(['y\n', 'YES\n'])('asks on a terminal and deletes after %j', async (input) => {
    const { code, out, err, calls } = await commandLine(['study', 'delete', studyId], answers, { input, inputTerminal: true });
    expect(calls).toEqual([
      ['getStudy', studyId],
      ['deleteStudy', studyId],
    ]);
    expect([code, out]).toEqual([0, '']);
    expect(err).toBe(
      'Delete study genetic (completed, 60 finished trials) for good? An export would keep it. [y/N] Deleted study genetic (completed, 60 finished trials).\n',
    );
  });

  test.each(['n\n', '\n', 'yesterday\n', ''])('deletes nothing after %j and ends with 1', async (input) => {
    const { code, err, calls } = await commandLine(['study', 'delete', studyId], answers, { input, inputTerminal: true });
    expect([code, names(calls)]).toEqual([1, ['getStudy']]);
    expect(err).toMatch(/\[y\/N\] \n?Nothing was deleted\.\n$/);
  });

  test('does not ask with --yes, and cannot ask without a terminal', async () => {
    const sure = await commandLine(['study', 'delete', studyId, '--yes'], answers, { input: null });
    expect([sure.code, names(sure.calls)]).toEqual([0, ['getStudy', 'deleteStudy']]);
    const piped = await commandLine(['study', 'delete', studyId], answers, { input: 'y\n' });
    expect([piped.code, names(piped.calls)]).toEqual([2, ['getStudy']]);
    expect(piped.err).toBe('clavier: nothing was deleted: the input is not a terminal to ask on; add --yes to delete without a question\n');
  });

  test('stopped at the question deletes nothing and ends with 130', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 20);
    const around = { input: null, inputTerminal: true, stop: stop.signal };
    const { code, calls } = await commandLine(['study', 'delete', studyId], answers, around);
    expect([code, names(calls)]).toEqual([130, ['getStudy']]);
  });

  test('asks for a study that has not ended too, which may end before it is deleted', async () => {
    const active = { getStudy: async () => study(), deleteStudy: removed };
    const { code, err, calls } = await commandLine(['study', 'delete', studyId], active, { input: 'n\n', inputTerminal: true });
    expect([code, names(calls)]).toEqual([1, ['getStudy']]);
    expect(err).toContain('[y/N]');
    const piped = await commandLine(['study', 'delete', studyId], active, { input: 'y\n' });
    expect([piped.code, names(piped.calls)]).toEqual([2, ['getStudy']]);
  });
});

describe('campaign delete', () => {
  test('names the campaign and the number of its studies', async () => {
    const ofCampaign = { getCampaign: async () => endedCampaign(), deleteCampaign: removed };
    const { code, err, calls } = await commandLine(['campaign', 'delete', campaignId], ofCampaign, { input: 'y\n', inputTerminal: true });
    expect([code, names(calls)]).toEqual([0, ['getCampaign', 'deleteCampaign']]);
    expect(err).toMatch(/^Delete campaign two-methods \(completed\) with its 6 studies for good\?/);
  });

  test('counts one study in the singular', async () => {
    const one = { getCampaign: async () => campaign({ parts: campaign().parts.slice(1) }), deleteCampaign: removed };
    const { err } = await commandLine(['campaign', 'delete', campaignId, '--yes'], one);
    expect(err).toBe('Deleted campaign two-methods (active) with its 1 study.\n');
  });
});
