import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { canonicalText, digestOf } from './digest.ts';

/** A list that is read in pages while its text is made. */
export type PagedList<Item> = AsyncIterable<readonly Item[]>;

/** An object some of whose members are paged lists or paged objects. A member that is `undefined` is left out. */
export class PagedObject {
  readonly members: Readonly<Record<string, unknown>>;

  constructor(members: Readonly<Record<string, unknown>>) {
    this.members = members;
  }
}

/**
 * The text that `canonicalText` has of an object whose lists are all read, in pieces: at least one for each page. The lists are read
 * in the order of their names. The items of a paged list may be paged objects.
 *
 * @throws the errors of `canonicalText` and of the lists, after the pieces before them
 */
export async function* canonicalPieces({ members }: PagedObject): AsyncGenerator<string> {
  // RFC 8785 sorts by UTF-16 code units, as JavaScript compares texts.
  const sorted = Object.entries(members).sort(([one], [other]) => (one < other ? -1 : 1));
  let before = '{';
  for (const [name, member] of sorted) {
    if (member === undefined) continue;
    const head = `${before}${canonicalText(name)}:`;
    before = ',';
    if (isPaged(member) || member instanceof PagedObject) {
      yield head;
      yield* member instanceof PagedObject ? canonicalPieces(member) : listPieces(member);
    } else yield head + canonicalText(member);
  }
  yield before === '{' ? '{}' : '}';
}

async function* listPieces(pages: PagedList<unknown>): AsyncGenerator<string> {
  let text = '[';
  let isFirst = true;
  for await (const items of pages) {
    for (const item of items) {
      if (!isFirst) text += ',';
      isFirst = false;
      if (item instanceof PagedObject) {
        yield text;
        text = '';
        yield* canonicalPieces(item);
      } else text += canonicalText(item);
    }
    if (text !== '') yield text;
    text = '';
  }
  yield `${text}]`;
}

function isPaged(value: unknown): value is PagedList<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** SHA-256 in lower-case hexadecimal of the canonical text of an object, equal to `digestOf`. The text is never whole in memory. */
export async function digestOfPaged(object: PagedObject): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of canonicalPieces(object)) hash.update(piece);
  return hash.digest('hex');
}

/** Items of a list that are made into text between two pauses: few milliseconds of work. */
const itemsAtOnce = 20;

/**
 * SHA-256 in lower-case hexadecimal of the canonical text of a value in memory, equal to `digestOf`. Yields to the event loop between
 * the pieces of its lists.
 */
export async function piecewiseDigestOf(value: unknown): Promise<string> {
  return isObject(value) ? digestOfPaged(inPages(value)) : digestOf(value);
}

function inPages(object: object): PagedObject {
  const members = Object.entries(object).map(([name, member]: [string, unknown]) => {
    if (Array.isArray(member)) return [name, pagesOf(member)];
    return [name, isObject(member) ? inPages(member) : member];
  });
  return new PagedObject(Object.fromEntries(members));
}

/** The items of a short list may be large, such as the parts of a campaign: they are in pages themselves. */
async function* pagesOf(items: readonly unknown[]): AsyncGenerator<readonly unknown[]> {
  const isShort = items.length <= itemsAtOnce;
  for (let first = 0; first < items.length; first += itemsAtOnce) {
    const page = items.slice(first, first + itemsAtOnce);
    yield isShort ? page.map((item) => (isObject(item) ? inPages(item) : item)) : page;
    await setImmediate();
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** All items of a paged list. */
export async function itemsOf<Item>(pages: PagedList<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const items of pages) all.push(...items);
  return all;
}
