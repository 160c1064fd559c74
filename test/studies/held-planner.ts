import type { Planner } from '../../src/studies/ports/planner.ts';
import type { SuggestionInputs } from '../../src/studies/search/suggest.ts';
import { inProcessPlanner } from '../../src/studies/search/suggest.ts';

/** A planner whose suggestions wait until a test lets them go, in order. */
export interface HeldPlanner extends Planner {
  /** Requests that wait. */
  readonly waiting: readonly SuggestionInputs[];
  /** The most requests that waited at once. */
  mostAtOnce(): number;
  /** All requests so far. */
  asked(): number;
  /** Answers the oldest request. */
  answerOne(): Promise<void>;
}

export function heldPlanner(): HeldPlanner {
  const waiting: SuggestionInputs[] = [];
  const answers: (() => void)[] = [];
  let most = 0;
  let asked = 0;
  return {
    waiting,
    mostAtOnce: () => most,
    asked: () => asked,
    suggest: async (inputs) => {
      waiting.push(inputs);
      asked += 1;
      most = Math.max(most, waiting.length);
      await new Promise<void>((resolve) => answers.push(resolve));
      return inProcessPlanner.suggest(inputs);
    },
    answerOne: async () => {
      waiting.shift();
      answers.shift()?.();
      await settled();
    },
  };
}

/** Lets everything run that waits for nothing but its turn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
