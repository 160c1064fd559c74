import { partKindSchema } from '../campaigns/campaign.ts';
import { type ComparedStudy, comparisonRemark } from '../campaigns/reporting/comparison.ts';
import { methodText } from '../campaigns/reporting/method-text.ts';
import { objectiveFor } from '../objectives/table.ts';
import { oriented } from '../samplers/contract.ts';
import { invariant } from '../shared/errors.ts';
import type { SearchSpace } from '../space/schema.ts';
import { metricOf } from '../studies/definition/definition.ts';
import { definitionDifferences } from '../studies/definition/differences.ts';
import type { Trial } from '../studies/model/trial.ts';
import type { ComparedStudyRepresentation, ComparisonRepresentation } from './comparison.ts';
import { inOrder } from './parameter-order.ts';
import { costOf } from './report-cost.ts';

/** More differences than a person reads. */
const differencesAtMost = 200;

/** Builds the representation of a comparison. @param compared at least one study; all optimise the same metric */
export function representComparison(compared: readonly ComparedStudy[]): ComparisonRepresentation {
  const [first] = compared;
  invariant(first, 'a comparison has studies');
  const { spec } = first.study;
  const metric = metricOf(spec);
  const named = objectiveFor(spec.objective)
    .values()
    .find(({ name }) => name === metric.name);
  const differences = definitionDifferences(compared.map(({ study }) => study.spec));
  return {
    metrics: [metric],
    label: named?.label ?? metric.name,
    remark: comparisonRemark(compared.map(({ study }) => study)),
    studies: compared.map((one) => representCompared(one, rankOf(one, compared))),
    differences: differences.slice(0, differencesAtMost).map(({ key, values }) => ({
      key,
      values: compared.map(({ study }, index) => ({ study: study.id, value: values[index] ?? null })),
    })),
    differencesLeftOut: Math.max(0, differences.length - differencesAtMost),
  };
}

function rankOf(one: ComparedStudy, all: readonly ComparedStudy[]): number | null {
  const worth = ({ study, best }: ComparedStudy): number =>
    best?.value == null ? Number.NEGATIVE_INFINITY : oriented(metricOf(study.spec).direction, best.value);
  return one.best === null ? null : 1 + all.filter((other) => worth(other) > worth(one)).length;
}

function representCompared({ study, totals, best, improvements }: ComparedStudy, rank: number | null): ComparedStudyRepresentation {
  const { id, spec, state, campaign, forkedFrom, createdAt, endedAt } = study;
  return {
    id,
    name: spec.name,
    state,
    sampler: { type: spec.sampler.type },
    method: methodText(spec.sampler, { kind: campaign && partKindSchema.parse(campaign.kind), cross: null }),
    forkedFrom: forkedFrom && { ...forkedFrom },
    rank,
    best: best && best.value !== null ? bestOf(best, best.value, spec.searchSpace) : null,
    cost: costOf([totals]),
    bestSoFar: improvements.map(({ charged, stepsDone, value, trial }) => ({ trialsCharged: charged, stepsDone, value, trial })),
    createdAt: createdAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  };
}

function bestOf({ id, number, parameters }: Trial, value: number, space: SearchSpace): ComparedStudyRepresentation['best'] {
  return { value, parameters: inOrder(parameters, space), trialId: id, number };
}
