import { curvePoints } from '../campaigns/reporting/curve-points.ts';
import type { FinalistFindings, PartFindings, ReportFindings } from '../campaigns/reporting/findings.ts';
import { methodText } from '../campaigns/reporting/method-text.ts';
import { paperResultOf } from '../campaigns/reporting/paper-results.ts';
import type { TestEvaluation } from '../objectives/text-classifier/test-evaluation.ts';
import { type Direction, oriented } from '../samplers/contract.ts';
import { canonicalText } from '../shared/digest.ts';
import { invariant } from '../shared/errors.ts';
import type { Configuration } from '../space/configuration.ts';
import { metricOf, samplerOf } from '../studies/definition/definition.ts';
import type { TrialTotals } from '../studies/ports/report-reads.ts';
import type { ReportCostRepresentation, ReportFinalistRepresentation, ReportMethodRepresentation, ReportRepresentation } from './report.ts';
import { rangesOf } from './winner.ts';

/** Places of the list of the best configurations. */
const leadersAtMost = 10;

/** A report as the API shows it. The same findings give the same bytes: no clock is read. */
export function representReport(findings: ReportFindings): ReportRepresentation {
  const { campaign, evaluations } = findings;
  const subject = campaign ?? findings.searches[0]?.study;
  invariant(subject, 'a report is about a campaign or a study');
  const { spec, outcome } = subject;
  const parameters = spec.searchSpace.map(({ name }) => name);
  const searches = findings.searches.map((part) => ({ ...part, leaders: part.leaders.map((leader) => inOrder(leader, parameters)) }));
  const finalists = findings.finalists.map((finalist) => inOrder(finalist, parameters));
  const definition = definitionOf(findings, spec);
  const isApart = definition.finalTrainSize !== definition.trainSize;
  // Values of trainings on more texts do not compare: such a final is listed by itself.
  const compared = isApart ? searches.filter(({ kind }) => kind !== 'grid') : searches;
  const apart = searches.filter((part) => !compared.includes(part));
  return {
    kind: campaign ? 'campaign' : 'study',
    id: subject.id,
    name: spec.name,
    state: subject.state,
    outcome: outcome && { reason: outcome.reason, detail: outcome.detail },
    createdAt: subject.createdAt.toISOString(),
    endedAt: subject.endedAt?.toISOString() ?? null,
    definition,
    methods: searches.map((part) => representMethod(part, { finalists, cross: campaign?.spec.final?.cross ?? null })),
    totals: { search: costOf(searches.map(({ totals }) => totals)), evaluation: costOf(evaluations) },
    finalists: finalists.map(representFinalist),
    leaders: leadersOf(compared, definition.metric.direction),
    finalLeaders: leadersOf(apart, definition.metric.direction),
    bestSoFar: compared.map(({ name, totals, improvements }) => ({
      part: name,
      trialsCharged: totals.charged,
      steps: improvements.map(({ charged, value, trial }) => [charged, value, trial]),
    })),
    generations: searches
      .filter(({ study }) => samplerOf(study.spec).learns === 'generations')
      .map(({ name, generations }) => ({
        part: name,
        generations: generations.map(({ generation, mean, best }) => [generation, mean, best]),
      })),
    trials: {
      columns: ['part', 'trial', 'value', ...parameters],
      parts: compared.map(({ name }) => name),
      rows: compared.flatMap(({ points }, index) =>
        points.map((point) => [index, point.number, point.value, ...parameters.map((name) => point.parameters[name] ?? null)]),
      ),
      completed: compared.reduce((sum, { totals }) => sum + totals.completed, 0),
    },
  };
}

