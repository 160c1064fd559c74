import { randomUUID } from 'node:crypto';
import type { Database } from '../../src/store/database.ts';
import { trialQueue } from '../../src/store/queue/queue.ts';
import { studyTransactions } from '../../src/store/study-transactions.ts';
import { advanceStudy } from '../../src/studies/advance.ts';

/**
 * Plays a runner: claims trials and completes each with a value made from its number, until none is queued or `most` are done.
 *
 * @returns how many it completed
 */
export async function work(database: Database, most = 1000): Promise<number> {
  const queue = trialQueue(database);
  const runner = randomUUID();
  for (let done = 0; done < most; done += 1) {
    const trial = await queue.claim(runner, 60);
    if (!trial) return done;
    const metrics = { loss: 0.5, accuracy: ((trial.number * 7) % 10) / 10, aucPr: 0.75, trainLoss: 0.25 };
    await queue.complete(trial, { epoch: 1, metrics, epochsDigest: `digest ${trial.trialId}`, checkpoint: null }, false);
    await advanceStudy(studyTransactions(database), trial.studyId);
  }
  return most;
}
