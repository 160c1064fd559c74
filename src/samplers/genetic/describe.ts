import { counted } from '../../shared/counted.ts';
import { defaultTournamentSize, type GeneticOptions, type GeneticRungs } from './options.ts';

/** Names the options in which the approaches of the paper differ. */
export function describeGenetic(options: GeneticOptions): string {
  const { population, elites, selectionExponent, variation, selection, tournamentSize = defaultTournamentSize } = options;
  const parents = selection === 'tournament' ? `tournaments of ${tournamentSize}` : `P ∝ fitness${superscript(selectionExponent)}`;
  const children = variation === 'real' ? ', real-coded' : '';
  return `genetic algorithm: ${counted(population, 'individual')}, ${counted(elites, 'elite')}, ${parents}${children}${options.rungs ? describeRungs(options.rungs) : ''}`;
}

function describeRungs({ minSteps, reductionFactor, stepFactor, promotion }: GeneticRungs): string {
  const ratio = stepFactor === undefined ? '' : `, each with ${stepFactor} times the steps of the one before`;
  const among = promotion === 'search' ? ' over the whole search' : '';
  return `, rungs from ${counted(minSteps, 'step')} on${ratio}, η = ${reductionFactor}${among}`;
}

/** ⁴ for 4; ^2.5 if a character has no superscript form. */
function superscript(exponent: number): string {
  const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  return Number.isInteger(exponent) ? [...String(exponent)].map((digit) => raised[Number(digit)]).join('') : `^${exponent}`;
}
