import { expect, test } from 'vitest';
import { AnswerWatch } from './answer-watch.ts';

/** A message as the server sends it: kind, length, text. */
function message(kind: string, text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(text.length + 4);
  return Buffer.concat([Buffer.from(kind), length, Buffer.from(text)]);
}

const answer = (tag: string, status: 'I' | 'T'): Buffer =>
  Buffer.concat([message('D', 'a row'), message('C', `${tag}\0`), message('Z', status)]);

/** For each answer, whether it ends one that says that something is committed. */
const judged = (...answers: readonly Buffer[]): boolean[] => {
  const watch = new AnswerWatch();
  return answers.map((one) => watch.take(one));
};

test('the answer to COMMIT is found, and that to a change only where it is outside a transaction', () => {
  const inside = [answer('BEGIN', 'T'), answer('UPDATE 1', 'T'), answer('SELECT 1', 'T'), answer('COMMIT', 'I')];
  expect(judged(...inside, answer('SELECT 3', 'I'), answer('INSERT 0 1', 'I'))).toEqual([false, false, false, true, false, true]);
});

test('it is found wherever the network cuts the bytes', () => {
  const bytes = Buffer.concat([answer('BEGIN', 'T'), answer('COMMIT', 'I')]);
  for (let size = 1; size <= bytes.length; size += 1) {
    const watch = new AnswerWatch();
    const found: number[] = [];
    for (let at = 0; at < bytes.length; at += size)
      if (watch.take(bytes.subarray(at, at + size))) found.push(Math.min(at + size, bytes.length));
    expect(found).toEqual([bytes.length]);
  }
});

test('a statement that a server refuses commits nothing', () => {
  expect(judged(Buffer.concat([message('E', 'SERROR\0'), message('Z', 'I')]), answer('ROLLBACK', 'I'))).toEqual([false, false]);
});
