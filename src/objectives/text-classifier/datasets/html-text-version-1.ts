/** The entities that e-mails commonly use. Others become a blank, because their name is not a word of the text. */
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", copy: '©', reg: '®' };

/**
 * Extracts the words that a reader of an HTML page sees: removes scripts, styles, comments and tags, and decodes entities.
 *
 * A comment is replaced by nothing and a tag by a blank: spam hides comments within words, and table cells are separate
 * words even without a blank between them. This is not a parser and its result is not safe HTML; it only serves to count words.
 */
export function htmlToText(html: string): string {
  return html
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replace(/<(script|style|title)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, ' ')
    .replace(/<[/!?]?[a-z][^<>]*>/gi, ' ')
    .replace(/&(#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z][a-z0-9]{1,30});?/gi, (_, name: string) => entity(name));
}

function entity(name: string): string {
  if (!name.startsWith('#')) return entities[name.toLowerCase()] ?? ' ';
  const hexadecimal = name[1] === 'x' || name[1] === 'X';
  const code = hexadecimal ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  return code > 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : ' ';
}
