import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { CheckContext } from './context.ts';

/** Steps of a training, and the events that explain repeated ones. */
interface Training {
  readonly digest: string;
  /** Attempts that did not end their trial, those of cancelled trials included. Each may have lost its running step. */
  readonly interruptions: number;
  /** Steps without a checkpoint because the disk was full or a file broken. The following steps may be lost with them. */
  readonly skipped: number;
  /** Trials that use this training. Each after the first may need weights that were never written. */
  readonly trials: number;
  /** Number of trained steps, repetitions included; `different` counts each step once. */
  readonly trained: number;
  readonly different: number;
}

/** Counts the steps that were trained more than once. Every training may repeat at most one for each interruption, or for each use of weights that could not be written. */
export async function checkSteps(context: CheckContext): Promise<void> {
  const { world, journal, tally } = context;
  const begun = await begunSteps(world.stepLog);
  for (const training of await trainings(context)) {
    const own = begun.get(training.digest);
    const counts = own ? [...own.values()] : null;
    const again = counts ? counts.reduce((sum, times) => sum + times - 1, 0) : training.trained - training.different;
    tally.add('steps trained', counts ? counts.reduce((sum, times) => sum + times, 0) : training.trained);
    tally.add('steps trained again', again);
    const allowed = training.interruptions + training.skipped * (training.interruptions + training.trials - 1);
    if (again <= allowed) continue;
    const what = `${again} steps of training ${training.digest} were trained again; ${training.interruptions} interruptions and ${training.skipped} checkpoints that were not written explain ${allowed}`;
    journal.differ({ where: world.options.name, what, see: world.stepLog });
  }
}

function trainings({ world }: CheckContext): Promise<Training[]> {
  return world.database.ask<Training & Record<string, string | number>>(`
    SELECT result_key AS digest, count(*)::int AS trials, 
      (sum(attempts) - count(*) FILTER (WHERE attempts > 0 AND state IN ('completed', 'failed')))::int AS interruptions, sum(steps_trained)::int AS trained,
      (SELECT count(*)::int FROM step_result WHERE step_result.result_key = trial.result_key) AS different,
      (SELECT count(*)::int FROM trial_incident AS incident JOIN trial AS own ON own.id = incident.trial_id
       WHERE own.result_key = trial.result_key AND incident.kind LIKE 'checkpoint-%') AS skipped
    FROM trial WHERE result_key IS NOT NULL AND source <> 'imported' GROUP BY result_key`);
}

/** Reads from the fast trainers' log how often each step of a training was begun. A line truncated by a kill does not count. */
async function begunSteps(file: string): Promise<Map<string, Map<string, number>>> {
  const begun = new Map<string, Map<string, number>>();
  if (!existsSync(file)) return begun;
  for (const line of (await readFile(file, 'utf8')).split('\n')) {
    const [, digest, step] = /^([0-9a-f]{64}) (\d+)$/.exec(line) ?? [];
    if (digest === undefined || step === undefined) continue;
    const own = begun.get(digest) ?? new Map<string, number>();
    own.set(step, (own.get(step) ?? 0) + 1);
    begun.set(digest, own);
  }
  return begun;
}
