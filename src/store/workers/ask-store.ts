import type { LRUCache } from 'lru-cache';
import pg from 'pg';
import { z } from 'zod';
import { clientObjectives } from '../../objectives/table.ts';
import type { TrialResult } from '../../studies/model/trial.ts';
import type { AskStore } from '../../studies/ports/workers.ts';
import { inStatement } from '../database/database.ts';
import type { DirectDatabase } from '../database/direct.ts';
import { givenConfigurations } from '../studies/given-configurations.ts';
import { observationCache } from '../studies/observation-cache.ts';
import { resultFromRow } from '../studies/rows.ts';
import { type Definitions, readAskedStudy, trialResultSchema } from './asked-study.ts';
import { handOutWaiting, storeStep } from './hand-out.ts';

/** Most studies that one request looks at. */
const studiesAtMost = 100;

/** What a process remembers of the studies whose trials it gives out. */
export interface Known {
  readonly definitions: Definitions;
  /** The study of a trial that was given out here. */
  readonly studyOf: LRUCache<string, string>;
}

/** Gives out trials to workers of clients, on PostgreSQL. */
export function askStore(database: DirectDatabase, { definitions, studyOf }: Known): AskStore {
  const history = observationCache();
  const readResults = (studyId: string, from: number, to: number) => resultsBetween(database, studyId, from, to);
  return {
    study: (studyId, tokens) => readAskedStudy(database, { studyId, tokens }, definitions),
    observationsBefore: (studyId, number) => history.before(readResults, studyId, number),
    givenConfigurations: (studyId) => givenConfigurations((query) => database.rows(query), studyId),
    handOutWaiting: async (study, requests) => {
      const handed = await inStatement('claim', () => handOutWaiting(database, study, requests)).catch(tokenTaken);
      for (const { trialId } of handed ?? []) studyOf.set(trialId, study.id);
      return handed;
    },
    store: async (study, step) => {
      const handed = await inStatement('advance', () => storeStep(database, study, step)).catch(tokenTaken);
      for (const { trialId } of handed ?? []) studyOf.set(trialId, study.id);
      return handed;
    },
    activeStudies: async () => {
      const rows = await database.rows({
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

/** The trials from a number on (excluding `to`), in order. */
async function resultsBetween(database: DirectDatabase, studyId: string, from: number, to: number): Promise<TrialResult[]> {
  const rows = await database.rows({
    text: `
      SELECT number, index, given, state, parameters, origin, value, diverged, error FROM trial
      WHERE study_id = $1::uuid AND number >= $2 AND number < $3 ORDER BY number`,
    values: [studyId, from, to],
  });
  return z.array(trialResultSchema).parse(rows).map(resultFromRow);
}

/** The same request, sent to another process, got its trials first (unique violation): reading again finds them. */
function tokenTaken(error: unknown): null {
  if (error instanceof pg.DatabaseError && error.code === '23505') return null;
  throw error;
}
