import { setTimeout as delay } from 'node:timers/promises';
import { HttpProblem } from './http-problem.ts';

/**
 * Most exports that a process sends at a time. Each holds a snapshot, which is a connection to the database, until its client has read
 * it: without a limit, slow clients would take the connections of all other requests.
 */
const mostExports = 4;
/** Time in ms that a further export waits for one of them to end. */
const waitMs = 3_000;

/** Limits the exports that are sent at a time. Those that wait get a place in the order of their arrival. */
export class ExportPlaces {
  #free = mostExports;
  readonly #waiting = new Set<() => void>();

  /**
   * Waits for a place.
   *
   * @returns a function that gives it back
   * @throws HttpProblem `exports-busy` when there is none in time
   */
  async take(): Promise<() => void> {
    if (this.#free === 0) await this.#placeInTime();
    else this.#free -= 1;
    return () => this.#giveBack();
  }

  /** Waits until a place is handed over. */
  async #placeInTime(): Promise<void> {
    const inTime = new AbortController();
    const handOver = (): void => inTime.abort();
    this.#waiting.add(handOver);
    const isLate = await delay(waitMs, true, { signal: inTime.signal }).catch(() => false);
    this.#waiting.delete(handOver);
    if (isLate) throw new HttpProblem('exports-busy', `${mostExports} other exports are being sent; try again in a few seconds`);
  }

  #giveBack(): void {
    const [next] = this.#waiting;
    if (!next) this.#free += 1;
    else {
      this.#waiting.delete(next);
      next();
    }
  }
}
