/** Changes whenever `tokenize` gives other words for some text: prepared datasets of another version are built anew. */
export const TOKENIZER_VERSION = 1;

/**
 * What separates words: the default filters of the Keras tokeniser, and white space. The apostrophe is not among them,
 * so that "don't" stays one word. Keras itself splits at tab, line feed and the blank alone; here every white space
 * (a no-break space, a carriage return) does, as the protocol of the reproduced study says.
 */
const SEPARATORS = /[!"#$%&()*+,\-./:;<=>?@[\\\]^_`{|}~\s]+/u;

/**
 * The words of a text by the Keras rule: lower case, split at punctuation and white space. HTML is not special: `<br />`
 * leaves the word `br`.
 */
export function tokenize(text: string): string[] {
  return text
    .toLowerCase()
    .split(SEPARATORS)
    .filter((word) => word !== '');
}
