import { beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/shared/digest.ts';
import { moveStudy } from '../../../src/studies/actions/life-cycle.ts';
import type { ExportedTrial, StudyDocument } from '../../../src/studies/document/document.ts';
import type { StudyImport } from '../../../src/studies/document/request.ts';
import { begin, documentOf, exportOf, finish, imported, search, searches, studyOf } from './searches.ts';

let random: StudyDocument;
let genetic: StudyDocument;
let cancelled: StudyDocument;
beforeAll(async () => {
  const [one, other, third] = [
    await begin(searches['random'] ?? {}),
    await begin(searches['genetic II'] ?? {}),
    await begin(searches['random'] ?? {}),
  ];
  await finish(one);
  await finish(other);
  await search(third, { trials: 9, seed: 1 });
  await moveStudy(third.store, third.id, 'cancel');
  [random, genetic, cancelled] = [await documentOf(one), await documentOf(other), await documentOf(third)];
});

async function violationsOf(request: StudyImport): Promise<string[]> {
  const refused: unknown = await imported(request).catch((error: unknown) => error);
  if (!(refused instanceof Error && 'violations' in refused && Array.isArray(refused.violations))) throw new Error('it was not refused');
  expect(refused).toMatchObject({ code: 'invalid-document' });
  return refused.violations.map(({ pointer }) => pointer);
}

function withTrial(document: StudyDocument, index: number, change: Partial<ExportedTrial>): StudyDocument {
  return { ...document, trials: document.trials.map((trial, place) => (place === index ? { ...trial, ...change } : trial)) };
}

describe('an import is refused, with the place,', () => {
  test('where a suggestion was edited, a result changed what follows, or a trial is there twice', async () => {
    expect(await violationsOf({ document: withTrial(random, 4, { origin: { sampler: 'mine' } }) })).toEqual(['/document/trials/4/origin']);
    const [first] = genetic.trials;
    const values = { value: 0.999 };
    const changed = withTrial(genetic, 0, { state: 'completed', value: 0.999, values, error: null });
    expect(await violationsOf({ document: changed })).toEqual(
      expect.arrayContaining(['/document/trials/6/parameters', '/document/checkpoints/1/state']),
    );
    if (!first) throw new Error('there is no trial');
    expect(await violationsOf({ document: { ...genetic, trials: [first, ...genetic.trials] } })).toEqual(['/document/trials/1/number']);
  });

  test.each([{ continues: 0 }, { continues: 1.5 }, { earlierValues: 5 }, { from: 'elsewhere' }])(
    'where a given trial has an origin of its own: %j',
    async (origin) => {
      const [last] = random.trials.toReversed();
      const given = {
        number: (last?.number ?? 0) + 1,
        given: 'enqueued',
        generation: null,
        parameters: last?.parameters ?? {},
        origin,
      } as const;
      expect(await violationsOf({ document: { ...random, unfinished: [given] } })).toEqual(['/document/unfinished/0/origin']);
    },
  );

  test('where parts of one trial do not fit together', async () => {
    expect(await violationsOf({ document: withTrial(random, 3, { state: 'failed', value: 0.5, error: null }) })).toEqual(
      expect.arrayContaining(['/document/trials/3/error', '/document/trials/3/value']),
    );
    const values = { value: 0.25 };
    expect(await violationsOf({ document: withTrial(random, 3, { state: 'completed', value: 0.5, values, error: null }) })).toEqual([
      '/document/trials/3/value',
    ]);
  });

  test('where the definition has faults between its parts, or could not be run', async () => {
    expect(await violationsOf({ document: { ...random, spec: { ...random.spec, parallelism: 1_000_000 } } })).toEqual([
      '/document/spec/parallelism',
    ]);
    expect(await violationsOf({ document: { ...random, spec: { ...random.spec, budget: { generations: 4 } } } })).toEqual([
      '/document/spec/budget/generations',
    ]);
    const lineage = [
      { trials: 9, seed: 1 },
      { trials: 9, seed: 2 },
    ];
    expect(await violationsOf({ document: { ...random, spec: { ...random.spec, lineage } } })).toEqual(['/document/spec/lineage/1/trials']);
  });

  test('where the state does not fit the end, or the end the results', async () => {
    expect(await violationsOf({ document: { ...random, state: 'active' } })).toEqual(['/document/outcome']);
    expect(await violationsOf({ document: { ...random, state: 'paused', outcome: null } })).toEqual(['/document/state']);
    expect(await violationsOf({ document: { ...genetic, trials: genetic.trials.slice(0, -1) } })).toContain('/document/outcome');
  });

  test('where it says that the search came further, or less far, than its results do', async () => {
    expect(await violationsOf({ document: { ...cancelled, observed: 30 } })).toEqual(['/document/observed']);
  });

  test('where a result is missing, with the trial that the search waits for', async () => {
    const refused: unknown = await imported({ document: { ...random, trials: random.trials.filter(({ number }) => number !== 3) } }).catch(
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({
      violations: expect.arrayContaining([{ pointer: expect.any(String), detail: expect.stringContaining('trial 3') }]),
    });
  });

  test('where it cannot become what is asked for', async () => {
    expect(await violationsOf({ document: random, seed: 3 })).toEqual(['/seed']);
    expect(await violationsOf({ document: random, fork: { generation: 0 } })).toEqual(['/fork/generation']);
    expect(await violationsOf({ document: random, fork: { trials: 31 } })).toEqual(['/fork/trials']);
    expect(await violationsOf({ document: genetic, fork: { trials: 6 } })).toEqual(['/fork/trials']);
    expect(await violationsOf({ document: genetic, fork: { generation: 5 } })).toEqual(['/fork/generation']);
    expect(await violationsOf({ document: genetic, fork: { generation: 4 }, seed: 3 })).toEqual(['/seed']);
    expect(await violationsOf({ document: cancelled, budget: { trials: 50 } })).toEqual(['/budget']);
    expect(await violationsOf({ document: random, budget: { generations: 50 } })).toEqual(['/budget/generations']);
    for (const [document, budget] of [
      [random, { trials: 29 }],
      [genetic, { generations: 4 }],
      [random, { trials: 50, targetValue: 0 }],
    ] as const)
      expect(await violationsOf({ document, budget })).toEqual(['/budget']);
  });
});

test('a result of a search that does not look at results is the word of whoever imports it, and the log says so', async () => {
  const values = { value: 0.123 };
  const document = withTrial(random, 4, { state: 'completed', value: 0.123, values, error: null });
  const copy = await imported({ document });
  expect((await documentOf(copy)).trials[4]).toMatchObject({ value: 0.123 });
  const [first] = (await copy.store.reader.events({ studyId: copy.id, limit: 1 })).items;
  expect(first).toMatchObject({ type: 'study-imported', data: { document: digestOf(document), trials: 30 } });
});

test('a study that ended by its budget goes on under a larger one, and as if it had had that from the start', async () => {
  for (const [document, budget] of [
    [random, { trials: 40 }],
    [genetic, { generations: 7 }],
  ] as const) {
    const copy = await imported({ document, budget });
    expect((await studyOf(copy)).state).toBe('active');
    await finish(copy);
    const { evaluate: _evaluate, ...definition } = document.spec;
    const whole = await begin({ ...definition, budget });
    await finish(whole);
    expect(await exportOf(copy)).toBe(await exportOf(whole));
  }
});
