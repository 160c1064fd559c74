import { gridSize } from '../../samplers/grid.ts';
import type { ResolvedSpec } from '../definition/definition.ts';

/** The most trials a study will have by its budget and its sampler, or null where only time or a target value ends it. */
export function plannedTrials(spec: ResolvedSpec): number | null {
  const most = Math.min(spec.budget.trials ?? Number.POSITIVE_INFINITY, samplerTrials(spec));
  return Number.isFinite(most) ? most : null;
}

function samplerTrials({ sampler, budget, searchSpace, metric }: ResolvedSpec): number {
  switch (sampler.type) {
    case 'random':
    case 'tpe':
      return Number.POSITIVE_INFINITY;
    case 'grid':
      return gridSize({ space: searchSpace, direction: metric.direction }, sampler);
    case 'list':
      return sampler.points.length;
    case 'genetic':
      if (budget.generations === undefined) return Number.POSITIVE_INFINITY;
      return sampler.population + (budget.generations - 1) * (sampler.population - sampler.elites);
  }
}
