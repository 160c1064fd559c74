import { isList } from '../../samplers/list/options.ts';
import { describeSampler, type SamplerOptions } from '../../samplers/table.ts';
import type { PartKind } from '../campaign.ts';

/** The place of a study in its campaign. */
export interface MethodPlace {
  readonly kind: PartKind | null;
  /** True if the final crosses the finalists' values; null if there is no final, or the campaign is not available. */
  readonly cross: boolean | null;
}

/** Describes a study's search method in a few words for a table. */
export function methodText(sampler: SamplerOptions, { kind, cross }: MethodPlace): string {
  return kind === 'grid' ? finalText(sampler, cross) : describeSampler(sampler);
}

/** A final that is no complete grid lists its points: those of the grid that are tried, or the finalists themselves. */
function finalText(sampler: SamplerOptions, cross: boolean | null): string {
  if (!isList(sampler)) return 'grid over the finalists';
  if (cross === null) return 'final among listed points';
  return cross ? 'part of the grid over the finalists' : 'the finalists side by side';
}
