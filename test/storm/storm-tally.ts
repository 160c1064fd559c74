/** The counters of a storm, in the order of its table. */
export const counted = [
  'asked',
  'completed',
  'late',
  'abandoned',
  'released',
  'failed',
  'conflicts',
  'told to stop',
  'api kills',
  'retries',
] as const;
export type Counted = (typeof counted)[number];

/** A result on its way to the service. */
export interface Delivery {
  readonly trial: string;
  readonly number: number;
  readonly token: string;
  readonly value: number;
}

/** All that the workers of a storm saw: counts, the deliveries that were answered 200, and what must not happen. */
export class StormTally {
  readonly accepted: Delivery[] = [];
  readonly faults: string[] = [];
  readonly #counts = new Map<Counted, number>();

  add(what: Counted): void {
    this.#counts.set(what, this.of(what) + 1);
  }

  of(what: Counted): number {
    return this.#counts.get(what) ?? 0;
  }

  accept(delivery: Delivery): void {
    this.add('completed');
    this.accepted.push(delivery);
  }

  /** The counts, one a line. */
  table(): string {
    const width = Math.max(...counted.map((what) => what.length));
    return counted.map((what) => `${what.padEnd(width)}  ${this.of(what)}`).join('\n');
  }

  /** The counts in one line. */
  text(): string {
    return counted.map((what) => `${what} ${this.of(what)}`).join(', ');
  }
}
