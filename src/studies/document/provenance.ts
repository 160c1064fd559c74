import { z } from 'zod';
import { samplerOf } from '../definition/definition.ts';
import { lineageSchema, seedSchema } from '../definition/lineage.ts';
import { exportedForkOriginSchema, type ForkOrigin } from '../model/fork-origin.ts';
import type { Study } from '../model/study.ts';
import { environmentSchema } from '../model/trial.ts';
import type { StudyReader } from '../ports/reader.ts';

const environmentsSchema = z
  .array(
    environmentSchema
      .extend({ trials: z.int().min(0).describe('Number of completed trials whose evaluation first ran here.') })
      .meta({ id: 'Environment', description: 'The environment of evaluations.' }),
  )
  .describe('Ordered by canonical text; imported results have none. The objective adds its own facts, such as digests of its data.');

const codeSchema = z
  .strictObject({ name: z.string().describe('Its type.'), version: z.int().min(1).describe('Version of its code.') })
  .meta({ id: 'CodeVersion', description: 'A sampler or objective and the version of its code.' });

/** The origin of an export. */
export const provenanceSchema = z
  .strictObject({
    clavier: z.string().describe('Version of Clavier that wrote the export.'),
    sampler: codeSchema.describe('The sampler of the search.'),
    objective: codeSchema.describe('The objective of the trials.'),
    seeds: z
      .strictObject({
        seed: seedSchema,
        objectiveSeed: seedSchema,
        lineage: z.array(lineageSchema.element).describe('For a fork: the seeds of its first trials.'),
      })
      .meta({ id: 'ProvenanceSeeds', description: 'The seeds of the search and the evaluations.' }),
    environments: environmentsSchema,
    imported: z
      .strictObject({
        document: z.string().describe('SHA-256 over the canonical text of the document.'),
        trials: z.int().min(0).describe('Number of imported results.'),
      })
      .meta({ id: 'ProvenanceImport', description: 'The document that the first results come from.' })
      .nullable()
      .describe('The document that the first results come from; null if there is none.'),
    forkedFrom: exportedForkOriginSchema.nullable().describe('null for a study that is no fork.'),
  })
  .meta({
    id: 'Provenance',
    description:
      'The code, libraries, data, seeds and machines that the results come from. An import keeps `forkedFrom` and ignores the rest.',
  });

export type Provenance = z.output<typeof provenanceSchema>;

const importedSchema = z.object({ document: z.string(), trials: z.int() });

/**
 * The provenance of a study and its results. On one machine with the same versions of all code, two runs of one definition have the
 * same provenance; elsewhere the results may be equal while the provenance differs.
 *
 * @param reader a snapshot
 * @param clavier the version that writes the provenance
 */
export async function provenanceOf(reader: StudyReader, study: Study, clavier: string): Promise<Provenance> {
  const found = await reader.environments(study.id);
  const { spec, sampler, objectiveVersion } = study;
  return {
    clavier,
    sampler: { name: samplerOf(spec).name, version: sampler.version },
    objective: { name: spec.objective.type, version: objectiveVersion },
    seeds: { seed: spec.seed, objectiveSeed: spec.objectiveSeed, lineage: spec.lineage ?? [] },
    environments: found.map(({ environment, trials }) => ({ ...environment, trials })),
    imported: await importedFrom(reader, study),
    forkedFrom: study.forkedFrom && exportedForkOrigin(study.forkedFrom),
  };
}

/** The log of an imported study begins with its document. */
async function importedFrom(reader: StudyReader, study: Study): Promise<Provenance['imported']> {
  if (study.events === null) return null;
  const [first] = (await reader.events({ studyId: study.id, limit: 1 })).items;
  if (first?.type !== 'study-imported') return null;
  const { document, trials } = importedSchema.parse(first.data);
  return { document, trials };
}

function exportedForkOrigin({ generation, trials, digest }: ForkOrigin): Provenance['forkedFrom'] {
  return { generation, trials, digest };
}

const forkedSchema = z.object({ provenance: z.object({ forkedFrom: exportedForkOriginSchema }) });

/** The source of the fork that a document of any format is of; null if it is none, or if its provenance is left out or of another version. */
export function forkOriginIn(document: unknown): ForkOrigin | null {
  const found = forkedSchema.safeParse(document);
  return found.success ? { study: null, ...found.data.provenance.forkedFrom } : null;
}
