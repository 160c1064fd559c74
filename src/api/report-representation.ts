import { finalObjective, repeatObjective } from '../campaigns/parts.ts';
import { drawnCurve } from '../campaigns/reporting/curve-points.ts';
import type { FinalistFindings, PartFindings, ReportFindings } from '../campaigns/reporting/findings.ts';
import { methodText } from '../campaigns/reporting/method-text.ts';
import type { PublishedResult } from '../objectives/published.ts';
import { type ObjectiveOptions, objectiveFor } from '../objectives/table.ts';
import { canonicalText } from '../shared/digest.ts';
import { invariant } from '../shared/errors.ts';
import type { Configuration } from '../space/configuration.ts';
import type { SearchSpace } from '../space/schema.ts';
import { hasSeveralMetrics, metricOf, samplerOf } from '../studies/definition/definition.ts';
import type { RankingRule } from '../studies/definition/ranking.ts';
import { rangesOf, representEvaluation, representEvaluations } from './evaluation.ts';
import { inOrder } from './parameter-order.ts';
import type { ReportFinalistRepresentation, ReportMethodRepresentation, ReportRepresentation } from './report.ts';
import { costOf } from './report-cost.ts';
import { representLearningCurves } from './report-curves.ts';
import { representReportFront } from './report-front.ts';
import { leadersOf, ranked } from './report-leaders.ts';
import { representMembers } from './report-members.ts';
import { representRungs } from './report-rungs.ts';
import { representStopped } from './report-stopped.ts';
import { representTestViolation, representViolation } from './trial.ts';

type Spec = PartFindings['study']['spec'] | NonNullable<ReportFindings['campaign']>['spec'];

/** Builds the representation of a report. The same findings give the same bytes, because it reads no clock. */
export function representReport(findings: ReportFindings): ReportRepresentation {
  const { campaign, evaluations } = findings;
  const subject = campaign ?? findings.searches[0]?.study;
  invariant(subject, 'a report is about a campaign or a study');
  const { spec, outcome } = subject;
  const parameters = spec.searchSpace.map(({ name }) => name);
  const searches = findings.searches.map((part) => ({ ...part, leaders: part.leaders.map((leader) => ordered(leader, spec.searchSpace)) }));
  const finalists = findings.finalists.map((finalist) => representFinalist(ordered(finalist, spec.searchSpace), spec.objective));
  const definition = definitionOf(findings, spec);
  // Values of different objectives do not compare, so such a final gets a list of its own.
  const compared = definition.finalObjective ? searches.filter(({ kind }) => kind !== 'grid') : searches;
  const apart = searches.filter((part) => !compared.includes(part));
  const rule = { direction: definition.metric.direction, ranking: spec.ranking, ...severalOf(findings) };
  const [alone] = campaign ? [] : findings.searches;
  const front = alone ? representReportFront(alone) : null;
  const stopped = alone ? representStopped(alone) : null;
  const rungs = alone ? representRungs(alone) : null;
  const members = alone ? representMembers(alone) : null;
  return {
    kind: campaign ? 'campaign' : 'study',
    id: subject.id,
    name: spec.name,
    state: subject.state,
    outcome: outcome && { reason: outcome.reason, detail: outcome.detail },
    forkedFrom: 'forkedFrom' in subject && subject.forkedFrom ? { ...subject.forkedFrom } : null,
    createdAt: subject.createdAt.toISOString(),
    endedAt: subject.endedAt?.toISOString() ?? null,
    definition,
    methods: searches.map((part) => representMethod(part, { rule, finalists, cross: campaign?.spec.final?.cross ?? null })),
    totals: { search: costOf(searches.map(({ totals }) => totals)), evaluation: costOf(evaluations) },
    finalists,
    leaders: leadersOf(compared, rule),
    finalLeaders: leadersOf(apart, rule),
    bestSoFar: compared.map(({ name, totals, improvements }) => ({
      part: name,
      trialsCharged: totals.charged,
      improvements: improvements.map(({ charged, value, trial }) => ({ trialsCharged: charged, value, trial })),
    })),
    generations: searches
      .filter(({ study }) => samplerOf(study.spec).learns === 'generations')
      .map(({ name, generations }) => ({
        part: name,
        generations: generations.map(({ generation, mean, best }) => ({ number: generation, mean, best })),
      })),
    trials: {
      columns: ['part', 'trial', 'value', ...parameters],
      parts: compared.map(({ name }) => name),
      rows: compared.flatMap(({ points }, index) =>
        points.map((point) => [
          index,
          point.number,
          ranked(point, rule)[0]?.value ?? null,
          ...parameters.map((name) => point.parameters[name] ?? null),
        ]),
      ),
      completed: compared.reduce((sum, { totals }) => sum + totals.completed, 0),
    },
    learningCurves: compared.flatMap(representLearningCurves),
    ...(rungs && { rungs }),
    ...(members && { members }),
    ...(stopped && { stopped }),
    ...(front && { front }),
  };
}

