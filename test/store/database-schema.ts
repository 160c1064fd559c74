import { runSql } from './server.ts';

/**
 * Describes a database, one fact per line: columns with type, nullability and default, primary keys, unique keys, indexes and
 * foreign keys. Leaves out what Prisma cannot express: check constraints, partial and descending indexes, and the table in
 * which migrations are recorded.
 */
export async function databaseFacts(url: string): Promise<string[]> {
  const queries = [columns, keys, foreignKeys].map(async (sql) => (await runSql(url, sql)).rows.map((row) => String(row.fact)));
  return (await Promise.all(queries)).flat().sort();
}

const ours = `class.relnamespace = 'public'::regnamespace AND class.relkind = 'r' AND class.relname <> '_prisma_migrations'`;

const columns = `
  SELECT concat(class.relname, '.', attname, ' ', format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN ' not null' END,
    ' default ' || pg_get_expr(adbin, adrelid)) AS fact
  FROM pg_class AS class JOIN pg_attribute ON attrelid = class.oid AND attnum > 0 AND NOT attisdropped
  LEFT JOIN pg_attrdef ON adrelid = class.oid AND adnum = attnum
  WHERE ${ours}`;

const keys = `
  SELECT format('%s %s %s (%s)', class.relname,
    CASE WHEN indisprimary THEN 'primary key' WHEN indisunique THEN 'unique' ELSE 'index' END, index.relname,
    (SELECT string_agg(pg_get_indexdef(indexrelid, place, true), ', ' ORDER BY place) FROM generate_series(1, indnkeyatts) AS place)) AS fact
  FROM pg_class AS class JOIN pg_index ON indrelid = class.oid JOIN pg_class AS index ON index.oid = indexrelid
  WHERE ${ours} AND indpred IS NULL`;

const actions = `CASE %s WHEN 'c' THEN 'CASCADE' WHEN 'r' THEN 'RESTRICT' WHEN 'n' THEN 'SETNULL' WHEN 'a' THEN 'NOACTION' WHEN 'd' THEN 'SETDEFAULT' END`;
const names = (relation: string, numbers: string): string => `
  (SELECT string_agg(attname, ', ' ORDER BY place) FROM unnest(${numbers}) WITH ORDINALITY AS key (number, place)
   JOIN pg_attribute ON attrelid = ${relation} AND attnum = key.number)`;

const foreignKeys = `
  SELECT format('%s foreign key %s (%s) references %s(%s) on update %s on delete %s', class.relname, conname, ${names('conrelid', 'conkey')},
    confrelid::regclass, ${names('confrelid', 'confkey')}, ${actions.replace('%s', 'confupdtype')}, ${actions.replace('%s', 'confdeltype')}) AS fact
  FROM pg_class AS class JOIN pg_constraint ON conrelid = class.oid AND contype = 'f'
  WHERE ${ours}`;
