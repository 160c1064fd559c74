import type { CampaignPartRepresentation, CampaignRepresentation } from '../../src/api/campaign.ts';
import type { CampaignSummaryRepresentation } from '../../src/api/campaign-list.ts';
import { finishedTrials } from '../../src/api/study.ts';
import type { WinnerRepresentation } from '../../src/api/winner.ts';
import { resolveCampaign } from '../../src/campaigns/resolve.ts';
import { campaignSpecSchema } from '../../src/campaigns/spec.ts';
import { trial } from './studies.ts';

const time = '2026-11-24T12:00:00.000Z';
const endTime = '2026-11-24T12:03:20.000Z';
export const campaignId = '01900000-0000-7000-8000-0000000000c1';

const counts = { queued: 0, running: 0, completed: 0, pruned: 0, failed: 0, cancelled: 0 };

/** The definition of a campaign of two methods with every default filled in. */
export const campaignSpec: CampaignRepresentation['spec'] = resolveCampaign(
  campaignSpecSchema.parse({
    name: 'two-methods',
    searchSpace: [
      { type: 'float', name: 'learningRate', low: 0.0005, high: 0.0635, step: 0.0005 },
      { type: 'int', name: 'hiddenUnits', low: 1, high: 64 },
      { type: 'int', name: 'epochs', low: 1, high: 6 },
      { type: 'int', name: 'maxLength', low: 10, high: 200 },
    ],
    metric: { name: 'value', direction: 'maximize' },
    objective: { type: 'test-function', function: 'lstm-landscape' },
    studies: [
      { name: 'random', sampler: { type: 'random' }, budget: { trials: 12 } },
      { name: 'bayesian', sampler: { type: 'tpe' }, budget: { trials: 12 } },
    ],
    final: { finalists: [{ study: 'random' }, { study: 'bayesian' }], grid: { trials: 16 } },
    evaluation: { repeats: 2 },
  }),
  1,
);

/** A part of a campaign, which goes on unless something else is asked for. */
export function part(differences: Partial<CampaignPartRepresentation> = {}): CampaignPartRepresentation {
  const trials = differences.trials ?? { ...counts, queued: 5, running: 1, completed: 6 };
  return {
    kind: 'search',
    name: 'random',
    studyId: '01900000-0000-7000-8000-0000000000a1',
    state: 'active',
    outcome: null,
    sampler: { type: 'random' },
    trials,
    progress: { finished: finishedTrials(trials), planned: 12, observed: 6, suggested: 12 },
    best: trial(1, { number: 4, value: 0.91237 }),
    stepsDone: 21,
    stepsTrained: 18,
    createdAt: time,
    endedAt: null,
    ...differences,
  };
}

/** The same, ended with all its trials completed. */
export function endedPart(differences: Partial<CampaignPartRepresentation> = {}): CampaignPartRepresentation {
  const { planned } = { ...part().progress, ...differences.progress };
  return part({ state: 'completed', trials: { ...counts, completed: planned ?? 0 }, endedAt: endTime, ...differences });
}

const later: CampaignRepresentation['upcoming'] = [
  { kind: 'grid', name: 'final-grid' },
  { kind: 'test', name: 'test' },
  { kind: 'repeat', name: 'repeat-1' },
  { kind: 'repeat', name: 'repeat-2' },
];

/** A campaign of two studies, the second of which has just begun, unless something else is asked for. */
export function campaign(differences: Partial<CampaignRepresentation> = {}): CampaignRepresentation {
  return {
    id: campaignId,
    name: 'two-methods',
    state: 'active',
    outcome: null,
    spec: campaignSpec,
    parts: [part(), part({ name: 'bayesian', best: null, trials: counts })],
    upcoming: later,
    stepsDone: 21,
    stepsTrained: 18,
    remainingSeconds: null,
    createdBy: null,
    createdAt: time,
    updatedAt: time,
    endedAt: null,
    ...differences,
  };
}

/** The same after its last part. */
export function endedCampaign(differences: Partial<CampaignRepresentation> = {}): CampaignRepresentation {
  const progress = { finished: 3, planned: 3, observed: 3, suggested: 3 };
  return campaign({
    state: 'completed',
    outcome: { reason: 'done', detail: 'finalists and winner are evaluated' },
    parts: [
      endedPart(),
      endedPart({ name: 'bayesian' }),
      endedPart({ kind: 'grid', name: 'final-grid', progress: { finished: 16, planned: 16, observed: 16, suggested: 16 } }),
      endedPart({ kind: 'test', name: 'test', progress }),
      endedPart({ kind: 'repeat', name: 'repeat-1', progress }),
      endedPart({ kind: 'repeat', name: 'repeat-2', progress }),
    ],
    upcoming: [],
    stepsDone: 160,
    stepsTrained: 90,
    endedAt: endTime,
    ...differences,
  });
}

/** A campaign as a list shows it. */
export function campaignSummary(of: CampaignRepresentation): CampaignSummaryRepresentation {
  const { id, name, state, outcome, spec, createdAt, updatedAt, endedAt } = of;
  const progress = { finished: 12, planned: 40, observed: 11, suggested: 15 };
  const studies = spec.studies.map((study) => study.name);
  return { id, name, state, outcome, labels: {}, metric: spec.metric, studies, progress, best: null, createdAt, updatedAt, endedAt };
}

/** The winner of that campaign, one of whose two repeats is measured. */
export function winner(): WinnerRepresentation {
  const values = { value: 0.8, points: 1 };
  return {
    parameters: { maxLength: 60, epochs: 4, hiddenUnits: 20, learningRate: 0.0105 },
    foundBy: [
      { part: 'random', trial: 4 },
      { part: 'bayesian', trial: 2 },
    ],
    trialId: '01900000-0000-7000-8000-000000000104',
    value: 0.9,
    validation: { value: 0.9, gain: 0.95, spread: null },
    test: { values, tables: [], curves: [] },
    repeats: {
      planned: 2,
      measured: 1,
      ranges: { value: { mean: 0.75, min: 0.7, max: 0.8 }, points: { mean: 1, min: 1, max: 1 } },
      items: [],
    },
  };
}
