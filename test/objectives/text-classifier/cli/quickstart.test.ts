import { describe, expect, test } from 'vitest';
import { quickstarts } from '../../../../src/api/quickstart.ts';
import { searchPart } from '../../../../src/campaigns/parts.ts';
import { quickstart } from '../../../../src/cli/quickstart.ts';
import { lstmObjectiveSchema } from '../../../../src/objectives/text-classifier/objective.ts';
import { plannedTrials } from '../../../../src/studies/search/planned-trials.ts';
import { campaign, campaignId, endedCampaign } from '../../../cli/campaigns.ts';
import { fakeClient, inTurn, listed } from '../../../cli/fake-client.ts';
import { screen } from '../../../cli/screen.ts';
import { sampleReport } from '../report/sample-report.ts';
import { quickstartSpec } from './quickstart-spec.ts';

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

test.each(['spam-assassin', 'imdb'] as const)(
  'the quickstart on %s says what it is, creates the campaign of its dataset, and names the winner',
  async (dataset) => {
    const example = quickstarts.find((candidate) => candidate.name === dataset);
    if (!example) throw new Error(`there is no example ${dataset}`);
    const shown = { name: `quickstart-${dataset}`, spec: quickstartSpec(dataset) };
    const { client, calls } = fakeClient({
      listCampaigns: () => listed(),
      createCampaign: async () => campaign(shown),
      getCampaign: inTurn(campaign(shown), endedCampaign(shown)),
      campaignReport: async () => sampleReport(0.05),
    });
    const to = screen();
    const end = await quickstart({ client, example, screen: to, stop: new AbortController().signal, pollMs: 1 });
    expect(calls.filter(([method]) => method !== 'getCampaign').map(([method, first]) => [method, first])).toEqual([
      ['listCampaigns', { name: shown.name }],
      ['createCampaign', expect.objectContaining({ name: shown.name, preset: 'paper' })],
      ['campaignReport', campaignId],
    ]);
    expect(end.kind).toBe('winner');
    expect(to.text()).toContain(
      `Campaign ${campaignId} (24 trials of search). Random search, Bayesian optimisation and three genetic approaches`,
    );
    expect(to.text()).toContain(`2000 texts of ${dataset}`);
    expect(to.text()).toContain('random 6 of 12 · best accuracy 0.9124 | bayesian 0 of 12 | 0 of 6 parts');
    expect(to.text()).toMatch(/\nWinner: learningRate .+\n {2}ranked by .+\n {2}on the test split .+\n {2}trained again .+\n$/);
  },
);
