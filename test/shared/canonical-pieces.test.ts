import { expect, it } from 'vitest';
import { canonicalPieces, digestOfPaged, itemsOf, PagedObject, piecewiseDigestOf } from '../../src/shared/canonical-pieces.ts';
import { canonicalText, digestOf } from '../../src/shared/digest.ts';

async function* paged<Item>(...pages: Item[][]): AsyncGenerator<Item[]> {
  yield* pages;
}

async function piecesOf(object: PagedObject): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of canonicalPieces(object)) pieces.push(piece);
  return pieces;
}

it.each([
  ['nothing', () => ({}), {}],
  [
    'no list, and names in the order of their code units',
    () => ({ b: 1, 'é"': [2, { d: 1, c: null }], '': 'x', a: undefined, B: true }),
    null,
  ],
  ['lists without pages and without items', () => ({ a: paged(), b: paged([], []), c: [] }), { a: [], b: [], c: [] }],
  [
    'pages, empty ones among them',
    () => ({ z: paged<unknown>([], [{ y: 1, x: 2 }, 3], [], ['f']), a: 0 }),
    { a: 0, z: [{ y: 1, x: 2 }, 3, 'f'] },
  ],
  [
    'objects within lists and within objects',
    () => ({
      parts: paged([new PagedObject({ study: new PagedObject({ trials: paged([1], [2]) }), kind: 'a' }), 7], [new PagedObject({})]),
    }),
    { parts: [{ kind: 'a', study: { trials: [1, 2] } }, 7, {}] },
  ],
])('an object with %s has the text and the digest of the whole', async (_title, members, expected) => {
  const whole = expected ?? members();
  expect((await piecesOf(new PagedObject(members()))).join('')).toBe(canonicalText(whole));
  expect(await digestOfPaged(new PagedObject(members()))).toBe(digestOf(whole));
});

it('a page is written before the next one is read', async () => {
  const read: number[] = [];
  async function* pages() {
    for (const page of [1, 2, 3]) {
      read.push(page);
      yield [page];
    }
  }
  const pieces = canonicalPieces(new PagedObject({ list: pages() }));
  const seen: [string, number][] = [];
  for await (const piece of pieces) seen.push([piece, read.length]);
  expect(seen).toEqual([
    ['{"list":', 0],
    ['[1', 1],
    [',2', 2],
    [',3', 3],
    [']', 3],
    ['}', 3],
  ]);
});

it('a list that fails, fails after what came before it', async () => {
  async function* broken(): AsyncGenerator<number[]> {
    yield [1];
    throw new Error('the row is gone');
  }
  const pieces = canonicalPieces(new PagedObject({ list: broken() }));
  expect([(await pieces.next()).value, (await pieces.next()).value]).toEqual(['{"list":', '[1']);
  await expect(pieces.next()).rejects.toThrow('the row is gone');
});

it('the items of all pages make a list', async () => {
  expect(await itemsOf(paged([1], [], [2, 3]))).toEqual([1, 2, 3]);
});

it('a value in memory is digested in pieces, and the event loop turns between them', async () => {
  const trials = Array.from({ length: 500 }, (_, number) => ({ number, values: { b: [number, null], a: 'x' } }));
  const parts = ['a', 'b'].map((name) => ({ name, study: { trials, checkpoints: [], outcome: undefined, nested: [[trials[0]], 'c'] } }));
  for (const value of [{ parts, format: 'x' }, {}, { list: [1, [2, { d: 1, c: 2 }]] }, [{ b: 1, a: 2 }], null, 7, 'text'])
    expect(await piecewiseDigestOf(value)).toBe(digestOf(value));
  let turns = 0;
  const turn = (): void => {
    turns += 1;
    turning = setImmediate(turn);
  };
  let turning = setImmediate(turn);
  await piecewiseDigestOf({ trials });
  clearImmediate(turning);
  expect(turns).toBeGreaterThan(20);
});
