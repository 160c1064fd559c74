/** The entry of a planning thread; started by path. */
import type { SuggestionInputs } from '../studies/ports/planner.ts';
import { type Answer, answerOf } from '../studies/search/suggest.ts';

/** Makes the suggestions of one request. */
export default function plan(inputs: SuggestionInputs): Answer {
  return answerOf(inputs);
}
