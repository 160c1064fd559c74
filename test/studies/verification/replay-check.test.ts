import { describe, expect, test } from 'vitest';
import { nextNumber } from '../../../src/studies/model/progress.ts';
import type { Study } from '../../../src/studies/model/study.ts';
import { inProcessPlanner } from '../../../src/studies/search/suggest.ts';
import { newFindings } from '../../../src/studies/verification/findings.ts';
import { checkReplay } from '../../../src/studies/verification/replay-check.ts';
import { begin, finish, type Searched, studyOf } from '../document/searches.ts';

const fields = { sampler: { type: 'genetic', population: 6, elites: 2 }, budget: { generations: 3 } };

/** @param more trials that the log has beside those of the study */
async function checked(searched: Searched, study: Study, more = 0) {
  const { store, id } = searched;
  const { items: trials } = await store.reader.trials({ studyId: id, limit: 1000 });
  const { items: checkpoints } = await store.reader.checkpoints({ studyId: id, limit: 1000 });
  async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
    yield* items;
  }
  const findings = newFindings();
  const { observed } = study.sampler;
  const known = { trials: new Map(), observed, suggested: nextNumber(study.sampler) + more };
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

  test.each([
    ['exactly', 0, ['study/suggested']],
    ['at most, where many suggestions from a long history take several steps', 500, []],
  ])('has as many trials as its results allow: %s', async (_how, known, fewer) => {
    const givenTrials = Array.from({ length: known }, (_, place) => ({
      parameters: { learningRate: 0.001, hiddenUnits: 1 + (place % 31) },
      values: { value: Math.sin(place) },
    }));
    const window = {
      sampler: { type: 'tpe', candidates: 2 },
      budget: { trials: 90 },
      schedule: 'deterministic',
      parallelism: 80,
      givenTrials,
    };
    const searched = await begin(window);
    const study = await studyOf(searched);
    const wheres = async (more: number) => (await checked(searched, study, more)).differences.map(({ where }) => where);
    expect(await wheres(0)).toEqual([]);
    expect(await wheres(-1)).toEqual(fewer);
    expect(await wheres(1)).toEqual(['study/suggested']);
  });
});
