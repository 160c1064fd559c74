import { beforeEach, describe, expect, it } from 'vitest';
import { Tailer } from '../../src/events/tailer.ts';
import { MemoryLog } from './memory-log.ts';

let log: MemoryLog;
beforeEach(() => {
  log = new MemoryLog();
});

/** A tailer that has found its place. */
async function begun(): Promise<Tailer> {
  const tailer = new Tailer(log);
  await tailer.step();
  expect(tailer.position).not.toBeNull();
  return tailer;
}
const step = async (tailer: Tailer) => {
  const { marks, ...rest } = await tailer.step();
  return { numbers: marks.map(({ sequence }) => Number(sequence)), ...rest };
};
const quiet = { numbers: [], isBlocked: false, hasMore: false };

describe('a tailer', () => {
  it('begins at the highest number once no writer is open that may have a lower one', async () => {
    log.commit(1, 3);
    log.open.add('writer of 2');
    const tailer = new Tailer(log);
    expect([await tailer.step(), tailer.position]).toEqual([{ marks: [], isBlocked: true, hasMore: false }, null]);
    log.open.add('a later writer');
    log.commit(2);
    log.open.delete('writer of 2');
    await tailer.step();
    expect(tailer.position).toBe(3n);
  });

  it('stops before a missing number and goes on when it comes', async () => {
    const tailer = await begun();
    log.open.add('writer of 2');
    log.commit(1, 3, 4);
    expect(await step(tailer)).toEqual({ numbers: [1], isBlocked: true, hasMore: false });
    expect(await step(tailer)).toMatchObject({ numbers: [], isBlocked: true });
    log.commit(2);
    log.open.delete('writer of 2');
    expect(await step(tailer)).toEqual({ numbers: [2, 3, 4], isBlocked: false, hasMore: false });
    expect(await step(tailer)).toEqual(quiet);
  });

  it('skips a missing number once all who were open when it was missed have ended, and reads once more before', async () => {
    const tailer = await begun();
    log.open.add('writer of 2');
    log.commit(1, 3);
    await step(tailer);
    log.open.add('a later writer');
    log.open.delete('writer of 2');
    // The writer had committed between the read and the look at the writers.
    expect(await step(tailer)).toMatchObject({ numbers: [], isBlocked: true });
    log.commit(2);
    expect((await step(tailer)).numbers).toEqual([2, 3]);
  });

  it('does not take the end of earlier writers for that of the owners of later numbers', async () => {
    const tailer = await begun();
    log.commit(2);
    await step(tailer);
    expect((await step(tailer)).numbers).toEqual([2]);
    log.open.add('writer of 4');
    log.commit(3, 5);
    expect(await step(tailer)).toMatchObject({ numbers: [3], isBlocked: true });
    expect(await step(tailer)).toMatchObject({ numbers: [], isBlocked: true });
    log.open.delete('writer of 4');
    await step(tailer);
    expect((await step(tailer)).numbers).toEqual([5]);
    expect(tailer.position).toBe(5n);
  });

  it('says when there is more than it read', async () => {
    const tailer = await begun();
    log.commit(...Array.from({ length: 1001 }, (_, index) => index + 1));
    expect(await tailer.step()).toMatchObject({ isBlocked: false, hasMore: true });
    expect((await step(tailer)).numbers).toEqual([1001]);
  });
});
