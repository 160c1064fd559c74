/** Text as it may stand in an element or in a quoted attribute of HTML. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

/** What stands where a part of a report has no data yet. */
export function notYet(what: string): string {
  return `<p class="not-yet">Not yet: ${escaped(what)}</p>`;
}

/** A wide table scrolls by itself, also with the keyboard, so that the page does not. @param label its name; text */
export function scrolled(label: string, table: string): string {
  return `<div class="scroll" role="region" tabindex="0" aria-label="${escaped(label)}">${table}</div>`;
}

/** A figure with its caption. @param caption, content both HTML */
export function figure(content: string, caption: string): string {
  return `<figure>${content}<figcaption>${caption}</figcaption></figure>`;
}
