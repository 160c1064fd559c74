import pg from 'pg';
import { z } from 'zod';
import { clientObjectives } from '../../objectives/table.ts';
import type { StoredResult } from '../../studies/events/stored-result.ts';
import type { TrialResult } from '../../studies/model/trial.ts';
import type { AskStore } from '../../studies/ports/workers.ts';
import { inStatement } from '../database/database.ts';
import type { DirectDatabase } from '../database/direct.ts';
import { resultFromRow } from '../studies/rows.ts';
import { resultsFromRows, storedResultsQuery } from '../studies/stored-results.ts';
import { readAskedStudy, trialResultSchema } from './asked-study.ts';
import { handOutWaiting, storeStep } from './hand-out.ts';
import type { Known } from './known.ts';

/** Most studies that one request looks at. */
const studiesAtMost = 100;
/** Trials whose results are read together. */
const resultsAtOnce = 20;

/** Gives out trials to workers of clients, on PostgreSQL. */
export function askStore(database: DirectDatabase, known: Known): AskStore {
  const { history, given } = known.facts;
  const readResults = (studyId: string, from: number, to: number) => resultsBetween(database, studyId, from, to);
  return {
    study: (studyId, tokens) => readAskedStudy(database, { studyId, tokens }, known),
    results: (studyId, from, end) => resultsOf(database, studyId, from, end),
    observationsBefore: (studyId, number) => history.before(readResults, studyId, number),
    givenConfigurations: (studyId, count) => given.first((query) => database.rows(query), studyId, count),
    handOutWaiting: async (study, requests) => {
      const handed = await inStatement('claim', () => handOutWaiting(database, study, requests)).catch(tokenTaken);
      for (const { trialId } of handed ?? []) known.studyOf.set(trialId, study.id);
      return handed;
    },
    store: async (study, step) => {
      const handed = await inStatement('advance', () => storeStep(database, study, step)).catch(tokenTaken);
      for (const { trialId } of handed ?? []) known.studyOf.set(trialId, study.id);
      return handed;
    },
    activeStudies: async (project) => {
      const rows = await database.rows({
        text: `SELECT id FROM study WHERE state = 'active' AND objective_name = ANY ($1::text[]) AND project = $2 ORDER BY priority DESC, id LIMIT ${studiesAtMost}`,
        values: [clientObjectives, project],
      });
      return studyIds.parse(rows).map(({ id }) => id);
    },
    objectives: async (studyIds) => {
      const rows = await database.rows({ text: 'SELECT id, objective_name FROM study WHERE id = ANY ($1::uuid[])', values: [studyIds] });
      return new Map(objectivesSchema.parse(rows).map((row) => [row.id, row.objective_name]));
    },
  };
}

const studyIds = z.array(z.object({ id: z.uuid() }));
const trialResults = z.array(trialResultSchema);
const objectivesSchema = z.array(z.object({ id: z.uuid(), objective_name: z.string() }));

/** The trials from a number on (excluding `to`), in order. */
async function resultsBetween(database: DirectDatabase, studyId: string, from: number, to: number): Promise<TrialResult[]> {
  const rows = await database.rows({
    text: `
      SELECT number, index, given, state, parameters, origin, value, violation, metric_values AS "metricValues", steps_done AS "stepsDone", diverged, error FROM trial
      WHERE study_id = $1::uuid AND number >= $2 AND number < $3 ORDER BY number`,
    values: [studyId, from, to],
  });
  return trialResults.parse(rows).map(resultFromRow);
}

/** Results as they enter the event log, page by page: those of one page may be many measurements. */
async function resultsOf(database: DirectDatabase, studyId: string, from: number, end: number): Promise<StoredResult[]> {
  const results: StoredResult[] = [];
  for (let first = from; first < end; first += resultsAtOnce) {
    const { text, values } = storedResultsQuery(studyId, first, Math.min(end, first + resultsAtOnce));
    results.push(...resultsFromRows(await database.rows({ text, values })));
  }
  return results;
}

/** The same request, sent to another process, got its trials first: reading again finds them. */
function tokenTaken(error: unknown): null {
  if (error instanceof pg.DatabaseError && error.code === '23505' && error.constraint === 'trial_lease_token') return null;
  throw error;
}
