import { describe, expect, test } from 'vitest';
import type { CampaignRepresentation } from '../../../../src/api/campaign.ts';
import { quickstarts } from '../../../../src/api/quickstart.ts';
import { searchPart } from '../../../../src/campaigns/parts.ts';
import { quickstart } from '../../../../src/cli/quickstart.ts';
import type { Client } from '../../../../src/client/client.ts';
import { lstmObjectiveSchema } from '../../../../src/objectives/text-classifier/objective.ts';
import { plannedTrials } from '../../../../src/studies/search/planned-trials.ts';
import { campaignId, campaignSummary } from '../../../cli/campaigns.ts';
import { fakeClient, inTurn, listed } from '../../../cli/fake-client.ts';
import { screen } from '../../../cli/screen.ts';
import { sampleReport } from '../report/sample-report.ts';
import { campaign, endedCampaign, quickstartSpec } from './quickstart-campaign.ts';

const name = 'quickstart-spam-assassin';
const report = sampleReport(0.05);

/** A quickstart to its end, on a service that has these campaigns, newest first. */
async function run(
  earlier: readonly CampaignRepresentation[],
  answers: Partial<Client> = {},
  { stop = new AbortController(), dataset = 'spam-assassin' } = {},
) {
  const { client, calls } = fakeClient({
    listCampaigns: ({ name: asked } = {}) => listed(...earlier.filter((item) => item.name === asked).map(campaignSummary)),
    createCampaign: async () => campaign(),
    resumeCampaign: async (id) => campaign({ id }),
    getCampaign: inTurn(endedCampaign()),
    campaignReport: async () => report,
    ...answers,
  });
  const to = screen();
  const example = quickstarts.find((candidate) => candidate.name === dataset);
  if (!example) throw new Error(`there is no example ${dataset}`);
  const end = await quickstart({ client, example, screen: to, stop: stop.signal, pollMs: 1 });
  return { end, text: to.text(), calls: calls.filter(([method]) => method !== 'getCampaign').map(([method, first]) => [method, first]) };
}

describe('the campaign of a quickstart', () => {
  test.each(['spam-assassin', 'imdb'] as const)(
    'is accepted as it is, on %s: every method, at least 60 trials on at least 1000 texts',
    (dataset) => {
      const spec = quickstartSpec(dataset);
      expect(spec).toMatchObject({ name: `quickstart-${dataset}`, objective: { dataset } });
      expect(lstmObjectiveSchema.parse(spec.objective).trainSize).toBeGreaterThanOrEqual(1000);
      expect(spec.studies.map(({ name: study, sampler }) => [study, sampler.type])).toEqual([
        ['random', 'random'],
        ['bayesian', 'tpe'],
        ['genetic-1', 'genetic'],
        ['genetic-2', 'genetic'],
        ['genetic-3', 'genetic'],
      ]);
      const trials = spec.studies.map((study) => plannedTrials(searchPart(spec, study).spec) ?? 0);
      expect(trials.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(60);
      expect(spec.final).toMatchObject({ cross: true, grid: { trials: 16 } });
      expect(spec.evaluation.repeats).toBeGreaterThanOrEqual(1);
    },
  );
});

describe('which campaign a quickstart runs', () => {
  test('a new one where there is none of its name, and says what it is', async () => {
    const { calls, text } = await run([campaign({ name: 'another' })]);
    expect(calls).toEqual([
      ['listCampaigns', { name }],
      ['createCampaign', expect.objectContaining({ name, preset: 'paper' })],
      ['campaignReport', campaignId],
    ]);
    expect(text).toContain(
      `Campaign ${campaignId} (24 trials of search). Random search, Bayesian optimisation and three genetic approaches`,
    );
    expect(text).toContain('2000 texts of spam-assassin');
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

  test('one for each dataset', async () => {
    const { calls } = await run([campaign()], {}, { dataset: 'imdb' });
    expect(calls.slice(0, 2)).toEqual([
      ['listCampaigns', { name: 'quickstart-imdb' }],
      ['createCampaign', expect.objectContaining({ name: 'quickstart-imdb' })],
    ]);
  });
});

describe('how a quickstart ends', () => {
  test('with progress, the methods side by side, and the winner', async () => {
    const { end, text } = await run([campaign()], { getCampaign: inTurn(campaign(), campaign(), endedCampaign()) });
    expect(end.kind).toBe('winner');
    expect(text).toContain('random 6 of 12 · best accuracy 0.9124 | bayesian 0 of 12 | 0 of 6 parts');
    expect(text).toContain('\nDone in 3 min 20 s: finalists and winner are evaluated.\n');
    for (const { part } of report.methods) expect(text).toMatch(new RegExp(`\n${part} `));
    expect(text).toMatch(/\nWinner: learningRate .+\n {2}ranked by .+\n {2}on the test split .+\n {2}trained again .+\n$/);
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
