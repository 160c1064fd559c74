import { escaped } from './html.ts';
import { lineKey } from './line-key.ts';

/** Style of the lines of one search in every plot of a report. */
export interface Series {
  readonly stroke: string;
  /** Distinguishes the lines without colour, in print and for colour-blind readers. */
  readonly strokeDasharray: string;
}

/** Number of colours that the page's style defines, for light and dark mode. */
const colours = 8;
const dashes = ['none', '7 3', '2 3', '9 3 2 3'];

/** Returns the style of the n-th search. */
export function seriesOf(index: number): Series {
  return {
    stroke: `var(--series-${(index % colours) + 1})`,
    strokeDasharray: dashes[(index + Math.floor(index / colours)) % dashes.length] ?? 'none',
  };
}

/** Formats the legend of the searches: a sample of each line and its name. */
export function seriesLegend(names: readonly string[], indices: readonly number[] = names.map((_, index) => index)): string {
  const items = names.map((name, place) => {
    const line = lineKey({ ...seriesOf(indices[place] ?? place), strokeWidth: 2.5 });
    return `<li>${line}${escaped(name)}</li>`;
  });
  return `<ul class="legend">${items.join('')}</ul>`;
}
