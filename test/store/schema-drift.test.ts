import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { databaseFacts } from './database-schema.ts';
import { schemaFacts } from './prisma-schema.ts';
import { runSql } from './server.ts';

const schema = readFileSync(resolve(import.meta.dirname, '../../prisma/schema.prisma'), 'utf8');

let migrated: TestDatabase;
beforeAll(async () => {
  migrated = await createTestDatabase();
});
afterAll(() => migrated[Symbol.asyncDispose]());

describe('schema.prisma and the migrations', () => {
  it('say the same: columns, types, defaults, keys, indexes and foreign keys', async () => {
    const facts = schemaFacts(schema);
    expect(facts.length).toBeGreaterThan(80);
    expect(facts).toContain('trial.lease_until timestamp(3) with time zone');
    expect(await databaseFacts(migrated.url)).toEqual(facts);
  });

  it.each([
    ['a column is missing', 'ALTER TABLE trial DROP COLUMN steps_done'],
    ['a column has another type', 'ALTER TABLE trial ALTER COLUMN number TYPE bigint'],
    ['a time has another precision', 'ALTER TABLE study ALTER COLUMN ended_at TYPE timestamptz'],
    ['a column may be null', 'ALTER TABLE runner ALTER COLUMN host DROP NOT NULL'],
    ['a default is another', "ALTER TABLE trial ALTER COLUMN source SET DEFAULT 'reused'"],
    ['a column is in the database only', 'ALTER TABLE runner ADD COLUMN colour text'],
    ['a table is in the database only', 'CREATE TABLE fruit (id int PRIMARY KEY)'],
    [
      'a primary key has another order',
      'ALTER TABLE measurement DROP CONSTRAINT measurement_pkey, ADD PRIMARY KEY (step, trial_id, attempt)',
    ],
    [
      'a unique key is a mere index',
      'DROP INDEX trial_study_id_number_key; CREATE INDEX trial_study_id_number_key ON trial (study_id, number)',
    ],
    ['an index is missing', 'DROP INDEX study_state_id_idx'],
    ['a foreign key is missing', 'ALTER TABLE measurement DROP CONSTRAINT measurement_trial_id_fkey'],
    [
      'a foreign key deletes otherwise',
      'ALTER TABLE measurement DROP CONSTRAINT measurement_trial_id_fkey, ADD FOREIGN KEY (trial_id) REFERENCES trial ON UPDATE CASCADE',
    ],
  ])('are told apart when %s', async (_, sql) => {
    await using changed = await createTestDatabase();
    await runSql(changed.url, sql);
    expect(await databaseFacts(changed.url)).not.toEqual(schemaFacts(schema));
  });

  it('is read by a parser that refuses what is no schema', () => {
    expect(() => schemaFacts('model Study { id Strung @id }')).toThrow(/Strung/);
  });
});
