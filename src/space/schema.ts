import { z } from 'zod';
import { describedEnum } from '../shared/described-enum.ts';
import { inFewDigits } from './decimal.ts';
import { lattice, TooManyDigitsError } from './lattice.ts';
import { rangePointers } from './pointers.ts';

/** A value a parameter can take. */
export const parameterValueSchema = z
  .union([z.number(), z.string().max(200), z.boolean()])
  .meta({ id: 'ParameterValue', description: 'The value of a parameter.' });
export type ParameterValue = z.output<typeof parameterValueSchema>;

/** A parameter's name, as the objective knows it. */
export const parameterNameSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/, 'a name starts with a letter and has at most 64 letters, digits, dots, dashes and underscores')
  .describe('Name of the parameter, as the objective knows it.');

const conditionSchema = z
  .strictObject({
    parameter: parameterNameSchema.describe('A categorical or int parameter listed before this one.'),
    values: z
      .array(parameterValueSchema)
      .min(1)
      .max(100)
      .describe('This parameter is active only when its parent has one of these values.'),
  })
  .meta({ id: 'Condition', description: 'Makes a parameter active only for some values of another.' });

const common = { name: parameterNameSchema, when: conditionSchema.optional() };
const scaleSchema = describedEnum(['linear', 'log'], {
  linear: 'equal distances are equally likely; samplers that learn may look at a wide range on a logarithmic axis.',
  log: 'equal ratios are equally likely.',
}).default('linear');

const floatParameterSchema = z
  .strictObject({
    type: z.literal('float'),
    ...common,
    low: z.number().describe('Lower bound, inclusive.'),
    high: z.number().describe('Upper bound, inclusive.'),
    step: z
      .number()
      .positive()
      .optional()
      .describe(
        'Allows only low, low + step, and so on up to high. Without it, every value in the range is allowed, to 12 significant digits.',
      ),
    scale: scaleSchema,
  })
  .superRefine(refuseBadRange)
  .meta({ id: 'FloatParameter', description: 'A real number in a range.' });

const intParameterSchema = z
  .strictObject({
    type: z.literal('int'),
    ...common,
    low: z.int().describe('Lower bound, inclusive.'),
    high: z.int().describe('Upper bound, inclusive.'),
    step: z.int().positive().default(1).describe('Distance between allowed values.'),
    scale: scaleSchema,
  })
  .superRefine(refuseBadRange)
  .meta({ id: 'IntParameter', description: 'A whole number in a range.' });

const categoricalParameterSchema = z
  .strictObject({
    type: z.literal('categorical'),
    ...common,
    choices: z.array(parameterValueSchema).min(1).max(1000).describe('The allowed values. Their order is part of the space.'),
  })
  .superRefine((parameter, context) => {
    const seen = new Set<ParameterValue>();
    for (const [index, choice] of parameter.choices.entries()) {
      if (seen.has(choice))
        context.addIssue({ code: 'custom', path: ['choices', index], message: `${JSON.stringify(choice)} is listed twice` });
      seen.add(choice);
    }
  })
  .meta({ id: 'CategoricalParameter', description: 'One of the listed values.' });

export const parameterSchema = z
  .discriminatedUnion('type', [floatParameterSchema, intParameterSchema, categoricalParameterSchema])
  .meta({ id: 'Parameter', description: 'A parameter of the search space.' });

/** Most parameters of a search space. */
export const mostParameters = 64;

/** The parameters of a search. Their order is part of the space: genomes lay their genes out in it. */
export const searchSpaceSchema = z
  .array(parameterSchema)
  .min(1, 'a search space has at least one parameter')
  .max(mostParameters)
  .superRefine((space, context) => {
    for (const { path, message } of spaceViolations(space)) context.addIssue({ code: 'custom', path, message });
  })
  .meta({ id: 'SearchSpace', description: 'The parameters to search over, in order. A condition refers to a parameter listed earlier.' });

export type FloatParameter = z.output<typeof floatParameterSchema>;
export type IntParameter = z.output<typeof intParameterSchema>;
export type CategoricalParameter = z.output<typeof categoricalParameterSchema>;
export type Parameter = z.output<typeof parameterSchema>;
export type SearchSpace = z.output<typeof searchSpaceSchema>;

/** Most steps of a log scale. A value's index is computed from its logarithm, whose precision distinguishes this many steps with a wide margin. */
export const finestLogSteps = 1e11;

interface Range {
  low: number;
  high: number;
  step?: number | undefined;
  scale: 'linear' | 'log';
}

function refuseBadRange(range: Range, context: { addIssue(issue: { code: 'custom'; path: string[]; message: string }): void }): void {
  for (const [key, message] of rangeViolations(range)) context.addIssue({ code: 'custom', path: [key], message });
}

