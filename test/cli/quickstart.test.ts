import { describe, expect, test, vi } from 'vitest';
import type { CampaignRepresentation } from '../../src/api/campaign.ts';
import { quickstarts } from '../../src/api/quickstart.ts';
import { quickstart } from '../../src/cli/quickstart.ts';
import type { Client } from '../../src/client/client.ts';
import { campaign as anyCampaign, endedCampaign as anyEndedCampaign, campaignId, campaignSummary } from './campaigns.ts';
import { fakeClient, inTurn, listed } from './fake-client.ts';
import { sampleReport } from './report.ts';
import { screen } from './screen.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

const name = 'quickstart-landscape';
const report = sampleReport();
const campaign: typeof anyCampaign = (differences = {}) => anyCampaign({ name, ...differences });
const endedCampaign: typeof anyEndedCampaign = (differences = {}) => anyEndedCampaign({ name, ...differences });

/** A quickstart to its end, on a service that has these campaigns, newest first. */
async function run(earlier: readonly CampaignRepresentation[], answers: Partial<Client> = {}, { stop = new AbortController() } = {}) {
  const { client, calls } = fakeClient({
    listCampaigns: ({ name: asked } = {}) => listed(...earlier.filter((item) => item.name === asked).map(campaignSummary)),
    createCampaign: async () => campaign(),
    resumeCampaign: async (id) => campaign({ id }),
    getCampaign: inTurn(endedCampaign()),
    campaignReport: async () => report,
    ...answers,
  });
  const to = screen();
  const example = quickstarts.find((candidate) => candidate.name === 'landscape');
  if (!example) throw new Error('the objective has no quickstart');
  const end = await quickstart({ client, example, screen: to, stop: stop.signal, pollMs: 1 });
  return { end, text: to.text(), calls: calls.filter(([method]) => method !== 'getCampaign').map(([method, first]) => [method, first]) };
}

describe('which campaign a quickstart runs', () => {
  test('a new one where there is none of its name, and says what it is', async () => {
    const { calls, text } = await run([campaign({ name: 'another' })]);
    expect(calls).toEqual([
      ['listCampaigns', { name }],
      ['createCampaign', expect.objectContaining({ name, preset: 'landscape' })],
      ['campaignReport', campaignId],
    ]);
    expect(text).toContain(`Campaign ${campaignId} (24 trials of search). Two methods look for the highest point.`);
  });

  test('the open one, which an interrupted quickstart left', async () => {
    const open = campaign({ id: 'open' });
    const { calls, end, text } = await run([endedCampaign({ id: 'old' }), open], {
      getCampaign: inTurn(open, endedCampaign({ id: 'open' })),
    });
    expect(calls.map(([method]) => method)).toEqual(['listCampaigns', 'campaignReport']);
    expect(text).toContain('Continuing campaign open: 6 trials are completed.');
    expect(end).toMatchObject({ kind: 'winner', campaign: { id: 'open' } });
  });

  test('the paused one, which it resumes', async () => {
    const { calls, text } = await run([campaign({ id: 'paused', state: 'paused' })]);
    expect(calls[1]).toEqual(['resumeCampaign', 'paused']);
    expect(text).toContain('Continuing campaign paused: 6');
  });

  test('a new one where the last has ended', async () => {
    const { calls } = await run([endedCampaign({ id: 'old' }), endedCampaign({ id: 'older', state: 'cancelled' })]);
    expect(calls.map(([method]) => method)).toEqual(['listCampaigns', 'createCampaign', 'campaignReport']);
  });
});

describe('how a quickstart ends', () => {
  test('with progress, the methods side by side, and the winner', async () => {
    const { end, text } = await run([campaign()], { getCampaign: inTurn(campaign(), campaign(), endedCampaign()) });
    expect(end.kind).toBe('winner');
    expect(text).toContain('random 6 of 12 · best value 0.9124 | bayesian 0 of 12 | 0 of 6 parts');
    expect(text).toContain('\nDone in 3 min 20 s: finalists and winner are evaluated.\n');
    for (const { part } of report.methods) expect(text).toMatch(new RegExp(`\n${part} `));
    expect(text).toMatch(/\nWinner: learningRate .+\n {2}ranked by .+\n {2}on the held-out points .+\n {2}trained again .+\n$/);
  });

  test('without a winner where the campaign failed, and says why', async () => {
    const outcome = { reason: 'no-finalists', detail: 'no study has a completed trial' } as const;
    const { end, text } = await run([campaign()], {
      getCampaign: inTurn(campaign(), endedCampaign({ state: 'failed', outcome })),
      campaignReport: async () => ({ ...report, finalists: [] }),
    });
    expect(end).toMatchObject({ kind: 'no-winner', campaign: { state: 'failed' } });
    expect(text).toContain('The campaign failed: no study has a completed trial\n');
    expect(text).not.toContain('Winner');
  });

  test('without a winner where somebody cancelled the campaign, whatever was found', async () => {
    const outcome = { reason: 'cancelled', detail: 'it was cancelled' } as const;
    const { end, text } = await run([campaign()], { getCampaign: inTurn(campaign(), endedCampaign({ state: 'cancelled', outcome })) });
    expect(end.kind).toBe('no-winner');
    expect(text).not.toContain('Winner');
  });

  test('stopped where it is asked to stop, without another look at the campaign', async () => {
    const stop = new AbortController();
    let looks = 0;
    const getCampaign = async (): Promise<CampaignRepresentation> => {
      looks += 1;
      if (looks === 3) stop.abort();
      return campaign();
    };
    const { end, calls } = await run([campaign()], { getCampaign }, { stop });
    expect(end).toEqual({ kind: 'stopped' });
    expect(looks).toBe(3);
    expect(calls.map(([method]) => method)).toEqual(['listCampaigns']);
  });
});
