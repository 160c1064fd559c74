import { z } from 'zod';
import { UsageError } from '../exit-codes.ts';
import { externalValue, readDistribution } from './distribution.ts';
import { type OptunaParameter, type OptunaStudy, type OptunaTrial, optunaDirections, optunaStates, systemKeys } from './optuna-study.ts';
import { parsePythonJson } from './python-json.ts';

/** Runs a statement. Its parameters are $1, $2, …, as both PostgreSQL and SQLite know them. */
export type Query = (statement: string, values: readonly (string | number)[]) => Promise<readonly unknown[]>;

/** A study of a storage, by its id there. */
export interface StudyKey {
  readonly id: number;
  readonly name: string;
}

/** v3.0.0.d, the first version of the schema that has the columns read here, with padded numbers. Optuna 3.2, the last to change the schema, added an index. */
const firstSchema = '000003.000000.000000.d';

/** Lists the studies of a database of Optuna. @throws UsageError if it is none, or one of Optuna 2 or earlier */
export async function listStudies(query: Query): Promise<StudyKey[]> {
  const version = await schemaVersion(query);
  if (isEarlier(version))
    throw new UsageError(
      `the storage has the schema ${version} of an Optuna before 3; run \`optuna storage upgrade --storage URL\` with Optuna 3 or later first`,
    );
  const rows = await query('SELECT study_id AS id, study_name AS name FROM studies ORDER BY study_id', []);
  return z.array(z.object({ id: z.number(), name: z.string() })).parse(rows);
}

async function schemaVersion(query: Query): Promise<string> {
  let rows: readonly unknown[];
  try {
    rows = await query('SELECT version_num FROM alembic_version', []);
  } catch (error) {
    throw new UsageError('the database has no table alembic_version that can be read, so it is no Optuna storage', { cause: error });
  }
  const [row] = z.array(z.object({ version_num: z.string() })).parse(rows);
  if (!row) throw new UsageError('the table alembic_version is empty: run `optuna storage upgrade --storage URL` first');
  return row.version_num;
}

/** Versions are like v3.2.0.a. One of another form is taken for a later one. */
function isEarlier(version: string): boolean {
  const [, major, minor, patch, letter = ''] = /^v(\d+)\.(\d+)\.(\d+)\.([a-z])$/.exec(version) ?? [];
  if (major === undefined) return false;
  const place = [major, minor, patch].map((part) => String(part).padStart(6, '0')).join('.');
  return `${place}.${letter}` < firstSchema;
}

const attributeSchema = z.object({ key: z.string(), value: z.string() });
const trialRowSchema = z.object({ trial: z.number(), number: z.number(), state: z.enum(optunaStates) });
const parameterRowSchema = z.object({ trial: z.number(), name: z.string(), value: z.number(), distribution: z.string() });
const valueRowSchema = z.object({ trial: z.number(), value: z.number().nullable(), type: z.enum(['FINITE', 'INF_POS', 'INF_NEG']) });
const countRowSchema = z.object({ trial: z.number(), count: z.number() });
const enqueuedRowSchema = z.object({ trial: z.number(), value: z.string() });

const ofStudy = 'JOIN trials USING (trial_id) WHERE trials.study_id = $1';

/** Reads a study with all its trials. */
export async function readStudy(query: Query, { id, name }: StudyKey): Promise<OptunaStudy> {
  const rows = async <Row>(schema: z.ZodType<Row>, statement: string, ...more: string[]): Promise<Row[]> =>
    z.array(schema).parse(await query(statement, [id, ...more]));
  const attributes = 'SELECT key, value_json AS value FROM';
  const counts = (table: string): string =>
    `SELECT trial_id AS trial, CAST(count(*) AS integer) AS count FROM ${table} ${ofStudy} GROUP BY trial_id`;
  const directions = await rows(
    z.object({ direction: z.enum(optunaDirections) }),
    'SELECT direction FROM study_directions WHERE study_id = $1 ORDER BY objective',
  );
  const [metrics] = await rows(
    attributeSchema,
    `${attributes} study_system_attributes WHERE study_id = $1 AND key = $2`,
    systemKeys.metricNames,
  );
  return {
    name,
    directions: directions.map(({ direction }) => direction),
    metricNames: metrics ? z.array(z.string()).parse(parsePythonJson(metrics.value)) : null,
    userAttributes: Object.fromEntries(
      (await rows(attributeSchema, `${attributes} study_user_attributes WHERE study_id = $1 ORDER BY study_user_attribute_id`)).map(
        ({ key, value }) => [key, parsePythonJson(value)],
      ),
    ),
    trials: assembled({
      trials: await rows(trialRowSchema, 'SELECT trial_id AS trial, number, state FROM trials WHERE study_id = $1 ORDER BY number'),
      parameters: await rows(
        parameterRowSchema,
        `SELECT trial_id AS trial, param_name AS name, param_value AS value, distribution_json AS distribution FROM trial_params ${ofStudy} ORDER BY param_id`,
      ),
      values: await rows(
        valueRowSchema,
        `SELECT trial_id AS trial, value, value_type AS type FROM trial_values ${ofStudy} ORDER BY objective`,
      ),
      reports: await rows(countRowSchema, counts('trial_intermediate_values')),
      attributes: await rows(countRowSchema, counts('trial_user_attributes')),
      enqueued: await rows(
        enqueuedRowSchema,
        `SELECT trial_id AS trial, value_json AS value FROM trial_system_attributes ${ofStudy} AND key = $2`,
        systemKeys.enqueued,
      ),
    }),
  };
}

/** Rows of a study, by table. */
export interface TrialRows {
  readonly trials: readonly z.output<typeof trialRowSchema>[];
  readonly parameters: readonly z.output<typeof parameterRowSchema>[];
  readonly values: readonly z.output<typeof valueRowSchema>[];
  readonly reports: readonly z.output<typeof countRowSchema>[];
  readonly attributes: readonly z.output<typeof countRowSchema>[];
  readonly enqueued: readonly z.output<typeof enqueuedRowSchema>[];
}

/** Joins the rows to trials. */
export function assembled(rows: TrialRows): OptunaTrial[] {
  const parameters = byTrial(rows.parameters);
  const values = byTrial(rows.values);
  const reports = new Map(rows.reports.map(({ trial, count }) => [trial, count]));
  const attributes = new Map(rows.attributes.map(({ trial, count }) => [trial, count]));
  const enqueued = new Map(rows.enqueued.map(({ trial, value }) => [trial, value]));
  return rows.trials.map(({ trial, number, state }) => ({
    number,
    state,
    parameters: new Map((parameters.get(trial) ?? []).map((row) => [row.name, parameterOf(row)])),
    enqueued: z.record(z.string(), z.unknown()).parse(parsePythonJson(enqueued.get(trial) ?? '{}')),
    values: (values.get(trial) ?? []).map(numberOf),
    reports: reports.get(trial) ?? 0,
    attributes: attributes.get(trial) ?? 0,
  }));
}

/** Groups rows by their trial, each group in order. */
function byTrial<Row extends { readonly trial: number }>(rows: readonly Row[]): Map<number, Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.trial);
    if (group) group.push(row);
    else groups.set(row.trial, [row]);
  }
  return groups;
}

function parameterOf({ value, distribution: text }: z.output<typeof parameterRowSchema>): OptunaParameter {
  const distribution = readDistribution(text);
  return { value: externalValue(distribution, value), distribution };
}

function numberOf({ value, type }: z.output<typeof valueRowSchema>): number {
  if (type === 'FINITE') return value ?? Number.NaN;
  return type === 'INF_POS' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}
