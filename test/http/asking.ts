import type { Database } from '../../src/store/database/database.ts';
import { databaseTransactions } from '../../src/store/transactions.ts';
import { openAsking } from '../../src/store/workers/open-asking.ts';
import type { Asking } from '../../src/studies/actions/asking.ts';

/** The desk of a service on a test database. A study that cannot be moved on fails the test's process. */
export function testAsking(database: Database): Asking {
  return openAsking(database, {
    transactions: databaseTransactions(database),
    suggestionsDue: () => undefined,
    onFault: (error) => {
      throw error;
    },
  });
}
