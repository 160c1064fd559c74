import { expect, test } from 'vitest';
import { eventually } from './eventually.ts';

test('a check is repeated until it stops returning false and failing assertions; its value is the answer', async () => {
  let calls = 0;
  const check = () => {
    calls += 1;
    if (calls === 1) return false;
    expect(calls).toBeGreaterThan(2);
    return calls;
  };
  expect(await eventually(check)).toBe(3);
});

test('a check that never holds fails with the condition and the last assertion', async () => {
  await expect(eventually(() => false, { until: 'pigs fly', seconds: 0.1 })).rejects.toThrow('waited 0.1 s in vain until pigs fly');
  await expect(eventually(() => expect(1).toBe(2), { seconds: 0.1 })).rejects.toThrow('expected 1 to be 2');
});

test('an error that is no assertion ends the wait at once', async () => {
  const fault = new TypeError('fetch failed');
  await expect(eventually(() => Promise.reject(fault))).rejects.toBe(fault);
});
