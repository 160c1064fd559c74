import { readAddress } from '../../src/store/database/address.ts';
import { type Database, openDirectDatabase } from '../../src/store/database/database.ts';
import { databaseTransactions } from '../../src/store/transactions.ts';
import { openAsking } from '../../src/store/workers/open-asking.ts';
import type { Asking } from '../../src/studies/actions/asking.ts';
import type { DispatcherTools } from '../../src/studies/actions/trial-dispatcher.ts';

/** The dispatcher of a service on a test database. Disposing it closes its connections. */
export function testAsking(database: Database, url: string, options: Pick<DispatcherTools, 'lookAgainMs'> = {}): Asking & AsyncDisposable {
  const direct = openDirectDatabase({ address: readAddress(url), connections: 4 });
  const asking = openAsking(direct, {
    transactions: databaseTransactions(database),
    ...options,
    suggestionsDue: () => undefined,
    // Fails the test's process.
    onFault: (error) => {
      throw error;
    },
  });
  return {
    ...asking,
    [Symbol.asyncDispose]: async () => {
      await asking.dispatcher[Symbol.asyncDispose]();
      await direct[Symbol.asyncDispose]();
    },
  };
}
