import { setTimeout as delay } from 'node:timers/promises';
import type { CheckContext } from './context.ts';

/** A trainer whose runner died exits between two steps of its training, which takes seconds on a busy machine. */
const orphanSeconds = 10;
const pollMs = 500;

/** A process whose parent is neither a unit of its world nor below one, because the process that started it is dead. */
interface Orphan {
  readonly pid: number;
  readonly command: string;
  /** Time at which it became an orphan. */
  readonly sinceMs: number;
}

/** Watches for processes of a world that outlive their parents. Disposing it ends the watch. */
export class OrphanWatch implements AsyncDisposable {
  readonly #context: CheckContext;
  readonly #orphans = new Map<number, Orphan>();
  readonly #reported = new Set<number>();
  /** Processes that we stopped with SIGSTOP, which cannot notice anything. */
  readonly #excused: ReadonlySet<number>;
  readonly #ending = new AbortController();
  readonly #watching: Promise<void>;

  /** @param excused processes that are stopped right now */
  constructor(context: CheckContext, excused: ReadonlySet<number>) {
    this.#context = context;
    this.#excused = excused;
    this.#watching = this.#watch();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      this.#look();
      await delay(pollMs, undefined, { signal: this.#ending.signal }).catch(() => undefined);
    }
  }

  #look(): void {
    const { world } = this.#context;
    const all = world.processes();
    const units = new Set(world.units.map((unit) => unit.pid));
    const pids = new Set(all.map(({ pid }) => pid));
    const orphans = all.filter(({ pid, parent }) => !units.has(pid) && !pids.has(parent) && !this.#excused.has(pid));
    for (const pid of this.#orphans.keys()) if (!orphans.some((orphan) => orphan.pid === pid)) this.#orphans.delete(pid);
    for (const { pid, command } of orphans) {
      const orphan = this.#orphans.get(pid) ?? { pid, command, sinceMs: performance.now() };
      this.#orphans.set(pid, orphan);
      if (performance.now() - orphan.sinceMs > orphanSeconds * 1000) this.#report(orphan);
    }
  }

  #report({ pid, command }: Orphan): void {
    if (this.#reported.has(pid)) return;
    this.#reported.add(pid);
    report(this.#context, `process ${pid} outlived its parent by ${orphanSeconds} s: ${command}`);
  }
}

/** Checks that no process is left after every process of a world was asked to stop and has ended. */
export async function checkNothingRuns(context: CheckContext): Promise<void> {
  const { world } = context;
  for (const end = performance.now() + orphanSeconds * 1000; world.processes().length > 0 && performance.now() < end; ) await delay(200);
  for (const { pid, command } of world.processes()) report(context, `process ${pid} is left after everything was stopped: ${command}`);
}

function report({ world, journal, tally }: CheckContext, what: string): void {
  tally.add('orphans');
  journal.differ({ where: world.options.name, what, see: world.options.folder });
}
