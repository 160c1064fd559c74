import { counted } from '../../shared/counted.ts';
import { defaultTournamentSize, type GeneticOptions } from './options.ts';

/** Names the options in which the approaches of the paper differ. */
export function describeGenetic(options: GeneticOptions): string {
  const { population, elites, selectionExponent, variation, selection, tournamentSize = defaultTournamentSize } = options;
  const parents = selection === 'tournament' ? `tournaments of ${tournamentSize}` : `P ∝ fitness${superscript(selectionExponent)}`;
  const children = variation === 'real' ? ', real-coded' : '';
  const rungs = options.rungs ? `, rungs from ${counted(options.rungs.minSteps, 'step')} on, η = ${options.rungs.reductionFactor}` : '';
  return `genetic algorithm: ${counted(population, 'individual')}, ${counted(elites, 'elite')}, ${parents}${children}${rungs}`;
}

/** ⁴ for 4; ^2.5 if a character has no superscript form. */
function superscript(exponent: number): string {
  const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  return Number.isInteger(exponent) ? [...String(exponent)].map((digit) => raised[Number(digit)]).join('') : `^${exponent}`;
}
