import { describe, expect, test } from 'vitest';
import { canonicalText, digestOf } from '../../../../src/shared/digest.ts';
import type { ResolvedSpec } from '../../../../src/studies/definition/definition.ts';
import type { DefinitionV1 } from '../../../../src/studies/definition/version-1.ts';
import { definitionV1Schema } from '../../../../src/studies/definition/version-1.ts';
import type { StudyDocument } from '../../../../src/studies/document/document.ts';
import { importRequestSchema, type StudyImport } from '../../../../src/studies/document/request.ts';
import { membersInV1, type StudyDocumentV1, trialInV1 } from '../../../../src/studies/document/version-1.ts';
import {
  begin as beginWith,
  documentOf,
  exportOf,
  finish,
  forkOf,
  imported,
  type Searched,
  search,
  studyOf,
} from '../../../studies/document/searches.ts';

/** Begins a study of the only objective that version 0.1.0 had. */
const begin = (fields: object): Promise<Searched> =>
  beginWith({ metrics: [{ name: 'accuracy' }], objective: { type: 'lstm-text-classifier', dataset: 'spam-assassin' }, ...fields });

/** What version 0.1.0 would have stored for a definition. */
function definitionV1Of({
  metrics,
  schedule,
  evaluate: _evaluate,
  labels: _labels,
  ranking: _ranking,
  ...shared
}: ResolvedSpec): DefinitionV1 {
  return definitionV1Schema.parse({ ...shared, metric: metrics[0], ...(schedule === 'asynchronous' && { schedule: 'asap' }) });
}

function exportV1Of({ trials, checkpoints, unfinished, ...members }: StudyDocument): StudyDocumentV1 {
  const lists = { trials: trials.map(trialInV1), checkpoints, ...(unfinished && { unfinished }) };
  return { ...membersInV1(members, definitionV1Of(members.spec)), ...lists };
}

async function searched(fields: object, trials: number | null): Promise<StudyDocumentV1> {
  const study = await begin(fields);
  if (trials === null) await finish(study);
  else await search(study, { trials, seed: 5 });
  return exportV1Of(await documentOf(study));
}

const tpe = { sampler: { type: 'tpe', startupTrials: 4 }, budget: { trials: 24 } };
const genetic = { sampler: { type: 'genetic', population: 6, elites: 2 }, budget: { generations: 4 } };

const studies: readonly (readonly [string, object, number | null])[] = [
  ['that ended', genetic, null],
  ['that goes on', tpe, 9],
  ['that suggests as soon as possible', { ...tpe, schedule: 'asynchronous' }, 11],
];

describe('an export of version 0.1.0', () => {
  test.each(studies)('of a study %s is imported as it was, and exported with the same bytes', async (_what, fields, trials) => {
    const document = await searched(fields, trials);
    expect(document.format).toBe('clavier-study/1');
    const copy = await imported({ document });
    expect(await exportOf(copy)).toBe(canonicalText(document));
    expect((await studyOf(copy)).definition).toEqual({ version: 1, content: document.spec, digest: digestOf(document.spec) });
  });

  test('goes on under a larger budget in the current form, and ends as a study that had it from the start', async () => {
    const document = await searched(genetic, null);
    const copy = await imported({ document, budget: { generations: 6 } });
    await finish(copy);
    const whole = await begin({ ...genetic, budget: { generations: 6 } });
    await finish(whole);
    // A new study ranks diverged trainings last; one of 0.1.0 keeps its rule, which it does not name.
    const { spec, ...rest } = await documentOf(whole);
    const { ranking, ...shared } = spec;
    expect(ranking).toBe('finite-first');
    expect(await exportOf(copy)).toBe(canonicalText({ ...rest, spec: shared }));
    expect((await studyOf(copy)).definition.version).toBe(2);
  });

  test('is forked, with another seed in the current form', async () => {
    const document = await searched(genetic, null);
    const current = await documentOf(await imported({ document, name: 'searched' }));
    const fork = forkOf(current, 1);
    const kept = await imported({ document, fork });
    expect((await studyOf(kept)).definition.version).toBe(1);
    const reseeded = await imported({ document, fork, seed: 9 });
    await finish(reseeded);
    const same = await imported({ document: current, fork, seed: 9 });
    await finish(same);
    expect(await exportOf(reseeded)).toBe(await exportOf(same));
  });

  test.each<[string, (document: StudyDocumentV1) => StudyDocumentV1, string]>([
    ['its trainer', (document) => ({ ...document, trainerVersion: 9 }), '/document/trainerVersion'],
    ['how far it came', (document) => ({ ...document, folded: 99 }), '/document/folded'],
    [
      'values of a trial',
      (document) => ({
        ...document,
        trials: document.trials.map((trial) => ({ ...trial, state: 'completed' as const, error: null, metrics: null })),
      }),
      '/document/trials/0/metrics',
    ],
  ])('is refused with places in its own words: %s', async (_what, change, pointer) => {
    const document = await searched(tpe, 12);
    const refused: unknown = await imported({ document: change(document) }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'invalid-document', violations: expect.arrayContaining([expect.objectContaining({ pointer })]) });
  });

  test('is read by the schema of its format alone', async () => {
    const document = await searched(tpe, 6);
    const request: StudyImport = importRequestSchema.parse({ document: JSON.parse(JSON.stringify(document)) });
    expect(request.document).toEqual(document);
    expect(importRequestSchema.safeParse({ document: { ...document, format: 'clavier-study/2' } }).success).toBe(false);
  });
});
