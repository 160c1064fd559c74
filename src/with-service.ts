import type { Logger } from './log.ts';
import type { Service } from './service.ts';
import { type StopRequests, whenAborted } from './signals.ts';

/** The start of a service, the requests to stop it, and its log. */
export interface ServiceLife {
  readonly start: () => Promise<Service>;
  readonly stop: StopRequests;
  readonly log: Logger;
}

/**
 * Starts a service, runs `work` on it, and stops it gracefully in every case: when `work` fails, when a signal arrives at
 * any moment (`work` should end at `stop.asked`), and when the database is lost.
 *
 * @returns the result of `work`, or null when a stop was requested before the service was up
 * @throws the first error of starting, working or stopping; the others are logged
 */
export async function withService<T>(life: ServiceLife, work: (service: Service) => Promise<T>): Promise<T | null> {
  const { stop, log } = life;
  const service = await startUnlessAsked(life);
  if (service === null) return null;
  void whenAborted(service.broken).then(() => stop.urge());
  // The drain below ends with the same error, which is reported there.
  void whenAborted(stop.urged).then(() => service.drain({ now: true }).catch(() => undefined));
  const [worked] = await Promise.allSettled([work(service)]);
  const [stopped] = await Promise.allSettled([service.drain()]);
  const faults: unknown[] = [];
  if (service.broken.aborted) faults.push(service.broken.reason);
  for (const part of [worked, stopped]) if (part.status === 'rejected') faults.push(part.reason);
  const [first, ...others] = faults;
  for (const other of others) log.error({ err: other }, 'another error occurred while stopping');
  if (first !== undefined) throw first;
  return worked.status === 'fulfilled' ? worked.value : null;
}

/** A start that fails after a request to stop most often fails because of it: Ctrl-C also reaches the programs that it runs. */
async function startUnlessAsked({ start, stop, log }: ServiceLife): Promise<Service | null> {
  try {
    return await start();
  } catch (error) {
    if (!stop.asked.aborted) throw error;
    if (error !== stop.asked.reason) log.warn({ err: error }, 'start failed after a request to stop');
    return null;
  }
}
