/**
 * Rows as tests look at them. Only this file knows the tables' columns: a test names what it looks at in the words of the
 * product, so that a changed column changes one line here.
 */

/** A database that runs statements. */
interface Tables {
  sql(text: string): Promise<Record<string, unknown>[]>;
}

type Columns = Readonly<Record<string, string>>;
type Row<C extends Columns> = Readonly<Record<keyof C, unknown>>;

/** All of them: tests compare whole rows to prove that nothing changed. */
const trialColumns = {
  id: 'id',
  studyId: 'study_id',
  number: 'number',
  index: 'index',
  generation: 'generation',
  state: 'state',
  parameters: 'parameters',
  origin: 'origin',
  value: 'value',
  score: 'score',
  values: 'values',
  diverged: 'diverged',
  stepsDone: 'steps_done',
  resultKey: 'result_key',
  stepsReached: 'steps_reached',
  attempts: 'attempts',
  failures: 'failures',
  leaseExpiries: 'lease_expiries',
  reuse: 'reuse',
  source: 'source',
  objectiveName: 'objective_name',
  objectiveVersion: 'objective_version',
  project: 'project',
  priority: 'priority',
  payload: 'payload',
  exclusionKey: 'exclusion_key',
  stepsWanted: 'steps_wanted',
  evaluate: 'evaluate',
  stepsTrained: 'steps_trained',
  error: 'error',
  seen: 'seen',
  settledToken: 'settled_token',
  leaseToken: 'lease_token',
  leaseUntil: 'lease_until',
  leaseRunner: 'lease_runner',
  queuedAt: 'queued_at',
  startedAt: 'started_at',
  endedAt: 'finished_at',
} as const;
const stepColumns = { resultKey: 'result_key', step: 'step', values: 'values' } as const;
const checkpointColumns = { resultKey: 'result_key', step: 'step', file: 'file', bytes: 'bytes', sha256: 'sha256' } as const;
const incidentColumns = { kind: 'kind', step: 'step', detail: 'detail' } as const;
const runnerColumns = {
  id: 'id',
  host: 'host',
  boot: 'boot',
  pidNamespace: 'pid_namespace',
  pid: 'pid',
  processStart: 'process_start',
  slots: 'slots',
} as const;

export type StoredTrial = Row<typeof trialColumns>;

/** Trials by study and number; `study` leaves out those of others. */
export function storedTrials(tables: Tables, { study }: { readonly study?: string } = {}): Promise<StoredTrial[]> {
  return read(tables, 'trial', trialColumns, `${study === undefined ? '' : `WHERE study_id = '${study}'`} ORDER BY study_id, number`);
}

/** One trial of a study, by its number. */
export async function storedTrial(tables: Tables, study: string, number = 0): Promise<StoredTrial | undefined> {
  return (await storedTrials(tables, { study })).find((trial) => trial.number === number);
}

/** One trial by its id. */
export async function storedTrialById(tables: Tables, id: string): Promise<StoredTrial | undefined> {
  return (await read(tables, 'trial', trialColumns, `WHERE id = '${id}'`))[0];
}

/** Results of steps that equal trainings read, by result key and step. */
export function storedSteps(tables: Tables): Promise<Row<typeof stepColumns>[]> {
  return read(tables, 'step_result', stepColumns, 'ORDER BY result_key, step');
}

/** Numbers of the steps whose results are stored. */
export async function storedStepNumbers(tables: Tables): Promise<unknown[]> {
  return (await storedSteps(tables)).map(({ step }) => step);
}

/** Checkpoints that are recorded, by result key and step. */
export function storedCheckpoints(tables: Tables): Promise<Row<typeof checkpointColumns>[]> {
  return read(tables, 'step_checkpoint', checkpointColumns, 'ORDER BY result_key, step');
}

/** Numbers of the steps whose checkpoints are recorded. */
export async function checkpointNumbers(tables: Tables): Promise<unknown[]> {
  return (await storedCheckpoints(tables)).map(({ step }) => step);
}

/** What happened to trials, in order. */
export function storedIncidents(tables: Tables): Promise<Row<typeof incidentColumns>[]> {
  return read(tables, 'trial_incident', incidentColumns, 'ORDER BY kind, step');
}

/** Runners that are registered, by id. */
export function storedRunners(tables: Tables): Promise<Row<typeof runnerColumns>[]> {
  return read(tables, 'runner', runnerColumns, 'ORDER BY id');
}

/** Ids of studies, the oldest first; `objective` leaves out those of others. */
export async function storedStudyIds(tables: Tables, { objective }: { readonly objective?: string } = {}): Promise<string[]> {
  const which = objective === undefined ? '' : `WHERE objective_name = '${objective}'`;
  return (await tables.sql(`SELECT id FROM study ${which} ORDER BY created_at, id`)).map(({ id }) => String(id));
}

