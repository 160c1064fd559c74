import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { it } from 'vitest';
import { planSettings } from '../../src/store/database/direct.ts';
import { giveTrials } from '../../src/studies/actions/give.ts';
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
  const study = await addStudy(store, { ...external, sampler: { type: 'random' } });
  for (let left = 10_000; left > 0; left -= 500)
    await giveTrials(store.transactions, study, {
      trials: Array.from({ length: 500 }, (_, i) => ({
        parameters: { learningRate: 0.0005, hiddenUnits: 1 + (i % 500), steps: 1 + (i % 15) },
      })),
      request: null,
    });
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
  for (let i = 0; i < 5; i += 1) {
    const [trial] = (await asking.desk.ask(study, [{ token: randomUUID(), worker: 'w', leaseSeconds: 60, isRepeatable: true }])).trials;
    if (trial) await asking.trials.complete(trial, result);
  }
  Object.defineProperty(pg.Client.prototype, 'query', { configurable: true, writable: true, value: original });
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
    await client.query('BEGIN');
    try {
      const { rows } = await client.query(`EXPLAIN (ANALYZE, BUFFERS) EXECUTE s${n}(${list.join(', ')})`);
      console.log(text.slice(0, 80), '\n', rows.map((row) => row['QUERY PLAN']).join('\n'));
    } catch (error) {
      console.log('failed', text.slice(0, 80), String(error));
    }
    await client.query('ROLLBACK');
  }
  await client.end();
}, 600_000);
