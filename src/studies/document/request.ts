import { z } from 'zod';
import type { Json } from '../../shared/digest.ts';
import { budgetSchema, nameSchema } from '../definition/definition.ts';
import { seedSchema } from '../definition/lineage.ts';
import { type StudyDocument, studyDocumentSchema } from './document.ts';
import { studyDocumentV1Schema } from './version-1.ts';

/** An export of a study in any format. */
export const anyStudyDocumentSchema = z.discriminatedUnion('format', [studyDocumentSchema, studyDocumentV1Schema]);

const forkFields = {
  generation: z.int().min(0).max(1_000_000).optional().describe('Keep the trials of generations 0 to this one, which must be complete.'),
  trials: z.int().min(1).max(10_000_000).optional().describe('Keep this many trials from the first; for searches without generations.'),
};

const eitherOfBoth = { error: 'must have either generation or trials' };

function hasOne({ generation, trials }: { readonly generation?: number | undefined; readonly trials?: number | undefined }): boolean {
  return (generation === undefined) !== (trials === undefined);
}

/** Selects the results that a fork keeps. */
const forkSchema = z.strictObject(forkFields).refine(hasOne, eitherOfBoth).meta({
  id: 'Fork',
  description: 'Keeps the first results of a study and continues the search from there: either `generation` or `trials`.',
});

/** Request body of an import. */
export const importRequestSchema = z
  .strictObject({
    document: anyStudyDocumentSchema.describe('The export of a study, unchanged.'),
    name: nameSchema.optional().describe('Default: the name in the document.'),
    budget: budgetSchema
      .optional()
      .describe(
        'Replaces the whole budget in the document, for a study that has not ended, that ended by its budget, or that is forked. It must cover the existing results.',
      ),
    fork: forkSchema.optional().describe('Default: the study in its last state.'),
    seed: seedSchema.optional().describe('For a fork: seed of the trials after the fork. Default: the study continues as it would have.'),
  })
  .meta({ id: 'ImportRequest', description: 'An export and the options of its import.' });

/** Request body of a fork of a study that is here. */
export const forkRequestSchema = z
  .strictObject({
    ...forkFields,
    name: nameSchema.optional().describe('Default: the name of the study.'),
    budget: budgetSchema.optional().describe('Replaces the whole budget of the study. It must cover the results that are kept.'),
    seed: seedSchema.optional().describe('Seed of the trials after the fork. Default: the study continues as it would have.'),
  })
  .refine(hasOne, eitherOfBoth)
  .meta({
    id: 'ForkRequest',
    description: 'The results that a fork keeps, either `generation` or `trials`, and what it changes.',
  });

export type ForkOptions = z.output<typeof forkRequestSchema>;

/** An export in any format, and the options of its import. */
export interface StudyImport extends z.output<typeof importRequestSchema> {
  /** The document as the client sent it, which the digest in the event log is of: no default is filled in. Absent: `document` was not parsed. */
  readonly sent?: Json | undefined;
  /** Id of the study that the document is the export of; absent if the document came from elsewhere. */
  readonly source?: string | undefined;
}

/** The same with the document in the current format. */
export interface CurrentImport extends Omit<StudyImport, 'document'> {
  readonly document: StudyDocument;
}
