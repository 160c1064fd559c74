import { invariant } from '../../shared/errors.ts';
import type { Direction, SuggestionRequest } from '../contract.ts';
import { ranked } from '../ranked.ts';
import type { PbtMember } from './state.ts';

/** The next round of a member: it goes on by itself, or copies another one. */
export interface Continuation {
  readonly member: number;
  readonly from: PbtMember;
  /** True if `from` is another member. */
  readonly copies: boolean;
}

/** Members that copy another one after a round in which none fails. */
export function copiesOf(members: number, share: number): number {
  return Math.max(1, Math.floor(members * share));
}

/**
 * Truncation selection (exploit in Jaderberg et al., 2017, appendix A): of the members ranked by their values the worst `share` copy one of the best
 * `share`, drawn at random; so do all without a value: those that failed or diverged. Those that copy come first, so that a member that is copied goes on only once its copies are
 * known. null: nobody has a value.
 */
export function continuations(
  direction: Direction,
  members: readonly PbtMember[],
  { share, stream, round }: { readonly share: number; readonly stream: SuggestionRequest['stream']; readonly round: number },
): Continuation[] | null {
  const order = ranked(direction, members, ({ trial }) => trial);
  const count = copiesOf(members.length, share);
  const best = order.slice(0, count).filter(({ value }) => value !== null);
  if (best.length === 0) return null;
  const worst = new Set(order.slice(Math.max(count, order.length - count)));
  const all = members.map((own): Continuation => {
    const copies = worst.has(own) || own.value === null;
    if (!copies) return { member: own.member, from: own, copies };
    const from = best[stream('exploit', round, own.member).integer(best.length)];
    invariant(from, 'a drawn member is one of the best');
    return { member: own.member, from, copies };
  });
  return [...all.filter(({ copies }) => copies), ...all.filter(({ copies }) => !copies)];
}
