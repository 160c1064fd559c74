/** The look of the line of a legend. */
export interface LineLook {
  readonly stroke: string;
  readonly strokeWidth: number;
  readonly strokeDasharray?: string;
}

/** The looks of the line that is looked for among many, and of all others. */
export const lineLooks = {
  leading: { stroke: 'var(--text)', strokeWidth: 2.5, strokeOpacity: 1, strokeDasharray: 'none' },
  other: { stroke: 'var(--class-3)', strokeWidth: 1, strokeOpacity: 0.7, strokeDasharray: 'none' },
} as const;

/** Thinnest line of a legend, which is too short to be seen if it is as thin as those of a plot. */
const thinnest = 1.5;

/** Draws a sample of a line for a legend. @param end what the line ends with */
export function lineKey({ stroke, strokeWidth, strokeDasharray = 'none' }: LineLook, end?: 'cross'): string {
  const cross = end === 'cross' ? `<path d="M25,2L31,8M31,2L25,8" stroke="${stroke}" stroke-width="${thinnest}"/>` : '';
  return `<svg class="key" width="34" height="10" aria-hidden="true"><line x1="1" x2="${end === 'cross' ? 28 : 33}" y1="5" y2="5" stroke="${stroke}" stroke-width="${Math.max(strokeWidth, thinnest)}" stroke-dasharray="${strokeDasharray}"/>${cross}</svg>`;
}
