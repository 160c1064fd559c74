import { z } from 'zod';
import { valuesSchema } from '../../objectives/contract.ts';
import type { Origin } from '../../samplers/origin.ts';
import type { CrossViolation } from '../../shared/errors.ts';
import { canonicalPoint, pointViolations } from '../../space/point.ts';
import { parameterNameSchema, parameterValueSchema, type SearchSpace } from '../../space/schema.ts';
import { reportedValuesSchema, storedValues } from '../model/reported-values.ts';
import { type GivenKind, trialNumberSchema } from '../model/trial.ts';
import type { NamedValues } from './ranking.ts';

/** Most given trials of a definition. */
export const mostGiven = 10_000;

export const givenFields = {
  parameters: z
    .record(parameterNameSchema, parameterValueSchema)
    .describe('A configuration of the search space: a value for every active parameter.'),
  values: reportedValuesSchema
    .optional()
    .describe(
      'Its known result, with the metric of the study and every value that a constraint names. The trial is then not evaluated. Default: it is evaluated next.',
    ),
};

/** The trial of another study that a known result was copied from. */
export const sourceSchema = z
  .strictObject({ study: z.string().max(200).describe('Name of the study.'), number: trialNumberSchema.describe('Number of its trial.') })
  .meta({ id: 'GivenFrom', description: 'The trial that a result was copied from.' });

const fromField = sourceSchema.optional().describe('The trial of another study that it was copied from (see `warmStart`).');

const givenTrialSchema = z
  .strictObject({ ...givenFields, from: fromField })
  .meta({ id: 'GivenTrial', description: 'A configuration that you name in place of the sampler, with its result if you know it.' });

const givenText =
  'Trials that you name. They have the first numbers, in order. Known results teach the search and are not charged; the other trials are evaluated first.';

/** Given trials as a client writes them. */
export const givenTrialsSchema = z.array(givenTrialSchema).max(mostGiven).describe(givenText);

const resolvedGivenSchema = z
  .strictObject({ parameters: givenFields.parameters, values: valuesSchema.optional(), from: fromField })
  .meta({ id: 'ResolvedGivenTrial', description: 'A trial that a client named.' });

/** Given trials as a definition stores them. */
export const resolvedGivenTrialsSchema = z.array(resolvedGivenSchema).min(1).describe(givenText);

/** A trial that a client gave, as it is stored. */
export type GivenTrial = Readonly<z.output<typeof resolvedGivenSchema>>;
/** The same as a client wrote it. */
export type WrittenGiven = Readonly<z.output<typeof givenTrialSchema>>;

/** The kinds of given trials. */
export function kindOf({ values }: Pick<GivenTrial, 'values'>): GivenKind {
  return values === undefined ? 'enqueued' : 'known';
}

/** The origin of a given trial, as `originOf` makes it. */
export const givenOriginSchema = z.strictObject({ from: sourceSchema.optional() });

/** The origin of a given trial: empty, or the trial that it was copied from. */
export function originOf({ from }: Pick<GivenTrial, 'from'>): Origin {
  return from ? { from } : {};
}

/** Given trials that are checked or resolved between two pauses: some milliseconds of work. */
export const givenAtOnce = 500;

/** The place of given trials: a pointer to their list, in the study, and the index of the first of them there. */
interface GivenPlace {
  readonly pointer: string;
  /** Default 0. */
  readonly first?: number;
}

/** Checks given trials against the space of their study, and the values that its results need. */
export function givenViolations(
  { space, metrics, constraints = [] }: NamedValues & { readonly space: SearchSpace },
  trials: readonly Pick<WrittenGiven, 'parameters' | 'values'>[],
  { pointer, first = 0 }: GivenPlace,
): CrossViolation[] {
  return trials.flatMap(({ parameters, values }, place) => {
    const at = `${pointer}/${first + place}`;
    const lacks = (name: string): boolean => values !== undefined && !Object.hasOwn(values, name);
    const missing = (name: string, what: string, from: string): CrossViolation[] =>
      lacks(name) ? [{ pointer: `${at}/values`, detail: `must have the ${what} ${name}`, from: [from] }] : [];
    const isMetric = new Set(metrics.map(({ name }) => name));
    return [
      ...pointViolations(space, parameters, { pointer: `${at}/parameters`, within: '' }),
      ...metrics.flatMap(({ name }, index) => missing(name, 'metric', `/metrics/${index}`)),
      ...constraints.flatMap(({ metric }, index) =>
        isMetric.has(metric) ? [] : missing(metric, 'constrained value', `/constraints/${index}`),
      ),
    ];
  });
}

/** Given trials in their stored form: canonical parameters, and null for values that are not finite. */
export function resolvedGiven(space: SearchSpace, trials: readonly WrittenGiven[]): GivenTrial[] {
  return trials.map(({ parameters, values, from }) => ({
    parameters: canonicalPoint(space, parameters),
    ...(values && { values: storedValues(values) }),
    ...(from && { from }),
  }));
}
