import { type BackOff, dayOfAttempts } from './back-off.ts';
import { type Loop, startLoop } from './loop.ts';
import type { DeliveryQueue } from './ports.ts';
import { openPoster, type PostSettings } from './post.ts';
import { Sender, type SenderWorld } from './sender.ts';
import { Taker, type TakerWorld } from './taker.ts';

/** Dependencies of the webhooks of a process. */
export interface WebhookWorld extends Omit<SenderWorld, 'queue' | 'poster'>, Pick<TakerWorld, 'feed' | 'represent'> {
  readonly queue: DeliveryQueue;
}

export interface WebhookSettings extends PostSettings {
  /** Days after which deliveries are deleted. */
  readonly keptDays: number;
  /** Default: a day of attempts. */
  readonly backOff?: BackOff;
  /** Time in seconds after which another process sends what this one claimed. Default 30. */
  readonly leaseSeconds?: number;
}

/** The webhooks of a process. Disposing it ends the sending; what was not answered is given back. */
export interface Webhooks extends AsyncDisposable {
  /** Looks at webhooks and queue now: something was changed here. */
  wake(): void;
}

/** Times in ms: between looks at the position of the feed, at the queue without a wake, and between two clean-ups. */
const pauses = { taking: 200, sending: 1000, cleaning: 600_000 };
/** Deliveries that a process sends at a time. They mostly wait for receivers. */
const atOnce = 32;
const defaultLeaseSeconds = 30;
const recordAgainMs = 1000;

/** Begins to take up events and to send what is due. Errors are logged, and the work goes on. */
export function startWebhooks(world: WebhookWorld, settings: WebhookSettings): Webhooks {
  const { backOff = dayOfAttempts, leaseSeconds = defaultLeaseSeconds } = settings;
  const poster = openPoster(settings);
  const sender = new Sender({ ...world, poster }, { backOff, atOnce, leaseSeconds, recordAgainMs });
  const taker = new Taker(world);
  const onFault = (error: unknown): void => {
    const level = world.isAway(error) ? 'debug' : 'error';
    world.log[level]({ err: error }, 'the work on webhooks failed and will be retried');
  };
  const sendAll = async (): Promise<void> => {
    while ((await sender.sendDue()) > 0);
  };
  const sending = startLoop({ pauseMs: pauses.sending, work: sendAll, onFault });
  sender.onFinished(() => sending.wake());
  const take = async (): Promise<void> => {
    const { taken, isBehind } = await taker.look();
    if (taken > 0) sending.wake();
    if (isBehind) taking.wake();
  };
  const taking: Loop = startLoop({ pauseMs: pauses.taking, work: take, onFault });
  const clean = async (): Promise<void> => {
    if (await world.queue.sweep(settings.keptDays)) cleaning.wake();
  };
  const cleaning: Loop = startLoop({ pauseMs: pauses.cleaning, work: clean, onFault });
  return {
    wake() {
      taker.lookSoon();
      taking.wake();
      sending.wake();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([taking.stop(), sending.stop(), cleaning.stop(), sender.stop()]);
      // A claim that was under way may have taken again what was just given back.
      await sender.stop();
      taker[Symbol.dispose]();
      poster[Symbol.dispose]();
    },
  };
}
