import type { SamplerOptions } from '../../samplers/table.ts';
import type { PartKind } from '../campaign/campaign.ts';

const names: Readonly<Record<string, string>> = {
  random: 'random search',
  grid: 'grid search',
  list: 'listed configurations',
  tpe: 'Bayesian optimisation (TPE)',
  genetic: 'genetic algorithm',
};

/** How a study searches, in a few words for a table. @param kind what it is in its campaign; a final that is no whole grid lists its points */
export function methodText(sampler: SamplerOptions, kind: PartKind | null): string {
  if (kind === 'grid') return sampler.type === 'list' ? 'final among listed points' : 'grid over the finalists';
  const name = names[sampler.type] ?? sampler.type;
  if (sampler.type !== 'genetic') return name;
  const { population, elites, selectionExponent } = sampler;
  return `${name}: ${population} individuals, ${elites === 1 ? '1 elite' : `${elites} elites`}, P ∝ fitness${superscript(selectionExponent)}`;
}

/** ⁴ for 4; ^2.5 where there are no raised signs. */
function superscript(exponent: number): string {
  const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  return Number.isInteger(exponent) ? [...String(exponent)].map((digit) => raised[Number(digit)]).join('') : `^${exponent}`;
}
