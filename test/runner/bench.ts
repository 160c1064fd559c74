import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Evaluator } from '../../src/objectives/evaluator.ts';
import type { StopReason } from '../../src/objectives/stop-reason.ts';
import { capabilities } from '../../src/objectives/table.ts';
import type { RunnerSettings, RunnerWorld } from '../../src/runner/ports.ts';
import { type Runner, startRunner } from '../../src/runner/runner.ts';
import { isDatabaseUnreachable } from '../../src/shared/database-unreachable.ts';
import { newId } from '../../src/shared/ids.ts';
import { openArtifacts } from '../../src/store/artifacts/artifacts.ts';
import { ownRegistration } from '../../src/store/runners/ability.ts';
import { thisProcess } from '../../src/store/runners/process-identity.ts';
import { registerRunner } from '../../src/store/runners/registration.ts';
import { openStudyStore, type StudyStore } from '../store/study-fixture.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { fakeEvaluator } from './fake-evaluator.ts';

/** What a fake trainer was told, in order. */
export interface TrainerLogLine {
  readonly pid: number;
  readonly train?: string;
  readonly resumeFrom?: { step: number; file: string }[];
  readonly stop?: StopReason;
  readonly trained?: number;
  readonly evaluated?: number;
}

/** A bench for runners: a real database, a folder, fake trainers. */
export interface Bench extends AsyncDisposable {
  readonly store: StudyStore;
  readonly folder: string;
  /** What went wrong, as texts for the operator. */
  readonly lines: string[];
  /** What the operator is told beside that, as texts. */
  readonly said: string[];
  /** What trainers do from the next training on, and `then` from the one after it on; see fake-trainer.mjs. */
  behave(kind: string, step?: number, then?: string): Promise<void>;
  /** Lets a trainer go on that holds. */
  release(): Promise<void>;
  trainerLog(): Promise<TrainerLogLine[]>;
  start(options?: { settings?: Partial<RunnerSettings>; world?: (world: RunnerWorld) => RunnerWorld }): Promise<Runner>;
}

/** Differences between benches. */
interface BenchOptions {
  /** The database that the bench works on, and closes in the end; absent: one of its own. */
  readonly store?: StudyStore;
  /** Evaluates every trial. */
  readonly evaluator?: Evaluator;
  /** The program of its trainers, as `programs` takes it. */
  readonly trainer?: string;
}

export async function openBench(options: BenchOptions = {}): Promise<Bench> {
  const { store = await openStudyStore(), evaluator = fakeEvaluator, trainer = 'fake-trainer.mjs' } = options;
  const temporary = await temporaryFolder();
  const dataset = join(temporary.path, 'dataset');
  const runners: Runner[] = [];
  const lines: string[] = [];
  const said: string[] = [];
  await mkdir(dataset);
  const log = {
    debug: noLine,
    info: (_facts: object, text: string) => void said.push(text),
    warn: (_facts: object, text: string) => void said.push(text),
    error: (facts: object, text: string) => void lines.push(`${text} ${'err' in facts ? String(facts.err) : ''}`),
  };
  const world = async (): Promise<RunnerWorld> => {
    const entry = { id: newId(), identity: thisProcess(), slots: 2, objectives: capabilities };
    await registerRunner(store.database, entry);
    const registration = ownRegistration(store.database, entry, 60);
    const artifacts = await openArtifacts(store.database, { folder: join(temporary.path, 'artifacts'), limitMb: 1000 });
    return {
      queue: store.queue,
      continuation: store.continuation,
      transactions: store.transactions,
      sweep: store.sweep,
      artifacts,
      registration,
      log,
      objectives: capabilities,
      evaluatorOf: () => evaluator,
      isAway: isDatabaseUnreachable,
    };
  };
  const bench: Bench = {
    store,
    folder: temporary.path,
    lines,
    said,
    behave: async (kind, step = 1, then?: string) => {
      await rm(join(dataset, 'release'), { force: true });
      await writeFile(join(dataset, 'behaviour.json'), JSON.stringify({ kind, step, then }));
    },
    release: () => writeFile(join(dataset, 'release'), ''),
    trainerLog: async () => {
      const file = join(dataset, 'log.jsonl');
      const text = existsSync(file) ? await readFile(file, 'utf8') : '';
      return text
        .split('\n')
        .filter(Boolean)
        .map((line): TrainerLogLine => JSON.parse(line));
    },
    start: async ({ settings = {}, world: change = (same: RunnerWorld) => same } = {}) => {
      const runner = startRunner(change(await world()), { ...settingsFor(temporary.path, trainer), ...settings });
      runners.push(runner);
      return runner;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(runners.map((runner) => runner.drain({ now: true })));
      await store[Symbol.asyncDispose]();
      await temporary[Symbol.asyncDispose]();
    },
  };
  await bench.behave('train');
  return bench;
}

function noLine(): void {
  // What a runner says of each step is not looked at here.
}

function settingsFor(dataFolder: string, trainer: string): RunnerSettings {
  return {
    version: '1.2.3',
    slots: 1,
    leaseSeconds: 60,
    heartbeatSeconds: 0.02,
    sweepSeconds: 0.1,
    stallSeconds: 60,
    trainerMemoryMb: 1000,
    dataFolder,
    dataSources: {},
    entryPoint: programs(trainer),
  };
}

/** The programs that a runner starts: trainers of a file (a path, or a name beside this file), and a preparation that does as it is told. */
export function programs(trainer: string): (name: string) => string {
  return (name) => fixture(name.includes('prepare') ? 'fake-prepare.mjs' : trainer);
}

/** Path of a fixture beside this file. */
export function fixture(name: string): string {
  return resolve(import.meta.dirname, name);
}
