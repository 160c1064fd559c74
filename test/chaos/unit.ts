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

/** A supervisor that starts a process again waits this long where it could not start: its database may be away. */
const failedStartMs = 500;
/** A process that is asked to stop saves its steps, which takes as long as a step. */
const stopSeconds = 40;
/** What a process says once it is up. */
const upWords = /training on \d+ slots?|listening on http/;

/** How a process is started. */
export interface UnitOptions {
  readonly name: string;
  readonly verb: 'api' | 'runner';
  /** Name of the machine that it believes to run on. */
  readonly host: string;
  /** The whole environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly gate: DatabaseGate;
  readonly logFile: string;
  /** Where it learns of jumps of its clock. */
  readonly clockFolder: string;
  readonly journal: Journal;
}

/** A process of the command line under a supervisor that starts it again at once whenever it ends. */
export class Unit implements AsyncDisposable {
  readonly options: UnitOptions;
  #child: ChildProcess | null = null;
  /** Where in the log its present life begins. */
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

  /** How often something was done to it, its way to the database included. */
  get touches(): number {
    return this.#touches;
  }

  /** Notes that something is done to its surroundings. */
  touch(): void {
    this.#touches += 1;
  }

  /** Whether it is stopped by SIGSTOP. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Whether it is started and said that it is up. Its log is asked at most until then. */
  isUp(): boolean {
    if (!this.#up && this.#child) this.#up = upWords.test(this.#said());
    return this.#up;
  }

  start(): void {
    this.#wanted = true;
    this.#life = this.#supervise();
  }

  /** SIGKILL to the process alone, which its supervisor then starts again. @returns false where it does not run */
  kill(): boolean {
    this.touch();
    this.#killed = true;
    return this.#signal('SIGKILL');
  }

  /** SIGKILL to the process alone, which never comes back. */
  async remove(): Promise<void> {
    this.#wanted = false;
    this.kill();
    await this.#life;
  }

  /** SIGSTOP, and SIGCONT after some seconds if it still lives. @returns false where it does not run */
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

  /** Its clock shows another time until it ends. @returns false where it is not up */
  jump(aheadMs: number): boolean {
    if (!this.isUp() || this.pid === null) return false;
    writeFileSync(join(this.options.clockFolder, String(this.pid)), String(aheadMs));
    return this.#signal('SIGUSR2');
  }

  /** Asks it to stop and holds it to its end: exit code 0, in time. */
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
      if (!this.#wanted) this.kill(); // Removed while it was being started.
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
      detached: true, // Ctrl-C in our terminal is for us.
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
