/** Runs work by key. */
export type Turns<Answer> = (key: string, work: () => Promise<Answer>) => Promise<Answer>;

/**
 * Runs the work of one key one after another. A call that finds another one waiting gets its answer: that work begins after both calls,
 * so that it sees all that either could have seen. An error is told to those who share the work; the next work runs all the same.
 */
export function sharedTurns<Answer>(): Turns<Answer> {
  const running = new Map<string, Promise<Answer>>();
  const waiting = new Map<string, Promise<Answer>>();
  const begin = (key: string, work: () => Promise<Answer>): Promise<Answer> => {
    const mine = work().finally(() => {
      if (running.get(key) === mine) running.delete(key);
    });
    running.set(key, mine);
    return mine;
  };
  const after = async (earlier: Promise<Answer>, key: string, work: () => Promise<Answer>): Promise<Answer> => {
    await Promise.allSettled([earlier]);
    waiting.delete(key);
    return begin(key, work);
  };
  return (key, work) => {
    const earlier = running.get(key);
    const next = waiting.get(key) ?? (earlier ? after(earlier, key, work) : undefined);
    if (!next) return begin(key, work);
    waiting.set(key, next);
    return next;
  };
}
