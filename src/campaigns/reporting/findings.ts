import type { Json } from '../../shared/digest.ts';
import type { Configuration } from '../../space/configuration.ts';
import { hasSeveralMetrics, samplerOf } from '../../studies/definition/definition.ts';
import { type Study, studyNotFound } from '../../studies/model/study.ts';
import type { Leader } from '../../studies/model/trial.ts';
import type { FrontProgress, RankedTrial } from '../../studies/ports/fronts.ts';
import type {
  CurveLimits,
  GenerationValues,
  Improvement,
  LearningCurves,
  MemberTrial,
  ReportLeader,
  RungTotals,
  StoppedTrials,
  TrialTotals,
} from '../../studies/ports/report-reads.ts';
import { type Campaign, type PartKind, partKindSchema } from '../campaign.ts';
import { campaignNotFound } from '../life-cycle.ts';
import type { CampaignReader } from '../ports.ts';
import { campaignStandings, type Standings, testViolationOf, violationOf } from '../standings.ts';

/** Lines of all trials that are drawn; more cannot be told apart. */
const trialsAtMost = 2000;
/** Generations that are drawn of one study. */
const generationsAtMost = 1000;
/** Places of the list of the best trials. */
const leadersAtMost = 10;
/** Curves of a report, and the share of them that the best trials have. More lines hide each other, and would make the page large. */
const [curvesAtMost, bestShare] = [300, 1 / 3];
/** Points of a curve: a few pixels apart. */
const curvePointsAtMost = 100;
/** Of stopped trials: steps whose stops are counted, and trials that are listed. */
const stoppedLimits = { steps: 50, trials: 10 };
/** Members of a population that are listed and drawn. */
const populationAtMost = 50;
/** Trials of a front that are drawn and listed, and places at which its hypervolume is measured. */
const [membersAtMost, volumesAtMost] = [200, 100];

/** A report's data of one study. */
export interface PartFindings {
  readonly name: string;
  /** null for a study alone. */
  readonly kind: PartKind | null;
  readonly study: Study;
  readonly totals: TrialTotals;
  /** Its best different configurations, best first. */
  readonly leaders: readonly ReportLeader[];
  readonly improvements: readonly Improvement[];
  readonly generations: readonly GenerationValues[];
  /** Completed trials, at most some of them, by number. */
  readonly points: readonly Leader[];
  /** Of a study with one metric; null: it has several. */
  readonly learning: LearningCurves | null;
  /** Of a study with a pruner; null: it has none. */
  readonly stopped: StoppedTrials | null;
  /** Of a study whose sampler has rungs; null: it has none. */
  readonly rungs: readonly RungTotals[] | null;
  /** Of a study whose sampler changes values while trials go on: its members, best first. null: it does not. */
  readonly members: readonly MemberTrial[] | null;
  /** Of a study with several metrics: how its front grew, and trials of it, the least crowded first. null: it has one. */
  readonly front: { readonly progress: FrontProgress; readonly members: readonly RankedTrial[] } | null;
}

/** A configuration that is measured on held-out data. */
export interface FinalistFindings {
  readonly parameters: Configuration;
  readonly foundBy: readonly { readonly part: string; readonly trial: number }[];
  readonly winner: boolean;
  /** The metric, which alone ranks. */
  readonly value: number | null;
  /** Distance of the trial from the limits; absent: there are none, or it has no result. */
  readonly violation?: number;
  /** The measurement as the objective stores it. */
  readonly test: Json | null;
  /** Of a campaign: the same distance of the trial of the part `test`. */
  readonly testViolation?: number;
  readonly repeats: readonly {
    readonly repeat: number;
    readonly objectiveSeed: number;
    readonly violation?: number;
    readonly test: Json | null;
  }[];
}

/** The data of a report, from one snapshot. */
export interface ReportFindings {
  /** null for the report of a study. */
  readonly campaign: Campaign | null;
  /** The searches and the final, in order; for the report of a study that study alone. */
  readonly searches: readonly PartFindings[];
  /** Costs of the parts that measure finalists; besides them the report shows only their results. */
  readonly evaluations: readonly TrialTotals[];
  readonly finalists: readonly FinalistFindings[];
}

/**
 * Reads the data of a campaign's report, in any state of the campaign.
 *
 * @throws DomainError `campaign-not-found`
 */
