import type { AgedMark } from './event.ts';
import type { EventLog } from './ports.ts';

/** Result of one step of a tailer. */
export interface TailerStep {
  /** The next events, in order, without loss. */
  readonly marks: readonly AgedMark[];
  /** True if a number is missing whose transaction may still commit: the next step soon looks again. */
  readonly isBlocked: boolean;
  /** True if more events are known to wait. */
  readonly hasMore: boolean;
}

/** Open transactions that may own a missing number, the highest of which is `through` or lower. */
interface Awaited {
  readonly through: bigint;
  readonly writers: ReadonlySet<string>;
}

const pageSize = 1000;

/**
 * Follows the event log from its end, without loss. Numbers are drawn before their transactions commit, so that a higher one may be visible
 * first: the tailer stops before a missing number until it is there, or until every transaction that was open when the number was missed
 * has ended. Each of those had locked the table before it drew. Then nobody has the number, and it is skipped.
 */
export class Tailer {
  readonly #log: EventLog;
  #position: bigint | null = null;
  #awaited: Awaited | null = null;
  /** Up to this number, what is not visible to a read that begins now never will be. */
  #settled = 0n;

  constructor(log: EventLog) {
    this.#log = log;
  }

  /** Number up to which all events are known; null before it is found. */
  get position(): bigint | null {
    return this.#position;
  }

  /**
   * Takes one step. The first ones find the position: the highest number that was drawn, once no transaction is open that may own it or a lower one.
   *
   * @throws DatabaseUnreachableError while the database is unreachable; the step may be repeated
   */
  async step(): Promise<TailerStep> {
    if (this.#position === null) return this.#begin();
    const read = await this.#log.marks(this.#position, pageSize);
    const marks: AgedMark[] = [];
    let next = this.#position + 1n;
    for (const mark of read) {
      if (mark.sequence > next && mark.sequence - 1n > this.#settled) break;
      marks.push(mark);
      next = mark.sequence + 1n;
    }
    this.#position = next - 1n;
    const isBlocked = marks.length < read.length;
    const missing = read.at(marks.length);
    if (missing) await this.#await(missing.sequence - 1n, read.at(-1)?.sequence ?? missing.sequence);
    else this.#awaited = null;
    return { marks, isBlocked, hasMore: !isBlocked && read.length === pageSize };
  }

  async #begin(): Promise<TailerStep> {
    this.#awaited ??= { through: (await this.#log.bounds()).latest, writers: await this.#log.writers() };
    if (await this.#hasEnded(this.#awaited)) {
      this.#position = this.#awaited.through;
      this.#settled = this.#awaited.through;
      this.#awaited = null;
    }
    return { marks: [], isBlocked: this.#position === null, hasMore: this.#position !== null };
  }

  /** Waits for the owners of missing numbers up to `missing`. A read saw `through`, so all numbers below it were drawn before. */
  async #await(missing: bigint, through: bigint): Promise<void> {
    if (!this.#awaited || this.#awaited.through < missing) this.#awaited = { through, writers: await this.#log.writers() };
    if (!(await this.#hasEnded(this.#awaited))) return;
    this.#settled = this.#awaited.through;
    this.#awaited = null;
  }

  async #hasEnded({ writers }: Awaited): Promise<boolean> {
    if (writers.size === 0) return true;
    const open = await this.#log.writers();
    return [...writers].every((writer) => !open.has(writer));
  }
}
