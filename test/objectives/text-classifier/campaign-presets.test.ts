import { describe, expect, test } from 'vitest';
import { searchPart } from '../../../src/campaigns/parts.ts';
import { campaignPresetSpec, campaignPresets, expandCampaignPreset } from '../../../src/campaigns/presets.ts';
import { resolveCampaign } from '../../../src/campaigns/resolve.ts';
import { campaignSpecSchema, type ResolvedCampaign } from '../../../src/campaigns/spec.ts';
import { studySpecSchema } from '../../../src/studies/definition/definition.ts';
import { expandPreset } from '../../../src/studies/definition/presets.ts';
import { plannedTrials } from '../../../src/studies/search/planned-trials.ts';

const expand = (overrides: Record<string, unknown> = {}, scale?: number) => expandCampaignPreset('paper', overrides, scale);
const campaignOf = (overrides: Record<string, unknown> = {}, scale?: number): ResolvedCampaign =>
  resolveCampaign(campaignSpecSchema.parse(expand(overrides, scale).definition), 1);
const trialsOf = (campaign: ResolvedCampaign) => campaign.studies.map((study) => plannedTrials(searchPart(campaign, study).spec) ?? 0);
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Every number that a scale may change. */
const numbersOf = ({ studies, final }: ResolvedCampaign) => [
  ...studies.flatMap(({ sampler, budget }) => [
    budget.trials ?? 0,
    budget.generations ?? 0,
    ...(sampler.type === 'genetic' ? [sampler.population, sampler.elites, sampler.population - sampler.elites] : []),
  ]),
  final?.grid.trials ?? 256,
];

describe('the preset paper', () => {
  test('is the five searches of the paper with their trials, and the final over the four of its results', () => {
    const campaign = campaignOf();
    expect(campaign.studies.map(({ name }) => name)).toEqual(['random', 'bayesian', 'genetic-1', 'genetic-2', 'genetic-3']);
    expect(trialsOf(campaign)).toEqual([70, 70, 1331, 710, 710]);
    expect(campaign.studies[1]?.sampler).toEqual({ type: 'tpe', preset: 'hyperopt', startupTrials: 20, candidates: 24, priorWeight: 1 });
    expect(campaign.final).toMatchObject({
      finalists: ['random', 'bayesian', 'genetic-1', 'genetic-3'].map((study) => ({ study, top: 1 })),
      cross: true,
    });
    expect(campaign.final?.grid).not.toHaveProperty('trials');
    expect(campaign).toMatchObject({ evaluation: { repeats: 5 }, objective: { dataset: 'imdb' }, metric: { name: 'accuracy' } });
  });

  test('has the genetic approaches and the space of the study presets', () => {
    const { studies, searchSpace } = campaignSpecSchema.parse(expand().definition);
    for (const number of [1, 2, 3]) {
      const preset = studySpecSchema.parse(expandPreset(`paper-${number}`, {}));
      expect(searchSpace).toEqual(preset.searchSpace);
      expect(studies.find(({ name }) => name === `genetic-${number}`)).toMatchObject({ sampler: preset.sampler, budget: preset.budget });
    }
  });

  test.each(campaignPresets)('$name is a campaign without faults', (preset) => {
    expect(resolveCampaign(campaignPresetSpec(preset), 1).name).toBe(preset.name);
  });
});

describe('a campaign preset with overrides', () => {
  test('keeps what the request does not name within objective, evaluation, final and its grid', () => {
    const overrides = {
      name: 'mine',
      objective: { dataset: 'spam-assassin' },
      evaluation: { trainSize: 900 },
      final: { grid: { parallelism: 2 } },
    };
    const campaign = campaignOf(overrides, 0.5);
    expect(campaign).toMatchObject({
      name: 'mine',
      objective: { type: 'lstm-text-classifier', dataset: 'spam-assassin' },
      evaluation: { repeats: 5, trainSize: 900 },
      final: { cross: true, grid: { parallelism: 2, trials: 128 } },
    });
    expect(campaign.final?.finalists).toHaveLength(4);
  });

  test('takes studies and search space whole', () => {
    const studies = [{ name: 'random', sampler: { type: 'random' }, budget: { trials: 9 } }];
    const searchSpace = [{ type: 'int', name: 'epochs', low: 1, high: 3 }];
    const campaign = campaignOf({ studies, searchSpace, final: { finalists: [{ study: 'random' }] } });
    expect(campaign.studies).toHaveLength(1);
    expect(campaign.searchSpace).toHaveLength(1);
  });

  test('passes on what is wrong for the schema to refuse', () => {
    for (const wrong of [{ mistyped: 1 }, { final: null }, { objective: 'imdb' }, { final: { grid: 3 } }])
      expect(campaignSpecSchema.safeParse(expand(wrong).definition).success).toBe(false);
  });

  test('does not exist for an unknown name, and the error lists those that do', () => {
    expect(() => expandCampaignPreset('paper-1', {})).toThrow(
      expect.objectContaining({ code: 'preset-not-found', message: 'there is no campaign preset paper-1; there are paper' }),
    );
  });
});