export function campaignFindings(reader: CampaignReader, campaignId: string): Promise<ReportFindings> {
  return reader.snapshot(async (snapshot) => {
    const campaign = await snapshot.campaign(campaignId);
    if (!campaign) throw campaignNotFound(campaignId);
    const parts = await snapshot.campaignParts(campaignId);
    const searches = parts.filter(({ kind }) => kind === 'search' || kind === 'grid');
    const evaluations: TrialTotals[] = [];
    for (const { kind, study } of parts) {
      if (kind === 'test' || kind === 'repeat') evaluations.push(await snapshot.trialTotals(study.id));
    }
    return {
      campaign,
      searches: await partFindings(snapshot, searches),
      evaluations,
      finalists: finalistsOf(await campaignStandings(snapshot, campaignId)),
    };
  });
}

/**
 * Reads the report of one study.
 *
 * @throws DomainError `study-not-found`
 */
export function studyReportFindings(reader: CampaignReader, studyId: string): Promise<ReportFindings> {
  return reader.snapshot(async (snapshot) => {
    const study = await snapshot.study(studyId);
    if (!study) throw studyNotFound(studyId);
    const part = {
      name: study.campaign?.name ?? study.spec.sampler.type,
      kind: study.campaign && partKindSchema.parse(study.campaign.kind),
      study,
    };
    return {
      campaign: null,
      searches: await partFindings(snapshot, [part]),
      evaluations: [],
      finalists: await measuredTrials(snapshot, part),
    };
  });
}

/** One after another: the reads of a snapshot share a connection. */
async function partFindings(
  reader: CampaignReader,
  parts: readonly Pick<PartFindings, 'name' | 'kind' | 'study'>[],
): Promise<PartFindings[]> {
  const totals: TrialTotals[] = [];
  for (const { study } of parts) totals.push(await reader.trialTotals(study.id));
  const completed = totals.reduce((sum, total) => sum + total.completed, 0);
  const found: PartFindings[] = [];
  for (const [index, { name, kind, study }] of parts.entries()) {
    const total = totals[index];
    if (total === undefined) continue;
    const sampler = samplerOf(study.spec, study.sampler.version);
    const share = completed <= trialsAtMost ? total.completed : Math.floor((trialsAtMost * total.completed) / completed);
    found.push({
      name,
      kind,
      study,
      totals: total,
      leaders: await reader.bestConfigurations(study.id, leadersAtMost),
      improvements: await reader.improvements(study.id),
      generations: await reader.generationValues(study.id, generationsAtMost),
      points: await reader.trialPoints(study.id, share),
      learning: hasSeveralMetrics(study.spec) ? null : await reader.learningCurves(study.id, curveLimits(parts.length)),
      stopped: study.spec.pruner ? await reader.stoppedTrials(study.id, stoppedLimits) : null,
      rungs: sampler.hasRungs ? await reader.rungTotals(study.id) : null,
      members: sampler.changesValues ? await reader.memberTrials(study.id, populationAtMost) : null,
      front: hasSeveralMetrics(study.spec) ? await frontFindings(reader, study.id) : null,
    });
  }
  return found;
}

/** The limits of each of some studies that share a page. */
function curveLimits(parts: number): CurveLimits {
  const most = Math.max(2, Math.floor(curvesAtMost / parts));
  const best = Math.max(1, Math.floor(most * bestShare));
  return { best, others: most - best, points: curvePointsAtMost };
}

async function frontFindings(reader: CampaignReader, studyId: string): Promise<PartFindings['front']> {
  const progress = await reader.frontProgress(studyId, volumesAtMost);
  const front = await reader.paretoFront(studyId, { limit: membersAtMost });
  return progress && front && { progress, members: front.trials };
}

function finalistsOf({ finalists }: Standings): FinalistFindings[] {
  return finalists.map((finalist) => ({
    parameters: finalist.parameters,
    foundBy: finalist.foundBy,
    winner: finalist.winner,
    value: finalist.validation.value,
    ...violationOf(finalist),
    test: finalist.test,
    ...testViolationOf(finalist),
    repeats: finalist.repeats.map((repeat) => ({
      repeat: repeat.repeat,
      objectiveSeed: repeat.objectiveSeed,
      ...violationOf(repeat),
      test: repeat.test,
    })),
  }));
}

/** The trials of a study that measures on held-out data; none for any other. */
async function measuredTrials(reader: CampaignReader, { name, study }: { name: string; study: Study }): Promise<FinalistFindings[]> {
  if (!study.spec.evaluate) return [];
  const evaluations = new Map((await reader.evaluations(study.id)).map(({ trialId, evaluation }) => [trialId, evaluation]));
  const { items } = await reader.trials({ studyId: study.id, limit: 200 });
  return items.map((trial) => ({
    parameters: trial.parameters,
    foundBy: [{ part: name, trial: trial.number }],
    winner: false,
    value: trial.value,
    ...violationOf(trial),
    test: evaluations.get(trial.id) ?? null,
    repeats: [],
  }));
}
