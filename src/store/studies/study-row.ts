import type { Study } from '../../studies/model/study.ts';
import type { Connection } from '../database/database.ts';
import type { DefinitionCache } from './definition-cache.ts';
import { definitionOf, studyOf } from './rows.ts';

/** Reads a study. @param definitions of those that are known only the other columns are read; null: all are read */
export async function readStudy(connection: Connection, id: string, definitions: DefinitionCache | null): Promise<Study | null> {
  const known = definitions?.get(id);
  if (known) {
    const row = await connection.study.findUnique({ where: { id }, omit: { spec: true } });
    return row && studyOf(row, known);
  }
  const row = await connection.study.findUnique({ where: { id } });
  if (!row) return null;
  const read = definitionOf(row);
  definitions?.keep(id, read);
  return studyOf(row, read);
}
