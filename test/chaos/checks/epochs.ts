import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { CheckContext } from './context.ts';

/** What a training lost, and what it may have lost. */
interface Training {
  readonly digest: string;
  /** Attempts that did not end their trial, those of cancelled trials too: each may have lost the epoch that it was at. */
  readonly interruptions: number;
  /** Epochs without a checkpoint, since the disk was full or a file broken: what follows such a one may be lost with it. */
  readonly skipped: number;
  /** Trials that stand on it: each after the first may need weights that were never written. */
  readonly trials: number;
  /** Epochs that were recorded, each counted as often as it was trained; and how many different ones. */
  readonly trained: number;
  readonly different: number;
}

/** Counts the epochs that were trained more than once, and holds every training to one at most for each interruption, or for each use of weights that could not be written. */
export async function checkEpochs(context: CheckContext): Promise<void> {
  const { world, journal, tally } = context;
  const begun = await begunEpochs(world.epochLog);
  for (const training of await trainings(context)) {
    const own = begun.get(training.digest);
    const counts = own ? [...own.values()] : null;
    const again = counts ? counts.reduce((sum, times) => sum + times - 1, 0) : training.trained - training.different;
    tally.add('epochs trained', counts ? counts.reduce((sum, times) => sum + times, 0) : training.trained);
    tally.add('epochs trained again', again);
    const allowed = training.interruptions + training.skipped * (training.interruptions + training.trials - 1);
    if (again <= allowed) continue;
    const what = `${again} epochs of training ${training.digest} were trained again; ${training.interruptions} interruptions and ${training.skipped} checkpoints that were not written explain ${allowed}`;
    journal.differ({ where: world.options.name, what, see: world.epochLog });
  }
}

function trainings({ world }: CheckContext): Promise<Training[]> {
  return world.database.ask<Training & Record<string, string | number>>(`
    SELECT epochs_digest AS digest, count(*)::int AS trials, 
      (sum(attempts) - count(*) FILTER (WHERE attempts > 0 AND state IN ('completed', 'failed')))::int AS interruptions, sum(epochs_trained)::int AS trained,
      (SELECT count(*)::int FROM epoch_result WHERE epoch_result.epochs_digest = trial.epochs_digest) AS different,
      (SELECT count(*)::int FROM trial_incident AS incident JOIN trial AS own ON own.id = incident.trial_id
       WHERE own.epochs_digest = trial.epochs_digest AND incident.kind LIKE 'checkpoint-%') AS skipped
    FROM trial WHERE epochs_digest IS NOT NULL AND source <> 'imported' GROUP BY epochs_digest`);
}

/** How often each epoch of a training was begun: what fast trainers wrote down. A line that a kill cut short counts for nothing. */
async function begunEpochs(file: string): Promise<Map<string, Map<string, number>>> {
  const begun = new Map<string, Map<string, number>>();
  if (!existsSync(file)) return begun;
  for (const line of (await readFile(file, 'utf8')).split('\n')) {
    const [, digest, epoch] = /^([0-9a-f]{64}) (\d+)$/.exec(line) ?? [];
    if (digest === undefined || epoch === undefined) continue;
    const own = begun.get(digest) ?? new Map<string, number>();
    own.set(epoch, (own.get(epoch) ?? 0) + 1);
    begun.set(digest, own);
  }
  return begun;
}
