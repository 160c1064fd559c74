import { z } from 'zod';
import { UsageError } from '../exit-codes.ts';
import { parsePythonJson } from './python-json.ts';

/** The values of a parameter of Optuna. Bounds are inclusive. */
export type Distribution =
  | { readonly kind: 'float'; readonly low: number; readonly high: number; readonly step: number | null; readonly log: boolean }
  | { readonly kind: 'int'; readonly low: number; readonly high: number; readonly step: number; readonly log: boolean }
  | { readonly kind: 'categorical'; readonly choices: readonly unknown[] };

export type NumericDistribution = Exclude<Distribution, { kind: 'categorical' }>;

const range = { low: z.number(), high: z.number() };
const floatRange = z.object({ ...range, step: z.number().nullish(), q: z.number().nullish(), log: z.boolean().optional() });
const intRange = z.object({ ...range, step: z.number().optional(), log: z.boolean().optional() });
const float = floatRange.transform(
  ({ low, high, step, q, log }): Distribution => ({ kind: 'float', low, high, step: step ?? q ?? null, log: log ?? false }),
);
const floatLog = floatRange.transform(({ low, high }): Distribution => ({ kind: 'float', low, high, step: null, log: true }));
const int = intRange.transform(
  ({ low, high, step, log }): Distribution => ({ kind: 'int', low, high, step: step ?? 1, log: log ?? false }),
);
const intLog = intRange.transform(({ low, high }): Distribution => ({ kind: 'int', low, high, step: 1, log: true }));
const categorical = z
  .object({ choices: z.array(z.unknown()).min(1) })
  .transform(({ choices }): Distribution => ({ kind: 'categorical', choices }));

/** By the names of Optuna's classes. The last five are deprecated; a journal may still have them. */
const classes = new Map<string, z.ZodType<Distribution>>([
  ['FloatDistribution', float],
  ['IntDistribution', int],
  ['CategoricalDistribution', categorical],
  ['UniformDistribution', float],
  ['LogUniformDistribution', floatLog],
  ['DiscreteUniformDistribution', float],
  ['IntUniformDistribution', int],
  ['IntLogUniformDistribution', intLog],
]);

const distributionSchema = z.object({ name: z.string(), attributes: z.unknown() });
const known = new Map<string, Distribution>();

/**
 * Reads a distribution from the JSON that Optuna stores with each value of a parameter.
 *
 * @throws UsageError if it is none that this version knows
 */
export function readDistribution(text: string): Distribution {
  const found = known.get(text) ?? parsed(text);
  // Nearly all trials have the same few texts.
  if (known.size < 1000) known.set(text, found);
  return found;
}

function parsed(text: string): Distribution {
  const { data } = distributionSchema.safeParse(jsonOf(text));
  const distribution = data && classes.get(data.name)?.safeParse(data.attributes).data;
  if (!distribution) throw new UsageError(`the storage has a distribution that cannot be read: ${text.slice(0, 200)}`);
  return distribution;
}

function jsonOf(text: string): unknown {
  try {
    return parsePythonJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Returns the value that the objective function got for a stored one: the choice for an index, a whole number for an int. */
export function externalValue(distribution: Distribution, stored: number): unknown {
  if (distribution.kind === 'categorical') return distribution.choices[stored];
  return distribution.kind === 'int' ? Math.trunc(stored) : stored;
}
