/** Stores the reports of a trainer one after another, in order of arrival. */
export class Storing {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  /** Milliseconds of the finished spans in which something was being stored. */
  #busyMs = 0;
  #busySinceMs = 0;
  readonly #onStored: () => void;
  readonly #onFault: (error: unknown) => void;

  /** @param listener `onStored` is called after each write; `onFault` when one failed, after which no other write starts */
  constructor(listener: { readonly onStored: () => void; readonly onFault: (error: unknown) => void }) {
    this.#onStored = listener.onStored;
    this.#onFault = listener.onFault;
  }

  /** True while anything is being stored. */
  busy(): boolean {
    return this.#waiting > 0;
  }

  /** Milliseconds so far in which something was being stored. */
  busyMs(): number {
    return this.#busyMs + (this.busy() ? performance.now() - this.#busySinceMs : 0);
  }

  /** Queues a write. The caller may ignore the promise: an error is passed to `onFault`. */
  store<T>(work: () => Promise<T>): Promise<T> {
    if (!this.busy()) this.#busySinceMs = performance.now();
    this.#waiting += 1;
    const stored = this.#last.then(work).finally(() => {
      this.#waiting -= 1;
      if (!this.busy()) this.#busyMs += performance.now() - this.#busySinceMs;
      this.#onStored();
    });
    this.#last = stored;
    stored.catch(this.#onFault);
    return stored;
  }

  /** Calls back once everything so far is stored; never if something could not be stored. */
  afterwards(work: () => void): void {
    this.#last.then(work, () => undefined);
  }
}
