import { BEYOND_VOCABULARY } from './datasets/split.ts';

/** Most words a prepared dataset stores; every rarer word shares one token. More than any hyperparameter asks for. */
export const MAX_STORED_WORDS = 65_534;

/** Numbers words in the order they are first seen, so that texts can be held as integers before words are ranked. */
export class WordIndex {
  readonly #numbers = new Map<string, number>();
  readonly #words: string[] = [];

  /** All words seen, by number. */
  get words(): readonly string[] {
    return this.#words;
  }

  /** The number of each word, in order; new words get the next numbers. */
  numbersOf(words: readonly string[]): Uint32Array {
    return Uint32Array.from(words, (word) => this.#numbers.get(word) ?? this.#add(word));
  }

  #add(word: string): number {
    const number = this.#words.length;
    // A word cut from a text may be a view that keeps the whole text in memory: store a copy of its own.
    const copy = Buffer.from(word, 'utf16le').toString('utf16le');
    this.#numbers.set(copy, number);
    this.#words.push(copy);
    return number;
  }
}

/** Words ranked by how often they occur. */
export interface Vocabulary {
  /** Words by rank, the most frequent first. */
  readonly words: readonly string[];
  /** Rank of each numbered word, or 65535 for a word that is not stored. */
  readonly ranks: Uint16Array;
}

/** How often each numbered word occurs in some texts. */
export function countWords(texts: Iterable<Uint32Array>, words: number): Uint32Array {
  const counts = new Uint32Array(words);
  for (const text of texts) {
    for (const number of text) counts[number] = (counts[number] as number) + 1;
  }
  return counts;
}

/**
 * Ranks words by falling count. Words of one count are ranked by their UTF-16 code units, so that the ranking depends on
 * the texts alone and not on the order they were read in. (Keras takes the order of first appearance.) Words that never
 * occur are not stored.
 *
 * @param words the words by number
 * @param counts how often each occurs in the training split
 * @param limit most words that are stored
 */
export function rankWords(words: readonly string[], counts: Uint32Array, limit = MAX_STORED_WORDS): Vocabulary {
  const seen = [...counts.keys()].filter((number) => (counts[number] as number) > 0);
  seen.sort((a, b) => (counts[b] as number) - (counts[a] as number) || byCodeUnits(words[a] as string, words[b] as string));
  const stored = seen.slice(0, limit);
  const ranks = new Uint16Array(words.length).fill(BEYOND_VOCABULARY);
  stored.forEach((number, rank) => {
    ranks[number] = rank;
  });
  return { words: stored.map((number) => words[number] as string), ranks };
}

function byCodeUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
