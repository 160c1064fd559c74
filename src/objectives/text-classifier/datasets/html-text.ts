import { Parser } from 'htmlparser2';

/** Elements within a word: "V<b>i</b>agra" is one word. The tags of all other elements separate words, as table cells do. */
const inlineElements: ReadonlySet<string> = new Set(
  'a abbr acronym b basefont bdo big blink cite code del dfn em font i ins kbd mark nobr q s samp small span strike strong sub sup tt u var wbr'.split(
    ' ',
  ),
);

/** Elements whose text is not part of the page. */
const hiddenElements: ReadonlySet<string> = new Set(['script', 'style', 'title']);

/**
 * Extracts the words that a reader of an HTML page sees: without scripts, styles, comments and tags, and with entities decoded as
 * the HTML standard says (`&#150;` is the character of byte 0x96 in windows-1252). The result is not safe HTML; it only serves to
 * count words.
 */
export function htmlToText(html: string): string {
  let text = '';
  let hidden = 0;
  const onTag = (name: string, depth: 1 | -1) => {
    if (hiddenElements.has(name)) hidden += depth;
    if (!inlineElements.has(name)) text += ' ';
  };
  const parser = new Parser({
    onopentagname: (name) => onTag(name, 1),
    onclosetag: (name) => onTag(name, -1),
    ontext: (part) => {
      if (hidden === 0) text += part;
    },
  });
  parser.end(html);
  return text;
}
