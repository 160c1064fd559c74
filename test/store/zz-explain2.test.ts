import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { it } from 'vitest';
import { planSettings } from '../../src/store/database/direct.ts';
import { testAsking } from '../http/asking.ts';
import { addStudy, openStudyStore } from './study-fixture.ts';

const external = {
  objective: { type: 'external', metrics: [{ name: 'value', direction: 'maximize' }] },
  metrics: [{ name: 'value' }],
  budget: { trials: 100_000 },
};
const result = { values: { value: 0.5 }, checkpoint: null, attributes: null, links: null };

it('explains', async () => {
  await using store = await openStudyStore();
  await using asking = testAsking(store.database, store.url);
  const original = pg.Client.prototype.query;
  const seen = new Map<string, unknown[]>();
  Object.defineProperty(pg.Client.prototype, 'query', {
    configurable: true,
    writable: true,
    value: function (this: pg.Client, ...args: unknown[]) {
      const q = args[0] as { text?: string; name?: string; values?: unknown[] };
      if (q?.name) seen.set(q.text ?? '', q.values ?? []);
      return Reflect.apply(original, this, args);
    },
  });
  const run = async () => {
    const study = await addStudy(store, { ...external, sampler: { type: 'random' }, schedule: 'deterministic', parallelism: 8 });
    for (let i = 0; i < 3; i += 1) {
      const [trial] = (await asking.desk.ask(study, [{ token: randomUUID(), worker: 'w', leaseSeconds: 60, isRepeatable: true }])).trials;
      if (trial) await asking.trials.complete(trial, result);
    }
  };
  await run();
  Object.defineProperty(pg.Client.prototype, 'query', { configurable: true, writable: true, value: original });
  const explain = async (label: string) => {
    const client = new pg.Client({ connectionString: store.url });
    await client.connect();
    for (const [name, value] of Object.entries(planSettings)) await client.query(`SET ${name} = '${value}'`);
    let n = 0;
    for (const [text, values] of seen) {
      n += 1;
      await client.query(`PREPARE s${n} AS ${text}`);
      const list = values.map((v) =>
        v === null
          ? 'NULL'
          : typeof v === 'number' || typeof v === 'boolean'
            ? String(v)
            : Array.isArray(v)
              ? `'{${v.join(',')}}'`
              : `'${String(v).replaceAll("'", "''")}'`,
      );
      const { rows } = await client.query(`EXPLAIN EXECUTE s${n}(${list.join(', ')})`);
      console.log(`@@${label}`, text.slice(0, 80), '\n', rows.map((row) => row['QUERY PLAN']).join('\n'));
    }
    await client.end();
  };
  await explain('few');
  await store.sql('ANALYZE');
  await explain('few analysed');
  await store.sql('TRUNCATE study CASCADE');
  await explain('empty');
  await store.sql('ANALYZE');
  await explain('empty analysed');
}, 600_000);
