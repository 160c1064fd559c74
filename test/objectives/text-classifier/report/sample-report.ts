import type { ReportRepresentation } from '../../../../src/api/report.ts';
import { representReport } from '../../../../src/api/report-representation.ts';
import type { Campaign } from '../../../../src/campaigns/campaign.ts';
import { finalCandidates, finalistsOf } from '../../../../src/campaigns/finalists.ts';
import { gridPart, type PlannedPart, searchPart } from '../../../../src/campaigns/parts.ts';
import { expandCampaignPreset } from '../../../../src/campaigns/presets.ts';
import type { FinalistFindings, PartFindings, ReportFindings } from '../../../../src/campaigns/reporting/findings.ts';
import { resolveCampaign } from '../../../../src/campaigns/resolve.ts';
import { campaignSpecSchema } from '../../../../src/campaigns/spec.ts';
import type { TestEvaluation } from '../../../../src/objectives/text-classifier/test-evaluation.ts';
import { randomStream } from '../../../../src/shared/random.ts';
import type { Configuration } from '../../../../src/space/configuration.ts';
import { storedDefinition } from '../../../../src/studies/definition/stored.ts';
import type { Study } from '../../../../src/studies/model/study.ts';
import type { TrialTotals } from '../../../../src/studies/ports/report-reads.ts';
import { runInOrder, type SimulatedStudy } from '../../../studies/simulator.ts';

// A campaign of the preset `paper` whose searches are real and whose trainings are a formula: what a report may look like.

const start = Date.parse('2026-03-01T08:00:00Z');
const id = (number: number): string => `01890a5d-ac96-774b-bcce-${String(number).padStart(12, '0')}`;

/** Validation accuracy by a smooth formula with one summit, and a little noise that belongs to the configuration. */
export function sampleAccuracy(parameters: Configuration): number {
  const { learningRate, hiddenUnits, epochs, maxLength } = parameters;
  const noise = randomStream(1, JSON.stringify(parameters)).normal() * 0.006;
  const rate = Math.log(Number(learningRate) / 0.006) ** 2 * 0.022;
  const length = 0.1 * Math.exp(-Number(maxLength) / 110);
  const size = 0.03 * Math.exp(-Number(hiddenUnits) / 25) + Number(hiddenUnits) * 0.00002;
  const fit = 0.02 * Math.exp(-Number(epochs) / 2) + Math.max(0, Number(epochs) - 5) * 0.002;
  return Math.round(5000 * Math.min(0.9, Math.max(0.497, 0.895 - rate - length - size - fit + noise))) / 5000;
}

/** Findings of a campaign that ended. @param scale of the preset: 1 is the paper's 2,891 trials and the final grid */
export function sampleFindings(scale: number, changes: Record<string, unknown> = {}): ReportFindings {
  const { definition } = expandCampaignPreset('paper', { seed: 1, objective: { trainSize: 4000 }, ...changes }, scale);
  const spec = resolveCampaign(campaignSpecSchema.parse(definition), 1);
  const ran = spec.studies.map((study) => run(searchPart(spec, study)));
  const leaders = (parts: readonly Ran[]) => parts.map((part) => ({ part: part.planned.name, leaders: leadersOf(part.study) }));
  const grid = gridPart(spec, finalCandidates(spec, leaders(ran)));
  const all = grid ? [...ran, run(grid)] : ran;
  const finalists = finalistsOf(spec, leaders(all)).map(
    ({ parameters, foundBy, winner }, index): FinalistFindings => ({
      parameters,
      foundBy,
      winner,
      value: sampleAccuracy(parameters),
      test: evaluation(parameters, index, 0),
      repeats: Array.from({ length: spec.evaluation.repeats }, (_, repeat) => ({
        repeat: repeat + 1,
        objectiveSeed: 1000 + repeat,
        test: evaluation(parameters, index, repeat + 1),
      })),
    }),
  );
  const campaign: Campaign = {
    id: id(1),
    spec,
    state: 'completed',
    outcome: { reason: 'done', detail: 'finalists and winner are evaluated' },
    version: 9,
    createdBy: null,
    createdAt: new Date(start),
    updatedAt: new Date(start + 8e6),
    endedAt: new Date(start + 8e6),
  };
  return {
    campaign,
    searches: all.map(findingsOf),
    evaluations: finalists.length === 0 ? [] : [evaluationTotals(finalists.length)],
    finalists,
  };
}

/** The same as the API shows it. */
export function sampleReport(scale: number, changes: Record<string, unknown> = {}): ReportRepresentation {
  return representReport(sampleFindings(scale, changes));
}

/** The report of one of its studies. */
export function sampleStudyReport(part: string, scale: number): ReportRepresentation {
  const { searches } = sampleFindings(scale);
  return representReport({ campaign: null, searches: searches.filter(({ name }) => name === part), evaluations: [], finalists: [] });
}

interface Ran {
  readonly planned: PlannedPart;
  readonly study: SimulatedStudy;
}

function run(planned: PlannedPart): Ran {
  return { planned, study: runInOrder(planned.spec, ({ parameters }) => sampleAccuracy(parameters)) };
}

function ranked({ trials }: SimulatedStudy): SimulatedStudy['trials'] {
  return trials.toSorted((one, other) => (other.value ?? -1) - (one.value ?? -1) || one.number - other.number);
}

function leadersOf(study: SimulatedStudy) {
  const seen = new Set<string>();
  const different = ranked(study).filter(({ parameters }) => !seen.has(JSON.stringify(parameters)) && seen.add(JSON.stringify(parameters)));
  return different.slice(0, 10).map(({ number, parameters, value, diverged }) => ({ number, parameters, value, diverged }));
}

