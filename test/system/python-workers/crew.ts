import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Dice } from '../../chaos/dice.ts';
import { eventually } from '../../support/eventually.ts';
import { guardGroup } from '../guard-group.ts';
import { processState, runs } from '../process-tree.ts';
import { type Attempt, attemptsOf, readEvents } from './worker-log.ts';

const client = resolve(import.meta.dirname, '../../../clients/python/src');
const program = join(import.meta.dirname, 'worker.py');

/** Steps of a worker before it is killed, and the time between two looks at it. */
const [fewestSteps, mostSteps] = [3, 15];
const lookMs = 10;

/** Options of a crew of worker processes. */
export interface CrewOptions {
  readonly url: string;
  readonly study: string;
  /** For their notes and checkpoints. */
  readonly folder: string;
  readonly workers: number;
  /** So many of them are killed in the middle of a trial, and not replaced. */
  readonly killed: number;
  readonly stepSeconds: number;
  /** Last step of a trial whose parameters do not say it. */
  readonly steps: number;
  /** Seed of the moments of the kills, counted in steps of the worker. */
  readonly seed: number;
}

/** The attempts that a crew made. */
export interface CrewResult {
  readonly attempts: readonly Attempt[];
  /** The last attempt of each worker that was killed. */
  readonly killed: readonly Attempt[];
}

/** A process of worker.py. */
interface Worker extends AsyncDisposable {
  readonly pid: number;
  readonly log: string;
  /** Exit code and signal. */
  readonly exited: Promise<readonly unknown[]>;
  errors(): string;
}

/**
 * Starts the workers of a study, kills some of them, and waits until the others have ended because the study has. Those to be killed begin first: on a
 * busy machine the others could do all the work before them.
 *
 * @throws if one fails
 */
export async function runCrew(options: CrewOptions): Promise<CrewResult> {
  const { killed } = options;
  const workers: Worker[] = [];
  const start = (count: number) => {
    for (let number = workers.length; number < count; number += 1) workers.push(startWorker(options, `worker-${number}`));
  };
  try {
    start(killed);
    await Promise.all(workers.map((worker) => eventually(() => evaluatedSteps(worker) > 0, { until: 'a worker has begun', seconds: 300 })));
    start(options.workers);
    await Promise.all([...killSome(workers, options), ...workers.slice(killed).map(ended)]);
  } finally {
    await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()));
  }
  const made = workers.map(({ log }) => attemptsOf(readEvents(log)));
  return { attempts: made.flat(), killed: made.slice(0, killed).flatMap((attempts) => attempts.slice(-1)) };
}

function killSome(workers: readonly Worker[], { killed, stepSeconds, seed }: CrewOptions): Promise<void>[] {
  const dice = new Dice(seed, 'kills');
  return workers.slice(0, killed).map((worker, index) => {
    const steps = Math.round(dice.between(fewestSteps, mostSteps));
    return killInTrial(worker, { steps, ms: dice.between(0, 1000 * stepSeconds), hasCheckpoint: index % 2 === 0 });
  });
}

async function ended({ exited, errors }: Worker): Promise<void> {
  const [code] = await exited;
  if (code !== 0) throw new Error(`a worker ended with exit code ${String(code)}:\n${errors()}`);
}

function startWorker({ url, study, folder, stepSeconds, steps }: CrewOptions, name: string): Worker {
  const env = { ...process.env, CLAVIER_URL: url, PYTHONPATH: client, PYTHONDONTWRITEBYTECODE: '1' };
  const args = ['-W', 'error', program, study, name, folder, String(stepSeconds), String(steps)];
  const child = spawn('python3', args, { env, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const exited = once(child, 'exit');
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  const pid = child.pid ?? 0;
  const guard = guardGroup(pid);
  return {
    pid,
    log: join(folder, `${name}.log`),
    exited,
    errors: () => text,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
      guard[Symbol.dispose]();
    },
  };
}

/** The moment at which a worker is killed. */
interface Moment {
  /** Steps that it has evaluated. */
  readonly steps: number;
  /** Time from then on. */
  readonly ms: number;
  /** True: its attempt must have reported a checkpoint, from which another worker continues. */
  readonly hasCheckpoint: boolean;
}

/**
 * Kills a worker at the first moment from the given one on at which it evaluates or reports a step. It is stopped while its notes are
 * read, so that it is still at that step when it is killed.
 */
async function killInTrial(worker: Worker, { steps, ms, hasCheckpoint }: Moment): Promise<void> {
  await eventually(() => evaluatedSteps(worker) >= steps, { until: `a worker has evaluated ${steps} steps`, seconds: 300 });
  await delay(ms);
  for (;;) {
    process.kill(worker.pid, 'SIGSTOP');
    await eventually(() => processState(worker.pid) === 'T', { until: 'the worker is stopped' });
    if (isInTrial(worker, hasCheckpoint)) break;
    process.kill(worker.pid, 'SIGCONT');
    await delay(lookMs);
    checkRuns(worker);
  }
  process.kill(worker.pid, 'SIGKILL');
  await worker.exited;
}

function evaluatedSteps(worker: Worker): number {
  checkRuns(worker);
  return readEvents(worker.log).filter(({ event }) => event === 'evaluated').length;
}

function checkRuns({ pid, errors }: Worker): void {
  if (!runs(pid)) throw new Error(`a worker ended before it could be killed:\n${errors()}`);
}

/** True while a worker evaluates or reports a step, and has not begun to deliver a result. */
function isInTrial({ log }: Worker, hasCheckpoint: boolean): boolean {
  const last = attemptsOf(readEvents(log)).at(-1);
  const isOpen = last !== undefined && ['begins', 'evaluated', 'reported'].includes(last.end.event);
  return isOpen && (last.kept > last.begunAfter || !hasCheckpoint);
}
