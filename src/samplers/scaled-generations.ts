import type { NoteScaled, SearchBudget } from './contract.ts';
import { shrunk } from './shrink.ts';

/** Fewer generations have no children of parents, or no moves. */
const leastGenerations = 2;

/**
 * The smaller search of a sampler that evaluates all members of each generation: members and generations shrink by the square root of the factor
 * each, so that trials shrink by the factor.
 *
 * @param field the option that says how many members a generation has
 * @param least its least value
 */
export function scaledGenerations<Field extends string, Options extends Readonly<Record<Field, number>>, Budget extends SearchBudget>(
  [field, least]: readonly [Field, number],
  options: Options,
  budget: Budget,
  factor: number,
  note: NoteScaled,
): { readonly options: Options; readonly budget: Budget } {
  const side = Math.sqrt(factor);
  const members = note(field, options[field], shrunk(options[field], side, least));
  const { generations } = budget;
  const fewer =
    generations === undefined ? {} : { generations: note('generations', generations, shrunk(generations, side, leastGenerations)) };
  return { options: { ...options, [field]: members }, budget: { ...budget, ...fewer } };
}
