import { objectiveFor } from '../objectives/table.ts';
import { DomainError, type Fault } from '../shared/errors.ts';
import { naturalDirection, type ResolvedSpec, resolveSpec } from '../studies/definition/definition.ts';
import { plannedTrials } from '../studies/search/trial-limit.ts';
import { mostCrossedPoints } from './final-grid.ts';
import { isReservedName } from './part-names.ts';
import { searchStudySpec } from './parts.ts';
import type { CampaignSpec, ResolvedCampaign } from './spec.ts';

/** Points that a grid may have (see the grid sampler). */
const mostGridPoints = 10_000_000;
/** What a grid keeps open at once unless the campaign says otherwise, as the grid sampler has it. */
const gridParallelism = 16;

/** A study of the campaign as it will be created, or what is wrong with it. */
type CheckedStudy = { readonly spec: ResolvedSpec } | { readonly faults: readonly Fault[] };

/**
 * Fills in every default of a campaign and checks all of it: what is accepted here can be created to its last part.
 *
 * @param drawnSeed the seed of a campaign that names none
 * @throws DomainError `invalid-campaign` naming every fault
 */
export function resolveCampaign(spec: CampaignSpec, drawnSeed: number): ResolvedCampaign {
  const seed = spec.seed ?? drawnSeed;
  const seeds = { seed, objectiveSeed: spec.objectiveSeed ?? seed };
  const studies = spec.studies.map((study) => checkedStudy({ ...spec, ...seeds }, study));
  const faults = [...sharedFaults(studies), ...nameFaults(spec), ...studyFaults(studies), ...finalFaults(spec, studies)];
  if (faults.length > 0) {
    const many = faults.length === 1 ? 'a fault' : `${faults.length} faults`;
    throw new DomainError('invalid-campaign', `the campaign definition has ${many}`, { faults });
  }
  return withDefaults(spec, seeds, studies);
}

function withDefaults(
  spec: CampaignSpec,
  seeds: { readonly seed: number; readonly objectiveSeed: number },
  studies: readonly CheckedStudy[],
): ResolvedCampaign {
  const { final, ...rest } = spec;
  const { name, direction } = spec.metric;
  const resolvedFinal = final && { ...final, grid: { ...final.grid, parallelism: final.grid.parallelism ?? gridParallelism } };
  return {
    ...rest,
    ...seeds,
    metric: { name, direction: direction ?? naturalDirection(objectiveFor(spec.objective), name) ?? 'maximize' },
    studies: spec.studies.flatMap((study, index) => {
      const checked = studies[index];
      return checked && 'spec' in checked ? [{ ...study, parallelism: checked.spec.parallelism }] : [];
    }),
    ...(resolvedFinal && { final: resolvedFinal }),
  };
}

function checkedStudy(campaign: Parameters<typeof searchStudySpec>[0], study: CampaignSpec['studies'][number]): CheckedStudy {
  try {
    return { spec: resolveSpec(searchStudySpec(campaign, study), campaign.seed) };
  } catch (error) {
    if (error instanceof DomainError && error.code === 'invalid-study') return { faults: error.faults };
    throw error;
  }
}

/** Faults of what all studies share: each study finds the same ones, and they are said once. */
function sharedFaults(studies: readonly CheckedStudy[]): Fault[] {
  const first = studies[0];
  if (!first || !('faults' in first)) return [];
  const shared = first.faults.filter((fault) => !isOfStudy(fault));
  // A campaign has one metric, its studies a list of it.
  return shared.map(({ pointer, detail }) => ({ pointer: pointer.replace('/metrics/0', '/metric'), detail }));
}

function studyFaults(studies: readonly CheckedStudy[]): Fault[] {
  return studies.flatMap((study, index) => {
    if ('spec' in study) return [];
    return study.faults.filter(isOfStudy).map(({ pointer, detail }) => ({ pointer: `/studies/${index}${pointer}`, detail }));
  });
}

function isOfStudy({ pointer }: Fault): boolean {
  return /^\/(sampler|budget|parallelism)(\/|$)/.test(pointer);
}

function nameFaults({ studies }: CampaignSpec): Fault[] {
  return studies.flatMap(({ name }, index) => {
    const pointer = `/studies/${index}/name`;
    if (isReservedName(name)) return [{ pointer, detail: `${name} is the name of a part that follows the search: choose another` }];
    if (studies.findIndex((study) => study.name === name) < index) return [{ pointer, detail: `a study named ${name} is already listed` }];
    return [];
  });
}

function finalFaults({ studies, searchSpace, final }: CampaignSpec, checked: readonly CheckedStudy[]): Fault[] {
  if (!final) return [];
  const faults = final.finalists.flatMap(({ study, top }, index) => {
    const pointer = `/final/finalists/${index}`;
    const place = studies.findIndex((candidate) => candidate.name === study);
    if (place < 0)
      return [
        { pointer: `${pointer}/study`, detail: `there is no study ${study}; there are ${studies.map(({ name }) => name).join(', ')}` },
      ];
    if (final.finalists.findIndex((other) => other.study === study) < index)
      return [{ pointer: `${pointer}/study`, detail: `${study} is already listed: ask for more of its best with top` }];
    return topFaults(`${pointer}/top`, top, checked[place]);
  });
  const count = final.finalists.reduce((sum, { top }) => sum + top, 0);
  return [...faults, ...gridFaults(final, count, mostCrossedPoints(searchSpace, count))];
}

function topFaults(pointer: string, top: number, study: CheckedStudy | undefined): Fault[] {
  const planned = study && 'spec' in study ? plannedTrials(study.spec) : null;
  if (planned === null || planned >= top) return [];
  return [{ pointer, detail: `the study has ${planned} ${planned === 1 ? 'trial' : 'trials'}; ${top} are asked for` }];
}

function gridFaults({ cross, grid }: NonNullable<CampaignSpec['final']>, finalists: number, points: number): Fault[] {
  if (grid.trials !== undefined && grid.trials < finalists)
    return [{ pointer: '/final/grid/trials', detail: `must be at least the number of finalists (${finalists}), got ${grid.trials}` }];
  if (!cross || points <= mostGridPoints) return [];
  const detail = `crossing ${finalists} finalists can give ${points} points, more than ${mostGridPoints}: name fewer finalists, or set cross to false`;
  return [{ pointer: '/final', detail }];
}
