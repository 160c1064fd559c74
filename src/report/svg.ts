import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { escaped } from './html.ts';

/** The document that plots are made in; it is never shown, nothing in it is kept. */
const { document } = parseHTML('<!doctype html><html><body></body></html>');

/** What a plot shows, for those who do not see it. */
export interface PlotWords {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/** Coordinates in a plot have at most this many decimals: a tenth of a pixel is less than anyone sees. */
const decimals = 1;

/**
 * Draws a plot as SVG that stands in a page: it takes the page's text colour, and colours by CSS variables of the page, so
 * that it is read in print and in the dark alike. `width` and `height` are CSS pixels; the page may shrink it.
 */
export function svgOf(words: PlotWords, options: Plot.PlotOptions): string {
  const drawn: { readonly outerHTML: string } = Plot.plot({ ...options, document, className: 'plot' });
  const svg = withoutStyle(drawn.outerHTML);
  const start = svg.indexOf('>');
  const [title, description] = [`${words.id}-title`, `${words.id}-description`];
  const names = `<title id="${title}">${escaped(words.title)}</title><desc id="${description}">${escaped(words.description)}</desc>`;
  return shortNumbers(`${svg.slice(0, start)} role="img" aria-labelledby="${title} ${description}">${names}${svg.slice(start + 1)}`);
}

/** The style that the library writes into each plot is in the page's own, once. */
function withoutStyle(svg: string): string {
  return svg.replace(/<style>.*?<\/style>/s, '');
}

/** Paths carry 15 digits a number; they would be most of the page. */
function shortNumbers(svg: string): string {
  return svg.replace(/ (d|transform|x1|x2|y1|y2|x|y|cx|cy)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{2,}/g, (number) => String(Number(Number(number).toFixed(decimals)))),
  );
}
