/** Lets one loop sleep until it is woken. A wake during its work ends the next sleep. */
export class Wake {
  #isDue = false;
  #end: (() => void) | null = null;

  /** Ends the sleep, or the next one. */
  now(): void {
    this.#isDue = true;
    this.#end?.();
  }

  /** Sleeps for some ms, or until it is woken, but at least for `atLeastMs`. */
  async sleep(ms: number, atLeastMs = 0): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, atLeastMs));
    if (!this.#isDue && ms > atLeastMs) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms - atLeastMs);
        this.#end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#end = null;
    }
    this.#isDue = false;
  }
}
