import type { AgedMark, FeedEvent } from '../../src/events/event.ts';
import type { EventLog } from '../../src/events/ports.ts';

/** An event log in memory: events are committed, or belong to a writer that has not ended. */
export class MemoryLog implements EventLog {
  readonly committed = new Set<bigint>();
  readonly open = new Set<string>();
  /** The studies of events; those of others are of campaigns. */
  readonly studies = new Map<bigint, string>();
  /** Calls that fail, by name of the method, before others succeed. */
  readonly failures = new Map<string, number>();
  readonly calls: string[] = [];
  /** A read of events waits for it. */
  gate: Promise<void> = Promise.resolve();

  commit(...sequences: number[]): void {
    for (const sequence of sequences) this.committed.add(BigInt(sequence));
  }

  async bounds() {
    this.#called('bounds');
    return { deletedThrough: 0n, latest: this.#sorted().at(-1) ?? 0n };
  }

  async marks(after: bigint, limit: number): Promise<AgedMark[]> {
    this.#called('marks');
    return this.#sorted()
      .filter((sequence) => sequence > after)
      .slice(0, limit)
      .map((sequence) => ({ ...this.#event(sequence), ageSeconds: 0 }));
  }

  async writers() {
    this.#called('writers');
    return new Set(this.open);
  }

  async events(sequences: readonly bigint[]): Promise<FeedEvent[]> {
    this.#called('events');
    await this.gate;
    return sequences.map((sequence) => this.#event(sequence));
  }

  async page({ after, through }: { readonly after: bigint; readonly through: bigint }, _filter: object, limit: number) {
    this.#called('page');
    const all = this.#sorted().filter((sequence) => sequence > after && sequence <= through);
    const page = all.slice(0, limit);
    return { events: page.map((sequence) => this.#event(sequence)), position: all.length > limit ? (page.at(-1) ?? after) : through };
  }

  #sorted(): bigint[] {
    return [...this.committed].sort((a, b) => Number(a - b));
  }

  #called(name: string): void {
    this.calls.push(name);
    const left = this.failures.get(name) ?? 0;
    this.failures.set(name, left - 1);
    if (left > 0) throw new Error(`${name} failed`);
  }

  #event(sequence: bigint): FeedEvent {
    const studyId = this.studies.get(sequence) ?? null;
    const type = studyId === null ? 'campaign-created' : 'study-paused';
    return { sequence, project: 'default', studyId, campaignId: null, type, number: null, data: {}, chain: null, createdAt: new Date(0) };
  }
}
