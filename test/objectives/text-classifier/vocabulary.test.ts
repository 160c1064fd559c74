import { expect, test } from 'vitest';
import { countWords, rankWords, WordIndex } from '../../../src/objectives/text-classifier/vocabulary.ts';

const ranked = (texts: string[][], limit?: number) => {
  const index = new WordIndex();
  const numbered = texts.map((text) => index.numbersOf(text));
  return rankWords(index.words, countWords(numbered, index.words.length), limit);
};

test('a word has one number, given in the order words are first seen', () => {
  const index = new WordIndex();
  expect([...index.numbersOf(['b', 'a', 'b'])]).toEqual([0, 1, 0]);
  expect([...index.numbersOf(['c', 'a'])]).toEqual([2, 1]);
  expect(index.words).toEqual(['b', 'a', 'c']);
});

test('words that are properties of every object are words like others', () => {
  expect(ranked([['constructor', '__proto__', 'constructor']]).words).toEqual(['constructor', '__proto__']);
});

test('a word that is no valid Unicode keeps its number', () => {
  const index = new WordIndex();
  expect([...index.numbersOf(['\ud800', '\ud800', '\ud801'])]).toEqual([0, 0, 1]);
});

test('words are ranked by count, and words of one count by code unit, whatever the order of the texts', () => {
  const texts = [
    ['z', 'b'],
    ['a', 'z'],
    ['b', 'z', 'Z'],
  ];
  expect(ranked(texts).words).toEqual(['z', 'b', 'Z', 'a']);
  expect(ranked(texts.toReversed()).words).toEqual(['z', 'b', 'Z', 'a']);
});

test('words beyond the limit, and words that never occur in the counted texts, are not stored', () => {
  const { words, ranks } = rankWords(['rare', 'often', 'never', 'some'], Uint32Array.of(1, 9, 0, 3), 2);
  expect(words).toEqual(['often', 'some']);
  expect([...ranks]).toEqual([65_535, 0, 65_535, 1]);
});

test('at most 65,534 words are stored, so that no rank is taken for a missing word', () => {
  const names = Array.from({ length: 65_600 }, (_, number) => `w${number}`);
  const { words, ranks } = rankWords(names, new Uint32Array(names.length).fill(1));
  expect(words).toHaveLength(65_534);
  expect(ranks.filter((rank) => rank === 65_535)).toHaveLength(66);
});
