import { countedErrors } from '../../shared/counted.ts';
import type { Json } from '../../shared/digest.ts';
import { DomainError, type Violation } from '../../shared/errors.ts';
import { resolvedSpecSchema } from '../definition/definition.ts';
import { definitionV1Schema } from '../definition/version-1.ts';
import { studyFormat } from '../document/document.ts';
import { studyExport } from '../document/export.ts';
import type { ForkOptions, StudyImport } from '../document/request.ts';
import type { Planner } from '../ports/planner.ts';
import type { StudyReader } from '../ports/reader.ts';
import type { Transactions } from '../ports/transactions.ts';
import { importStudy } from './import.ts';

/** The ports that a fork needs. */
export interface ForkDeps {
  readonly transactions: Transactions;
  readonly reader: StudyReader;
  /** Makes the suggestions of a slow sampler again. */
  readonly planner: Planner;
  /** The version of Clavier that forks. */
  readonly version: string;
}

/**
 * Forks a study, in any state. Imports its own export of this moment, so that the fork equals one that was made of a download. The export
 * is read in one snapshot, which locks nothing; the search is replayed outside of any transaction.
 *
 * @returns the fork's id
 * @throws DomainError `study-not-found`; `invalid-fork` that lists every violation, with pointers into the options
 */
export async function forkStudy(deps: ForkDeps, studyId: string, options: ForkOptions): Promise<string> {
  const request = await importOf(deps, studyId, options);
  try {
    return await importStudy(deps.transactions, request, deps.planner);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'invalid-document') throw invalidFork(error.violations);
    throw error;
  }
}

async function importOf({ reader, version }: ForkDeps, studyId: string, options: ForkOptions): Promise<StudyImport> {
  const { generation, trials, ...changes } = options;
  const exported = await reader.snapshot((snapshot) => studyExport(snapshot, studyId, { provenance: { clavier: version } }));
  // An export has the definition as it is stored; an import reads it with the defaults that its version leaves out.
  const document =
    exported.format === studyFormat
      ? { ...exported, spec: resolvedSpecSchema.parse(exported.spec) }
      : { ...exported, spec: definitionV1Schema.parse(exported.spec) };
  const sent = exported as unknown as Json; // every member of an export is JSON
  return { document, sent, source: studyId, fork: { generation, trials }, ...changes };
}

function invalidFork(violations: readonly Violation[]): DomainError {
  return new DomainError('invalid-fork', `the study cannot be forked: the request has ${countedErrors(violations)}`, {
    violations: violations.map(inOptions),
  });
}

/**
 * Translates a violation of the import into one of the fork: its pointer leads into the options of the fork, or is empty if the violation
 * is in the study itself.
 */
function inOptions({ pointer, detail }: Violation): Violation {
  if (!pointer.startsWith('/document')) return { pointer: pointer.replace(/^\/fork/, ''), detail };
  return { pointer: '', detail: `${pointer.replace(/^\/document/, '') || 'the study'}: ${detail}` };
}
