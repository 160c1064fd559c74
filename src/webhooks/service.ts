import type { EventFeed } from '../events/ports.ts';
import { Wake } from '../events/wake.ts';
import { type BackOff, dayOfAttempts } from './back-off.ts';
import { takeUp } from './dispatcher.ts';
import type { RepresentEvent } from './message.ts';
import type { DeliveryQueue } from './ports.ts';
import { openPoster, type PostSettings } from './post.ts';
import { Sender, type SenderWorld } from './sender.ts';

/** What the webhooks of a process work with. */
export interface WebhookWorld extends Omit<SenderWorld, 'queue' | 'poster'> {
  readonly queue: DeliveryQueue;
  readonly feed: Pick<EventFeed, 'position' | 'subscribe' | 'read'>;
  readonly represent: RepresentEvent;
}

export interface WebhookSettings extends PostSettings {
  /** Days after which deliveries are deleted. */
  readonly keptDays: number;
  /** Default: a day of attempts. */
  readonly backOff?: BackOff;
  /** Time in seconds after which another process sends what this one claimed. Default 60. */
  readonly leaseSeconds?: number;
}

/** The webhooks of a process. Disposing it ends the sending; what was not answered is given back. */
export interface Webhooks extends AsyncDisposable {
  /** Looks at the queue now: something was added to it here. */
  wake(): void;
}

/** Times in ms: between two looks at webhooks and queue that nothing asks for, at the position of the feed, and between two clean-ups. */
const pauses = { quiet: 1000, position: 200, cleanUp: 600_000 };
/** Deliveries that a process sends at a time: mostly waits for receivers. */
const atOnce = 32;
const defaultLeaseSeconds = 60;
const recordAgainMs = 1000;

/** Begins to take up events and to send what is due. Errors are logged and the work goes on; an outage of the database is logged once. */
export function startWebhooks(world: WebhookWorld, settings: WebhookSettings): Webhooks {
  const { backOff = dayOfAttempts, leaseSeconds = defaultLeaseSeconds } = settings;
  const poster = openPoster(settings);
  const sender = new Sender({ ...world, poster }, { backOff, atOnce, leaseSeconds, recordAgainMs });
  const [taking, sending] = [new Loop(world), new Loop(world)];
  const taker = new Taker(world, () => sending.wake());
  sender.onFinished(() => sending.wake());
  const loops = [
    taking.run(pauses.position, () => taker.look(taking.wasWoken)),
    sending.run(pauses.quiet, async () => {
      while ((await sender.sendDue()) > 0);
    }),
    taking.every(pauses.cleanUp, () => world.queue.sweep(settings.keptDays)),
  ];
  return {
    wake() {
      taking.wake();
      sending.wake();
    },
    async [Symbol.asyncDispose]() {
      taking.stop();
      sending.stop();
      await sender.stop();
      await Promise.all(loops);
      taker[Symbol.dispose]();
      poster[Symbol.dispose]();
    },
  };
}
