/** A trainer of fake trainings (fake-training.mjs), for the jobs of fake-evaluator.ts. */
import { serve } from './fake-training.mjs';

await serve({
  read: (job) => job,
  values: (quality) => ({ value: quality ?? 0.5 }),
  evaluation: (quality) => ({ value: quality ?? 0.5 }),
});
