import { expect, test } from 'vitest';
import { tokenize } from '../../../src/objectives/text-classifier/tokens.ts';

test('words are lower-cased and separated by the Keras filters and white space; the apostrophe stays', () => {
  expect(tokenize(`Don't PANIC!It's (only) a "test", e-mail me@home; 50% off`)).toEqual([
    "don't",
    'panic',
    "it's",
    'only',
    'a',
    'test',
    'e',
    'mail',
    'me',
    'home',
    '50',
    'off',
  ]);
});

test('every character of the Keras filter list separates words', () => {
  for (const separator of '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n') expect(tokenize(`one${separator}two`), separator).toEqual(['one', 'two']);
});

test('white space of any kind separates words', () => {
  expect(tokenize(' a\u00a0b\r\nc\u2003d ')).toEqual(['a', 'b', 'c', 'd']);
});

test('a line break of HTML leaves the word br', () => {
  expect(tokenize('Good.<br /><br />Bad')).toEqual(['good', 'br', 'br', 'bad']);
});

test('a text without words has none', () => {
  expect(tokenize('')).toEqual([]);
  expect(tokenize(' ...\n')).toEqual([]);
});

test('lower case is that of Unicode, as in Python', () => {
  // Python 3: [w.lower() for w in ('ÀÉ', 'STRAẞE', 'ΟΔΟΣ', 'İ')]
  expect(tokenize('ÀÉ STRAẞE ΟΔΟΣ İ')).toEqual(['àé', 'straße', 'οδος', 'i̇']);
});
