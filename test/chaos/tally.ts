/** The counters of a run, in the order of its table. */
export const counted = [
  'runners killed',
  'trainers killed',
  'apis killed',
  'runners removed for good',
  'PostgreSQL restarted',
  'processes stopped and continued',
  'connections cut',
  'processes isolated from the database',
  'answers to a commit lost',
  'disks full',
  'clocks jumped',
  'studies',
  'campaigns',
  'trials',
  'verified',
  'trials lost',
  'trials duplicated',
  'leases left',
  'orphans',
  'artifacts without owner',
  'checkpoints skipped',
  'late results',
  'steps trained',
  'steps trained again',
] as const;
export type Counted = (typeof counted)[number];

/** The counters that count as kills. */
export const kills: readonly Counted[] = ['runners killed', 'trainers killed', 'apis killed', 'runners removed for good'];

/** Sums over a run. */
export class Tally {
  readonly #counts = new Map<Counted, number>(counted.map((what) => [what, 0]));

  add(what: Counted, count = 1): void {
    this.#counts.set(what, this.of(what) + count);
  }

  of(what: Counted): number {
    return this.#counts.get(what) ?? 0;
  }

  kills(): number {
    return kills.reduce((sum, what) => sum + this.of(what), 0);
  }
}
