/** A list that only grows: what it has stays in its place. */
type Growing<Item> = readonly Item[];

/** Items in order: an array, or a list that shares its first items with others. */
export type Items<Item> = readonly Item[] | SharedList<Item>;

/**
 * The first items of a list that grows, then some more. It never changes, and making one copies nothing: the states of a long list,
 * one after another, take no more memory than the last one.
 */
export class SharedList<Item> implements Iterable<Item> {
  readonly length: number;
  readonly #start: Growing<Item>;
  readonly #shared: number;
  readonly #end: Growing<Item>;

  /**
   * @param start the list that grows
   * @param shared number of its items that belong to this list
   * @param end items after these; more may be added to it later, which do not belong to this list
   */
  constructor(start: Growing<Item>, shared: number, end: Growing<Item> = []) {
    this.#start = start;
    this.#shared = Math.min(shared, start.length);
    this.#end = end;
    this.length = this.#shared + end.length;
  }

  /** The item at an index; below 0: counted from the end. */
  at(index: number): Item | undefined {
    const place = index < 0 ? index + this.length : index;
    if (place < 0 || place >= this.length) return undefined;
    return place < this.#shared ? this.#start[place] : this.#end[place - this.#shared];
  }

  *[Symbol.iterator](): Iterator<Item> {
    for (let index = 0; index < this.length; index += 1) yield this.at(index) as Item;
  }

  /** A list of the first `count` items; of all, if there are fewer. */
  first(count: number): SharedList<Item> {
    if (count >= this.length) return this;
    return new SharedList(this.#start, Math.min(count, this.#shared), this.#end.slice(0, Math.max(0, count - this.#shared)));
  }

  /** The items from an index on, in an array of their own. */
  from(index: number): Item[] {
    const end = this.#end.slice(Math.max(0, index - this.#shared), this.length - this.#shared);
    return index < this.#shared ? [...this.#start.slice(index, this.#shared), ...end] : end;
  }

  /** This list with some more items after it. */
  followedBy(more: Growing<Item>): SharedList<Item> {
    const own = this.length - this.#shared;
    return new SharedList(this.#start, this.#shared, own === 0 ? more : [...this.#end.slice(0, own), ...more]);
  }

  /** Number of first items that both have from the same array; 0 where they share none. */
  commonWith(other: SharedList<Item>): number {
    return this.#start === other.#start ? Math.min(this.#shared, other.#shared) : 0;
  }
}

/** The first `count` items. An array may grow afterwards. */
export function firstOf<Item>(items: Items<Item>, count: number): SharedList<Item> {
  return shared(items).first(count);
}

/** The items from an index on, in an array of their own. */
export function itemsFrom<Item>(items: Items<Item>, index: number): Item[] {
  return shared(items).from(index);
}

/** Items with some more after them. An array, and those added, may grow afterwards. */
export function followedBy<Item>(items: Items<Item>, more: readonly Item[]): SharedList<Item> {
  return shared(items).followedBy(more);
}

/**
 * Number of first items that two lists have in common, as far as that is known without comparing them: they share an array. 0 where
 * it is not known.
 */
export function knownInCommon<Item>(one: Items<Item>, other: Items<Item>): number {
  return shared(one).commonWith(shared(other));
}

function shared<Item>(items: Items<Item>): SharedList<Item> {
  return items instanceof SharedList ? items : new SharedList(items, items.length);
}
