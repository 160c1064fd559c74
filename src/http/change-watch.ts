import { setTimeout as delay } from 'node:timers/promises';

/** Shortest time in ms between two reads of the same resource. */
const intervalMs = 500;
/** Largest number of requests that wait in a process. Further ones are answered at once. */
const mostWaiting = 5000;

/** A request that waits until a resource differs from what it knows. */
interface Waiter {
  /** Entity tag of the resource as the request knows it. */
  readonly knows: string;
  readonly settle: () => void;
}

/** A resource that requests wait for. */
interface Watched {
  /** Reads the entity tag of the current state. */
  readonly read: () => Promise<string>;
  readonly waiters: Set<Waiter>;
}

/**
 * Wakes requests that wait for a change of a study or campaign. All requests share one loop, which reads each resource once a round, one
 * after another: a thousand requests for one study cost the reads of one, and requests for many studies make the rounds longer. Waits
 * for one resource that end together share one more read, for their responses.
 */
export class ChangeWatch {
  readonly #watched = new Map<string, Watched>();
  readonly #stopped = new AbortController();
  readonly #reads = new Map<string, Promise<unknown>>();
  #waiting = 0;
  #loop: Promise<void> | null = null;

  /**
   * Waits until the entity tag of a resource differs, the time is over, the caller has gone or the service stops. If a read fails, the wait
   * ends too: the caller's own read then meets the same error.
   *
   * @param address identifies the resource
   * @param knows its tag as the caller last read it
   */
  async changed(address: string, read: () => Promise<string>, knows: string, ms: number, gone: AbortSignal): Promise<void> {
    if (this.isStopping || gone.aborted || this.#waiting >= mostWaiting) return;
    const watched = this.#watched.get(address) ?? { read, waiters: new Set() };
    this.#watched.set(address, watched);
    this.#waiting += 1;
    this.#loop ??= this.#run();
    await settled(watched.waiters, { knows, ms, gone });
    this.#waiting -= 1;
    if (watched.waiters.size === 0) this.#watched.delete(address);
  }

  /**
   * Reads a resource once for all requests that ask for it while the read is under way: those whose time is over together must not
   * become as many reads.
   *
   * @param address identifies the resource
   */
  sharedRead<Resource>(address: string, read: () => Promise<Resource>): Promise<Resource> {
    const running = this.#reads.get(address);
    if (running) return running as Promise<Resource>; // an address has one kind of resource
    const started = read().finally(() => this.#reads.delete(address));
    this.#reads.set(address, started);
    return started;
  }

  /** True once the service stops: a connection that waited is not kept alive. */
  get isStopping(): boolean {
    return this.#stopped.signal.aborted;
  }

  /** Ends all waits, for a graceful stop. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    for (const { waiters } of this.#watched.values()) for (const { settle } of waiters) settle();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (this.#watched.size > 0 && !this.isStopping) {
      await delay(intervalMs, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
      for (const watched of [...this.#watched.values()]) if (watched.waiters.size > 0) await wakeChanged(watched);
    }
    this.#loop = null;
  }
}

/** Waits until the waiter is settled, its time is over or its caller has gone. Leaves nothing behind on the signal. */
function settled(waiters: Set<Waiter>, { knows, ms, gone }: { knows: string; ms: number; gone: AbortSignal }): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      waiters.delete(waiter);
      gone.removeEventListener('abort', settle);
      clearTimeout(timer);
      resolve();
    };
    const waiter: Waiter = { knows, settle };
    const timer = setTimeout(settle, ms);
    gone.addEventListener('abort', settle);
    waiters.add(waiter);
  });
}

async function wakeChanged({ read, waiters }: Watched): Promise<void> {
  const tag = await read().catch(() => null);
  for (const waiter of waiters) if (waiter.knows !== tag) waiter.settle();
}