/** Returns the key and text of each violation. A range with invalid bounds is not checked further. */
function rangeViolations(range: Range): [string, string][] {
  if (range.low > range.high) return [['high', `must be at least low (${range.low}), got ${range.high}`]];
  if (!Number.isFinite(range.high - range.low)) return [['high', 'the distance from low to high is too large for a double']];
  const violations: [string, string][] = [];
  const refuse = (key: string, message: string) => violations.push([key, message]);
  if (range.scale === 'log' && range.low <= 0) refuse('low', `must be above 0 on a log scale, got ${range.low}`);
  // The schema already reports a step that is not positive.
  if (range.step === undefined || range.step <= 0) return violations;
  if (range.scale === 'log' && range.low > 0 && range.low <= range.step / 2)
    refuse(
      'low',
      `must be above half a step (${range.step / 2}) on a log scale with a step; raise low, or take a step below ${2 * range.low}`,
    );
  if (range.scale === 'log' && range.high / range.step > finestLogSteps)
    refuse('step', `must be at least high / ${finestLogSteps} on a log scale, got ${range.step}`);
  return [...violations, ...latticeViolations({ ...range, step: range.step })];
}

function latticeViolations(range: { low: number; high: number; step: number }): [string, string][] {
  try {
    lattice(range);
    return [];
  } catch (error) {
    if (error instanceof TooManyDigitsError) return digitViolations(range, error);
    if (!(error instanceof RangeError)) throw error;
    return [['step', `is too small for this range: ${error.message}; take a longer step, or narrow the range`]];
  }
}

/** A number that a program computed, such as 0.1 + 0.2, has digits that nobody wrote: the text says what was meant. */
function digitViolations({ low, high, step }: { low: number; high: number; step: number }, error: Error): [string, string][] {
  const computed = Object.entries({ low, step }).filter(([, value]) => inFewDigits(value) !== value);
  try {
    lattice({ low: inFewDigits(low), high, step: inFewDigits(step) });
  } catch (still) {
    if (!(still instanceof RangeError)) throw still;
    return [['step', `does not fit this range: ${error.message}; take a longer step, or narrow the range`]];
  }
  return computed.map(([key, value]) => [
    key,
    `has more digits than the 15 that a range with a step is computed with: write ${inFewDigits(value)} in place of ${value}`,
  ]);
}

export interface SpaceViolation {
  path: (string | number)[];
  message: string;
  /** Pointers to the members of other parameters that it follows from (see `CrossViolation`). */
  from?: readonly string[];
}

/** Checks that names are unique, and that each condition refers to an earlier categorical or int parameter and to values that it can take. */
export function spaceViolations(space: readonly Parameter[]): SpaceViolation[] {
  const violations: SpaceViolation[] = [];
  const earlier: Earlier = new Map();
  for (const [index, parameter] of space.entries()) {
    if (earlier.has(parameter.name))
      violations.push({ path: [index, 'name'], message: `a parameter named ${parameter.name} is already listed` });
    if (parameter.when)
      violations.push(
        ...conditionViolations(parameter.when, earlier).map((violation) => ({ ...violation, path: [index, 'when', ...violation.path] })),
      );
    earlier.set(parameter.name, { parameter, index });
  }
  return violations;
}

/** The parameters before one, by name, with their places. */
type Earlier = Map<string, { readonly parameter: Parameter; readonly index: number }>;

function conditionViolations(condition: z.output<typeof conditionSchema>, earlier: Earlier): SpaceViolation[] {
  const found = earlier.get(condition.parameter);
  if (!found) {
    const from = [...earlier.values()].map(({ index }) => `/searchSpace/${index}/name`);
    return [{ path: ['parameter'], message: `no parameter named ${condition.parameter} is listed before this one`, from }];
  }
  const { parameter: parent } = found;
  const from = rangePointers(found.index);
  if (parent.type === 'float')
    return [{ path: ['parameter'], message: `${condition.parameter} is a float; a condition needs a categorical or int parameter`, from }];
  return condition.values.flatMap((value, index) =>
    allows(parent, value)
      ? []
      : [{ path: ['values', index], message: `${condition.parameter} never takes the value ${JSON.stringify(value)}`, from }],
  );
}

function allows(parent: CategoricalParameter | IntParameter, value: ParameterValue): boolean {
  if (parent.type === 'categorical') return parent.choices.includes(value);
  if (typeof value !== 'number') return false;
  // A violation of the parent itself is reported at the parent.
  if (parent.low > parent.high) return true;
  try {
    return lattice(parent).indexOf(value) !== undefined;
  } catch (error) {
    if (error instanceof RangeError) return true;
    throw error;
  }
}
