import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { answerOf } from '../../../bench/memory/answer.ts';

test('the answer is the result of a process, also if it arrives after the exit', async () => {
  const child = new EventEmitter();
  const answer = answerOf(child);
  child.emit('exit', 0, null);
  child.emit('message', { peak: 120.5, kept: 8, history: 20 });
  child.emit('disconnect');
  expect(await answer).toEqual({ peak: 120.5, kept: 8 });
});

test.each([
  ['an exit code', [134, null], 'a measured process ended with exit code 134, without a result'],
  ['a signal', [null, 'SIGKILL'], 'a measured process ended with SIGKILL, without a result'],
])('a process that dies is an error that says how: %s', async (_title, end, message) => {
  const child = new EventEmitter();
  const answer = answerOf(child);
  child.emit('disconnect');
  child.emit('exit', ...end);
  await expect(answer).rejects.toThrow(message);
});
