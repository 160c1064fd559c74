import type { Client } from '../../src/client/client.ts';

/** One call of a method: its name, then its arguments. */
export type Call = readonly [name: string, ...args: unknown[]];

/** A client of a service that exists only here. Methods without an answer refuse. `calls` has what was asked, in order. */
export function fakeClient(answers: Partial<Client>): { client: Client; calls: Call[] } {
  const calls: Call[] = [];
  const method = (name: string): unknown => Reflect.get(answers, name);
  const client = new Proxy({} as Client, {
    get: (_, name) => {
      return (...args: unknown[]): unknown => {
        calls.push([String(name), ...args]);
        const answer = method(String(name));
        if (typeof answer !== 'function') throw new Error(`there is no answer to ${String(name)}`);
        return answer(...args);
      };
    },
  });
  return { client, calls };
}

/** Gives one item after the other, the last one again and again. */
export function inTurn<Item>(...items: readonly Item[]): () => Promise<Item> {
  let next = 0;
  return async () => {
    const item = items[Math.min(next, items.length - 1)];
    next += 1;
    if (item === undefined) throw new Error('there is nothing to give');
    return item;
  };
}

/** A list as the client gives it. */
export async function* listed<Item>(...items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}
