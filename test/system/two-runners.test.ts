import pg from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../store/database.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { eventually } from '../support/eventually.ts';
import { getTrial, getTrials, moveStudy, postStudy, type ServiceProcess, startProcess } from './service-process.ts';
import { endlessTrial } from './studies.ts';

/** A claim on a trial as the database has it: the process that holds it, its end, and the database's own time. */
interface Claim {
  readonly pid: number;
  readonly leaseUntil: Date;
  readonly now: Date;
}

/** The claim on a trial, or null while nobody holds it. */
async function claimOn(database: pg.Client, trial: string): Promise<Claim | null> {
  const { rows } = await database.query<Claim>(
    `SELECT runner.pid, trial.lease_until AS "leaseUntil", clock_timestamp() AS now
     FROM trial JOIN runner ON runner.id = trial.lease_runner WHERE trial.id = $1`,
    [trial],
  );
  return rows[0] ?? null;
}

/** Looks until another process than `lost` holds the trial. */
async function claimAfter(database: pg.Client, trial: string, lost: ServiceProcess): Promise<{ last: Claim; next: Claim }> {
  const claims: Claim[] = [];
  await eventually(
    async () => {
      const claim = await claimOn(database, trial);
      if (claim) claims.push(claim);
      return claim !== null && claim.pid !== lost.pid;
    },
    { until: 'another runner holds the trial' },
  );
  const [last, next] = [claims.findLast(({ pid }) => pid === lost.pid), claims.at(-1)];
  if (!last || !next) throw new Error('the lease of the killed runner was never seen');
  return { last, next };
}

test('a trial whose runner is killed is claimed by another after its lease ends and goes on from its last step', async () => {
  await using database = await createTestDatabase();
  await using folder = await temporaryFolder();
  const settings = {
    DATABASE_URL: database.url,
    CLAVIER_DATA_DIR: folder.path,
    CLAVIER_SLOTS: '1',
    CLAVIER_LEASE_SECONDS: '5',
    CLAVIER_HEARTBEAT_SECONDS: '0.5',
    CLAVIER_SWEEP_SECONDS: '0.5',
  };
  await using api = startProcess(['api'], settings);
  await using one = startProcess(['runner'], settings);
  await using other = startProcess(['runner'], settings);
  const url = await api.url();
  for (const runner of [one, other]) await eventually(() => runner.output().includes('training on 1 slot'), { until: 'a runner is up' });
  const study = await postStudy(url, endlessTrial);
  const [trial] = (await getTrials(url, study)).items;
  if (!trial) throw new Error('the study has one trial');
  const reports = async () => (await getTrial(url, trial.id)).measurements;
  await eventually(async () => (await reports()).length >= 3, { until: 'three steps are recorded' });

  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const holder = await claimOn(client, trial.id);
    const [lost, survivor] = holder?.pid === one.pid ? [one, other] : [other, one];
    expect(holder?.pid).toBe(lost.pid);
    await lost.killTree();
    const before = await reports();
    const { last, next } = await claimAfter(client, trial.id, lost);
    expect(next.pid).toBe(survivor.pid);
    expect(next.now.getTime()).toBeGreaterThanOrEqual(last.leaseUntil.getTime());

    await eventually(async () => (await reports()).length >= before.length + 2, { until: 'two more steps are recorded' });
    await moveStudy(url, study, 'cancel');
    const done = await getTrial(url, trial.id);
    expect(done).toMatchObject({ attempts: 2, failures: 0 });
    expect(done.measurements.map(({ step }) => step)).toEqual(done.measurements.map((_, index) => index + 1));
    // What was recorded before the kill was not trained again.
    const values = (all: typeof before) => all.map(({ step, values: measured }) => ({ step, measured }));
    expect(values(done.measurements.slice(0, before.length))).toEqual(values(before));
  } finally {
    await client.end();
  }
});
