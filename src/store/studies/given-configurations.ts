import { z } from 'zod';
import type { Configuration } from '../../space/configuration.ts';
import { parameterValueSchema } from '../../space/schema.ts';
import type { ReadRows } from '../database/database.ts';
import { Prisma } from '../generated/client.ts';

const rowsSchema = z.array(z.object({ parameters: z.record(z.string(), parameterValueSchema) }));

/** Configurations of the given trials of a study, by number: a range of the index `trial_given`. */
export async function givenConfigurations(read: ReadRows, studyId: string): Promise<Configuration[]> {
  const rows = await read(Prisma.sql`
    SELECT parameters FROM trial WHERE study_id = ${studyId}::uuid AND given IS NOT NULL ORDER BY number`);
  return rowsSchema.parse(rows).map(({ parameters }) => parameters);
}
