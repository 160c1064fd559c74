import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { takeTurns } from '../../src/http/request-turns.ts';

it('begins few requests in a turn of the event loop, all in the order in which they came', async () => {
  await using app = Fastify();
  takeTurns(app);
  let turn = 0;
  const begun: { readonly id: string; readonly turn: number }[] = [];
  app.get<{ Params: { id: string } }>('/:id', async ({ params }) => {
    begun.push({ id: params.id, turn });
    return {};
  });
  await app.ready();
  let isOver = false;
  const count = (): void => {
    turn += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const ids = Array.from({ length: 20 }, (_, index) => String(index));
  const answers = await Promise.all(ids.map((id) => app.inject(`/${id}`)));
  isOver = true;
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(ids.map(() => 200));
  expect(begun.map(({ id }) => id)).toEqual(ids);
  const inTurn = (wanted: number) => begun.filter((one) => one.turn === wanted).length;
  expect(Math.max(...begun.map((one) => inTurn(one.turn)))).toBeLessThanOrEqual(2);
  expect((await app.inject('/later')).statusCode).toBe(200);
});
