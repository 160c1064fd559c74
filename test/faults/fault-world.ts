import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCampaign } from '../../src/campaigns/create.ts';
import { resolveCampaign } from '../../src/campaigns/resolve.ts';
import { campaignSpecSchema } from '../../src/campaigns/spec.ts';
import { createStudy } from '../../src/studies/actions/create.ts';
import { studySpecSchema } from '../../src/studies/definition/definition.ts';
import { openStudyStore, type StudyStore } from '../store/study-fixture.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { type ServiceProcess, startProcess } from '../system/service-process.ts';
import { type Fault, type FaultyProcess, preloadArguments, startFaulty } from './faulty-process.ts';
import { campaign, study } from './studies.ts';

/** A database, a data folder, and processes with fake trainers on them. */
export interface FaultWorld extends AsyncDisposable {
  readonly store: StudyStore;
  /** Starts a process of the command line. */
  start(verb: 'serve' | 'runner', options?: LeaseOptions): ServiceProcess;
  startFaulty(verb: 'serve' | 'runner', fault: Fault, options?: LeaseOptions): FaultyProcess;
  /** Makes every trainer wait in its first step, from its next training on. */
  hold(): Promise<void>;
  /** Ends `hold`, also for trainers that are waiting. */
  release(): Promise<void>;
  /** Reads the log of the fake trainers: see fake-trainer.mjs. */
  trainerLog(): Promise<string>;
  /** Creates the study of these tests. @returns its id */
  addStudy(): Promise<string>;
  addCampaign(): Promise<string>;
}

interface LeaseOptions {
  /** Default 20, so long that no test waits for its end. */
  readonly leaseSeconds?: number;
}

/** Number of concurrent trainings of every process. */
export const slots = 2;
/** Time after which a process that hangs in a transaction loses its locks: shorter than in the product. */
const idleInTransactionMs = 1500;

export async function openFaultWorld(): Promise<FaultWorld> {
  const store = await openStudyStore();
  const temporary = await temporaryFolder();
  const folder = temporary.path;
  const inDataset = (name: string): string => join(folder, 'dataset', name);
  const behave = (kind: string): Promise<void> => writeFile(inDataset('behaviour.json'), JSON.stringify({ kind, step: 1 }));
  await mkdir(join(folder, 'dataset'));
  await behave('train');
  const settings = (options?: LeaseOptions): Record<string, string> => settingsFor(store.url, folder, options?.leaseSeconds ?? 20);
  return {
    store,
    start: (verb, options) => startProcess([verb], settings(options), preloadArguments),
    startFaulty: (verb, fault, options) => startFaulty(verb, fault, settings(options), folder),
    hold: () => behave('hold'),
    release: async () => {
      await behave('train');
      await writeFile(inDataset('release'), '');
    },
    trainerLog: async () => (existsSync(inDataset('log.jsonl')) ? readFile(inDataset('log.jsonl'), 'utf8') : ''),
    addStudy: () => createStudy(store.transactions, studySpecSchema.parse(study), 0),
    addCampaign: () => createCampaign(store.transactions, resolveCampaign(campaignSpecSchema.parse(campaign), 0)),
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]();
      await temporary[Symbol.asyncDispose]();
    },
  };
}

function settingsFor(databaseUrl: string, folder: string, leaseSeconds: number): Record<string, string> {
  const database = new URL(databaseUrl);
  database.searchParams.set('idle_in_transaction_session_timeout', String(idleInTransactionMs));
  return {
    DATABASE_URL: database.href,
    CLAVIER_DATA_DIR: folder,
    CLAVIER_SLOTS: String(slots),
    CLAVIER_LEASE_SECONDS: String(leaseSeconds),
    CLAVIER_HEARTBEAT_SECONDS: '0.4',
    CLAVIER_SWEEP_SECONDS: '0.4',
    FAKE_TRAINER: '1',
  };
}
