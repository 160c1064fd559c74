import type { ReportRepresentation } from '../../src/api/report.ts';
import { representReport } from '../../src/api/report-representation.ts';
import { searchPart } from '../../src/campaigns/parts.ts';
import type { PartFindings } from '../../src/campaigns/reporting/findings.ts';
import { storedDefinition } from '../../src/studies/definition/stored.ts';
import type { TrialTotals } from '../../src/studies/ports/report-reads.ts';
import { campaignId, campaignSpec } from './campaigns.ts';
import { studyId } from './studies.ts';

const [start, end] = [new Date('2026-11-24T12:00:00.000Z'), new Date('2026-11-24T12:03:20.000Z')];
const parameters = { learningRate: 0.0105, hiddenUnits: 20, epochs: 4, maxLength: 60 };

const totals: TrialTotals = {
  charged: 12,
  completed: 12,
  pruned: 0,
  failed: 0,
  sources: { trained: 10, reused: { equal: 1, longer: 1 }, imported: 0 },
  trainings: 10,
  stepsDone: 48,
  stepsTrained: 40,
  stepsReused: 8,
  stepsSaved: 0,
  heldSeconds: 100,
  interrupted: 0,
  firstStartedAt: start,
  lastFinishedAt: end,
};

/** A part that found its best value in its fifth trial. */
function part(name: string, kind: 'search' | 'grid'): PartFindings {
  const [method] = campaignSpec.studies;
  if (!method) throw new Error('the campaign has a study');
  const { spec } = searchPart(campaignSpec, method);
  const leader = { number: 4, parameters, value: 0.91237, diverged: false };
  return {
    name,
    kind,
    study: {
      id: studyId,
      spec,
      definition: storedDefinition(spec),
      changes: null,
      priority: 0,
      campaign: { campaignId, kind, name },
      state: 'completed',
      outcome: { reason: 'budget', detail: '12 trials are evaluated', lastTrial: null },
      version: 5,
      sampler: { version: 1, state: null, observed: 12, suggested: 12, skipped: 0, known: 0, enqueued: 0, withValue: 12 },
      objectiveVersion: 1,
      events: null,
      forkedFrom: null,
      activeTime: { seconds: 0, tickedAt: null, since: null },
      createdBy: null,
      trace: null,
      createdAt: start,
      updatedAt: end,
      endedAt: end,
    },
    totals,
    leaders: [leader],
    improvements: [{ charged: 5, stepsDone: 15, trial: 4, value: 0.91237 }],
    generations: [],
    front: null,
    learning: { sampled: false, curves: [] },
    stopped: null,
    rungs: null,
    members: null,
    points: [leader],
  };
}

/** The report of a campaign that ended. Its objective must have a measurement on held-out data. */
export function sampleReport(): ReportRepresentation {
  const test = { score: 0.875, points: 100 };
  return representReport({
    campaign: {
      id: campaignId,
      spec: campaignSpec,
      state: 'completed',
      outcome: { reason: 'done', detail: 'finalists and winner are evaluated' },
      version: 9,
      createdBy: null,
      createdAt: start,
      updatedAt: end,
      endedAt: end,
    },
    searches: [part('random', 'search'), part('bayesian', 'search'), part('final-grid', 'grid')],
    evaluations: [totals],
    finalists: [
      {
        parameters,
        foundBy: [{ part: 'final-grid', trial: 4 }],
        winner: true,
        value: 0.91237,
        test,
        repeats: [
          { repeat: 1, objectiveSeed: 1000, test },
          { repeat: 2, objectiveSeed: 1001, test },
        ],
      },
    ],
  });
}
