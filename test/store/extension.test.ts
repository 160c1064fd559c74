import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { canonicalText } from '../../src/shared/digest.ts';
import { type RandomStream, randomStream } from '../../src/shared/random.ts';
import { advanceStudy } from '../../src/studies/actions/advance.ts';
import { changeStudy } from '../../src/studies/actions/change.ts';
import { extendStudy } from '../../src/studies/actions/extend.ts';
import { forkStudy } from '../../src/studies/actions/fork.ts';
import { giveTrials } from '../../src/studies/actions/give.ts';
import { importStudy } from '../../src/studies/actions/import.ts';
import { moveStudy } from '../../src/studies/actions/life-cycle.ts';
import { verifyStudy } from '../../src/studies/actions/verify.ts';
import type { BudgetChange } from '../../src/studies/definition/budget-change.ts';
import { studyDocumentSchema } from '../../src/studies/document/document.ts';
import type { ClaimedTrial } from '../../src/studies/ports/queue.ts';
import { inProcessPlanner } from '../../src/studies/search/suggest.ts';
import { exportStudy } from '../support/exported.ts';
import { addStudy, claimed, objectiveValue, openStudyStore, type StudyStore, stepRecord, valuesOf } from './study-fixture.ts';

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore();
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => store.clear());

const runner = randomUUID();

type Chance = Pick<RandomStream, 'integer'>;
/** Completes the trials one by one, in order. */
const inOrder: Chance = { integer: () => 0 };

/** Claims everything that waits, and completes some of what is held, in any order. */
async function workOnce(studyId: string, chance: Chance, held: ClaimedTrial[], most: number): Promise<void> {
  for (let trial = await store.queue.claim(runner, 60); trial; trial = await store.queue.claim(runner, 60)) held.push(trial);
  if (held.length === 0) throw new Error('an active study has nothing to do');
  const done = Math.min(1 + chance.integer(held.length), most);
  for (let left = done; left > 0; left -= 1) {
    for (const trial of held.splice(chance.integer(held.length), 1))
      await store.queue.complete(trial, stepRecord(1, valuesOf(objectiveValue(trial.parameters)), trial.trialId), false);
    if (left === 1 || chance.integer(2) === 0) await advanceStudy(store.transactions, studyId);
  }
}

async function stateOf(studyId: string): Promise<string | undefined> {
  return (await store.reader.study(studyId))?.state;
}

/** Runs a study to its end, or until it has so many results; what is left is released. */
async function run(studyId: string, seed: number | Chance = 1, results = Number.POSITIVE_INFINITY): Promise<void> {
  const chance = typeof seed === 'number' ? randomStream(seed, 'work') : seed;
  const held: ClaimedTrial[] = [];
  while ((await stateOf(studyId)) === 'active') {
    const most = results === Number.POSITIVE_INFINITY ? results : results - (await store.reader.trialCounts(studyId)).completed;
    if (most <= 0) break;
    await workOnce(studyId, chance, held, most);
  }
  for (const trial of held) await store.queue.release(trial);
}

async function expectVerified(studyId: string): Promise<void> {
  expect(await verifyStudy(store.reader, studyId)).toMatchObject({ differences: [], verified: true });
}

async function extend(studyId: string, budget: BudgetChange): Promise<void> {
  await extendStudy(store.transactions, studyId, budget);
  await expectVerified(studyId);
}

/** The export as a study would have it whose definition had the changed values from the start. */
async function exportAsCreated(studyId: string): Promise<string> {
  const { changes, ...document } = JSON.parse(await exportStudy(store.reader, studyId));
  return canonicalText({ ...document, spec: { ...document.spec, ...changes } });
}

const genetic = { type: 'genetic', population: 6, elites: 2 };
const tpe = { type: 'tpe', startupTrials: 4 };

/** Known results and enqueued configurations, as a definition has them. */
const given = [0.05, 0.2, 0.4, 0.5].map((learningRate, place) => ({
  parameters: { learningRate, hiddenUnits: 100 + place, steps: 1 },
  ...(place % 2 === 0 && { values: { value: 0.3 + place / 10 } }),
}));

interface Case {
  readonly title: string;
  readonly spec: object;
  readonly from: object;
  readonly steps: readonly BudgetChange[];
  readonly to: object;
}

