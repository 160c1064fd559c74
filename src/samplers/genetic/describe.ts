import type { GeneticOptions } from './options.ts';

/** Names the options in which the approaches of the paper differ. */
export function describeGenetic({ population, elites, selectionExponent }: GeneticOptions): string {
  const elite = elites === 1 ? '1 elite' : `${elites} elites`;
  return `genetic algorithm: ${population} individuals, ${elite}, P ∝ fitness${superscript(selectionExponent)}`;
}

/** ⁴ for 4; ^2.5 if a character has no superscript form. */
function superscript(exponent: number): string {
  const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  return Number.isInteger(exponent) ? [...String(exponent)].map((digit) => raised[Number(digit)]).join('') : `^${exponent}`;
}
