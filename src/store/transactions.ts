import type { AuditTransaction } from '../access/ports.ts';
import { defaultProject } from '../access/project.ts';
import type { CampaignTransaction, OwnedTransactions } from '../campaigns/ports.ts';
import { campaignOwner } from '../campaigns/study-owner.ts';
import type { Ownership, Transactions } from '../studies/ports/transactions.ts';
import { admitTo, checkOpenStudies } from './access/admission.ts';
import { insertAuditOf } from './access/audit.ts';
import { campaignTransaction } from './campaigns/transactions.ts';
import { type Connection, type Database, inTransaction } from './database/database.ts';
import { type KnownFacts, noFacts } from './studies/known.ts';
import { type CommitNotes, studyTransaction } from './studies/transactions.ts';

/** A transaction that can record who asked for it. */
type RecordingTransaction = CampaignTransaction & AuditTransaction;

/**
 * Transactions of studies and campaigns on PostgreSQL.
 *
 * @param suggestionsDue is told each study for which a committed transaction left suggestions due (see `BackgroundPlanning`). Absent:
 *   sweeps of other processes find them
 * @param known facts that the process keeps; default: its own
 * @returns transactions for which no quota holds; those `ownedBy` somebody refuse what exceeds a quota
 */
export function databaseTransactions(
  database: Database,
  suggestionsDue: (studyId: string) => void = () => undefined,
  known: KnownFacts = noFacts(),
): Transactions<RecordingTransaction> & Pick<OwnedTransactions, 'ownedBy'> {
  const ownedBy = (ownership: Ownership, admits = true): Transactions<RecordingTransaction> => ({
    transaction: async (work, limits) => {
      const notes: CommitNotes = { commits: new Set(), due: new Set() };
      const begin = (tx: Connection) => {
        // A transaction that lost a race begins anew.
        notes.commits.clear();
        notes.due.clear();
        const own = transactionOn(tx, known, notes, ownership);
        return admits ? admitted(tx, { own, project: ownership.project }, work) : work(own);
      };
      const result = await inTransaction(database, begin, () => notes.commits, limits);
      for (const studyId of notes.due) suggestionsDue(studyId);
      return result;
    },
  });
  return { ...ownedBy(nobodys, false), ownedBy: (ownership) => ownedBy(ownership) };
}

const nobodys: Ownership = { project: defaultProject, createdBy: null };

/** Runs work that may create studies and campaigns for a client: they count towards the quotas of its project. */
async function admitted<T>(
  tx: Connection,
  { own, project }: { readonly own: RecordingTransaction; readonly project: string },
  work: (tx: RecordingTransaction) => Promise<T>,
): Promise<T> {
  let creates = false;
  const admit = async (): Promise<void> => {
    if (!creates) await admitTo(tx, project);
    creates = true;
  };
  const result = await work({
    ...own,
    insertStudy: async (study) => {
      await admit();
      await own.insertStudy(study);
    },
    insertCampaign: async (campaign) => {
      await admit();
      await own.insertCampaign(campaign);
    },
  });
  if (creates) await checkOpenStudies(tx, project);
  return result;
}

function transactionOn(connection: Connection, known: KnownFacts, notes: CommitNotes, ownership: Ownership): RecordingTransaction {
  const tx: RecordingTransaction = {
    ...studyTransaction(connection, known, notes, ownership),
    ...campaignTransaction(connection, ownership),
    recordAction: (kind, note) => insertAuditOf(connection, kind, note),
    // Called after `tx` is built, by those who hold it.
    owner: {
      studyEnded: (study) => campaignOwner(tx).studyEnded(study),
      beforeMove: (study, move) => campaignOwner(tx).beforeMove(study, move),
    },
  };
  return tx;
}
