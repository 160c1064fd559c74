import { defaultProject } from '../../access/project.ts';
import { Prisma } from '../generated/client.ts';

/** The column `exclusion_key` of a new trial within a project: trials of several projects never wait for each other. */
export function exclusionKeyOf(project: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`CASE WHEN ${project} = ${Prisma.raw(`'${defaultProject}'`)} THEN exclusion_key ELSE ${project} || '/' || exclusion_key END`;
}