/** How many trials were measured on the test split. */
export async function countOfEvaluations(tables: Tables): Promise<number> {
  return (await tables.sql('SELECT 1 FROM trial_evaluation')).length;
}

/** Forgets all results and checkpoints of trainings, as if nothing had been trained. */
export async function forgetSteps(tables: Tables): Promise<void> {
  await tables.sql('TRUNCATE step_result, step_checkpoint');
}

/** Forgets what is counted of all studies, as in rows of a service that knows no counters. */
export async function forgetCounters(tables: Tables): Promise<void> {
  await tables.sql(`
    UPDATE study SET counted = 0, counted_completed = 0, counted_pruned = 0, counted_failed = 0, counted_cancelled = 0,
      counted_steps_done = 0, counted_steps_trained = 0, counted_steps_reused = 0, counted_steps_saved = 0`);
}

/** Replaces the trials of a study by completed ones that it has observed, as if it had searched for long. */
export async function fillObserved(tables: Tables, study: string, trials: number): Promise<void> {
  await tables.sql(`DELETE FROM trial WHERE study_id = '${study}'`);
  await tables.sql(`
    INSERT INTO trial (id, study_id, number, index, objective_name, objective_version, payload, steps_wanted, parameters, origin, state, value,
      score, values, steps_done, steps_trained, attempts, started_at, finished_at)
    SELECT gen_random_uuid(), '${study}', number, number, 'test-function', 1, '{}', 1,
      '{"learningRate": 0.1, "hiddenUnits": 8, "steps": 1}', '{}', 'completed', number, number, '{}', 1, 1, 1, clock_timestamp(), clock_timestamp()
    FROM generate_series(0, ${trials - 1}) AS number`);
  await tables.sql(`
    UPDATE study SET observed = ${trials}, suggested = ${trials}, with_value = ${trials}, counted = ${trials}, counted_completed = ${trials},
      counted_steps_done = ${trials}, counted_steps_trained = ${trials}
    WHERE id = '${study}'`);
  await tables.sql('ANALYZE trial, study');
}

/** Enqueues this many trials in a study that has none, as a client would. */
export async function enqueue(tables: Tables, study: string, trials: number): Promise<void> {
  await tables.sql(`
    INSERT INTO trial (id, study_id, number, given, objective_name, objective_version, payload, steps_wanted, parameters, origin)
    SELECT gen_random_uuid(), id, number, 'enqueued', objective_name, objective_version, '{}', 1,
      '{"learningRate": 0.1, "hiddenUnits": 8, "steps": 1}', '{}'
    FROM study CROSS JOIN generate_series(0, ${trials - 1}) AS number WHERE id = '${study}'`);
  await tables.sql(`UPDATE study SET enqueued = ${trials} WHERE id = '${study}'`);
  await tables.sql('ANALYZE trial, study');
}

/** Lets the leases of all running trials end a second ago, as if their holders had been away. */
export async function endLeases(tables: Tables): Promise<void> {
  await tables.sql("UPDATE trial SET lease_until = clock_timestamp() - interval '1 second' WHERE state = 'running'");
}

/** Pauses or resumes studies without the product: all of them, or one. */
export async function setStudyState(tables: Tables, state: 'active' | 'paused', study?: string): Promise<void> {
  await tables.sql(`UPDATE study SET state = '${state}' ${study === undefined ? '' : `WHERE id = '${study}'`}`);
}

async function read<C extends Columns>(tables: Tables, table: string, columns: C, rest: string): Promise<Row<C>[]> {
  const selected = Object.entries(columns).map(([name, column]) => `"${column}" AS "${name}"`);
  const rows = await tables.sql(`SELECT ${selected.join(', ')} FROM ${table} ${rest}`);
  return rows as Row<C>[]; // the statement names just these columns
}

/** Waits until this many sessions of the database wait for a lock. A transaction would see the sessions that it saw first. */
export async function waitingForLock(store: Tables, sessions = 1): Promise<void> {
  const waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
  while ((await store.sql(waiting)).length < sessions);
}

/** Trials from number 100 (queued ones from 100,000) on, the later the better, several of each training, and fresh statistics. */
export async function fillWithTrials(
  store: Tables,
  study: string,
  count: number,
  state: 'completed' | 'queued' = 'completed',
): Promise<void> {
  const [first, finished] = state === 'completed' ? [100, 'now()'] : [100_000, 'NULL'];
  await store.sql(`
    INSERT INTO trial (objective_name, objective_version, id, study_id, number, state, parameters, origin, value, score, finished_at, exclusion_key, steps_wanted)
    SELECT 'test-function', 1, gen_random_uuid(), '${study}', ${first - 1} + n, '${state}', '{}', '{}', n, n, ${finished}, 'key ' || n % 500, n % 15
    FROM generate_series(1, ${count}) AS n`);
  await store.sql('ANALYZE trial');
  await store.sql('ANALYZE study');
}
