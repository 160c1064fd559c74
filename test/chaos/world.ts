import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Client, createClient } from '../../src/client/client.ts';
import { anyFreePort } from '../../src/store/embedded/port.ts';
import { openGate } from './database-gate.ts';
import { type DirectDatabase, directDatabase } from './direct-database.ts';
import type { Journal } from './journal.ts';
import { guardWorld, isTrainer, type MarkedProcess, markedProcesses, markVariable, sendSignal } from './marked-processes.ts';
import { patientFetch } from './patient-fetch.ts';
import type { ChaosPostgres } from './postgres.ts';
import { Unit } from './unit.ts';

/** Options of a world. */
export interface WorldOptions {
  /** Name in logs and reports, and of its folder. */
  readonly name: string;
  readonly folder: string;
  readonly postgres: ChaosPostgres;
  readonly journal: Journal;
  readonly apis: number;
  readonly runners: number;
  /** Settings that differ from the product's defaults. */
  readonly settings: Readonly<Record<string, string>>;
  /** True for trainers that need no TensorFlow; see preload/fast-trainer.mjs. */
  readonly fast: boolean;
  /** Folder of prepared datasets to copy at the start. */
  readonly datasets: string | null;
}

/** A database, a data folder and the processes of a service on them. Each process sees a machine of its own. */
export class World implements AsyncDisposable {
  readonly options: WorldOptions;
  readonly database: DirectDatabase;
  readonly dataFolder: string;
  /** File with a line for each step that a fast trainer began. */
  readonly stepLog: string;
  readonly client: Client;
  readonly units: Unit[] = [];
  readonly #mark = randomUUID();
  readonly #guard = guardWorld(this.#mark);
  readonly #diskFlag: string;
  readonly #addresses: string[] = [];
  #runnersSoFar = 0;

  constructor(options: WorldOptions, databaseName: string) {
    const { folder, name, journal } = options;
    this.options = options;
    this.database = directDatabase(options.postgres, databaseName);
    this.dataFolder = join(folder, 'data');
    this.stepLog = join(folder, 'steps.log');
    this.#diskFlag = join(folder, 'disk-is-full');
    this.client = createClient({ baseUrl: 'http://world', fetch: patientFetch(this.#addresses, { name, journal }) });
  }

  /** Starts every process. */
  async start(): Promise<void> {
    const { apis, runners, datasets, folder } = this.options;
    for (const path of [this.dataFolder, join(folder, 'clocks')]) await mkdir(path, { recursive: true });
    if (datasets && existsSync(datasets)) await cp(datasets, join(this.dataFolder, 'datasets'), { recursive: true });
    for (let number = 1; number <= apis; number += 1) await this.#addApi(number);
    for (let number = 1; number <= runners; number += 1) await this.addRunner();
  }

  /** Starts another runner on a new machine. */
  async addRunner(): Promise<Unit> {
    this.#runnersSoFar += 1;
    return this.#add(`runner-${this.#runnersSoFar}`, 'runner', {});
  }

  /** Lists its running units of one kind. */
  running(verb: 'api' | 'runner'): Unit[] {
    return this.units.filter((unit) => unit.options.verb === verb && unit.pid !== null);
  }

  /** Lists every process of this world, trainers included. */
  processes(): MarkedProcess[] {
    return markedProcesses(this.#mark);
  }

  trainers(): MarkedProcess[] {
    return this.processes().filter(isTrainer);
  }

  /** Makes the disk of the artifacts full, or gives it room again. */
  async setDiskFull(full: boolean): Promise<void> {
    if (full) await writeFile(this.#diskFlag, '');
    else await rm(this.#diskFlag, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.units.map((unit) => unit[Symbol.asyncDispose]()));
    for (const { pid } of this.processes()) sendSignal(pid, 'SIGKILL');
    this.#guard[Symbol.dispose]();
  }

  async #addApi(number: number): Promise<void> {
    const port = String(await anyFreePort());
    this.#addresses.push(`http://127.0.0.1:${port}`);
    await this.#add(`api-${number}`, 'api', { CLAVIER_PORT: port });
  }

  async #add(name: string, verb: 'api' | 'runner', own: Readonly<Record<string, string>>): Promise<Unit> {
    const { folder, postgres, journal } = this.options;
    const gate = await openGate(() => postgres.port());
    const host = `${this.options.name}-${name}`;
    const address = new URL(this.database.url());
    address.port = String(gate.port);
    const unit = new Unit({
      name: `${this.options.name}/${name}`,
      verb,
      host,
      env: { ...this.#environment(), ...own, DATABASE_URL: address.href, CHAOS_HOST: host },
      gate,
      logFile: join(folder, `${name}.log`),
      clockFolder: join(folder, 'clocks'),
      journal,
    });
    this.units.push(unit);
    unit.start();
    return unit;
  }

  /** Makes the environment of a process, without any setting of ours. */
  #environment(): NodeJS.ProcessEnv {
    const { settings, fast, folder } = this.options;
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(CLAVIER_|CHAOS_|FAULT_|FAKE_|DATABASE_URL$|NODE_OPTIONS$)/.test(name),
    );
    return {
      ...Object.fromEntries(inherited),
      CLAVIER_DATA_DIR: this.dataFolder,
      CLAVIER_LOG_LEVEL: 'debug',
      ...settings,
      [markVariable]: this.#mark,
      CHAOS_CLOCK_FOLDER: join(folder, 'clocks'),
      CHAOS_DISK: join(this.dataFolder, 'artifacts', 'scratch'),
      CHAOS_DISK_FLAG: this.#diskFlag,
      ...(fast && { CHAOS_FAST: '1', CHAOS_STEP_LOG: this.stepLog }),
    };
  }
}
