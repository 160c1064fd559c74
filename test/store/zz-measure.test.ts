import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { it } from 'vitest';
import { giveTrials } from '../../src/studies/actions/give.ts';
import { testAsking } from '../http/asking.ts';
import { addStudy, openStudyStore } from './study-fixture.ts';

const external = {
  objective: { type: 'external', metrics: [{ name: 'value', direction: 'maximize' }] },
  metrics: [{ name: 'value' }],
  budget: { trials: 100_000 },
};
const searches: Record<string, object> = {
  random: { sampler: { type: 'random' } },
  tpe: { sampler: { type: 'tpe' } },
  genetic: { sampler: { type: 'genetic', population: 20, elites: 1 } },
  'tpe deterministic': { sampler: { type: 'tpe' }, schedule: 'deterministic' },
};
const result = { values: { value: 0.5 }, checkpoint: null, attributes: null, links: null };
const median = (list: number[]) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;

it.each(Object.entries(searches))(
  '%s',
  async (name, fields) => {
    for (const count of [0, 10_000]) {
      await using store = await openStudyStore();
      await using asking = testAsking(store.database, store.url);
      const study = await addStudy(store, { ...external, ...fields });
      const gave: number[] = [];
      for (let left = count; left > 0; left -= 500) {
        const began = performance.now();
        await giveTrials(store.transactions, study, {
          trials: Array.from({ length: 500 }, (_, i) => ({
            parameters: {
              learningRate: (5 + 5 * ((left + i) % 1000)) / 10_000,
              hiddenUnits: 1 + ((left * 7 + i) % 500),
              steps: 1 + (i % 15),
            },
          })),
          request: null,
        });
        gave.push(performance.now() - began);
      }
      const asks: number[] = [];
      const completes: number[] = [];
      const rounds = Number(process.env['ROUNDS'] ?? 40);
      for (let round = 0; round < rounds; round += 1) {
        const began = performance.now();
        const [trial] = (await asking.desk.ask(study, [{ token: randomUUID(), worker: 'w', leaseSeconds: 60, isRepeatable: true }])).trials;
        asks.push(performance.now() - began);
        if (!trial) throw new Error('no trial');
        const then = performance.now();
        await asking.trials.complete(trial, result);
        completes.push(performance.now() - then);
      }
      console.log(
        `${name} ${count}: first ${asks[0]?.toFixed(1)} ask ${median(asks.slice(1)).toFixed(1)} complete ${median(completes).toFixed(1)} gave ${gave.map((ms) => ms.toFixed(0)).join(" ")}`,
      );
    }
  },
  600_000,
);
