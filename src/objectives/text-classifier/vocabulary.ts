import { beyondVocabulary } from './datasets/split.ts';

/** Most words that a prepared dataset stores; all rarer words share one token. More than any hyperparameter allows. */
export const maxStoredWords = 65_534;

/** Numbers words in order of first occurrence, so that texts can be held as integers before words are ranked. */
export class WordIndex {
  readonly #numbers = new Map<string, number>();
  readonly #words: string[] = [];

  /** All words so far, by number. */
  get words(): readonly string[] {
    return this.#words;
  }

  /** Returns the number of each word, in order. New words get the next numbers. */
  numbersOf(words: readonly string[]): Uint32Array {
    return Uint32Array.from(words, (word) => this.#numbers.get(word) ?? this.#add(word));
  }

  #add(word: string): number {
    const number = this.#words.length;
    // A word cut from a text may be a view that keeps the whole text in memory, so a copy is stored.
    const copy = Buffer.from(word, 'utf16le').toString('utf16le');
    this.#numbers.set(copy, number);
    this.#words.push(copy);
    return number;
  }
}

/** Words ranked by frequency. */
export interface Vocabulary {
  /** Words by rank, the most frequent first. */
  readonly words: readonly string[];
  /** Rank of each numbered word, or 65535 for a word that is not stored. */
  readonly ranks: Uint16Array;
}

/** Counts the occurrences of each numbered word in texts. */
export function countWords(texts: Iterable<Uint32Array>, words: number): Uint32Array {
  const counts = new Uint32Array(words);
  for (const text of texts) {
    for (const number of text) counts[number] = (counts[number] as number) + 1;
  }
  return counts;
}

/**
 * Ranks words by falling count. Words of equal count are ranked by their UTF-16 code units, so that the ranking depends only
 * on the texts, not on the order in which they were read. (Keras uses the order of first appearance.) Words that never occur
 * are not stored.
 *
 * @param words the words by number
 * @param counts the number of occurrences of each word in the training split
 * @param limit largest number of stored words
 */
export function rankWords(words: readonly string[], counts: Uint32Array, limit = maxStoredWords): Vocabulary {
  const seen = [...counts.keys()].filter((number) => (counts[number] as number) > 0);
  seen.sort((a, b) => (counts[b] as number) - (counts[a] as number) || byCodeUnits(words[a] as string, words[b] as string));
  const stored = seen.slice(0, limit);
  const ranks = new Uint16Array(words.length).fill(beyondVocabulary);
  stored.forEach((number, rank) => {
    ranks[number] = rank;
  });
  return { words: stored.map((number) => words[number] as string), ranks };
}

function byCodeUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
