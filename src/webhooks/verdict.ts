import { type BackOff, waitSeconds } from './back-off.ts';
import type { ClaimedDelivery, Verdict } from './ports.ts';
import type { Answer } from './post.ts';

/** Status by which a receiver says that it wants no more messages. */
const gone = 410;

/**
 * Decides what follows from an attempt. A ping is sent once. A redelivery is given up after the patience of the back-off; an event disables
 * the webhook then, so that none is left out without anybody knowing.
 *
 * @param random from 0 to 1, for the spread of the waits
 */
export function verdictOf(
  { kind, attempts, triedForSeconds }: Pick<ClaimedDelivery, 'kind' | 'attempts' | 'triedForSeconds'>,
  { ok, status, error, askedSeconds }: Pick<Answer, 'ok' | 'status' | 'error' | 'askedSeconds'>,
  { backOff, random }: { readonly backOff: BackOff; readonly random: number },
): Verdict {
  if (ok) return { kind: 'delivered' };
  if (kind === 'ping') return { kind: 'failed' };
  const isGone = status === gone;
  if (!isGone && triedForSeconds < backOff.patienceSeconds)
    return { kind: 'retry', waitSeconds: waitSeconds(backOff, { attempts, random, askedSeconds }) };
  if (kind === 'redelivery') return { kind: 'failed' };
  const reason = isGone
    ? 'the receiver answered with 410: it wants no more messages'
    : `no attempt succeeded for a day; the last one: ${error}`;
  return { kind: 'disable', reason };
}
