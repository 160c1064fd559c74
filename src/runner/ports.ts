import type { CampaignSweep, CampaignTransactions } from '../campaigns/ports.ts';
import type { Capability } from '../objectives/contract.ts';
import type { Continuation } from '../studies/ports/continuation.ts';
import type { TrialQueue } from '../studies/ports/queue.ts';

/**
 * Files by key, which every runner reads: step checkpoints. Evaluators see none of it: they are handed files, and leave new ones in
 * a scratch folder.
 */
export interface Artifacts {
  /**
   * Makes a folder on this machine for the files of one attempt, below one of its lease's token. It exists when this returns, unless
   * the disk is full: the writer then tries again.
   */
  scratch(token: string, resultKey: string): Promise<string>;
  /** Removes the scratch folders of an attempt that is over, with all that is in them. */
  discardScratch(token: string): Promise<void>;
  /** Moves a file of a scratch folder to its key: it is there whole and for good when this returns, or not at all. */
  put(key: string, file: string): Promise<void>;
  /** The path of a file on this machine with what lies under a key; where nothing does, no file is there. */
  get(key: string): Promise<string>;
  /** Deletes the step checkpoints that nobody needs, and the oldest of those that only a later reuse might need where they take too much room. Returns how many. */
  prune(): Promise<number>;
}

/** This runner's entry in the database. */
export interface Registration {
  readonly id: string;
  /** Says that this runner lives. */
  seen(): Promise<void>;
  /** Notes that this runner cannot evaluate an objective after all, and answers whether another living runner can. */
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

/** All that a runner needs of the world. */
export interface RunnerWorld {
  readonly queue: TrialQueue;
  readonly continuation: Continuation;
  readonly transactions: CampaignTransactions;
  readonly sweep: CampaignSweep;
  readonly artifacts: Artifacts;
  readonly registration: Registration;
  readonly log: Log;
  /** Whether an error of the ports above says that the database cannot be reached: the same may succeed later. */
  isAway(error: unknown): boolean;
}

/** How a runner behaves; times as in `config.ts`. */
export interface RunnerSettings {
  /** Version of Clavier, kept with what is trained here. */
  readonly version: string;
  readonly slots: number;
  readonly leaseSeconds: number;
  readonly heartbeatSeconds: number;
  readonly sweepSeconds: number;
  readonly stallSeconds: number;
  readonly trainerMemoryMb: number;
  readonly dataFolder: string;
  /** Paths of local sources of data, by the names that evaluators give them. */
  readonly dataSources: Readonly<Record<string, string>>;
  /** The path of a program that is started by path, from the name that its evaluator gives it. */
  entryPoint(name: string): string;
}