/** No single value ranks the trials of a study with several metrics. */
function severalOf({ campaign, searches: [part] }: ReportFindings): Pick<RankingRule, 'several'> {
  return !campaign && part && hasSeveralMetrics(part.study.spec) ? { several: true } : {};
}

function definitionOf({ campaign }: ReportFindings, spec: Spec): ReportRepresentation['definition'] {
  const { objective, searchSpace, seed, objectiveSeed } = spec;
  const bound = objectiveFor(objective);
  const final = campaign ? finalObjective(campaign.spec) : objective;
  return {
    metric: 'metric' in spec ? spec.metric : metricOf(spec),
    values: bound.values().map(({ name, label, direction, text }) => ({ name, label, direction, text })),
    evaluation: representEvaluations(bound.evaluations()),
    objective: objectiveUse(objective),
    finalObjective: canonicalText(final) === canonicalText(objective) ? null : objectiveUse(final),
    ...('constraints' in spec && { constraints: spec.constraints }),
    searchSpace,
    seed,
    objectiveSeed,
    repeats: campaign?.spec.evaluation.repeats ?? null,
    repeatObjective: campaign && objectiveUse(repeatObjective(campaign.spec)),
  };
}

function objectiveUse(options: ObjectiveOptions): ReportRepresentation['definition']['objective'] {
  return { text: objectiveFor(options).describe(), options };
}

function representMethod(
  { name, kind, study, totals, leaders }: PartFindings,
  context: { readonly rule: RankingRule; readonly finalists: readonly ReportFinalistRepresentation[]; readonly cross: boolean | null },
): ReportMethodRepresentation {
  const { sampler, objective: options } = study.spec;
  const { rule, finalists, cross } = context;
  const [best = null] = leaders.flatMap((leader) => ranked(leader, rule));
  const finalist = best === null ? undefined : finalists.find(({ parameters }) => isSame(parameters, best.parameters));
  const objective = objectiveFor(options);
  const headline = objective.evaluations()?.headline ?? '';
  return {
    part: name,
    kind,
    studyId: study.id,
    sampler: { type: sampler.type },
    method: methodText(sampler, { kind, cross }),
    state: study.state,
    best,
    testHeadline: finalist?.test?.values[headline] ?? null,
    repeatsHeadline: finalist?.ranges?.[headline] ?? null,
    repeatsMeasured: finalist?.repeats.filter(({ test }) => test !== null).length ?? 0,
    cost: costOf([totals]),
    published: representPublished(objective.published({ name, sampler: sampler.type })),
  };
}

function representPublished(result: PublishedResult | null): ReportMethodRepresentation['published'] {
  return result && { ...result, parameters: { ...result.parameters } };
}

function representFinalist(finalist: FinalistFindings, objective: ObjectiveOptions): ReportFinalistRepresentation {
  const repeats = finalist.repeats.map((repeat) => ({
    repeat: repeat.repeat,
    objectiveSeed: repeat.objectiveSeed,
    ...representViolation(repeat),
    test: representEvaluation(objective, repeat.test, drawnCurve),
  }));
  return {
    winner: finalist.winner,
    parameters: { ...finalist.parameters },
    foundBy: finalist.foundBy.map(({ part, trial }) => ({ part, trial })),
    value: finalist.value,
    ...representViolation(finalist),
    test: representEvaluation(objective, finalist.test, drawnCurve),
    ...representTestViolation(finalist),
    repeats,
    ranges: rangesOf(repeats.flatMap(({ test }) => (test === null ? [] : [test]))),
  };
}

function ordered<Found extends { readonly parameters: Configuration }>(found: Found, space: SearchSpace): Found {
  return { ...found, parameters: inOrder(found.parameters, space) };
}

function isSame(one: Configuration, other: Configuration): boolean {
  return canonicalText(one) === canonicalText(other);
}
