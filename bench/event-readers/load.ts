import { setTimeout as delay } from 'node:timers/promises';
import { poster, studyCycle } from '../support/cycles.ts';

/** Settles trials of some studies at a rate, until it is stopped. */
export interface Load {
  /** Trials that were settled so far. */
  readonly settled: () => number;
  stop(): Promise<void>;
}

const workers = 24;

/** @param perSecond trials a second over all studies, as far as the service keeps up */
export function startLoad(url: string, studies: readonly string[], perSecond: number): Load {
  const client = poster(url, workers);
  const cycles = studies.map((study) => studyCycle(client.post, study, 1));
  const begun = performance.now();
  let [started, settled, isStopped] = [0, 0, false];
  const work = Array.from({ length: workers }, async (_, worker) => {
    while (!isStopped) {
      const due = begun + (started * 1000) / perSecond;
      started += 1;
      if (due > performance.now()) await delay(due - performance.now());
      const cycle = cycles[started % cycles.length];
      if (isStopped || !cycle) return;
      // While the service starts again its workers get errors; a real one repeats the request.
      await cycle(worker).then(
        () => {
          settled += 1;
        },
        () => delay(250),
      );
    }
  });
  return {
    settled: () => settled,
    stop: async () => {
      isStopped = true;
      await Promise.all(work);
      await client[Symbol.asyncDispose]();
    },
  };
}
