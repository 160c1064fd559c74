import type { CampaignReader, CampaignSweep, OwnedTransactions } from '../../src/campaigns/ports.ts';
import type { Values } from '../../src/objectives/contract.ts';
import { readAddress } from '../../src/store/database/address.ts';
import { type Database, openDatabase } from '../../src/store/database/database.ts';
import { trainingContinuation, trialQueue } from '../../src/store/queue/queue.ts';
import { databaseReader } from '../../src/store/reader.ts';
import { databaseSweep } from '../../src/store/sweep.ts';
import { databaseTransactions } from '../../src/store/transactions.ts';
import { createStudy } from '../../src/studies/actions/create.ts';
import { type StudySpec, studySpecSchema } from '../../src/studies/definition/definition.ts';
import type { TrainingEnvironment } from '../../src/studies/model/trial.ts';
import type { Continuation } from '../../src/studies/ports/continuation.ts';
import type { ClaimedTrial, StepRecord, TrialQueue } from '../../src/studies/ports/queue.ts';
import { createTestDatabase } from './database.ts';
import { runSql } from './server.ts';

/** The ports of studies on a real database, for one test file. */
export interface StudyStore extends AsyncDisposable {
  readonly url: string;
  readonly database: Database;
  readonly queue: TrialQueue;
  readonly continuation: Continuation;
  readonly transactions: OwnedTransactions;
  readonly reader: CampaignReader;
  readonly sweep: CampaignSweep;
  /** Runs a statement and returns its rows. */
  sql(text: string): Promise<Record<string, unknown>[]>;
  /** Reads every row that a client or a runner could have changed, to prove that nothing changed. */
  everything(): Promise<unknown>;
  /** Removes all studies and runners, and all projects but the first. */
  clear(): Promise<void>;
}

export async function openStudyStore(connections = 10): Promise<StudyStore> {
  return studyStoreOn(await createTestDatabase(), connections);
}

/** Opens a study store on a database with all migrations, which is disposed with the store. */
export function studyStoreOn(given: AsyncDisposable & { readonly url: string }, connections = 10): StudyStore {
  const { url } = given;
  const database = openDatabase({ address: readAddress(url), connections });
  const sql = async (text: string): Promise<Record<string, unknown>[]> => (await runSql(url, text)).rows;
  return {
    url,
    database,
    queue: trialQueue(database),
    continuation: trainingContinuation(database),
    transactions: databaseTransactions(database),
    reader: databaseReader(database),
    sweep: databaseSweep(database),
    sql,
    everything: async () => {
      const tables = [
        'campaign',
        'study',
        'trial',
        'measurement',
        'step_checkpoint',
        'step_result',
        'trial_evaluation',
        'judgement',
        'study_checkpoint',
        'study_event',
        'trial_incident',
        'training_environment',
      ];
      return rowsOfAll(
        url,
        tables.map((table) => `SELECT * FROM ${table} ORDER BY 1, 2`),
      );
    },
    clear: async () => {
      await sql('TRUNCATE campaign, study, runner, installation, step_checkpoint, step_result, training_environment CASCADE');
      await sql("DELETE FROM access_key; DELETE FROM project; INSERT INTO project (name) VALUES ('default')");
    },
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]();
      await given[Symbol.asyncDispose]();
    },
  };
}

/** Runs statements on one connection, at one moment. */
async function rowsOfAll(url: string, statements: readonly string[]): Promise<unknown[][]> {
  const results: unknown = await runSql(url, statements.join('; '));
  // The driver returns a list for several statements, which its types leave out.
  return (results as { rows: unknown[] }[]).map(({ rows }) => rows);
}

/** Environment of a fictitious training. */
export const sampleEnvironment = {
  clavier: '0.0.0',
  trainerVersion: 1,
  node: '20.0.0',
  tensorflow: '0.0.0-fake',
  processor: 'none',
  dataset: 'a digest',
} satisfies TrainingEnvironment;

/** Defines a random search of a known function, whose value is to be large, with a test's overrides. */
export function specOf(overrides: Record<string, unknown> = {}): StudySpec {
  return studySpecSchema.parse({
    name: 'a study',
    searchSpace: [
      { type: 'float', name: 'learningRate', low: 0.0005, high: 0.5115, step: 0.0005 },
      { type: 'int', name: 'hiddenUnits', low: 1, high: 511 },
      { type: 'int', name: 'steps', low: 1, high: 15 },
    ],
    metrics: [{ name: 'value', direction: 'maximize' }],
    sampler: { type: 'random' },
    budget: { trials: 5 },
    objective: { type: 'test-function', function: 'lstm-landscape' },
    ...overrides,
  });
}

/** Creates a study. @returns its id */
export function addStudy(store: StudyStore, overrides: Record<string, unknown> = {}): Promise<string> {
  return createStudy(store.transactions, specOf(overrides), 7);
}

/** Claims a trial, which must exist. */
export async function claimed(store: StudyStore, runnerId: string, leaseSeconds = 60): Promise<ClaimedTrial> {
  const trial = await store.queue.claim(runnerId, leaseSeconds);
  if (!trial) throw new Error('the queue is empty');
  return trial;
}

/** Makes the value of a step, and another number that is shown beside it. */
export function valuesOf(value: number | null, spread: number | null = value): Values {
  return { value, spread };
}

/** Makes the record of a step with its checkpoint. */
export function stepRecord(step: number, values: Values = valuesOf(0.5), resultKey = 'digest'): StepRecord {
  return { step, values, resultKey, checkpoint: { step, file: `steps/di/${resultKey}/${step}.ckpt`, bytes: 10, sha256: 'ab' } };
}

/** Computes the value of a fake objective, a pure function of the parameters, so that every run measures the same. */
export function objectiveValue(parameters: ClaimedTrial['parameters']): number {
  const [rate, units] = [Number(parameters['learningRate']), Number(parameters['hiddenUnits'])];
  return 1 / (1 + (rate - 0.1) ** 2 * 40 + ((units - 200) / 300) ** 2);
}
