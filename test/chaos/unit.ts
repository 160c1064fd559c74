import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { eventually } from '../support/eventually.ts';
import { mainFile, preloadFile } from './checkout.ts';
import type { DatabaseGate } from './database-gate.ts';
import type { Journal } from './journal.ts';
import { sendSignal } from './marked-processes.ts';

/** Time that a supervisor waits after a failed start, because the database may be unreachable. */
const failedStartMs = 500;
/** Time limit of a graceful shutdown, which finishes and saves the running steps. */
const stopSeconds = 40;
/** Log lines of a process that is up. */
const upWords = /training on \d+ slots?|listening on http/;

/** Options to start a process. */
export interface UnitOptions {
  readonly name: string;
  readonly verb: 'api' | 'runner';
  /** Host name that the process sees. */
  readonly host: string;
  /** The complete environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly gate: DatabaseGate;
  readonly logFile: string;
  /** Folder from which it reads the jumps of its clock. */
  readonly clockFolder: string;
  readonly journal: Journal;
}

/** A process of the command line under a supervisor that restarts it at once whenever it ends. */
export class Unit implements AsyncDisposable {
  readonly options: UnitOptions;
  #child: ChildProcess | null = null;
  /** Offset in the log of the current start. */
  #logStart = 0;
  #up = false;
  #wanted = false;
  #killed = false;
  #stopped = false;
  #life: Promise<void> = Promise.resolve();
  #touches = 0;

  constructor(options: UnitOptions) {
    this.options = options;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Number of disturbances of the process or of its connection to the database. */
  get touches(): number {
    return this.#touches;
  }

  /** Counts a disturbance of its environment. */
  touch(): void {
    this.#touches += 1;
  }

  /** True while it is stopped by SIGSTOP. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Tells whether it has started and reported that it is up. Reads its log only until then. */
  isUp(): boolean {
    if (!this.#up && this.#child) this.#up = upWords.test(this.#said());
    return this.#up;
  }

  start(): void {
    this.#wanted = true;
    this.#life = this.#supervise();
  }

  /** Sends SIGKILL to the process alone, which its supervisor then restarts. @returns false if it does not run */
  kill(): boolean {
    this.touch();
    this.#killed = true;
    return this.#signal('SIGKILL');
  }

  /** Sends SIGKILL to the process alone, and does not restart it. */
  async remove(): Promise<void> {
    this.#wanted = false;
    this.kill();
    await this.#life;
  }

  /** Sends SIGSTOP, and SIGCONT after some seconds if it is still alive. @returns false if it does not run */
  stopFor(seconds: number): boolean {
    this.touch();
    const child = this.#child;
    if (!this.#signal('SIGSTOP')) return false;
    this.#stopped = true;
    const goOn = (): void => {
      if (this.#child === child && this.#signal('SIGCONT')) this.#stopped = false;
    };
    setTimeout(goOn, seconds * 1000).unref();
    return true;
  }

  /** Changes its clock until it ends. @returns false if it is not up */
  jump(aheadMs: number): boolean {
    if (!this.isUp() || this.pid === null) return false;
    writeFileSync(join(this.options.clockFolder, String(this.pid)), String(aheadMs));
    return this.#signal('SIGUSR2');
  }

  /** Sends SIGTERM and checks that it ends in time with exit code 0. */
  async end(): Promise<void> {
    const { name, logFile, journal } = this.options;
    await eventually(() => this.isUp(), { until: `${name} is up`, seconds: 90 });
    this.#wanted = false;
    const child = this.#child;
    this.#signal('SIGCONT');
    this.#signal('SIGTERM');
    const late = delay(stopSeconds * 1000, 'late', { ref: false });
    if ((await Promise.race([this.#life, late])) === 'late') {
      journal.differ({ where: name, what: `it did not stop within ${stopSeconds} s of SIGTERM`, see: logFile });
      return this.remove();
    }
    if (child?.exitCode === 0) return;
    journal.differ({ where: name, what: `asked to stop, it ended with ${child?.signalCode ?? child?.exitCode}`, see: logFile });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.remove();
    await this.options.gate[Symbol.asyncDispose]();
  }

  async #supervise(): Promise<void> {
    while (this.#wanted) {
      const child = await this.#spawn();
      if (!this.#wanted) this.kill(); // removed while it was starting
      await once(child, 'exit');
      const by = child.signalCode ?? `exit code ${child.exitCode}`;
      const byItself = this.#wanted && !this.#killed;
      const wasUp = this.isUp();
      this.#child = null;
      if (!byItself) continue;
      if (wasUp) this.#endedByItself(by);
      else this.options.journal.note(`${this.options.name} could not start (${by}); again in ${failedStartMs} ms`);
      await delay(failedStartMs);
    }
  }

  async #spawn(): Promise<ChildProcess> {
    const { env, verb, logFile } = this.options;
    const log = openSync(logFile, 'a');
    this.#logStart = (await stat(logFile)).size;
    const child = spawn(process.execPath, ['--import', pathToFileURL(preloadFile).href, mainFile, verb], {
      env,
      stdio: ['ignore', log, log],
      detached: true, // Ctrl-C in our terminal is only for us
    });
    closeSync(log);
    [this.#up, this.#killed, this.#stopped] = [false, false, false];
    this.#child = child;
    return child;
  }

  #endedByItself(by: string): void {
    const { name, logFile, journal } = this.options;
    journal.differ({ where: name, what: `it was up and ended by itself (${by})`, see: logFile });
  }

  #signal(signal: NodeJS.Signals): boolean {
    return this.#child?.pid !== undefined && this.#child.exitCode === null && sendSignal(this.#child.pid, signal);
  }

  #said(): string {
    return readFileSync(this.options.logFile).subarray(this.#logStart).toString('utf8');
  }
}
