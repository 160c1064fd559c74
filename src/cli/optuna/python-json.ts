/** Strings, and the numbers that Python's json module writes outside of the JSON grammar. */
const stringsAndOddNumbers = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g;

/**
 * Parses JSON as Python writes it: `NaN` becomes null, `Infinity` and `-Infinity` become infinities.
 *
 * @throws SyntaxError if it is not JSON even so
 */
export function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError) || !/NaN|Infinity/.test(text)) throw error;
    return JSON.parse(text.replace(stringsAndOddNumbers, (token) => replacements[token] ?? token));
  }
}

/** A number beyond the range of doubles is read as an infinity. */
const replacements: Readonly<Record<string, string>> = { NaN: 'null', Infinity: '1e999', '-Infinity': '-1e999' };
