import { invariant } from '../../shared/errors.ts';
import type { ResolvedSpec } from '../definition/definition.ts';
import { seedOf } from '../definition/lineage.ts';
import type { StudyDocument } from './document.ts';
import type { CurrentImport } from './request.ts';

/** Number of trials that a fork keeps, from the first; `optionViolations` has checked that the document has them. */
export function forkPoint({ checkpoints }: StudyDocument, fork: NonNullable<CurrentImport['fork']>): number {
  if (fork.trials !== undefined) return fork.trials;
  const closing = checkpoints.find(({ generation }) => generation === fork.generation);
  invariant(closing, `generation ${fork.generation} is closed in the document`);
  return closing.trials;
}

/** Parts of the definition that change in an imported study. */
export interface SpecChange {
  readonly name?: string | undefined;
  readonly budget?: ResolvedSpec['budget'] | undefined;
  /** From trial `from` on, another seed. */
  readonly reseed?: { readonly from: number; readonly seed: number } | undefined;
}

/** The definition of a study imported from a document. The training seed stays: equal trials have equal results. */
export function specAfter(spec: ResolvedSpec, { name, budget, reseed }: SpecChange): ResolvedSpec {
  const { lineage, ...rest } = spec;
  const seeds = reseed ? reseeded(spec, reseed) : { seed: spec.seed, ...(lineage && { lineage }) };
  return { ...rest, ...seeds, ...(name !== undefined && { name }), ...(budget !== undefined && { budget }) };
}

/** Trials below the fork keep the seeds that they were suggested with. A seed that changes nothing leaves no trace. */
function reseeded(spec: ResolvedSpec, { from, seed }: NonNullable<SpecChange['reseed']>): Pick<ResolvedSpec, 'seed' | 'lineage'> {
  const before = (spec.lineage ?? []).filter(({ trials }) => trials < from);
  const last = { trials: from, seed: seedOf(spec, from - 1) };
  const lineage = last.seed === seed ? before : [...before, last];
  return { seed, ...(lineage.length > 0 && { lineage }) };
}
