import { z } from 'zod';
import { invariant } from '../shared/errors.ts';
import { ashaPruner } from './asha/pruner.ts';
import type { OptionsSchema, Pruner } from './contract.ts';
import { medianPruner } from './median/pruner.ts';
import { percentilePruner } from './percentile/pruner.ts';

/** Every pruner, by its name in definitions. A new one needs a folder and a row here, and a line in its test. */
export const pruners = {
  median: row(medianPruner),
  percentile: row(percentilePruner),
  asha: row(ashaPruner),
} as const;

const [firstSchema, ...otherSchemas] = Object.values(pruners).map(({ optionsSchema }) => optionsSchema);
invariant(firstSchema, 'there is a pruner');

/** The options of any pruner. */
export const prunerOptionsSchema = z
  .discriminatedUnion('type', [firstSchema, ...otherSchemas])
  .meta({ id: 'PrunerOptions', description: 'A pruner and its options.' });
export type PrunerOptions = z.output<typeof prunerOptionsSchema>;

/** A pruner with its options filled in (see `Pruner`). */
export interface BoundPruner {
  readonly name: string;
  readonly comparesWith: 'completed' | 'completed and stopped';
  rungOf(step: number): number | null;
  leastScore(others: readonly number[]): number | null;
  part(): string;
}

/** Binds the pruner that the options name. */
export function prunerFor(options: PrunerOptions): BoundPruner {
  return pruners[options.type].bind(options);
}

/** A row: a pruner, callable with the options of any pruner. */
function row<Schema extends OptionsSchema>(pruner: Pruner<Schema>) {
  type Options = z.output<Schema>;
  type AnyOptions = { readonly type: string };
  const isOwn = (options: AnyOptions): options is Options => options.type === pruner.name;
  return {
    name: pruner.name,
    summary: pruner.summary,
    optionsSchema: pruner.optionsSchema,
    bind: (options: AnyOptions): BoundPruner => {
      invariant(isOwn(options), `options of the ${options.type} pruner go to that pruner`);
      return {
        name: pruner.name,
        comparesWith: pruner.comparesWith,
        rungOf: (step) => pruner.rungOf(options, step),
        leastScore: (others) => pruner.leastScore(options, others),
        part: () => pruner.part(options),
      };
    },
  };
}