describe('a scale', () => {
  test('of 1 is exactly the paper, and changes nothing', () => {
    expect(expand({}, 1)).toEqual(expand());
    expect(expand({}, 1).scaled).toEqual([]);
  });

  test('of 0 is the smallest campaign that still runs every method', () => {
    const campaign = campaignOf({}, 0);
    expect(trialsOf(campaign)).toEqual([4, 4, 7, 6, 6]);
    expect(campaign.final?.grid.trials).toBe(8);
    expect(campaign.studies.map(({ sampler }) => (sampler.type === 'genetic' ? sampler.elites : null))).toEqual([null, null, 1, 2, 2]);
  });

  test('never makes a number grow when it shrinks', () => {
    let before = numbersOf(campaignOf());
    for (let step = 199; step >= 0; step -= 1) {
      const now = numbersOf(campaignOf({}, step / 200));
      for (const [index, number] of now.entries()) expect(number).toBeLessThanOrEqual(before[index] ?? 0);
      before = now;
    }
  });

  test.each([0.9, 0.75, 0.5, 0.3, 0.2, 0.1])('of %d leaves about that share of the trials', (scale) => {
    expect(sum(trialsOf(campaignOf({}, scale))) / 2891).toBeGreaterThan(scale * 0.9);
    expect(sum(trialsOf(campaignOf({}, scale))) / 2891).toBeLessThan(scale * 1.1);
  });

  test('leaves the model of Bayesian optimisation a say', () => {
    for (const scale of [0, 0.02, 0.1, 0.5, 0.99]) {
      const study = campaignOf({}, scale).studies[1];
      if (study?.sampler.type !== 'tpe') throw new Error('the second study is Bayesian');
      expect(study.sampler.startupTrials).toBeLessThan(study.budget.trials ?? 0);
    }
  });

  test('says what each number became', () => {
    expect(expand({}, 0.25).scaled).toEqual([
      { what: 'trials of random', from: 70, to: 18 },
      { what: 'trials of bayesian', from: 70, to: 18 },
      { what: 'start-up trials of bayesian', from: 20, to: 5 },
      { what: 'population of genetic-1', from: 20, to: 10 },
      { what: 'generations of genetic-1', from: 70, to: 35 },
      { what: 'population of genetic-2', from: 20, to: 10 },
      { what: 'elites of genetic-2', from: 10, to: 5 },
      { what: 'generations of genetic-2', from: 70, to: 35 },
      { what: 'population of genetic-3', from: 20, to: 10 },
      { what: 'elites of genetic-3', from: 10, to: 5 },
      { what: 'generations of genetic-3', from: 70, to: 35 },
      { what: 'points of final-grid', from: 256, to: 64 },
    ]);
  });

  test('says nothing of numbers that the request replaced', () => {
    const studies = [{ name: 'random', sampler: { type: 'random' }, budget: { trials: 9 } }];
    expect(expand({ studies }, 0.5).scaled).toEqual([{ what: 'points of final-grid', from: 256, to: 128 }]);
    expect(expand({ studies, final: { grid: { trials: 20 } } }, 0.5).scaled).toEqual([]);
  });

  test.each([-0.1, 1.1, Number.NaN])('of %d is refused', (scale) => {
    expect(() => expand({}, scale)).toThrow(
      expect.objectContaining({ code: 'invalid-campaign', violations: [expect.objectContaining({ pointer: '/scale' })] }),
    );
  });
});
