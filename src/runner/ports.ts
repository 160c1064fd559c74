import type { CampaignSweep, CampaignTransactions } from '../campaigns/ports.ts';
import type { Capability } from '../objectives/contract.ts';
import type { Evaluator } from '../objectives/evaluator.ts';
import type { Continuation } from '../studies/ports/continuation.ts';
import type { TrialQueue } from '../studies/ports/queue.ts';

/**
 * Files by key, readable by every runner: step checkpoints. Evaluators see only files: they are given paths, and leave new files in
 * a scratch folder.
 */
export interface Artifacts {
  /**
   * Makes a folder on this machine for the files of one attempt, inside a folder named by its lease's token. It exists on return,
   * unless the disk is full: the writer then tries again.
   *
   * @throws the system's error, except for a full disk
   */
  scratch(token: string, resultKey: string): Promise<string>;
  /** Removes the scratch folders of a finished attempt, with their contents. */
  discardScratch(token: string): Promise<void>;
  /**
   * Moves a file of a scratch folder to its key, atomically and durably.
   *
   * @throws the system's error; the file is then not under the key
   */
  put(key: string, file: string): Promise<void>;
  /** Path on this machine of the file with this key; if none is stored, no file exists there. */
  get(key: string): Promise<string>;
  /**
   * Deletes the step checkpoints that nothing needs and, above the size limit, the oldest of those kept only for reuse. Returns the
   * number of deleted checkpoints.
   */
  prune(): Promise<number>;
}

/**
 * This runner's entry in the database.
 *
 * @throws DatabaseUnreachableError while the database is unreachable; every call may be repeated
 */
export interface Registration {
  readonly id: string;
  /** Records that this runner is alive, and what it can evaluate. */
  seen(): Promise<void>;
  /** Records that this runner can evaluate an objective that it could not evaluate before; does nothing for the others. */
  canEvaluate(objective: Capability): Promise<void>;
  /** Records that this runner cannot evaluate an objective after all; returns true if another living runner can. */
  cannotEvaluate(objective: Capability): Promise<boolean>;
  /** Removes the entry. */
  unregister(): Promise<void>;
}

/** Writes lines for the operator. */
export interface Log {
  debug(facts: object, text: string): void;
  info(facts: object, text: string): void;
  warn(facts: object, text: string): void;
  error(facts: object, text: string): void;
}

/** Dependencies of a runner. */
export interface RunnerWorld {
  readonly queue: TrialQueue;
  readonly continuation: Continuation;
  readonly transactions: CampaignTransactions;
  readonly sweep: CampaignSweep;
  readonly artifacts: Artifacts;
  readonly registration: Registration;
  readonly log: Log;
  /** The objectives whose trials this runner claims. */
  readonly objectives: readonly Capability[];
  /** Returns the evaluator of an objective; null if this code has none. */
  evaluatorOf(objective: Capability): Evaluator | null;
  /** True if an error of the ports above means that the database is unreachable; the same call may succeed later. */
  isAway(error: unknown): boolean;
}

/** Dependencies of a sweep. */
export interface SweepWorld extends Pick<RunnerWorld, 'transactions' | 'sweep' | 'log' | 'isAway'> {
  readonly queue: Pick<TrialQueue, 'expireLeases'>;
  readonly registration: Pick<Registration, 'seen'>;
}

/** Settings of a runner; times as in `config.ts`. */
export interface RunnerSettings {
  /** Version of Clavier, stored with the results that are trained here. */
  readonly version: string;
  readonly slots: number;
  readonly leaseSeconds: number;
  readonly heartbeatSeconds: number;
  readonly sweepSeconds: number;
  readonly stallSeconds: number;
  readonly trainerMemoryMb: number;
  readonly dataFolder: string;
  /** Paths of local data sources, by the names that evaluators use. */
  readonly dataSources: Readonly<Record<string, string>>;
  /** Path of a program to start, by the name that its evaluator uses. */
  entryPoint(name: string): string;
}
