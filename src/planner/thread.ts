/** The entry of a planning thread; started by path. */
import { type Answer, answerOf, type SuggestionInputs } from '../studies/search/suggest.ts';

/** Makes the suggestions of one request. */
export default function plan(inputs: SuggestionInputs): Answer {
  return answerOf(inputs);
}
