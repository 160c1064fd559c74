import { randomUUID } from 'node:crypto';
import type { TestEvaluation } from '../../src/objectives/text-classifier/test-evaluation.ts';
import type { Database } from '../../src/store/database/database.ts';
import { trialQueue } from '../../src/store/queue/queue.ts';
import { databaseReader } from '../../src/store/reader.ts';
import { databaseTransactions } from '../../src/store/transactions.ts';
import { advanceStudy } from '../../src/studies/actions/advance.ts';
import type { ClaimedTrial, TrialQueue } from '../../src/studies/ports/queue.ts';

/**
 * Plays a runner: claims trials and completes each with a value made from its number, until none is queued or `most` are done.
 *
 * @returns how many it completed
 */
export async function work(database: Database, most = 1000): Promise<number> {
  const queue = trialQueue(database);
  const reader = databaseReader(database);
  const runner = randomUUID();
  for (let done = 0; done < most; done += 1) {
    const trial = await queue.claim(runner, 60);
    if (!trial) return done;
    await complete(queue, trial, (await reader.study(trial.studyId))?.spec.name ?? '');
    await advanceStudy(databaseTransactions(database), trial.studyId);
  }
  return most;
}

async function complete(queue: TrialQueue, trial: ClaimedTrial, name: string): Promise<void> {
  const values = { loss: 0.5, accuracy: ((trial.number * 7) % 10) / 10, aucPr: 0.75, trainLoss: 0.25 };
  const last = { step: 1, values, resultKey: `digest ${trial.trialId}`, checkpoint: null };
  if (!trial.job.evaluate) {
    await queue.complete(trial, last, false);
    return;
  }
  await queue.recordStep(trial, last);
  await queue.completeEvaluated(trial, { step: 1, resultKey: last.resultKey, evaluation: evaluationOf(name) });
}

/** The first repeat is worth more than the others, the model of the search most. */
function evaluationOf(name: string): TestEvaluation {
  const share = name.endsWith('/ test') ? 0.875 : name.endsWith('/ repeat-1') ? 0.75 : 0.5;
  return {
    rows: 100,
    positives: 40,
    loss: name.endsWith('/ repeat-1') ? null : 0.5,
    accuracy: share,
    aucPr: share,
    aucPrTrapezoid: share,
    aucRoc: share,
    precision: share,
    recall: share,
    f1: share,
    confusion: { truePositives: 30, falsePositives: 10, trueNegatives: 50, falseNegatives: 10 },
    curve: [
      { threshold: 0.75, precision: 1, recall: 0.5 },
      { threshold: 0.25, precision: share, recall: 1 },
    ],
  };
}
