import { counted } from '../../shared/counted.ts';
import type { GeneticOptions } from './options.ts';

/** Names the options in which the approaches of the paper differ. */
export function describeGenetic({ population, elites, selectionExponent }: GeneticOptions): string {
  return `genetic algorithm: ${counted(population, 'individual')}, ${counted(elites, 'elite')}, P ∝ fitness${superscript(selectionExponent)}`;
}

/** ⁴ for 4; ^2.5 if a character has no superscript form. */
function superscript(exponent: number): string {
  const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  return Number.isInteger(exponent) ? [...String(exponent)].map((digit) => raised[Number(digit)]).join('') : `^${exponent}`;
}
