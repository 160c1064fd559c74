/** Something did not close in order. Everything after it was closed all the same. The message is one line. */
export class StopError extends Error {
  override readonly name = 'StopError';
  readonly faults: readonly unknown[];

  constructor(faults: readonly unknown[]) {
    const words = faults.map((fault) => (fault instanceof Error ? fault.message : String(fault)).replaceAll('\n', ' '));
    super(`it stopped, but not in order: ${words.join('; ')}`, { cause: faults[0] });
    this.faults = faults;
  }
}

/**
 * Closes one thing after the other, each whether or not the one before it could be closed: a database that is away must
 * not keep the server or the lock of the data folder.
 *
 * @throws StopError with all that failed, after the last
 */
export async function runEveryStage(stages: Iterable<() => unknown>): Promise<void> {
  const faults: unknown[] = [];
  for (const stage of stages) {
    try {
      await stage();
    } catch (error) {
      faults.push(...(error instanceof StopError ? error.faults : [error]));
    }
  }
  if (faults.length > 0) throw new StopError(faults);
}
