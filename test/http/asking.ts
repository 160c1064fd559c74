import { readAddress } from '../../src/store/database/address.ts';
import { type Database, openDirectDatabase } from '../../src/store/database/database.ts';
import { databaseTransactions } from '../../src/store/transactions.ts';
import { openAsking } from '../../src/store/workers/open-asking.ts';
import type { Asking } from '../../src/studies/actions/asking.ts';
import { type BackgroundPlanning, backgroundPlanning } from '../../src/studies/actions/background-planning.ts';
import type { DispatcherTools } from '../../src/studies/actions/trial-dispatcher.ts';
import { inProcessPlanner } from '../../src/studies/search/suggest.ts';

/** The dispatcher of a service on a test database, with suggestions of slow samplers made in this process. Disposing it closes its connections. */
export function testAsking(database: Database, url: string, options: Pick<DispatcherTools, 'lookAgainMs'> = {}): Asking & AsyncDisposable {
  const direct = openDirectDatabase({ address: readAddress(url), connections: 4 });
  // Fails the test's process.
  const onFault = (error: unknown): never => {
    throw error;
  };
  const transactions = databaseTransactions(database, (studyId) => planning.due(studyId));
  const planning: BackgroundPlanning = backgroundPlanning({
    transactions,
    planner: inProcessPlanner,
    onStored: (studyId) => asking.dispatcher.planned(studyId),
    onFault,
  });
  const asking = openAsking(direct, { transactions, ...options, suggestionsDue: planning.due, onFault });
  return {
    ...asking,
    [Symbol.asyncDispose]: async () => {
      await asking.dispatcher[Symbol.asyncDispose]();
      await planning[Symbol.asyncDispose]();
      await direct[Symbol.asyncDispose]();
    },
  };
}
