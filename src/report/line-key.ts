/** The look of the line of a legend. */
export interface LineLook {
  readonly stroke: string;
  readonly strokeWidth: number;
  readonly strokeDasharray?: string;
}

/** Draws a sample of a line for a legend. */
export function lineKey({ stroke, strokeWidth, strokeDasharray = 'none' }: LineLook): string {
  return `<svg class="key" width="34" height="10" aria-hidden="true"><line x1="1" x2="33" y1="5" y2="5" stroke="${stroke}" stroke-width="${strokeWidth}" stroke-dasharray="${strokeDasharray}"/></svg>`;
}
