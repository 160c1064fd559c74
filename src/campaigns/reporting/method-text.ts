import type { SamplerOptions } from '../../samplers/table.ts';
import type { PartKind } from '../campaign.ts';

const names: Readonly<Record<string, string>> = {
  random: 'random search',
  grid: 'grid search',
  list: 'listed configurations',
  tpe: 'Bayesian optimisation (TPE)',
  genetic: 'genetic algorithm',
};

/** What a study is in its campaign. */
export interface MethodPlace {
  readonly kind: PartKind | null;
  /** Whether the final crosses the values of the finalists; null where there is none, or the campaign is not at hand. */
  readonly cross: boolean | null;
}

/** How a study searches, in a few words for a table. */
export function methodText(sampler: SamplerOptions, { kind, cross }: MethodPlace): string {
  if (kind === 'grid') return finalText(sampler, cross);
  const name = names[sampler.type] ?? sampler.type;
  if (sampler.type !== 'genetic') return name;
  const { population, elites, selectionExponent } = sampler;
  return `${name}: ${population} individuals, ${elites === 1 ? '1 elite' : `${elites} elites`}, P ∝ fitness${superscript(selectionExponent)}`;
}

/** A final that is no whole grid lists its points: those of the grid that are tried, or the finalists as they are. */
function finalText(sampler: SamplerOptions, cross: boolean | null): string {
  if (sampler.type !== 'list') return 'grid over the finalists';
  if (cross === null) return 'final among listed points';
  return cross ? 'part of the grid over the finalists' : 'the finalists side by side';
}

/** ⁴ for 4; ^2.5 where there are no raised signs. */
function superscript(exponent: number): string {
  const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  return Number.isInteger(exponent) ? [...String(exponent)].map((digit) => raised[Number(digit)]).join('') : `^${exponent}`;
}
