/** Raised whenever `tokenize` returns other words for some text. Prepared datasets of another version are rebuilt. */
export const tokenizerVersion = 1;

/**
 * Characters that separate words: the default filters of the Keras tokeniser, and white space. The apostrophe is not among
 * them, so that "don't" stays one word. Keras itself splits only at tab, line feed and blank; here every white space
 * (a no-break space, a carriage return) separates words, as the protocol of the reproduced study says.
 */
const separators = /[!"#$%&()*+,\-./:;<=>?@[\\\]^_`{|}~\s]+/u;

/**
 * Splits a text into words by the Keras rule: lower case, split at punctuation and white space. HTML gets no special
 * treatment: `<br />` leaves the word `br`.
 */
export function tokenize(text: string): string[] {
  return text
    .toLowerCase()
    .split(separators)
    .filter((word) => word !== '');
}
