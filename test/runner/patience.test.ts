import { expect, it } from 'vitest';
import { Patience } from '../../src/runner/patience.ts';
import type { Log } from '../../src/runner/ports.ts';

const away = new Error('away');

/** A patience of one runner, what it says, and what makes the runner drain. */
function patient() {
  const said: string[] = [];
  const draining = new AbortController();
  const silent = () => undefined;
  const note = (_facts: object, text: string) => void said.push(text);
  const log: Log = { debug: silent, info: note, warn: note, error: silent };
  return { said, draining, patience: new Patience({ log, isAway: (error) => error === away }, draining.signal) };
}

/** Work that fails this often, and then is done. */
function failing(times: number, error: Error = away) {
  let tries = 0;
  return async () => {
    tries += 1;
    if (tries <= times) throw error;
    return tries;
  };
}

it('work that finds the database away is done again until it is stored, and the log says it once each way, whatever waits', async () => {
  const { said, patience } = patient();
  const tries = [0, 0, 0];
  let isBack = false;
  const stored = tries.map((_, work) =>
    patience.outlast(async () => {
      tries[work] = (tries[work] ?? 0) + 1;
      if (!isBack) throw away;
      return work;
    }),
  );
  await expect(patience.once(failing(1))).rejects.toBe(away);
  isBack = true;
  expect(await Promise.all(stored)).toEqual([0, 1, 2]);
  expect(tries).toEqual([2, 2, 2]);
  expect(said).toEqual([expect.stringContaining('the database is unreachable'), 'the database is back']);
});

it('work that fails for another reason is not done again', async () => {
  const { said, patience } = patient();
  await expect(patience.outlast(failing(1, new Error('a bug')))).rejects.toThrow('a bug');
  expect(said).toEqual([]);
});

it('a runner that drains gives each work one more try, and waits for nothing', async () => {
  const { draining, patience } = patient();
  let tries = 0;
  const waiting = patience.outlast(async () => {
    tries += 1;
    draining.abort();
    throw away;
  });
  await expect(waiting).rejects.toBe(away);
  expect(tries).toBe(2);
  await expect(patience.outlast(failing(1))).rejects.toBe(away);
});

it('work that comes round again is tried once, and notes whether the database answered', async () => {
  const { said, patience } = patient();
  await expect(patience.once(failing(1))).rejects.toBe(away);
  await patience.once(failing(0));
  expect(said).toEqual([expect.stringContaining('the database is unreachable'), 'the database is back']);
});

it('a call that began in an absence and fails after its end is no new absence', async () => {
  const { said, patience } = patient();
  let fail = (_error: Error): void => undefined;
  const slow = patience.once(() => new Promise((_resolve, reject) => (fail = reject)));
  await expect(patience.once(failing(1))).rejects.toBe(away);
  await patience.once(failing(0));
  fail(away);
  await expect(slow).rejects.toBe(away);
  expect(said).toEqual([expect.stringContaining('the database is unreachable'), 'the database is back']);
  await expect(patience.once(failing(1))).rejects.toBe(away);
  expect(said).toHaveLength(3);
});

it('an answer to a call that began before an absence does not end it', async () => {
  const { said, patience } = patient();
  let answer = (_value: number): void => undefined;
  const slow = patience.once(() => new Promise<number>((resolve) => (answer = resolve)));
  await expect(patience.once(failing(1))).rejects.toBe(away);
  answer(1);
  await expect(slow).resolves.toBe(1);
  await expect(patience.once(failing(1))).rejects.toBe(away);
  expect(said).toEqual([expect.stringContaining('the database is unreachable')]);
  await patience.once(failing(0));
  expect(said).toEqual([expect.stringContaining('the database is unreachable'), 'the database is back']);
});

it('a call that finds the database away while other calls are answered is an absence too', async () => {
  const { said, patience } = patient();
  let fail = (_error: Error): void => undefined;
  const slow = patience.once(() => new Promise((_resolve, reject) => (fail = reject)));
  await patience.once(failing(0));
  fail(away);
  await expect(slow).rejects.toBe(away);
  expect(said).toEqual([expect.stringContaining('the database is unreachable')]);
});
