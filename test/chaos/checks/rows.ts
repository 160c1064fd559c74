import type { CheckContext } from './context.ts';

interface Finding {
  readonly study: string;
  readonly detail: string;
}

/** Selects trials that are still leased although every study has ended. */
const held = `
  SELECT study_id::text AS study, format('trial %s is %s, lease %s', number, state, lease_token) AS detail
  FROM trial WHERE state = 'running' OR lease_token IS NOT NULL OR lease_until IS NOT NULL OR lease_runner IS NOT NULL`;

/** Selects open trials of ended studies, which no runner will ever claim. */
const open = `
  SELECT study_id::text AS study, format('trial %s is still %s', number, trial.state) AS detail
  FROM trial JOIN study ON study.id = trial.study_id
  WHERE trial.state IN ('queued', 'running') AND study.state IN ('completed', 'failed', 'cancelled')`;

/** Selects studies with a missing trial number. */
const gaps = `
  SELECT study_id::text AS study, format('%s trials, the last of which is %s', count(*), max(number)) AS detail
  FROM trial GROUP BY study_id HAVING max(number) + 1 <> count(*)`;

/** Selects results without exactly one report for every step in the attempt that settled them, which is the last one that measured. */
const reports = `
  SELECT study_id::text AS study, format('trial %s stands on %s steps and has %s reports up to %s', number, steps_done, reported, latest) AS detail
  FROM trial CROSS JOIN LATERAL (
    SELECT count(*) AS reported, COALESCE(max(step), 0) AS latest FROM measurement
    WHERE trial_id = trial.id AND attempt = (SELECT max(attempt) FROM measurement WHERE trial_id = trial.id)
  ) AS report
  WHERE state = 'completed' AND source <> 'imported' AND (reported <> steps_done OR latest <> steps_done)`;

/** Checks the rows of a world in which every study has ended. */
export async function checkRows(context: CheckContext): Promise<void> {
  const { tally, world } = context;
  tally.add('leases left', await report(context, held, 'a lease is left'));
  tally.add('trials lost', await report(context, open, 'a trial is left behind'));
  tally.add('trials lost', await report(context, gaps, 'numbers are missing'));
  tally.add('trials duplicated', await report(context, reports, 'steps are counted wrongly'));
  const [row] = await world.database.ask<{ trials: number }>('SELECT count(*)::int AS trials FROM trial');
  tally.add('trials', row?.trials ?? 0);
  for (const [kind, what] of [
    ['checkpoint-skipped', 'checkpoints skipped'],
    ['late-result', 'late results'],
  ] as const) {
    const found = await world.database.ask<{ count: number }>('SELECT count(*)::int AS count FROM trial_incident WHERE kind = $1', [kind]);
    tally.add(what, found[0]?.count ?? 0);
  }
}

async function report({ world, journal }: CheckContext, sql: string, what: string): Promise<number> {
  const findings = await world.database.ask<{ study: string; detail: string } & Finding>(sql);
  for (const { study, detail } of findings) {
    journal.differ({ where: `${world.options.name}/study ${study}`, what: `${what}: ${detail}`, see: world.options.folder });
  }
  return findings.length;
}
