import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Configuration } from '../../space/configuration.ts';
import { parameterValueSchema } from '../../space/schema.ts';
import type { ReadRows } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';

/** Configurations that a process keeps in memory, of all studies together. */
const configurationsAtMost = 100_000;

const rowsSchema = z.array(z.object({ parameters: z.record(z.string(), parameterValueSchema) }));

/** Configurations of the given trials of studies. A process reads each of them once: they never change, and later ones follow. */
export interface GivenConfigurations {
  /** Those of the first `count` given trials of a study, by number. */
  first(read: ReadRows, studyId: string, count: number): Promise<readonly Configuration[]>;
}

/** Keeps the configurations of the studies asked for last. */
export function givenConfigurations(): GivenConfigurations {
  const known = new LRUCache<string, readonly Configuration[]>({
    maxSize: configurationsAtMost,
    sizeCalculation: ({ length }) => length + 1,
  });
  return {
    first: async (read, studyId, count) => {
      const kept = known.get(studyId) ?? [];
      if (kept.length >= count) return kept.length === count ? kept : kept.slice(0, count);
      const configurations = [...kept, ...(await readOn(read, studyId, kept.length, count))];
      known.set(studyId, configurations);
      return configurations;
    },
  };
}

/** A range of the index `trial_given`. */
async function readOn(read: ReadRows, studyId: string, from: number, count: number): Promise<Configuration[]> {
  const rows = await read(Prisma.sql`
    SELECT parameters FROM trial WHERE study_id = ${studyId}::uuid AND given IS NOT NULL
    ORDER BY number LIMIT ${count - from}::int OFFSET ${from}::int`);
  return rowsSchema.parse(rows).map(({ parameters }) => parameters);
}
