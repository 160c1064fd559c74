/** Something failed to close. Everything after it was still closed. The message is one line. */
export class StopError extends Error {
  override readonly name = 'StopError';
  readonly faults: readonly unknown[];

  constructor(faults: readonly unknown[]) {
    const words = faults.map((fault) => (fault instanceof Error ? fault.message : String(fault)).replaceAll('\n', ' '));
    super(`stopped, but not gracefully: ${words.join('; ')}`, { cause: faults[0] });
    this.faults = faults;
  }
}

/**
 * Closes one thing after the other, and goes on after a failure: an unreachable database must not keep the server open
 * or the data folder locked.
 *
 * @throws StopError with every failure, after the last step
 */
export async function closeAll(closers: Iterable<() => unknown>): Promise<void> {
  const faults: unknown[] = [];
  for (const close of closers) {
    try {
      await close();
    } catch (error) {
      faults.push(...(error instanceof StopError ? error.faults : [error]));
    }
  }
  if (faults.length > 0) throw new StopError(faults);
}
