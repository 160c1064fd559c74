import { z } from 'zod';
import { budgetSchema, nameSchema } from '../definition/definition.ts';
import { seedSchema } from '../definition/lineage.ts';
import { type StudyDocument, studyDocumentSchema } from './document.ts';
import { studyDocumentV1Schema } from './version-1.ts';

/** An export of a study in any format. */
export const anyStudyDocumentSchema = z.discriminatedUnion('format', [studyDocumentSchema, studyDocumentV1Schema]);

/** Selects the results that a fork keeps. */
const forkSchema = z
  .strictObject({
    generation: z
      .int()
      .min(0)
      .max(1_000_000)
      .optional()
      .describe('Keep the trials of generations 0 to this one, which is closed in the document.'),
    trials: z
      .int()
      .min(1)
      .max(10_000_000)
      .optional()
      .describe('Keep this many trials, from the first on; for searches without generations.'),
  })
  .refine(({ generation, trials }) => (generation === undefined) !== (trials === undefined), {
    error: 'must have one of generation and trials',
  })
  .meta({ id: 'Fork', description: 'Keep the first results of a study and search on from there: one of `generation` and `trials`.' });

/** Request body of an import. */
export const importRequestSchema = z
  .strictObject({
    document: anyStudyDocumentSchema,
    name: nameSchema.optional().describe('Absent: the name in the document.'),
    budget: budgetSchema
      .optional()
      .describe(
        'In place of the whole budget in the document, for a study that has not ended, that ended by its budget, or is forked. Never less than what is done.',
      ),
    fork: forkSchema.optional().describe('Absent: the study as it was.'),
    seed: seedSchema
      .optional()
      .describe('Of a fork: what follows is searched with this seed. Absent: as the study itself would have gone on.'),
  })
  .meta({ id: 'ImportRequest', description: 'An export, and what shall become of it.' });

/** An export of any format, and the study to make of it. */
export type StudyImport = z.output<typeof importRequestSchema>;

/** The same with the document in the current format. */
export interface CurrentImport extends Omit<StudyImport, 'document'> {
  readonly document: StudyDocument;
}
