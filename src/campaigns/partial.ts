import { objectiveSchema } from '../objectives/table.ts';
import type { Violation } from '../shared/errors.ts';
import { searchSpaceSchema } from '../space/schema.ts';
import { studySpecSchema } from '../studies/definition/definition.ts';
import { isObject } from '../studies/definition/overrides.ts';
import { partialViolations } from '../studies/definition/partial.ts';
import { repaired } from '../studies/definition/repaired.ts';
import { resolveSpec } from '../studies/definition/resolve.ts';
import { plannedTrials } from '../studies/search/planned-trials.ts';
import { inCampaign, isOfStudy } from './resolve.ts';
import { campaignEvaluationSchema, campaignFinalSchema, campaignStudySchema, mostStudies } from './spec.ts';
import { dataSizeViolations, type FinalParts, finalViolations, nameViolations } from './violations.ts';

/**
 * Finds the violations between those parts of an invalid campaign definition that are valid each by itself (see `partialViolations` of
 * studies).
 *
 * @param definition as a client sent it, invalid somewhere
 */
export function partialCampaignViolations(definition: unknown): Violation[] {
  if (!isObject(definition)) return [];
  const { searchSpace, objective, metric, constraints, studies } = definition;
  const shared = { searchSpace, objective, metrics: [metric] };
  const searches = (isShortList(studies) ? studies : []).map((study: unknown) => searchOf(shared, study));
  const ofStudies = searches.flatMap(({ violations }, index) =>
    violations.map(({ pointer, detail }) => ({ pointer: `/studies/${index}${pointer}`, detail })),
  );
  return [
    ...partialViolations({ ...shared, constraints }).map(inCampaign),
    ...nameViolations(searches.map(({ name }) => name)),
    ...ofStudies,
    ...afterSearches(definition, searches),
  ];
}

/** A study of an invalid campaign. */
interface PartialSearch {
  /** undefined if it is invalid. */
  readonly name: string | undefined;
  readonly violations: readonly Violation[];
  /** Largest number of its trials; null if there is none, or if it is not known. */
  readonly planned: number | null;
}

function searchOf(shared: object, study: unknown): PartialSearch {
  if (!isObject(study)) return { name: undefined, violations: [], planned: null };
  const { sampler = { type: 'auto' }, budget = {}, parallelism } = study;
  const name = campaignStudySchema.shape.name.safeParse(study['name']).data;
  const found = partialViolations({ ...shared, sampler, budget, parallelism });
  const spec = studySpecSchema.safeParse({ ...shared, name: 'a search', sampler, budget, parallelism }).data;
  const planned = spec && found.length === 0 ? plannedTrials(resolveSpec(spec, 0)) : null;
  return { name, violations: found.filter(isOfStudy), planned };
}

/** A list that is too long is invalid as a whole: each of its items would be checked with all the rest. */
function isShortList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0 && value.length <= mostStudies;
}

/** Violations of the final and of the evaluation. */
function afterSearches(definition: Readonly<Record<string, unknown>>, searches: readonly PartialSearch[]): Violation[] {
  const final = isObject(definition['final']) ? definition['final'] : null;
  const evaluation = isObject(definition['evaluation']) ? definition['evaluation'] : {};
  const objective = repaired(objectiveSchema, definition['objective']).value;
  const basis = {
    // Without a list of studies, no name of one can be wrong.
    names: searches.length === 0 ? [undefined] : searches.map(({ name }) => name),
    planned: searches.map(({ planned }) => planned),
    searchSpace: searchSpaceSchema.safeParse(definition['searchSpace']).data,
  };
  const sizes = {
    final: campaignFinalSchema.shape.trainSize.safeParse(final?.['trainSize']).data,
    evaluation: campaignEvaluationSchema.shape.trainSize.safeParse(evaluation['trainSize']).data,
  };
  return [...(final ? finalViolations(finalOf(final), basis) : []), ...(objective ? dataSizeViolations(objective, sizes) : [])];
}

/** The valid values of a final. */
function finalOf({ finalists, cross, grid }: Readonly<Record<string, unknown>>): FinalParts {
  const { shape } = campaignFinalSchema;
  const { study, top } = shape.finalists.element.shape;
  return {
    finalists: (isShortList(finalists) ? finalists : [null]).map((given: unknown) => {
      const finalist = isObject(given) ? given : { top: null };
      return { study: study.safeParse(finalist['study']).data, top: top.safeParse(finalist['top']).data };
    }),
    cross: shape.cross.safeParse(cross).data,
    grid: repaired(shape.grid, grid).value ?? {},
  };
}
