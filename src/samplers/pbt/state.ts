import { z } from 'zod';
import { invariant } from '../../shared/errors.ts';
import { earlierValuesSchema } from '../../space/earlier-values.ts';
import { parameterValueSchema } from '../../space/schema.ts';
import { isBeyondLimits, type Observation, stopMark } from '../observation.ts';
import { earlierValuesOf } from '../origin.ts';

const placeSchema = z.int().min(0);

const memberSchema = z.strictObject({
  /** Its place in the population. */
  member: placeSchema,
  /** The trial of the last round. */
  trial: z.int().min(0),
  /** With the steps of that trial. */
  parameters: z.record(z.string(), parameterValueSchema),
  /** Values of its earlier steps, if they differ. */
  earlierValues: earlierValuesSchema,
  value: z.number().nullable(),
  /** Of a member beyond a limit of the study. */
  violation: z.number().positive().optional(),
  prunedAt: z.int().min(1).optional(),
});

/** A member of the population after a round. */
export type PbtMember = z.output<typeof memberSchema>;

export const pbtStateSchema = z.strictObject({
  version: z.literal(1),
  /** The round being measured, from 0. */
  round: z.int().min(0),
  /** Index of its first suggestion. */
  firstIndex: z.int().min(0),
  /** The members after the round before it, by their place; empty in the first round. */
  members: z.array(memberSchema),
});

/** State of population based training. */
export type PbtState = z.output<typeof pbtStateSchema>;

/** Closes a round. Trials that a client gave are no members. @throws Error if two trials are one member, as in a modified document */
export function closeRound(state: PbtState, observations: readonly Observation[]): PbtState {
  const own = observations.filter(({ index }) => index !== null);
  const members = own.map(memberOf).sort((one, other) => one.member - other.member);
  invariant(new Set(members.map(({ member }) => member)).size === members.length, 'each trial of a round is another member');
  return { version: 1, round: state.round + 1, firstIndex: state.firstIndex + own.length, members };
}

function memberOf(observation: Observation): PbtMember {
  const { number, parameters, origin } = observation;
  return {
    member: placeSchema.parse(origin['member']),
    trial: number,
    parameters: { ...parameters },
    earlierValues: earlierValuesOf(origin),
    // A training that diverged cannot go on: its member copies another one.
    value: observation.diverged ? null : observation.value,
    ...(isBeyondLimits(observation) && { violation: observation.violation }),
    ...stopMark(observation),
  };
}
