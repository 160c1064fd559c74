import { z } from 'zod';
import type { PartFindings } from '../campaigns/reporting/findings.ts';
import { parameterValueSchema } from '../space/schema.ts';
import { inOrder } from './parameter-order.ts';
import { changedNames, segmentsOf } from './segments.ts';

const segmentSchema = z
  .strictObject({
    from: z.int().min(1).describe('The first of these steps.'),
    to: z.int().min(1).describe('The last of these steps.'),
    parameters: z
      .record(z.string(), parameterValueSchema)
      .describe('Values of the parameters that changed on the way of any member of the report.'),
  })
  .meta({ id: 'ReportSegment', description: 'Steps taken with the same values.' });

const memberSchema = z
  .strictObject({
    member: z.int().min(0).describe('Its place in the population, from 0.'),
    trial: z.int().min(0).describe('Number of its last trial that completed or failed.'),
    value: z.number().nullable().describe('Value of the metric after that trial; null if it failed or the value is not finite.'),
    steps: z.int().min(1).describe('Steps up to the end of that trial.'),
    copies: z.int().min(0).describe('Number of rounds in which it copied another member.'),
    history: z
      .array(segmentSchema)
      .describe('Values of its steps, in order. After a copy, the steps before it are those of the copied member.'),
  })
  .meta({ id: 'ReportMember', description: 'A member of a population that trains together, and how its values changed on the way.' });

/** The members of a study whose sampler changes values while trials go on. */
export const membersSchema = z.array(memberSchema);

export type MemberRepresentation = z.output<typeof memberSchema>;

/** Builds the members of a report; null if the sampler has none, or no trial of them has ended. */
export function representMembers({ members, study }: PartFindings): MemberRepresentation[] | null {
  if (!members || members.length === 0) return null;
  const space = study.spec.searchSpace;
  const names = changedNames(space, members);
  const changed = space.filter(({ name }) => names.includes(name));
  return members.map(({ member, number, value, steps, copies, ...trial }) => ({
    member,
    trial: number,
    value,
    steps,
    copies,
    history: segmentsOf(trial, steps).map(({ from, to, parameters }) => ({ from, to, parameters: inOrder(parameters, changed) })),
  }));
}
