import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

/**
 * Test files at a time that keep a processor busy, and where many wait for leases, processes and databases: those that compute run
 * beside them.
 */
const busy = Math.max(2, Math.min(availableParallelism(), 8));
const waiting = busy + 2;

/** Tests that take minutes by nature: `npm run test:full` runs them, `npm test` does not. */
const slow = 'test/**/*.full.test.ts';
const database = 'test/store/global-setup.ts';
const compiled = 'test/support/build.ts';
const tensorflow = ['test/**/datasets/**/*.test.ts', 'test/**/tensorflow/**/*.test.ts'];
/** Tests of parts of src/, those among them that are about one objective included: these are in a folder of the same name in its own. */
const inFolders = (...names: string[]): string[] =>
  names.flatMap((name) => [`test/${name}/**/*.test.ts`, `test/objectives/*/${name}/**/*.test.ts`]);

/**
 * Test files that replace modules. Those of core and store need their modules for themselves; the other files of a project share
 * theirs, and so do those of http, which all replace the same module in the same way: this halves the time.
 */
const replacing = readdirSync(join(import.meta.dirname, 'test'), { recursive: true, encoding: 'utf8' })
  .map((file) => `test/${file.replaceAll('\\', '/')}`)
  .filter((file) => file.endsWith('.test.ts') && readFileSync(join(import.meta.dirname, file), 'utf8').includes('vi.mock('));
/** Files of core that try a promise on many drawn cases, or wait for other processes: more than half of its time. `test:quick` leaves them out. */
const long = [
  'test/samplers/{conformance,several-metrics,several-metrics-suggestions}.test.ts',
  'test/samplers/genetic/sampler.test.ts',
  'test/samplers/tpe/{estimator,suggestions}.test.ts',
  'test/studies/document/import.test.ts',
  'test/studies/search/{schedule,disorder,known-run}.test.ts',
  'test/studies/verification/replay.test.ts',
  'test/campaigns/disorder.test.ts',
  'test/clients/python.test.ts',
  'test/scripts/lock.test.ts',
];
const beyondQuick = process.env['TEST_QUICK'] ? long : [];
const beyondCore = [...inFolders('store', 'http', 'runner', 'upgrade', 'faults', 'system'), ...tensorflow];

interface Project {
  readonly name: string;
  readonly include: string[];
  readonly exclude?: string[];
  /** Projects of the same turn run together, as many files at a time as `workers` says. */
  readonly turn: number;
  readonly workers: number;
  readonly globalSetup?: string[];
  /** False: the files of a worker share their modules. Default true. */
  readonly isolate?: boolean;
  /** For one test, and for what comes before and after: a busy machine must not fail them. */
  readonly seconds: number;
}

const project = ({ name, include, exclude = [], turn, workers, globalSetup = [], isolate = true, seconds }: Project) => ({
  test: {
    name,
    include,
    exclude: name === 'full' ? exclude : [slow, ...exclude],
    environment: 'node' as const,
    pool: 'forks' as const,
    isolate,
    maxWorkers: workers,
    sequence: { groupOrder: turn },
    globalSetup,
    testTimeout: seconds * 1000,
    hookTimeout: Math.max(120, seconds) * 1000,
  },
});

/**
 * Test projects by cost: `core` needs nothing, `store` and `http` a PostgreSQL, `runner` a PostgreSQL and fake trainers, `faults`
 * and `system` real processes, `training` the native TensorFlow. Each mirrors the part of src/ it proves; `core-replacing`,
 * `store-replacing` and `http-replacing` have the files of core, store and http that replace modules. No file shares a database,
 * a folder or a port with another.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      project({
        name: 'core',
        include: ['test/**/*.test.ts'],
        exclude: [...beyondCore, ...replacing, ...beyondQuick],
        turn: 1,
        workers: waiting,
        globalSetup: [compiled],
        isolate: false,
        seconds: 60,
      }),
      project({
        name: 'core-replacing',
        include: replacing,
        exclude: [...beyondCore, ...beyondQuick],
        turn: 1,
        workers: waiting,
        seconds: 60,
      }),
      project({
        name: 'store',
        include: inFolders('store'),
        exclude: replacing,
        turn: 1,
        workers: waiting,
        globalSetup: [compiled, database],
        isolate: false,
        seconds: 60,
      }),
      project({
        name: 'store-replacing',
        include: replacing.filter((file) => file.includes('/store/')),
        turn: 1,
        workers: waiting,
        globalSetup: [compiled, database],
        seconds: 60,
      }),
      project({
        name: 'http',
        include: inFolders('http'),
        exclude: replacing,
        turn: 1,
        workers: waiting,
        globalSetup: [database],
        isolate: false,
        seconds: 60,
      }),
      project({
        name: 'http-replacing',
        include: replacing.filter((file) => file.includes('/http/')),
        turn: 1,
        workers: waiting,
        globalSetup: [database],
        isolate: false,
        seconds: 60,
      }),
      project({
        name: 'runner',
        include: inFolders('runner', 'upgrade'),
        turn: 1,
        workers: waiting,
        globalSetup: [compiled, database],
        isolate: false,
        seconds: 300,
      }),
      project({
        name: 'faults',
        include: inFolders('faults'),
        turn: 1,
        workers: waiting,
        globalSetup: [compiled, database],
        seconds: 600,
      }),
      project({
        name: 'system',
        include: inFolders('system'),
        turn: 1,
        workers: waiting,
        globalSetup: [compiled, database],
        seconds: 600,
      }),
      project({ name: 'training', include: tensorflow, turn: 2, workers: busy, globalSetup: [compiled], seconds: 300 }),
      project({ name: 'full', include: [slow], turn: 3, workers: 1, globalSetup: [compiled, database], seconds: 1800 }),
    ],
  },
});
