import { Prisma } from '../generated/client.ts';

/** The metric that ranks a study's trials, in a definition of any form; `study` is the row of the statement around it. */
export const rankingMetric = Prisma.sql`COALESCE(study.spec -> 'metrics' -> 0, study.spec -> 'metric')`;
