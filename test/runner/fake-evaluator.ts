import { z } from 'zod';
import type { TrainerEvaluator } from '../../src/objectives/evaluator.ts';
import { digestOf } from '../../src/shared/digest.ts';
import { invariant } from '../../src/shared/errors.ts';

/**
 * Trains the jobs of any objective with fake-trainer.mjs, on data of fake-prepare.mjs: tests of a runner use it with the test function,
 * whose own evaluator needs no process.
 */
export const fakeEvaluator: TrainerEvaluator = {
  kind: 'trainer',
  entry: 'fake-trainer',
  preparation: {
    entry: 'fake-prepare',
    unavailable: 'evaluation-failed',
    request: (_payload, { dataFolder }) => ({ dataFolder }),
  },
  training: ({ payload, steps }, { data, libraries, processor }) => {
    invariant(data, 'a fake training has a folder');
    return {
      resultKey: digestOf({ payload, libraries, processor, data: data.digest }),
      facts: { trainerVersion: 1, tensorflow: libraries['tensorflow'] ?? 'unknown', dataset: data.digest },
      request: { folder: data.folder, steps, seed: digestOf(payload) },
    };
  },
  evaluationSchema: z.strictObject({ value: z.number() }),
};