function findingsOf({ planned, study }: Ran, index: number): PartFindings {
  const { trials } = study;
  return {
    name: planned.name,
    kind: planned.kind,
    study: storedStudy(planned, study, index),
    totals: totalsOf(trials, index),
    leaders: leadersOf(study),
    improvements: improvementsOf(trials),
    generations: study.checkpoints.flatMap(({ generation, trials: until, population }) => {
      if (generation === null) return [];
      const values = population.flatMap(({ value }) => (value === null ? [] : [value]));
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return [{ generation, trials: until, mean, best: Math.max(...values) }];
    }),
    front: null,
    learning: { sampled: false, curves: [] },
    stopped: null,
    rungs: null,
    members: null,
    points: trials.filter(({ number }) => trials.length <= 400 || number % 3 !== 0),
  };
}

function improvementsOf(trials: SimulatedStudy['trials']): PartFindings['improvements'] {
  let best = -1;
  return trials.flatMap(({ number, value }) => {
    if (value === null || value <= best) return [];
    best = value;
    return [{ charged: number + 1, stepsDone: 3 * (number + 1), trial: number, value }];
  });
}

function totalsOf(trials: SimulatedStudy['trials'], index: number): TrialTotals {
  const steps = trials.map(({ parameters }) => Number(parameters['epochs']));
  const known = new Map<string, number>();
  const reused = { equal: 0, longer: 0 };
  const sources = { trained: 0, reused, imported: 0 };
  let stepsTrained = 0;
  for (const [place, { parameters }] of trials.entries()) {
    const { epochs: _epochs, ...rest } = parameters;
    const [key, asked] = [JSON.stringify(rest), steps[place] ?? 0];
    const had = known.get(key) ?? 0;
    if (had < asked) sources.trained += 1;
    else reused[had === asked ? 'equal' : 'longer'] += 1;
    stepsTrained += Math.max(0, asked - had);
    known.set(key, Math.max(had, asked));
  }
  const stepsDone = steps.reduce((sum, count) => sum + count, 0);
  return {
    charged: trials.length,
    completed: trials.length,
    pruned: 0,
    failed: 0,
    sources,
    trainings: sources.trained,
    stepsDone,
    stepsTrained,
    stepsReused: stepsDone - stepsTrained,
    stepsSaved: 0,
    heldSeconds: stepsTrained * 4.37,
    interrupted: index,
    firstStartedAt: new Date(start),
    lastFinishedAt: new Date(start + stepsTrained * 2200),
  };
}

function evaluationTotals(finalists: number): TrialTotals {
  return {
    ...totalsOf([], 0),
    firstStartedAt: new Date(start + 5e6),
    lastFinishedAt: new Date(start + 8e6),
    charged: finalists * 6,
    completed: finalists * 6,
    trainings: finalists * 5,
    stepsDone: finalists * 24,
    stepsTrained: finalists * 20,
    stepsReused: finalists * 4,
    stepsSaved: 0,
    heldSeconds: finalists * 250,
  };
}

function storedStudy({ kind, name, spec }: PlannedPart, study: SimulatedStudy, index: number): Study {
  return {
    id: id(10 + index),
    spec,
    definition: storedDefinition(spec),
    changes: null,
    priority: 0,
    campaign: { campaignId: id(1), kind, name },
    state: study.state,
    outcome: study.outcome,
    version: 5,
    sampler: study.progress,
    objectiveVersion: 1,
    events: null,
    forkedFrom: null,
    activeTime: { seconds: 0, tickedAt: null, since: null },
    createdBy: null,
    trace: null,
    createdAt: new Date(start),
    updatedAt: new Date(start + 5e6),
    endedAt: new Date(start + 5e6),
  };
}

/** A model whose scores of the two classes are two normal distributions, measured on 5,000 texts. */
function evaluation(parameters: Configuration, finalist: number, repeat: number): TestEvaluation {
  const stream = randomStream(7, 'evaluation', finalist, repeat);
  const distance = 2.05 + (sampleAccuracy(parameters) - 0.88) * 8 + (repeat > 0 ? 0.25 : 0) + stream.normal() * 0.05;
  const texts = Array.from({ length: 5000 }, (_, index) => ({ label: index % 2, score: stream.normal() + (index % 2) * distance }));
  const sorted = texts.toSorted((one, other) => other.score - one.score);
  let [found, area] = [0, 0];
  const curve = sorted.map(({ label, score }, index) => {
    found += label;
    if (label === 1) area += found / (index + 1) / 2500;
    return { threshold: score, precision: found / (index + 1), recall: found / 2500 };
  });
  const [truePositives, falsePositives] = [1, 0].map(
    (side) => texts.filter(({ label, score }) => label === side && score > distance / 2).length,
  );
  const [hits, misses] = [truePositives ?? 0, falsePositives ?? 0];
  const [precision, recall] = [hits / (hits + misses), hits / 2500];
  return {
    rows: 5000,
    positives: 2500,
    loss: 0.3 + stream.uniform() * 0.05,
    accuracy: (hits + 2500 - misses) / 5000,
    aucPr: area,
    aucPrTrapezoid: area - 0.0001,
    aucRoc: area + 0.001,
    precision,
    recall,
    f1: (2 * precision * recall) / (precision + recall),
    confusion: { truePositives: hits, falsePositives: misses, trueNegatives: 2500 - misses, falseNegatives: 2500 - hits },
    curve: curve.filter((_, index) => index % 11 === 0),
  };
}
