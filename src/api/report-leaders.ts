import { z } from 'zod';
import type { PartFindings } from '../campaigns/reporting/findings.ts';
import { oriented } from '../samplers/contract.ts';
import { canonicalText } from '../shared/digest.ts';
import { earlierValuesSchema } from '../space/earlier-values.ts';
import { parameterValueSchema } from '../space/schema.ts';
import { type RankingRule, scoreOf } from '../studies/definition/ranking.ts';
import type { ReportLeader } from '../studies/ports/report-reads.ts';

const foundFields = {
  trial: z.int().min(0).describe('Number of the trial.'),
  value: z.number().describe('Value of the metric.'),
  parameters: z
    .record(z.string(), parameterValueSchema)
    .describe('Its configuration; where values changed on the way, that of its last steps.'),
  earlierValues: earlierValuesSchema
    .optional()
    .describe(
      'Values of its earlier steps, where they differ from `parameters`, as in the trial. Absent: all steps were taken with `parameters`.',
    ),
};

/** The best trial of a method. */
export const bestSchema = z.strictObject(foundFields).meta({ id: 'ReportBest', description: 'The best trial of a method.' });

/** A configuration in a ranking. */
export const leaderSchema = z
  .strictObject({
    part: z.string().describe('Name of the part that found it.'),
    ...foundFields,
    trial: z.int().min(0).describe('Number of the trial in that part.'),
  })
  .meta({ id: 'ReportLeader', description: 'A configuration in the ranking by the metric.' });

export type LeaderRepresentation = z.output<typeof leaderSchema>;

/** Length of the list of the best configurations. */
const leadersAtMost = 10;

/**
 * Returns the best different configurations; two with other earlier values are different. Of equal ones it keeps the first; ties go to the
 * earlier part, then to the lower number.
 */
export function leadersOf(parts: readonly PartFindings[], rule: RankingRule): LeaderRepresentation[] {
  const leaders = parts.flatMap((part) =>
    part.leaders.flatMap((leader) => ranked(leader, rule).map((found) => ({ part: part.name, ...found }))),
  );
  const bestFirst = leaders.sort((one, other) => oriented(rule.direction, other.value) - oriented(rule.direction, one.value));
  const different = new Map(bestFirst.toReversed().map((leader) => [valuesText(leader), leader]));
  return bestFirst.filter((leader) => different.get(valuesText(leader)) === leader).slice(0, leadersAtMost);
}

/** Equal for trials all of whose steps were taken with the same values. */
function valuesText({ parameters, earlierValues = [] }: LeaderRepresentation): string {
  return canonicalText([parameters, earlierValues]);
}

/** Returns a trial with its value; nothing if it has no score (see `scoreOf`). */
export function ranked(leader: ReportLeader, rule: RankingRule): z.output<typeof bestSchema>[] {
  const { number, value, parameters, earlierValues } = leader;
  if (value === null || scoreOf(rule, leader) === null) return [];
  return [{ trial: number, value, parameters: { ...parameters }, ...(earlierValues && { earlierValues }) }];
}
