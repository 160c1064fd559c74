import { objectiveFor } from '../objectives/table.ts';
import { countedErrors } from '../shared/counted.ts';
import { DomainError, invariant, type Violation } from '../shared/errors.ts';
import { type Metric, metricOf, type ResolvedSpec, samplerOf } from '../studies/definition/definition.ts';
import { resolveNewSpec, resolveSpec } from '../studies/definition/resolve.ts';
import { plannedTrials } from '../studies/search/planned-trials.ts';
import { searchStudySpec } from './parts.ts';
import type { CampaignSpec, ResolvedCampaign } from './spec.ts';
import { dataSizeViolations, finalViolations, nameViolations } from './violations.ts';

/** Default number of open trials of a grid, equal to the grid sampler's. */
const gridParallelism = 16;

/** A study of the campaign as it will be created, or its violations. */
type CheckedStudy = { readonly spec: ResolvedSpec } | { readonly violations: readonly Violation[] };

/**
 * Fills in every default of a campaign and checks all of it: every part of an accepted campaign can be created.
 *
 * @param requested the campaign as a client writes it
 * @param drawnSeed the seed of a campaign without one
 * @throws DomainError `invalid-campaign` that lists every violation
 */
export function resolveCampaign(requested: CampaignSpec, drawnSeed: number): ResolvedCampaign {
  const objective = objectiveFor(requested.objective).pinned(requested.searchSpace);
  const spec: CampaignSpec = { ...requested, objective, ranking: requested.ranking ?? 'finite-first' };
  const seed = spec.seed ?? drawnSeed;
  const seeds = { seed, objectiveSeed: spec.objectiveSeed ?? seed };
  const studies = spec.studies.map((study) => checkedStudy({ ...spec, ...seeds }, study));
  const violations = violationsOf(spec, studies);
  if (violations.length > 0) {
    throw new DomainError('invalid-campaign', `the campaign definition has ${countedErrors(violations)}`, { violations });
  }
  return withDefaults(spec, seeds, studies);
}

/**
 * Checks a stored definition across its fields, by the rules of studies that exist: those of new definitions may be stricter. Pointers
 * are into the definition.
 */
export function storedCampaignViolations(spec: ResolvedCampaign): Violation[] {
  return violationsOf(
    spec,
    spec.studies.map((study) => checkedStudy(spec, study, resolveSpec)),
  );
}

function violationsOf(spec: CampaignSpec, studies: readonly CheckedStudy[]): Violation[] {
  const { searchSpace, objective, final, evaluation } = spec;
  const names = spec.studies.map(({ name }) => name);
  return [
    ...sharedViolations(studies),
    ...nameViolations(names),
    ...studyViolations(studies),
    ...(final ? finalViolations(final, { names, planned: studies.map(plannedIn), searchSpace }) : []),
    ...dataSizeViolations(objective, { final: final?.trainSize, evaluation: evaluation.trainSize }),
  ];
}

/** Largest number of trials of a study; null if there is none, or if the study is invalid. */
function plannedIn(study: CheckedStudy): number | null {
  return 'spec' in study ? plannedTrials(study.spec) : null;
}

function withDefaults(
  spec: CampaignSpec,
  seeds: { readonly seed: number; readonly objectiveSeed: number },
  studies: readonly CheckedStudy[],
): ResolvedCampaign {
  const { final, labels = {}, constraints = [], ...rest } = spec;
  const resolvedFinal = final && { ...final, grid: { ...final.grid, parallelism: final.grid.parallelism ?? gridParallelism } };
  return {
    ...rest,
    ...seeds,
    metric: resolvedMetric(studies),
    studies: spec.studies.flatMap((study, index) => {
      const checked = studies[index];
      if (!checked || !('spec' in checked)) return [];
      const { samplerReason: _before, ...others } = study;
      const { sampler, samplerReason, parallelism } = checked.spec;
      return [{ ...others, sampler, ...(samplerReason !== undefined && { samplerReason }), parallelism }];
    }),
    ...(resolvedFinal && { final: resolvedFinal }),
    ...(constraints.length > 0 && { constraints }),
    ...(Object.keys(labels).length > 0 && { labels }),
  };
}

/** All studies have the campaign's metric. */
function resolvedMetric([first]: readonly CheckedStudy[]): Metric {
  invariant(first && 'spec' in first, 'a valid campaign has a study');
  return metricOf(first.spec);
}

function checkedStudy(
  campaign: Parameters<typeof searchStudySpec>[0],
  study: CampaignSpec['studies'][number],
  resolve: typeof resolveSpec = resolveNewSpec,
): CheckedStudy {
  try {
    const spec = resolve(searchStudySpec(campaign, study), campaign.seed);
    return samplerOf(spec).changesValues ? { violations: [notRepeatable(spec.sampler.type)] } : { spec };
  } catch (error) {
    if (error instanceof DomainError && error.code === 'invalid-study') return { violations: error.violations };
    throw error;
  }
}

function notRepeatable(sampler: string): Violation {
  const detail = `${sampler} changes values while a trial goes on, and a campaign evaluates finalists by their configuration alone: create a study of its own for it`;
  return { pointer: '/sampler/type', detail };
}

/** Violations of the shared parts: each study finds the same ones, and they are reported once. */
function sharedViolations(studies: readonly CheckedStudy[]): Violation[] {
  const first = studies[0];
  if (!first || !('violations' in first)) return [];
  const shared = first.violations.filter((violation) => !isOfStudy(violation));
  return shared.map(inCampaign);
}

/** A violation of a part that all studies share, at its place in the campaign: a campaign has one metric, its studies a list of it. */
export function inCampaign({ pointer, detail }: Violation): Violation {
  return { pointer: pointer.replace('/metrics/0', '/metric'), detail };
}

function studyViolations(studies: readonly CheckedStudy[]): Violation[] {
  return studies.flatMap((study, index) => {
    if ('spec' in study) return [];
    return study.violations.filter(isOfStudy).map(({ pointer, detail }) => ({ pointer: `/studies/${index}${pointer}`, detail }));
  });
}

/** True if a violation of a study is in a part that a campaign gives each study, and not in one that they share. */
export function isOfStudy({ pointer }: Violation): boolean {
  return /^\/(sampler|budget|parallelism)(\/|$)/.test(pointer);
}
