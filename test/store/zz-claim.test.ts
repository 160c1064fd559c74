import { it } from 'vitest';
import { capabilities } from '../../src/objectives/table.ts';
import { nextTrial } from '../../src/store/queue/waiting-trials.ts';
import { addStudy, openStudyStore } from './study-fixture.ts';

it('claims', async () => {
  await using store = await openStudyStore();
  const study = await addStudy(store);
  await store.sql(`
    INSERT INTO trial (objective_name, objective_version, id, study_id, number, given, state, parameters, origin, exclusion_key, steps_wanted)
    SELECT 'test-function', 1, gen_random_uuid(), '${study}', 99 + n, CASE WHEN n % 10 = 0 THEN 'enqueued' END, 'queued', '{}', '{}', 'key ' || n, n % 15
    FROM generate_series(1, 100000) AS n`);
  await store.sql('VACUUM ANALYZE trial');
  const show = async (label: string) => {
    for (let i = 0; i < 3; i += 1) {
      const rows = await store.database.$queryRaw<Record<string, string>[]>`EXPLAIN (ANALYZE, BUFFERS) ${nextTrial(capabilities)}`;
      const lines = rows.map((row) => row['QUERY PLAN'] ?? '');
      console.log(label, lines.filter((line) => /Execution|on trial |Sort/.test(line)).join('\n'));
    }
    const [size] = await store.sql("SELECT pg_relation_size('trial_queue') AS size");
    console.log(label, size);
  };
  await show('old index');
  await store.sql('DROP INDEX trial_queue');
  await store.sql(`CREATE INDEX trial_queue ON trial(objective_name, objective_version, project, priority DESC, (given IS NULL), id) WHERE state = 'queued'`);
  await store.sql('ANALYZE trial');
  await show('new index');
}, 600_000);
