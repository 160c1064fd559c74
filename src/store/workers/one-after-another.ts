/** Runs work by key. */
export type Queues = <Answer>(key: string, work: () => Promise<Answer>) => Promise<Answer>;

/**
 * Runs the work of each key one after another, so that what waits for a lock that the others hold takes no connection meanwhile. An error is
 * told to its caller alone.
 */
export function oneAfterAnother(): Queues {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const mine = Promise.allSettled([last.get(key)]).then(work);
    const settled = mine.then(
      () => undefined,
      () => undefined,
    );
    last.set(key, settled);
    void settled.then(() => {
      if (last.get(key) === settled) last.delete(key);
    });
    return mine;
  };
}
