import { z } from 'zod';
import { clientObjectives } from '../../objectives/table.ts';
import type { TrialResult } from '../../studies/model/trial.ts';
import type { AskTransactions } from '../../studies/ports/workers.ts';
import { type Database, inDirectTransaction } from '../database/database.ts';
import type { DirectConnection } from '../database/direct.ts';
import { type ObservationCache, observationCache } from '../studies/observation-cache.ts';
import { resultFromRow } from '../studies/rows.ts';
import { resultsFromRows, storedResultsQuery } from '../studies/stored-results.ts';
import { type Definitions, definitionCache, lockAskedStudy } from './asked-study.ts';
import { handOutWaiting, storeStep } from './hand-out.ts';

/** Most studies that one request looks at. */
const studiesAtMost = 100;

/** Transactions that give out trials to workers, on the driver (see `DirectDatabase`). */
export function askTransactions(database: Database): AskTransactions {
  const definitions = definitionCache();
  const history = observationCache();
  return {
    transaction: (work) => inDirectTransaction(database, (connection) => work(askTransaction(connection, definitions, history)), 'advance'),
    activeStudies: async () => {
      const rows = await database.direct.rows({
        text: `SELECT id FROM study WHERE state = 'active' AND objective_name = ANY ($1::text[]) ORDER BY priority DESC, id LIMIT ${studiesAtMost}`,
        values: [clientObjectives],
      });
      return z
        .array(z.object({ id: z.uuid() }))
        .parse(rows)
        .map(({ id }) => id);
    },
  };
}

function askTransaction(
  connection: DirectConnection,
  definitions: Definitions,
  history: ObservationCache,
): Parameters<Parameters<AskTransactions['transaction']>[0]>[0] {
  return {
    lockStudy: (studyId) => lockAskedStudy(connection, studyId, definitions),
    handOutWaiting: (study, requests) => handOutWaiting(connection, study, requests),
    resultsFrom: (studyId, number) => resultsFrom(connection, studyId, number),
    observationsBefore: (studyId, number) => history.before((study, from, to) => resultsFrom(connection, study, from, to), studyId, number),
    storedResults: async (studyId, from, end) => {
      const { text, values } = storedResultsQuery(studyId, from, end);
      return resultsFromRows(await connection.rows({ text, values }));
    },
    store: (study, step) => storeStep(connection, study, step),
  };
}

const resultsSchema = z.array(
  z.object({
    number: z.number(),
    state: z.string(),
    parameters: z.json(),
    origin: z.json(),
    value: z.number().nullable(),
    diverged: z.boolean(),
    error: z.json(),
  }),
);

/** The trials from a number on (excluding `to`, if given), in order. */
async function resultsFrom(connection: DirectConnection, studyId: string, from: number, to: number | null = null): Promise<TrialResult[]> {
  const rows = await connection.rows({
    text: `
      SELECT number, state, parameters, origin, value, diverged, error FROM trial
      WHERE study_id = $1::uuid AND number >= $2 AND ($3::int IS NULL OR number < $3) ORDER BY number`,
    values: [studyId, from, to],
  });
  return resultsSchema.parse(rows).map(resultFromRow);
}
