import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { addStudy, openStudyStore, type StudyStore } from '../study-fixture.ts';

let store: StudyStore;
let study: string;
beforeAll(async () => {
  store = await openStudyStore();
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(async () => {
  await store.clear();
  study = await addStudy(store, { budget: { trials: 6 }, parallelism: 6 });
});

/** Makes a trial what it would be in the end. */
async function settle(number: number, columns: string): Promise<void> {
  await store.sql(`UPDATE trial SET ${columns} WHERE study_id = '${study}' AND number = ${number}`);
}

const completed = (value: number | null, more = ''): string =>
  `state = 'completed', value = ${value}, score = ${value}, started_at = '2026-01-01T00:00:00Z', finished_at = '2026-01-01T00:00:10Z'${more}`;

it('charges trials that ended and count, and sums what was trained for all of them', async () => {
  study = await addStudy(store, { budget: { trials: 7 }, parallelism: 7 });
  await settle(0, completed(0.5, ', steps_done = 4, steps_trained = 4, attempts = 2'));
  await settle(1, completed(0.6, `, steps_done = 4, steps_trained = 0, result_key = 'equal', source = 'reused', reuse = 'equal'`));
  await settle(2, completed(0.7, `, steps_done = 2, steps_trained = 0, result_key = 'longer', source = 'reused', reuse = 'longer'`));
  const failure = `error = '{"code": "stalled", "message": "it stood still"}', finished_at = '2026-01-01T00:01:00Z'`;
  await settle(3, `state = 'failed', steps_trained = 1, steps_done = 1, started_at = '2026-01-01T00:00:30Z', ${failure}`);
  await settle(4, `state = 'cancelled', steps_trained = 2, steps_done = 2, finished_at = '2026-01-01T00:02:00Z'`);
  await settle(5, completed(0.9, ', steps_done = 6, steps_trained = 7'));
  await settle(
    6,
    `state = 'pruned', value = 0.2, steps_wanted = 9, steps_done = 2, steps_trained = 2, finished_at = '2026-01-01T00:01:00Z'`,
  );
  expect(await store.reader.trialTotals(study)).toEqual({
    charged: 6,
    completed: 4,
    failed: 1,
    pruned: 1,
    sources: { trained: 2, reused: { equal: 1, longer: 1 }, imported: 0 },
    trainings: 5,
    stepsDone: 19,
    stepsTrained: 16,
    stepsReused: 6,
    stepsSaved: 7,
    heldSeconds: 70,
    interrupted: 1,
    firstStartedAt: new Date('2026-01-01T00:00:00Z'),
    lastFinishedAt: new Date('2026-01-01T00:01:00Z'),
  });
});

it('leaves out what a verdict made needless', async () => {
  for (const number of [0, 1, 2, 3, 4, 5]) await settle(number, completed(number / 10));
  await store.sql(`UPDATE study SET outcome = '{"reason": "target", "detail": "reached", "lastTrial": 3}' WHERE id = '${study}'`);
  expect(await store.reader.trialTotals(study)).toMatchObject({ charged: 4, completed: 4 });
  expect((await store.reader.improvements(study)).map(({ trial }) => trial)).toEqual([0, 1, 2, 3]);
  expect((await store.reader.trialPoints(study, 10)).map(({ number }) => number)).toEqual([0, 1, 2, 3]);
  expect((await store.reader.bestConfigurations(study, 1)).map(({ number }) => number)).toEqual([3]);
});

it('counts the place of an improvement and the steps up to it among the charged trials; a value that is not finite is none', async () => {
  await settle(0, completed(null, ', steps_done = 2'));
  await settle(1, completed(0.5, ', steps_done = 3'));
  await settle(2, `state = 'cancelled', steps_done = 9, finished_at = clock_timestamp()`);
  await settle(3, completed(0.5, ', steps_done = 4'));
  await settle(4, completed(0.6, ', steps_done = 1'));
  expect(await store.reader.improvements(study)).toEqual([
    { charged: 2, stepsDone: 5, trial: 1, value: 0.5 },
    { charged: 4, stepsDone: 10, trial: 4, value: 0.6 },
  ]);
});

it('names each of the best configurations once, by its first trial', async () => {
  for (const number of [0, 1, 2, 3]) await settle(number, completed(number < 2 ? 0.5 : 0.9));
  await store.sql(
    `UPDATE trial SET parameters = (SELECT parameters FROM trial WHERE study_id = '${study}' AND number = 2) WHERE number = 3`,
  );
  expect((await store.reader.bestConfigurations(study, 10)).map(({ number, value }) => [number, value])).toEqual([
    [2, 0.9],
    [0, 0.5],
    [1, 0.5],
  ]);
});

it('tells configurations with other earlier values apart, and names these', async () => {
  for (const number of [0, 1, 2, 3]) await settle(number, completed(number / 10));
  const earlierValues = [{ until: 2, parameters: { learningRate: 0.25 } }];
  await store.sql(`UPDATE trial SET parameters = (SELECT parameters FROM trial WHERE study_id = '${study}' AND number = 0)`);
  await store.sql(`UPDATE trial SET origin = '${JSON.stringify({ earlierValues })}' WHERE number IN (1, 2)`);
  const found = await store.reader.bestConfigurations(study, 10);
  expect(found.map(({ number }) => number)).toEqual([3, 2]);
  expect(found.map((leader) => leader.earlierValues)).toEqual([undefined, earlierValues]);
});

it('is empty where nothing ended', async () => {
  expect(await store.reader.trialTotals(study)).toMatchObject({ charged: 0, stepsTrained: 0, heldSeconds: 0, firstStartedAt: null });
  expect(await store.reader.improvements(study)).toEqual([]);
  expect(await store.reader.trialPoints(study, 10)).toEqual([]);
  expect(await store.reader.bestConfigurations(study, 10)).toEqual([]);
  expect(await store.reader.generationValues(study, 10)).toEqual([]);
});

it('thins trials at even distances, always the same ones, and never to more than asked for', async () => {
  await store.sql(`
    INSERT INTO trial (objective_name, objective_version, id, study_id, number, state, parameters, origin, value, score, started_at, finished_at)
    SELECT 'test-function', 1, gen_random_uuid(), '${study}', number, 'completed', jsonb_build_object('steps', number), '{}', 0.5, 0.5, now(), now()
    FROM generate_series(6, 2905) AS number`);
  const points = await store.reader.trialPoints(study, 500);
  expect(points).toHaveLength(500);
  const gaps = points.slice(1).map(({ number }, index) => number - (points[index]?.number ?? 0));
  expect(new Set(gaps)).toEqual(new Set([5, 6]));
  expect(await store.reader.trialPoints(study, 500)).toEqual(points);
  expect(await store.reader.trialPoints(study, 2900)).toHaveLength(2900);
  expect(await store.reader.trialPoints(study, 0)).toEqual([]);
});

it('shows of the values of a generation the mean, and the best by the direction of the metric', async () => {
  const population = (values: (number | null)[]) => JSON.stringify(values.map((value, trial) => ({ trial, elite: false, value })));
  const close = (id: string, generation: number, values: (number | null)[]) =>
    store.sql(`
      INSERT INTO study_checkpoint (study_id, sequence, generation, trials, state, digest, population)
      VALUES ('${id}', ${generation + 1}, ${generation}, ${(generation + 1) * 3}, '{}', '', '${population(values)}')`);
  await close(study, 0, [0.25, null, 0.75]);
  await close(study, 1, [null, null, null]);
  expect(await store.reader.generationValues(study, 10)).toEqual([
    { generation: 0, trials: 3, mean: 0.5, best: 0.75 },
    { generation: 1, trials: 6, mean: null, best: null },
  ]);
  const least = await addStudy(store, { metrics: [{ name: 'value' }] });
  await close(least, 0, [0.25, null, 0.75]);
  expect(await store.reader.generationValues(least, 10)).toMatchObject([{ best: 0.25 }]);
  expect(await store.reader.generationValues(study, 1)).toHaveLength(1);
  const limited = await addStudy(store, { constraints: [{ metric: 'value', max: 0.5 }] });
  await store.sql(`UPDATE trial SET violation = number - 1 WHERE study_id = '${limited}' AND number IN (1, 2)`);
  await close(limited, 0, [null, 0.25, 0.75]);
  expect(await store.reader.generationValues(limited, 10)).toMatchObject([{ mean: 0.25, best: 0.25 }]);
  const beside = await store.reader.rankedBeside(limited, [1, 2]);
  expect(beside.sort((one, other) => one.number - other.number)).toEqual([
    { number: 1, violation: 0 },
    { number: 2, violation: 1 },
  ]);
  // The value of a member that was stopped early is that of another step.
  const stopped = await addStudy(store);
  await store.sql(`
    INSERT INTO study_checkpoint (study_id, sequence, generation, trials, state, digest, population)
    VALUES ('${stopped}', 1, 0, 2, '{}', '', '[{"trial": 0, "elite": false, "value": 0.5}, {"trial": 1, "elite": false, "value": 0.75, "prunedAt": 1}]')`);
  expect(await store.reader.generationValues(stopped, 10)).toMatchObject([{ mean: 0.5, best: 0.5 }]);
  await store.sql(`UPDATE study SET spec = jsonb_set(spec, '{metrics,1}', spec #> '{metrics,0}') WHERE id = '${least}'`);
  expect(await store.reader.generationValues(least, 10)).toMatchObject([{ mean: null, best: null }]);
});

it('counts the stopped trials by step, and lists those that got furthest, of these the better ones first, with their judgement', async () => {
  const stop = async (number: number, step: number, value: number | null): Promise<void> => {
    await settle(number, `state = 'pruned', value = ${value}, steps_done = ${step}, finished_at = now()`);
    for (const judged of [1, step])
      await store.sql(`
        INSERT INTO judgement (trial_id, step, study_id, number, score, others, least)
        SELECT id, ${judged}, study_id, number, ${value}, 4, ${judged === step ? 0.75 : null} FROM trial
        WHERE study_id = '${study}' AND number = ${number} ON CONFLICT (trial_id, step) DO UPDATE SET least = excluded.least`);
  };
  await stop(0, 1, 0.1);
  await stop(1, 3, null);
  await stop(2, 3, 0.25);
  await stop(3, 3, 0.5);
  await settle(4, completed(0.9));
  await stop(5, 9, 0.6);
  await store.sql(`UPDATE study SET outcome = '{"reason": "target", "detail": "reached", "lastTrial": 4}' WHERE id = '${study}'`);
  const { steps, furthest } = await store.reader.stoppedTrials(study, { steps: 5, trials: 3 });
  expect(steps).toEqual([
    { step: 1, trials: 1 },
    { step: 3, trials: 3 },
  ]);
  expect(furthest.map(({ number, value }) => [number, value])).toEqual([
    [3, 0.5],
    [2, 0.25],
    [1, null],
  ]);
  expect(furthest[0]?.judgement).toEqual({ step: 3, score: 0.5, others: 4, least: 0.75 });
  expect((await store.reader.stoppedTrials(study, { steps: 1, trials: 3 })).steps).toEqual([{ step: 3, trials: 3 }]);
  const ids = (await store.reader.trials({ studyId: study, limit: 10 })).items.map(({ id }) => id);
  const stops = await store.reader.stops(ids);
  expect(ids.map((id) => stops.get(id)?.step)).toEqual([1, 3, 3, 3, undefined, 9]);
});
