import type { CampaignTransaction, CampaignTransactions } from '../campaigns/ports.ts';
import { campaignOwner } from '../campaigns/study-owner.ts';
import type { CommitName } from '../shared/fault-points.ts';
import { campaignTransaction } from './campaigns/transactions.ts';
import { type Connection, type Database, inTransaction } from './database/database.ts';
import { type ObservationCache, observationCache } from './studies/observation-cache.ts';
import { studyTransaction } from './studies/transactions.ts';

/** Transactions of studies and campaigns on PostgreSQL. */
export function databaseTransactions(database: Database): CampaignTransactions {
  const history = observationCache();
  return {
    transaction: (work, limits) => {
      const commits = new Set<CommitName>();
      const begin = (tx: Connection) => {
        commits.clear(); // A transaction that lost a race begins anew.
        return work(transactionOn(tx, history, commits));
      };
      return inTransaction(database, begin, () => commits, limits);
    },
  };
}

function transactionOn(connection: Connection, history: ObservationCache, commits: Set<CommitName>): CampaignTransaction {
  const tx: CampaignTransaction = {
    ...studyTransaction(connection, history, commits),
    ...campaignTransaction(connection),
    // Called after `tx` is built, by those who hold it.
    owner: {
      studyEnded: (study) => campaignOwner(tx).studyEnded(study),
      beforeMove: (study, move) => campaignOwner(tx).beforeMove(study, move),
    },
  };
  return tx;
}
