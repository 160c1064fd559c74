import { setTimeout as delay } from 'node:timers/promises';
import { tell } from '../shared/telemetry.ts';
import type { AgedMark, EventFilter, FeedEvent } from './event.ts';
import { Listeners } from './listeners.ts';
import type { EventFeed, EventListener, EventLog, EventPage } from './ports.ts';
import { RecentEvents } from './recent-events.ts';
import { Tailer } from './tailer.ts';
import { Wake } from './wake.ts';

/** Dependencies of a feed. */
export interface FeedParts {
  readonly log: EventLog;
  /** Calls `woken` after commits, here or elsewhere, until the returned function is called. Without such calls the feed looks once a second. */
  readonly wakes: (woken: () => void) => () => void;
  /** Told the first of errors that follow one another. The feed tries again. */
  readonly onFault: (error: unknown) => void;
}

/** Times in ms: the shortest between two looks at the log, until a missing number is looked for again, and between looks without a wake. */
const pauses = { busy: 20, blocked: 20, quiet: 1000 };
/** Events are read with their data, which may be large, so many at a time. */
const readAtOnce = 100;

/** Those that wait for the position of a feed that has just begun. */
type Waiting = { readonly resolve: (position: bigint) => void; readonly reject: (error: unknown) => void };

/** The feed of a process. All listeners share one tailer, which runs only while there are any. */
export class SharedFeed implements EventFeed, AsyncDisposable {
  readonly #parts: FeedParts;
  readonly #listeners = new Listeners();
  readonly #wake = new Wake();
  readonly #recent = new RecentEvents();
  /** The number up to which everything was passed on; null before the tailer has found its start. */
  #passed: bigint | null = null;
  #waiting: Waiting[] = [];
  #running: Promise<void> | null = null;
  #isClosed = false;

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  async position(): Promise<bigint> {
    if (this.#passed !== null) return this.#passed;
    // A position of its own could be before the start of the one that is running, and what is between would be lost.
    if (this.#running) return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    const tailer = new Tailer(this.#parts.log);
    for (;;) {
      const { isBlocked } = await tailer.step();
      if (tailer.position !== null) return tailer.position;
      if (isBlocked) await delay(pauses.blocked);
    }
  }

  subscribe(listener: EventListener): () => void {
    const end = this.#listeners.add(listener);
    this.#running ??= this.#run();
    return () => {
      end();
      if (this.#listeners.size === 0) this.#wake.now();
    };
  }

  async read(after: bigint, filter: EventFilter, limit: number): Promise<EventPage> {
    const through = await this.position();
    if (through <= after) return { events: [], position: after, isLast: true };
    const page = this.#recent.page({ after, through }, filter, limit) ?? (await this.#parts.log.page({ after, through }, filter, limit));
    return { ...page, isLast: page.position >= through };
  }

  async isComplete(after: bigint): Promise<boolean> {
    if (this.#passed !== null && after <= this.#passed && this.#recent.reaches(after)) return true;
    const { deletedThrough, latest } = await this.#parts.log.bounds();
    return after >= deletedThrough && after <= latest;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#wake.now();
    await this.#running;
  }

  async #run(): Promise<void> {
    const unhear = this.#parts.wakes(() => this.#wake.now());
    const tailer = new Tailer(this.#parts.log);
    let left: readonly AgedMark[] = [];
    let isFaulty = false;
    while (this.#listeners.size > 0 && !this.#isClosed) {
      try {
        const step = left.length > 0 ? null : await tailer.step();
        if (step) left = step.marks;
        while (left.length > 0) left = await this.#passOn(left);
        if (tailer.position !== null) this.#begun(tailer.position);
        isFaulty = false;
        if (step && !step.hasMore) await this.#wake.sleep(step.isBlocked ? pauses.blocked : pauses.quiet, pauses.busy);
      } catch (error) {
        for (const { reject } of this.#waiting.splice(0)) reject(error);
        if (!isFaulty) this.#parts.onFault(error);
        isFaulty = true;
        await this.#wake.sleep(pauses.quiet, pauses.quiet);
      }
    }
    unhear();
    this.#running = null;
    this.#passed = null;
    this.#recent.beginAt(null);
    for (const { resolve, reject } of this.#waiting.splice(0)) this.position().then(resolve, reject);
  }

  #begun(position: bigint): void {
    if (this.#passed === null) this.#recent.beginAt(position);
    this.#passed = position;
    for (const { resolve } of this.#waiting.splice(0)) resolve(position);
  }

  /** Passes the first of some events on. @returns those that are left */
  async #passOn(marks: readonly AgedMark[]): Promise<readonly AgedMark[]> {
    const now = marks.slice(0, readAtOnce);
    const readAt = performance.now();
    const events = await this.#wantedOf(now);
    const waited = (performance.now() - readAt) / 1000;
    const last = now.at(-1)?.sequence ?? 0n;
    this.#passed = last;
    this.#recent.add(now, events);
    this.#listeners.receive(events, last);
    for (const { ageSeconds } of now) tell('eventPassedOn', { seconds: ageSeconds + waited });
    return marks.slice(readAtOnce);
  }

  /** Reads the events that somebody wants, also of those who began to listen during the read: what they read of the log ends before. */
  async #wantedOf(marks: readonly AgedMark[]): Promise<FeedEvent[]> {
    const asked = new Set<bigint>();
    const events: FeedEvent[] = [];
    for (;;) {
      const wanted = marks.filter((mark) => !asked.has(mark.sequence) && this.#listeners.isWanted(mark)).map(({ sequence }) => sequence);
      if (wanted.length === 0) return events.sort((one, other) => Number(one.sequence - other.sequence));
      for (const sequence of wanted) asked.add(sequence);
      events.push(...(await this.#parts.log.events(wanted)));
    }
  }
}
