import { expect, test } from 'vitest';
import { itemsOf } from '../../../src/shared/canonical-pieces.ts';
import { exportedLists } from '../../../src/studies/document/exported-lists.ts';
import { begin, finish, studyOf } from './searches.ts';

test('measurements on held-out data are read only for a study whose trials have them', async () => {
  const searched = await begin({ sampler: { type: 'random' }, budget: { trials: 3 } });
  await finish(searched);
  const study = await studyOf(searched);
  const reads: string[] = [];
  const reader = {
    ...searched.store.reader,
    evaluations: async (studyId: string) => {
      reads.push(studyId);
      return [];
    },
  };
  expect(await itemsOf(exportedLists(reader, study).trials)).toHaveLength(3);
  expect(reads).toEqual([]);
  await itemsOf(exportedLists(reader, { ...study, spec: { ...study.spec, evaluate: true } }).trials);
  expect(reads).toEqual([study.id]);
});
