import { z } from 'zod';
import { invariant } from '../../shared/errors.ts';
import type { Configuration } from '../../space/configuration.ts';
import { parameterValueSchema } from '../../space/schema.ts';
import type { Direction, Member } from '../contract.ts';
import { isBeyondLimits, type Observation } from '../observation.ts';
import { continuedBy } from '../origin.ts';
import { ranked } from '../ranked.ts';
import type { Bracket } from './brackets.ts';

const memberSchema = z.strictObject({
  /** The trial that measured it last. */
  trial: z.int().min(0),
  /** With the steps of that trial. */
  parameters: z.record(z.string(), parameterValueSchema),
  value: z.number().nullable(),
  /** Of a member beyond a limit of the study. */
  violation: z.number().positive().optional(),
  /** Its last rung. */
  rung: z.int().min(0),
});

/** A configuration of a bracket, with its last result. */
type RungMember = z.output<typeof memberSchema>;

const closedMemberSchema = z.strictObject({
  trial: z.int().min(0),
  value: z.number().nullable(),
  prunedAt: z.int().min(1).optional(),
});

export const rungStateSchema = z.strictObject({
  version: z.literal(1),
  /** The bracket being measured, counted from 0 over all rounds. */
  bracket: z.int().min(0),
  /** Its rung. */
  rung: z.int().min(0),
  /** Index of the first suggestion that is not observed. */
  firstIndex: z.int().min(0),
  /** Suggestions from there on that are observed together: a batch of a first rung, or all of another one. 0: the search is done. */
  size: z.int().min(0),
  /** Configurations proposed before that, by all brackets. */
  proposed: z.int().min(0),
  /** The configurations of the bracket that were measured, in the order in which they were proposed. */
  members: z.array(memberSchema),
  /** Places among the members of those that the rung continues, the best first. Empty in a first rung. */
  promoted: z.array(z.int().min(0)),
  /** The members of the bracket closed last, until the first observation of the next one. */
  closed: z.array(closedMemberSchema),
});

/** State of a search with rungs. */
export type RungState = z.output<typeof rungStateSchema>;

/** The brackets of a search, and how its results compare. */
export interface RungCourse {
  /** The brackets one after another; null: the search is done. */
  bracketAt(index: number): Bracket | null;
  /** Configurations that are proposed at a time. */
  readonly batch: number;
  readonly direction: Direction;
  /** The steps of a configuration, and the most that there are. */
  stepsOf(parameters: Configuration): number;
  readonly mostSteps: number;
}

/** The state before the first trial. */
export function startOf(course: RungCourse): RungState {
  const size = firstBatch(course, 0);
  return { version: 1, bracket: 0, rung: 0, firstIndex: 0, size, proposed: 0, members: [], promoted: [], closed: [] };
}

/** Size of the first batch of a bracket. */
function firstBatch({ bracketAt, batch }: RungCourse, bracket: number): number {
  return Math.min(batch, bracketAt(bracket)?.trials[0] ?? 0);
}

/**
 * Observes the trials of a batch or a rung. Once all of a rung are measured, the best go on to the next one; without one that has a value, or after
 * the last rung, the bracket is closed. Trials that a client gave are no members: only the proposer learns from them.
 *
 * @throws Error if a trial continues none of the members, as in a modified document
 */
export function observeRung(course: RungCourse, state: RungState, observations: readonly Observation[]): RungState {
  const own = observations.filter(({ index }) => index !== null);
  const firstIndex = state.firstIndex + own.length;
  if (state.rung > 0) return afterRung(course, { ...state, firstIndex, members: continued(state, own) });
  const members = [...state.members, ...own.map((observation) => memberOf(observation, 0))];
  const next = { ...state, firstIndex, proposed: state.proposed + own.length, members, closed: [] };
  const missing = (course.bracketAt(state.bracket)?.trials[0] ?? 0) - members.length;
  return missing > 0 ? { ...next, size: Math.min(course.batch, missing) } : afterRung(course, next);
}

function continued({ members, rung }: RungState, observations: readonly Observation[]): RungMember[] {
  const results = new Map(observations.map((observation) => [continuedBy(observation.origin), observation]));
  const trials = new Set<number | null>(members.map(({ trial }) => trial));
  for (const earlier of results.keys()) invariant(trials.has(earlier), `trial ${earlier} is no member of this bracket`);
  return members.map((member) => {
    const result = results.get(member.trial);
    return result ? memberOf(result, rung) : member;
  });
}

function memberOf(observation: Observation, rung: number): RungMember {
  const { number, parameters, value } = observation;
  const beyond = isBeyondLimits(observation) && { violation: observation.violation };
  return { trial: number, parameters: { ...parameters }, value, ...beyond, rung };
}

/** Promotes the best of a complete rung, or closes the bracket. */
function afterRung(course: RungCourse, state: RungState): RungState {
  const { members, rung, bracket } = state;
  const measured = members.flatMap((member, place) => (member.rung === rung && member.value !== null ? [{ ...member, place }] : []));
  const best = ranked(course.direction, measured, ({ trial }) => trial);
  const promoted = best.slice(0, course.bracketAt(bracket)?.trials[rung + 1] ?? 0).map(({ place }) => place);
  if (promoted.length > 0) return { ...state, rung: rung + 1, size: promoted.length, promoted };
  const closed = members.map((member) => closedMember(course, member));
  return { ...state, bracket: bracket + 1, rung: 0, size: firstBatch(course, bracket + 1), members: [], promoted: [], closed };
}

function closedMember({ stepsOf, mostSteps }: RungCourse, { trial, value, parameters }: RungMember): z.output<typeof closedMemberSchema> {
  const steps = stepsOf(parameters);
  return { trial, value, ...(steps < mostSteps && { prunedAt: steps }) };
}

/** The members of the bracket closed last, for people to look at. */
export function closedMembers({ closed }: RungState): Member[] {
  return closed.map((member) => ({ ...member, elite: false }));
}