function definitionOf(findings: ReportFindings, spec: PartFindings['study']['spec'] | NonNullable<ReportFindings['campaign']>['spec']) {
  const { campaign } = findings;
  const { objective, searchSpace, seed, objectiveSeed } = spec;
  const trainSize = objective.trainSize ?? null;
  const fixed = Object.entries(objective.hyperparameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return {
    metric: 'metric' in spec ? spec.metric : metricOf(spec),
    objective: objective.type,
    dataset: objective.dataset,
    trainSize,
    finalTrainSize: finalTrainSizeOf(findings, trainSize),
    fixed: Object.fromEntries(fixed),
    searchSpace,
    seed,
    objectiveSeed,
    repeats: campaign?.spec.evaluation.repeats ?? null,
    repeatTrainSize: campaign?.spec.evaluation.trainSize ?? null,
  };
}

/** Texts that the final of a campaign trains on, those of the search where there is none; null: all. */
function finalTrainSizeOf({ campaign }: ReportFindings, searched: number | null): number | null {
  const trainSize = campaign?.spec.final?.trainSize;
  return trainSize === 'all' ? null : (trainSize ?? searched);
}

/** Costs of several studies together; the wall clock runs from the first start to the last end of any of them. */
function costOf(parts: readonly TrialTotals[]): ReportCostRepresentation {
  const sum = (of: (totals: TrialTotals) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const starts = parts.flatMap(({ firstStartedAt }) => (firstStartedAt === null ? [] : [firstStartedAt.getTime()]));
  const ends = parts.flatMap(({ lastFinishedAt }) => (lastFinishedAt === null ? [] : [lastFinishedAt.getTime()]));
  return {
    trialsCharged: sum(({ charged }) => charged),
    trialsCompleted: sum(({ completed }) => completed),
    trialsFailed: sum(({ failed }) => failed),
    sources: {
      trained: sum(({ sources }) => sources.trained),
      reused: { equal: sum(({ sources }) => sources.reused.equal), longer: sum(({ sources }) => sources.reused.longer) },
      imported: sum(({ sources }) => sources.imported),
    },
    trainings: sum(({ trainings }) => trainings),
    stepsCharged: sum(({ stepsCharged }) => stepsCharged),
    stepsTrained: sum(({ stepsTrained }) => stepsTrained),
    stepsReused: sum(({ stepsReused }) => stepsReused),
    wallClockSeconds: ends.length === 0 ? null : Math.max(0, (Math.max(...ends) - Math.min(...starts)) / 1000),
    coreSeconds: Number(sum(({ heldSeconds }) => heldSeconds).toFixed(3)),
    interruptedTrials: sum(({ interrupted }) => interrupted),
  };
}

function representMethod(
  { name, kind, study, totals, leaders }: PartFindings,
  { finalists, cross }: { readonly finalists: readonly FinalistFindings[]; readonly cross: boolean | null },
): ReportMethodRepresentation {
  const { sampler, objective } = study.spec;
  const [leader] = leaders;
  const best = leader && leader.value !== null ? { trial: leader.number, value: leader.value, parameters: { ...leader.parameters } } : null;
  const finalist = best === null ? undefined : finalists.find(({ parameters }) => isSame(parameters, best.parameters));
  const repeats = measuredRepeats(finalist);
  return {
    part: name,
    kind,
    studyId: study.id,
    sampler: sampler.type,
    method: methodText(sampler, { kind, cross }),
    state: study.state,
    best,
    testAucPr: finalist?.test?.aucPr ?? null,
    repeatsAucPr: rangesOf(repeats)?.aucPr ?? null,
    repeatsMeasured: repeats.length,
    cost: costOf([totals]),
    paper: paperResultOf({ name, sampler: sampler.type, dataset: objective.dataset }),
  };
}

function representFinalist(finalist: FinalistFindings): ReportFinalistRepresentation {
  return {
    winner: finalist.winner,
    parameters: { ...finalist.parameters },
    foundBy: finalist.foundBy.map(({ part, trial }) => ({ part, trial })),
    value: finalist.value,
    test: finalist.test && representMeasured(finalist.test),
    repeats: finalist.repeats.map(({ repeat, objectiveSeed, test }) => ({
      repeat,
      objectiveSeed,
      measured: test && representMeasured(test),
    })),
    ranges: rangesOf(measuredRepeats(finalist)),
  };
}

function representMeasured({ curve, ...metrics }: TestEvaluation) {
  return { metrics, curve: curvePoints(curve) };
}

function measuredRepeats(finalist: FinalistFindings | undefined): TestEvaluation[] {
  return (finalist?.repeats ?? []).flatMap(({ test }) => (test === null ? [] : [test]));
}

/** Of equal configurations the first one found stays; ties go to the earlier part, then to the lower number. */
function leadersOf(parts: readonly PartFindings[], direction: Direction): ReportRepresentation['leaders'] {
  const leaders = parts.flatMap(({ name, leaders }) =>
    leaders.flatMap(({ number, value, parameters }) =>
      value === null ? [] : [{ part: name, trial: number, value, parameters: { ...parameters } }],
    ),
  );
  const ranked = leaders.sort((one, other) => oriented(direction, other.value) - oriented(direction, one.value));
  const different = new Map(ranked.toReversed().map((leader) => [canonicalText(leader.parameters), leader]));
  return ranked.filter((leader) => different.get(canonicalText(leader.parameters)) === leader).slice(0, leadersAtMost);
}

/** Parameters in the order of the search space; the database keeps another. */
function inOrder<Found extends { readonly parameters: Configuration }>(found: Found, names: readonly string[]): Found {
  const known = names.flatMap((name) => {
    const value = found.parameters[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...found, parameters: Object.fromEntries(known) };
}

function isSame(one: Configuration, other: Configuration): boolean {
  return canonicalText(one) === canonicalText(other);
}
