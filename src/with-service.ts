import type { Logger } from './log.ts';
import type { Service } from './service.ts';
import { type StopRequests, whenAborted } from './signals.ts';

/** How a service is started, and who may end it. */
export interface ServiceLife {
  readonly start: () => Promise<Service>;
  readonly stop: StopRequests;
  readonly log: Logger;
}

/**
 * Starts a service, does what it was started for, and stops it in order, whatever happens: `work` fails, a signal comes
 * at any moment (`work` should end at `stop.asked`), the database is lost.
 *
 * @returns what `work` gave, or null where the stop was asked for before the service was up
 * @throws whatever starting, working or stopping throws; where several do, the others are logged
 */
export async function withService<T>(life: ServiceLife, work: (service: Service) => Promise<T>): Promise<T | null> {
  const { stop, log } = life;
  const service = await startUnlessAsked(life);
  if (service === null) return null;
  void whenAborted(service.broken).then(() => stop.urge());
  // Whatever comes of it, the drain below comes to as well.
  void whenAborted(stop.urged).then(() => service.drain({ now: true }).catch(() => undefined));
  const [worked] = await Promise.allSettled([work(service)]);
  const [stopped] = await Promise.allSettled([service.drain()]);
  const faults: unknown[] = [];
  if (service.broken.aborted) faults.push(service.broken.reason);
  for (const part of [worked, stopped]) if (part.status === 'rejected') faults.push(part.reason);
  const [first, ...others] = faults;
  for (const other of others) log.error({ err: other }, 'and another fault on the way to the end');
  if (first !== undefined) throw first;
  return worked.status === 'fulfilled' ? worked.value : null;
}

/** A start that fails after a stop was asked for mostly fails of that: Ctrl-C reaches the programs it runs as well. */
async function startUnlessAsked({ start, stop, log }: ServiceLife): Promise<Service | null> {
  try {
    return await start();
  } catch (error) {
    if (!stop.asked.aborted) throw error;
    if (error !== stop.asked.reason) log.warn({ err: error }, 'the start, which was to be given up, failed');
    return null;
  }
}
