import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { escaped } from './html.ts';

/** The document in which plots are built. It is never displayed. */
const { document } = parseHTML('<!doctype html><html><body></body></html>');

/** Title and description of a plot for screen readers. */
export interface PlotWords {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/** Largest number of decimals of a coordinate: a tenth of a pixel is invisible. */
const decimals = 1;

/**
 * Draws a plot as inline SVG. It uses the page's text colour and the CSS variables of the page, so that it is readable in print
 * and in dark mode. `width` and `height` are CSS pixels; the page may shrink it.
 */
export function svgOf(words: PlotWords, options: Plot.PlotOptions): string {
  const drawn: { readonly outerHTML: string } = Plot.plot({ ...options, document, className: 'plot' });
  const svg = withoutStyle(drawn.outerHTML);
  const start = svg.indexOf('>');
  const [title, description] = [`${words.id}-title`, `${words.id}-description`];
  const names = `<title id="${title}">${escaped(words.title)}</title><desc id="${description}">${escaped(words.description)}</desc>`;
  return shortNumbers(`${svg.slice(0, start)} role="img" aria-labelledby="${title} ${description}">${names}${svg.slice(start + 1)}`);
}

/** Removes the style that the library writes into each plot; the page's style has it once. */
function withoutStyle(svg: string): string {
  return svg.replace(/<style>.*?<\/style>/s, '');
}

/** Rounds the numbers in paths. With 15 digits each, they would be most of the page. */
function shortNumbers(svg: string): string {
  return svg.replace(/ (d|transform|x1|x2|y1|y2|x|y|cx|cy)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{2,}/g, (number) => String(Number(Number(number).toFixed(decimals)))),
  );
}