const cases: readonly Case[] = [
  {
    title: 'random',
    spec: { sampler: { type: 'random' }, parallelism: 4 },
    from: { trials: 9 },
    steps: [{ trials: 21 }],
    to: { trials: 21 },
  },
  { title: 'tpe', spec: { sampler: tpe, parallelism: 4 }, from: { trials: 11 }, steps: [{ trials: 23 }], to: { trials: 23 } },
  {
    title: 'tpe, extended twice, once by less than its parallelism',
    spec: { sampler: tpe, parallelism: 5 },
    from: { trials: 19 },
    steps: [{ trials: 21 }, { trials: 30 }],
    to: { trials: 30 },
  },
  {
    title: 'tpe, shorter than its parallelism',
    spec: { sampler: tpe, parallelism: 8 },
    from: { trials: 3 },
    steps: [{ trials: 20 }],
    to: { trials: 20 },
  },
  {
    title: 'genetic by generations',
    spec: { sampler: genetic },
    from: { generations: 2 },
    steps: [{ generations: 4 }],
    to: { generations: 4 },
  },
  {
    title: 'genetic, a generation cut short by trials, twice',
    spec: { sampler: genetic },
    from: { trials: 13 },
    steps: [{ trials: 17 }, { trials: 25 }],
    to: { trials: 25 },
  },
  {
    title: 'genetic, the first generation cut short, a generation closed by less than its size',
    spec: { sampler: genetic, parallelism: 3 },
    from: { trials: 4 },
    steps: [{ trials: 5 }, { trials: 18 }],
    to: { trials: 18 },
  },
  {
    title: 'a grid of which a part was tried',
    spec: {
      sampler: { type: 'grid', axes: { learningRate: { points: 4 }, hiddenUnits: { points: 4 }, steps: { values: [1] } } },
      parallelism: 4,
    },
    from: { trials: 5 },
    steps: [{ trials: null }],
    to: {},
  },
  {
    title: 'tpe with a target that was reached early',
    spec: { sampler: tpe, parallelism: 6 },
    from: { trials: 30, targetValue: 0.3 },
    steps: [{ targetValue: null }],
    to: { trials: 30 },
  },
  {
    title: 'a grid that was suggested to its end when it reached a target',
    spec: {
      sampler: { type: 'grid', axes: { learningRate: { points: 3 }, hiddenUnits: { points: 2 }, steps: { values: [1] } } },
      parallelism: 6,
    },
    from: { targetValue: 0.1 },
    steps: [{ targetValue: null }],
    to: {},
  },
  {
    title: 'tpe with given trials',
    spec: { sampler: tpe, parallelism: 4, givenTrials: given },
    from: { trials: 9 },
    steps: [{ trials: 11 }, { trials: 20 }],
    to: { trials: 20 },
  },
  {
    title: 'tpe with given trials, shorter than its parallelism',
    spec: { sampler: tpe, parallelism: 8, givenTrials: given },
    from: { trials: 3 },
    steps: [{ trials: 20 }],
    to: { trials: 20 },
  },
  {
    title: 'genetic with given trials, a generation cut short',
    spec: { sampler: genetic, givenTrials: given },
    from: { trials: 13 },
    steps: [{ trials: 17 }, { trials: 25 }],
    to: { trials: 25 },
  },
  {
    title: 'genetic with given trials by generations',
    spec: { sampler: genetic, givenTrials: given },
    from: { generations: 2 },
    steps: [{ generations: 4 }],
    to: { generations: 4 },
  },
  {
    title: 'random with given trials and a target that was reached early',
    spec: { sampler: { type: 'random' }, parallelism: 4, givenTrials: given },
    from: { trials: 30, targetValue: 0.3 },
    steps: [{ targetValue: null }],
    to: { trials: 30 },
  },
  {
    title: 'genetic with a target that was reached early',
    spec: { sampler: genetic },
    from: { generations: 5, targetValue: 0.1 },
    steps: [{ targetValue: null }],
    to: { generations: 5 },
  },
];

