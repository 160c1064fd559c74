/** Text as it may stand in an element or in a quoted attribute of HTML. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

/** What stands where a part of a report has no data: not yet, or for good once all ended. @param what a clause; text */
export function nothing({ endedAt }: { readonly endedAt: string | null }, what: string): string {
  return `<p class="nothing">${endedAt === null ? 'Not yet' : 'Nothing here'}: ${escaped(what)}.</p>`;
}

/** A wide table scrolls by itself, also with the keyboard, so that the page does not. @param label its name; text */
export function scrolled(label: string, table: string): string {
  return scroller('scroll', label, table);
}

/** A wide plot does too; on a narrow screen it stays large enough to be read. @param label its name; text */
export function sideways(label: string, plot: string): string {
  return scroller('scroll wide', label, plot);
}

/** A figure with its caption. @param caption, content both HTML */
export function figure(content: string, caption: string): string {
  return `<figure>${content}<figcaption>${caption}</figcaption></figure>`;
}

function scroller(look: string, label: string, content: string): string {
  return `<div class="${look}" role="region" tabindex="0" aria-label="${escaped(label)}">${content}</div>`;
}
