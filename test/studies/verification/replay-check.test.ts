import { describe, expect, test } from 'vitest';
import type { Study } from '../../../src/studies/model/study.ts';
import { inProcessPlanner } from '../../../src/studies/search/suggest.ts';
import { newFindings } from '../../../src/studies/verification/findings.ts';
import { checkReplay } from '../../../src/studies/verification/replay-check.ts';
import { begin, finish, type Searched, studyOf } from '../document/searches.ts';

const fields = { sampler: { type: 'genetic', population: 6, elites: 2 }, budget: { generations: 3 } };

async function checked(searched: Searched, study: Study) {
  const { store, id } = searched;
  const { items: trials } = await store.reader.trials({ studyId: id, limit: 1000 });
  const { items: checkpoints } = await store.reader.checkpoints({ studyId: id, limit: 1000 });
  async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
    yield* items;
  }
  const findings = newFindings();
  const { observed, suggested } = study.sampler;
  const known = { trials: new Map(), observed, suggested };
  const lists = { trials: () => each(trials), checkpoints: () => each(checkpoints) };
  const counts = await checkReplay({ study, lists, known, planner: inProcessPlanner }, findings);
  return { ...counts, differences: findings.differences };
}

describe('the search of a study', () => {
  test('is made again by the code that the study began with', async () => {
    const searched = await begin(fields);
    await finish(searched);
    expect(await checked(searched, await studyOf(searched))).toEqual({
      suggestions: 14,
      checkpoints: 4,
      notReplayed: null,
      differences: [],
    });
  });

  test('cannot be made again where that code is not here, which is no difference', async () => {
    const searched = await begin(fields);
    await finish(searched);
    const study = await studyOf(searched);
    const later = { ...study, sampler: { ...study.sampler, version: study.sampler.version + 1 } };
    const { differences, notReplayed, ...counts } = await checked(searched, later);
    expect([counts, differences]).toEqual([{ suggestions: 0, checkpoints: 0 }, []]);
    expect(notReplayed).toContain(`version ${later.sampler.version} of the genetic sampler, whose code this service does not have`);
  });
});
