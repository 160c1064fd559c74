/** The entry of a planning thread; started by path. */
import { frontAnswer } from '../studies/fronts/front-job.ts';
import type { FrontAnswers, FrontJob } from '../studies/ports/front-worker.ts';
import { type Answer, answerOf, type SuggestionInputs } from '../studies/search/suggest.ts';

/** Makes the suggestions of one request. */
export default function plan(inputs: SuggestionInputs): Answer {
  return answerOf(inputs);
}

/** Ranks the results of a study with several metrics. */
export function front(job: FrontJob): FrontAnswers[FrontJob['kind']] {
  return frontAnswer(job);
}
