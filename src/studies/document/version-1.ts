import { z } from 'zod';
import { valuesSchema } from '../../objectives/contract.ts';
import { DomainError } from '../../shared/errors.ts';
import { definitionV1Schema, fromDefinitionV1 } from '../definition/version-1.ts';
import { mostTrials } from '../model/trial.ts';
import {
  documentFields,
  type ExportedTrial,
  observedSchema,
  resultFields,
  type StudyDocument,
  studyFormat,
  suggestionFields,
} from './document.ts';
import { invalidDocument } from './violations.ts';

/** The format of version 0.1.0, in which studies whose definition is of its form are exported still. */
export const studyFormatV1 = 'clavier-study/1';

const trialV1Schema = z
  .strictObject({
    ...suggestionFields,
    ...resultFields,
    metrics: valuesSchema.nullable().describe('All values measured at the last step, by name.'),
  })
  .meta({ id: 'ExportedTrialV1', description: 'A final trial that counts, as version 0.1.0 exported it.' });

/** An export of a study as version 0.1.0 wrote it. */
export const studyDocumentV1Schema = z
  .strictObject({
    format: z.literal(studyFormatV1).describe('The format of the document.'),
    spec: definitionV1Schema,
    ...documentFields,
    trainerVersion: z.int().min(1).optional().describe('Default: 1.'),
    folded: observedSchema,
    trials: z.array(trialV1Schema).max(mostTrials).describe('In order of number.'),
    provenance: z.record(z.string(), z.unknown()).optional().describe('In the terms of the version that wrote it; an import ignores it.'),
  })
  .meta({ id: 'StudyDocumentV1', description: 'The export of a study of version 0.1.0.' });

export type StudyDocumentV1 = z.output<typeof studyDocumentV1Schema>;

/** A document of the first format in the current one. */
export function fromDocumentV1({
  spec,
  trainerVersion = 1,
  folded,
  trials,
  provenance: _unread,
  ...shared
}: StudyDocumentV1): StudyDocument {
  return {
    ...shared,
    format: studyFormat,
    spec: fromDefinitionV1(spec),
    objectiveVersion: trainerVersion,
    ...(folded !== undefined && { observed: folded }),
    trials: trials.map(({ metrics: values, ...trial }): ExportedTrial => ({ ...trial, values })),
  };
}

/** The members of a document but its lists, in the first format. Its definition is not translated: it is the stored one, which is of that form. */
export function membersInV1(
  { objectiveVersion: trainerVersion, observed, ...shared }: Omit<StudyDocument, 'checkpoints' | 'trials' | 'unfinished'>,
  spec: StudyDocumentV1['spec'],
): Omit<StudyDocumentV1, 'checkpoints' | 'trials' | 'unfinished'> {
  return { ...shared, format: studyFormatV1, spec, trainerVersion, ...(observed !== undefined && { folded: observed }) };
}

/** A trial of a document in the first format. */
export function trialInV1({ values: metrics, ...trial }: ExportedTrial): StudyDocumentV1['trials'][number] {
  return { ...trial, metrics };
}

/** Places in a current document, and in one of the first format. */
const places: readonly (readonly [current: RegExp, first: string])[] = [
  [/^\/document\/spec\/metrics\/0/, '/document/spec/metric'],
  [/^\/document\/spec\/evaluate/, '/document/spec/evaluateOnTest'],
  [/^\/document\/objectiveVersion/, '/document/trainerVersion'],
  [/^\/document\/observed/, '/document/folded'],
  [/^(\/document\/trials\/\d+)\/values/, '$1/metrics'],
];

/** An error of an import whose pointers are into a current document, with pointers into one of the first format. Other errors stay. */
export function inPlacesOfV1(error: unknown): unknown {
  if (!(error instanceof DomainError) || error.code !== 'invalid-document') return error;
  const placed = (pointer: string): string => places.reduce((place, [current, first]) => place.replace(current, first), pointer);
  return invalidDocument(error.violations.map(({ pointer, detail }) => ({ pointer: placed(pointer), detail })));
}
