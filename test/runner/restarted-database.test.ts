import { resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readAddress } from '../../src/store/database/address.ts';
import { migrate } from '../../src/store/database/migrations.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded/start.ts';
import { version } from '../../src/version.ts';
import { guardFolder } from '../store/guard.ts';
import { storedTrials } from '../store/inspect.ts';
import { addStudy, studyStoreOn } from '../store/study-fixture.ts';
import { type TemporaryFolder, temporaryFolder } from '../store/temporary-folder.ts';
import { eventually } from '../support/eventually.ts';
import { type Bench, openBench } from './bench.ts';

let folder: TemporaryFolder;
let guard: Disposable;
let server: EmbeddedPostgres;
let bench: Bench;
beforeEach(async () => {
  folder = await temporaryFolder();
  guard = guardFolder(folder.path);
  await startServer();
  await migrate({
    address: readAddress(server.url),
    folder: resolve(import.meta.dirname, '../../prisma/migrations'),
    version,
    log: () => undefined,
  });
  bench = await openBench({ store: studyStoreOn({ url: server.url, [Symbol.asyncDispose]: async () => undefined }) });
});
afterEach(async () => {
  await bench[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  guard[Symbol.dispose]();
  await folder[Symbol.asyncDispose]();
});

/** The PostgreSQL of the folder, on the port it had. It syncs: what it said was stored is there after a restart in immediate mode. */
async function startServer(): Promise<void> {
  server = await startEmbeddedPostgres({ dataFolder: folder.path, log: () => undefined });
}

/** Trials of exactly three steps. */
const threeSteps = {
  searchSpace: [{ type: 'float', name: 'learningRate', low: 0.001, high: 0.1 }],
  objective: { type: 'test-function', function: 'lstm-landscape', steps: 3 },
};
const trialsOf = (study: string) => storedTrials(bench.store, { study });
const becomes = (study: string, facts: object) => eventually(async () => expect((await trialsOf(study))[0]).toMatchObject(facts));
const trained = async () => (await bench.trainerLog()).flatMap((line) => line.trained ?? []);

it('a PostgreSQL that is stopped while a step is trained, and started when its record waits, costs nothing', async () => {
  await bench.behave('hold', 2);
  const study = await addStudy(bench.store, { ...threeSteps, budget: { trials: 1 } });
  await bench.start();
  await becomes(study, { stepsDone: 1 });
  await server[Symbol.asyncDispose]();
  await bench.release();
  await eventually(async () => expect(await trained()).toEqual([1, 2]));
  await eventually(() => expect(bench.said.join()).toContain('the database is unreachable'));
  await startServer();
  await becomes(study, { state: 'completed', attempts: 1, failures: 0, leaseExpiries: 0, stepsDone: 3, stepsTrained: 3 });
  await eventually(async () => expect(await bench.store.reader.study(study)).toMatchObject({ state: 'completed' }));
  expect(await trained()).toEqual([1, 2, 3]);
  expect(bench.said.filter((text) => text === 'the database is back')).toHaveLength(1);
  expect(bench.lines).toEqual([]);
});

it('a PostgreSQL that is restarted in immediate mode while a study runs loses no trial and trains none twice', async () => {
  const study = await addStudy(bench.store, { ...threeSteps, budget: { trials: 40 } });
  await bench.start({ settings: { slots: 2 } });
  for (const count of [3, 12]) {
    await eventually(async () => expect((await bench.store.reader.trialCounts(study)).completed).toBeGreaterThanOrEqual(count));
    process.kill(server.pid, 'SIGQUIT');
    await eventually(() => expect(() => process.kill(server.pid, 0)).toThrow());
    await startServer();
  }
  await eventually(async () => expect(await bench.store.reader.study(study)).toMatchObject({ state: 'completed' }));
  const trials = await trialsOf(study);
  expect(trials.map((trial) => trial['number'])).toEqual(Array.from({ length: 40 }, (_, number) => number));
  for (const trial of trials)
    expect(trial).toMatchObject({ state: 'completed', attempts: 1, failures: 0, leaseExpiries: 0, stepsDone: 3, stepsTrained: 3 });
  expect(await trained()).toHaveLength(120);
  expect(bench.lines).toEqual([]);
});
