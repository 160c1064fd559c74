import type { Violation } from '../shared/errors.ts';
import { isObject } from '../studies/definition/overrides.ts';
import { partialViolations } from '../studies/definition/partial.ts';
import { inCampaign, isOfStudy } from './resolve.ts';

/**
 * Finds the violations between those parts of an invalid campaign definition that are valid each by itself (see `partialViolations` of
 * studies). The final and the names of studies are checked once every value is valid.
 *
 * @param definition as a client sent it, invalid somewhere
 */
export function partialCampaignViolations(definition: unknown): Violation[] {
  if (!isObject(definition)) return [];
  const { searchSpace, objective, metric, studies } = definition;
  const shared = { searchSpace, objective, metrics: [metric] };
  const ofStudies = (Array.isArray(studies) ? studies : []).flatMap((study: unknown, index) => {
    if (!isObject(study)) return [];
    const { sampler, budget = {}, parallelism } = study;
    return partialViolations({ ...shared, sampler, budget, parallelism })
      .filter(isOfStudy)
      .map(({ pointer, detail }) => ({ pointer: `/studies/${index}${pointer}`, detail }));
  });
  return [...partialViolations(shared).map(inCampaign), ...ofStudies];
}