describe('a study that is extended', () => {
  it.each(cases)('after its end is the study that had the budget from the start ($title)', async ({ spec, from, steps, to }) => {
    const whole = await addStudy(store, { ...spec, budget: to });
    await run(whole);
    const extended = await addStudy(store, { ...spec, budget: from });
    for (const [index, step] of steps.entries()) {
      await run(extended, index + 2);
      await extend(extended, step);
    }
    await run(extended, 9);
    expect(await stateOf(extended)).toBe('completed');
    expect(await exportAsCreated(extended)).toBe(await exportStudy(store.reader, whole));
    await expectVerified(extended);
  });

  it('whose target left later trials out goes on through them, to the next target and the next', async () => {
    const spec = { sampler: { type: 'random' }, parallelism: 8 };
    const whole = await addStudy(store, { ...spec, budget: { trials: 40 } });
    await run(whole);
    const values = (await store.reader.trials({ studyId: whole, limit: 100 })).items.map(({ value }) => value ?? 0);
    const records = values.filter((value, number) => values.slice(0, number).every((earlier) => earlier < value));
    const [first = 0, second = 0, third = 0] = records;
    expect(third).toBeGreaterThan(second);

    const extended = await addStudy(store, { ...spec, budget: { trials: 40, targetValue: first } });
    const leftOut: number[] = [];
    for (const [index, targetValue] of [second, third, null].entries()) {
      await run(extended, index + 2);
      const ended = await store.reader.study(extended);
      expect(ended?.outcome).toMatchObject({ reason: 'target', lastTrial: values.indexOf(records[index] ?? 0) });
      const { completed, cancelled } = await store.reader.trialCounts(extended);
      leftOut.push(completed + cancelled - (ended?.outcome?.lastTrial ?? 0) - 1);
      await expect(extendStudy(store.transactions, extended, { trials: 50 })).rejects.toMatchObject({
        violations: [{ pointer: '/budget/targetValue' }],
      });
      await extend(extended, { targetValue });
    }
    expect(Math.max(...leftOut)).toBeGreaterThan(0);
    await run(extended, 9);
    expect(await exportAsCreated(extended)).toBe(await exportStudy(store.reader, whole));
    await expectVerified(extended);
  });

  it.each(['active', 'paused'] as const)(
    'while it is %s is the same too, with suggestions that see no more than they may',
    async (state) => {
      const spec = { sampler: tpe, parallelism: 8 };
      const whole = await addStudy(store, { ...spec, budget: { trials: 26 } });
      await run(whole);
      const extended = await addStudy(store, { ...spec, budget: { trials: 12 } });
      await run(extended, inOrder, 11);
      if (state === 'paused') await moveStudy(store.transactions, extended, 'pause');
      const before = await store.reader.trialCounts(extended);
      await extend(extended, { trials: 26 });
      expect(await stateOf(extended)).toBe(state);
      expect((await store.reader.trialCounts(extended)).queued).toBeGreaterThan(before.queued);
      if (state === 'paused') await moveStudy(store.transactions, extended, 'resume');
      await run(extended, 3);
      expect(await exportAsCreated(extended)).toBe(await exportStudy(store.reader, whole));
      await expectVerified(extended);
    },
  );

  it.each([
    ['trials', { trials: 9 }, { trials: 20 }],
    ['a target', { trials: 40, targetValue: 0.2 }, { targetValue: null }],
  ])('is replayed under the asynchronous schedule too, which fixes no trials (%s)', async (_, budget, raised) => {
    const study = await addStudy(store, { sampler: tpe, schedule: 'asynchronous', parallelism: 5, budget });
    await run(study);
    await extend(study, raised);
    await run(study, 2);
    expect(await store.reader.study(study)).toMatchObject({ outcome: { reason: 'budget' } });
    await expectVerified(study);
    const text = await exportStudy(store.reader, study);
    const copy = await importStudy(store.transactions, { document: studyDocumentSchema.parse(JSON.parse(text)) });
    expect(await exportStudy(store.reader, copy)).toBe(text);
    await expectVerified(copy);
  });

  describe.each([
    ['a known result', { values: { value: 0.4 } }],
    ['a configuration', {}],
  ])('after %s was given behind its last suggestion', (title, values) => {
    const trial = { parameters: { learningRate: 0.123, hiddenUnits: 77, steps: 1 }, ...values };

    /** A study whose last generation the number of trials cuts short, and which is not quite done. */
    async function almostDone(): Promise<string> {
      const study = await addStudy(store, { sampler: genetic, budget: { trials: 9 } });
      await run(study, inOrder, 8);
      await giveTrials(store.transactions, study, { trials: [trial] });
      return study;
    }

    async function expectWhole(study: string): Promise<void> {
      await expectVerified(study);
      const text = await exportStudy(store.reader, study);
      const copy = await importStudy(store.transactions, { document: studyDocumentSchema.parse(JSON.parse(text)) });
      expect(await exportStudy(store.reader, copy)).toBe(text);
    }

    it('goes on through its cut generation when it has ended', async () => {
      const study = await almostDone();
      await run(study, 2);
      expect(await stateOf(study)).toBe('completed');
      await extend(study, { trials: 30 });
      await run(study, 3);
      expect(await store.reader.trialCounts(study)).toMatchObject({ completed: title === 'a known result' ? 31 : 30 });
      await expectWhole(study);
    });

    it('goes on through its cut generation while it has not', async () => {
      const study = await almostDone();
      const held = [];
      for (let next = await store.queue.claim(runner, 60); next; next = await store.queue.claim(runner, 60)) held.push(next);
      for (const one of held.filter(({ number }) => number < 9))
        await store.queue.complete(one, stepRecord(1, valuesOf(objectiveValue(one.parameters)), one.trialId), false);
      await advanceStudy(store.transactions, study);
      if (title === 'a configuration') expect(await stateOf(study)).toBe('active');
      await extend(study, { trials: 30 });
      for (const one of held.filter(({ number }) => number === 9)) await store.queue.release(one);
      await run(study, 3);
      await expectWhole(study);
    });
  });

  it('is not verified with a budget, a parallelism or a priority that no event tells of', async () => {
    const study = await addStudy(store, { parallelism: 2, budget: { trials: 4 } });
    await run(study);
    await extend(study, { trials: 6 });
    await run(study);
    await changeStudy(store.transactions, study, { labels: { team: 'one' } });
    await expectVerified(study);
    const found = async (changed: string): Promise<string[]> => {
      await store.sql(`UPDATE study SET ${changed} WHERE id = '${study}'`);
      return (await verifyStudy(store.reader, study)).differences.map(({ where }) => where);
    };
    expect(await found('priority = 7')).toEqual(['study/priority']);
    expect(await found(`priority = 0, changes = jsonb_set(changes, '{labels,team}', '"two"')`)).toEqual(['study/changes']);
    expect(await found(`changes = '{"budget": {"trials": 6}, "labels": {"team": "one"}, "parallelism": 9}'`)).toEqual(['study/changes']);
    expect(await found(`changes = '{"budget": {"trials": 7}, "labels": {"team": "one"}}'`)).toContain('study/changes');
    expect(await found('changes = NULL')).toContain('study/changes');
  });

  it('queues the trials again that its end had cancelled, and goes on with its clock', async () => {
    const study = await addStudy(store, { parallelism: 4, budget: { trials: 12, wallClockSeconds: 60 } });
    const trial = await claimed(store, runner);
    await store.queue.complete(trial, stepRecord(1, valuesOf(0.5), 'a'), false);
    await store.sql(`UPDATE study SET elapsed_seconds = 70 WHERE id = '${study}'`);
    await advanceStudy(store.transactions, study);
    expect(await store.reader.study(study)).toMatchObject({ state: 'completed', outcome: { reason: 'wall-clock' } });
    const ids = await store.sql(`SELECT id FROM trial WHERE study_id = '${study}' AND state = 'cancelled' ORDER BY number`);
    expect(ids).toHaveLength(3);

    await expect(extendStudy(store.transactions, study, { trials: 20 })).rejects.toMatchObject({
      code: 'invalid-change',
      violations: [{ pointer: '/budget/wallClockSeconds', detail: expect.stringMatching(/active for 7\d seconds: raise it further/) }],
    });
    await extend(study, { wallClockSeconds: 500 });
    expect(await store.sweep.studiesDue()).toEqual([]);
    const reopened = await store.reader.study(study);
    expect(reopened).toMatchObject({ state: 'active', outcome: null, endedAt: null });
    expect(reopened?.activeTime.seconds).toBeGreaterThanOrEqual(70);
    expect(await store.sql(`SELECT id FROM trial WHERE study_id = '${study}' AND state = 'queued' ORDER BY number LIMIT 3`)).toEqual(ids);
    await run(study);
    expect(await store.reader.study(study)).toMatchObject({ outcome: { reason: 'budget' } });
    await expectVerified(study);
  });

  it('is imported with its changes, byte for byte, and forked into a study that has them in its definition', async () => {
    const study = await addStudy(store, { sampler: genetic, budget: { trials: 13 } });
    await run(study);
    await extend(study, { trials: 22 });
    await run(study);
    const text = await exportStudy(store.reader, study);
    const document = studyDocumentSchema.parse(JSON.parse(text));
    expect(document).toMatchObject({ spec: { budget: { trials: 13 } }, changes: { budget: { trials: 22 } } });
    const copy = await importStudy(store.transactions, { document });
    expect(await exportStudy(store.reader, copy)).toBe(text);
    await expectVerified(copy);
    await extend(copy, { trials: 26 });
    await run(copy);

    const deps = { transactions: store.transactions, reader: store.reader, planner: inProcessPlanner, version: '0' };
    const fork = await forkStudy(deps, copy, { generation: 2 });
    expect(await store.reader.study(fork)).toMatchObject({ changes: null, spec: { budget: { trials: 26 } } });
    await run(fork);
    expect(await exportStudy(store.reader, fork)).toBe(await exportAsCreated(copy));
    await expectVerified(fork);
  });
});
