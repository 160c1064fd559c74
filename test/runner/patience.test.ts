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
  const works = [failing(1), failing(2), failing(1)];
  let isBack = false;
  const stored = works.map((work) => patience.outlast(() => (isBack ? work() : Promise.reject(away))));
  isBack = true;
  await expect(patience.outlast(failing(0))).resolves.toBe(1);
  expect(said).toEqual([expect.stringContaining('the database is unreachable'), 'the database is back']);
  expect(await Promise.all(stored)).toEqual([2, 3, 2]);
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

it('a call that finds the database away while other calls are answered is an absence too', async () => {
  const { said, patience } = patient();
  let fail = (_error: Error): void => undefined;
  const slow = patience.once(() => new Promise((_resolve, reject) => (fail = reject)));
  await patience.once(failing(0));
  fail(away);
  await expect(slow).rejects.toBe(away);
  expect(said).toEqual([expect.stringContaining('the database is unreachable')]);
});
