import { resolve } from 'node:path';
import { textClassifierEvaluator } from '../../../../src/objectives/text-classifier/evaluator.ts';
import { type Bench, openBench } from '../../../runner/bench.ts';
import type { StudyStore } from '../../../store/study-fixture.ts';

/**
 * Opens a bench whose runners start fake trainers for the text classifier.
 *
 * @param store the database that the bench works on, and closes in the end; absent: one of its own
 */
export function openClassifierBench(store?: StudyStore): Promise<Bench> {
  const trainer = resolve(import.meta.dirname, 'fake-trainer.mjs');
  return openBench({ ...(store && { store }), evaluator: textClassifierEvaluator, trainer });
}
