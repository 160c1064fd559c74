/** Escapes text for use in an element or a quoted attribute of HTML. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

/** Placeholder for a section without data, yet or after the end. @param what the reason as a clause; text */
export function nothing({ endedAt }: { readonly endedAt: string | null }, what: string): string {
  return `<p class="nothing">${endedAt === null ? 'Not yet' : 'Nothing here'}: ${escaped(what)}.</p>`;
}

/** Wraps a wide table so that it scrolls, also by keyboard, instead of the page. @param label its name; text */
export function scrolled(label: string, table: string): string {
  return scroller('scroll', label, table);
}

/** Wraps a wide plot so that it scrolls and stays readable on a narrow screen. @param label its name; text */
export function sideways(label: string, plot: string): string {
  return scroller('scroll wide', label, plot);
}

/** Formats a figure with its caption. @param caption, content both HTML */
export function figure(content: string, caption: string): string {
  return `<figure>${content}<figcaption>${caption}</figcaption></figure>`;
}

function scroller(look: string, label: string, content: string): string {
  return `<div class="${look}" role="region" tabindex="0" aria-label="${escaped(label)}">${content}</div>`;
}
