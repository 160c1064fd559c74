import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import type { Logger } from './log.ts';
import { capabilities, evaluatorOf } from './objectives/table.ts';
import type { Registration, RunnerWorld } from './runner/ports.ts';
import { isDatabaseUnreachable } from './shared/database-unreachable.ts';
import { newId } from './shared/ids.ts';
import { openArtifacts } from './store/artifacts/artifacts.ts';
import type { Database } from './store/database/database.ts';
import { trainingContinuation, trialQueue } from './store/queue/queue.ts';
import { ownRegistration } from './store/runners/ability.ts';
import { thisProcess } from './store/runners/process-identity.ts';
import { registerRunner } from './store/runners/registration.ts';
import type { KnownFacts } from './store/studies/known.ts';
import { databaseSweep } from './store/sweep.ts';
import { databaseTransactions } from './store/transactions.ts';
import type { BackgroundPlanning } from './studies/actions/background-planning.ts';

/**
 * Registers this process as a runner and opens the artifact folder.
 *
 * @throws ArtifactFolderError when the folder belongs to another database; an error of the file system when it cannot be used
 */
export async function runnerWorld(
  config: Config,
  log: Logger,
  { database, planning, facts }: { readonly database: Database; readonly planning: BackgroundPlanning; readonly facts: KnownFacts },
): Promise<RunnerWorld> {
  if (config.imdbArchive !== null && !existsSync(config.imdbArchive)) {
    log.warn(`CLAVIER_IMDB_ARCHIVE is ${config.imdbArchive}, which does not exist: studies on IMDB will fail until it does`);
  }
  // Registers first: if two runners start at once on different folders, one of them must see the other.
  const registration = await register(config, log, database);
  const artifacts = await openArtifacts(database, { folder: join(config.dataFolder, 'artifacts'), limitMb: config.artifactMb }).catch(
    async (error: unknown) => {
      await registration.unregister();
      throw error;
    },
  );
  const transactions = databaseTransactions(database, planning.due, facts);
  return {
    queue: trialQueue(database, facts.limits),
    continuation: trainingContinuation(database),
    transactions,
    sweep: databaseSweep(database),
    artifacts,
    registration,
    log,
    objectives: capabilities,
    evaluatorOf,
    isAway: isDatabaseUnreachable,
  };
}

async function register(config: Config, log: Logger, database: Database): Promise<Registration> {
  const entry = { id: newId(), identity: thisProcess(), slots: config.slots, objectives: capabilities };
  const freed = await registerRunner(database, entry);
  if (freed > 0) log.info({ trials: freed }, 'requeued the trials of a dead runner on this machine');
  return ownRegistration(database, entry, config.sweepSeconds * 5);
}
