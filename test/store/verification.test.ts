import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { verifyCampaign } from '../../src/campaigns/verification.ts';
import { digestOf } from '../../src/shared/digest.ts';
import { randomStream } from '../../src/shared/random.ts';
import { advanceStudy } from '../../src/studies/actions/advance.ts';
import { moveStudy } from '../../src/studies/actions/life-cycle.ts';
import { type Verification, verifyStudy } from '../../src/studies/actions/verify.ts';
import type { ClaimedTrial } from '../../src/studies/ports/queue.ts';
import { exportCampaign, exportStudy } from '../support/exported.ts';
import { addCampaign, smallest, workOff, workOnce } from './campaigns/campaign-fixture.ts';
import { corruptions } from './corruptions.ts';
import { addStudy, objectiveValue, openStudyStore, type StudyStore, sampleEnvironment, stepRecord, valuesOf } from './study-fixture.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore(8);
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => store.clear());

const runner = randomUUID();
const twoSteps = {
  searchSpace: [
    { type: 'float', name: 'learningRate', low: 0.0005, high: 0.0205, step: 0.0005 },
    { type: 'int', name: 'hiddenUnits', low: 1, high: 511 },
  ],
  objective: { type: 'test-function', function: 'lstm-landscape', steps: 2 },
};

/** Trains a claimed trial for two steps with values of its parameters alone; one in nine fails, one in thirteen diverges. */
async function train(trial: ClaimedTrial, behaved = false): Promise<void> {
  const resultKey = digestOf(trial.job.payload);
  const hash = Number.parseInt(resultKey.slice(0, 6), 16);
  const known = await store.continuation.begin(trial, { resultKey, steps: 2, environment: sampleEnvironment });
  if (hash % 9 === 0 && !behaved) {
    await store.queue.fail(trial, { code: 'training-error', message: 'it did not converge' });
    return;
  }
  if (known && (known.steps === 2 || known.diverged)) {
    await store.continuation.complete(trial, known.steps);
    return;
  }
  const value = objectiveValue(trial.parameters);
  await store.continuation.adopt(trial, 0);
  const record = (step: number, diverged = false) => ({
    ...stepRecord(step, valuesOf(diverged ? null : value / (3 - step)), resultKey),
    checkpoint: null,
  });
  if (hash % 13 === 0 && !behaved) await store.queue.complete(trial, record(1, true), true);
  else {
    await store.queue.recordStep(trial, record(1));
    await store.queue.complete(trial, record(2), false);
  }
}

/** Works on whatever is queued, three trials at a time in any order. @param most trials at most */
async function work(most = 1000): Promise<void> {
  const chance = randomStream(1, 'work');
  const held: ClaimedTrial[] = [];
  for (let done = 0; done < most; done += 1) {
    while (held.length < 3) {
      const trial = await store.queue.claim(runner, 600);
      if (!trial) break;
      held.push(trial);
    }
    const [trial] = held.splice(chance.integer(Math.max(1, held.length)), 1);
    if (!trial) return;
    await train(trial);
    await advanceStudy(store.transactions, trial.studyId);
  }
  for (const trial of held) await store.queue.release(trial);
}

const add = (overrides: Record<string, unknown>): Promise<string> =>
  addStudy(store, { ...twoSteps, retries: { maxAttempts: 1 }, ...overrides });
const verify = (studyId: string): Promise<Verification> => verifyStudy(store.reader, studyId);
/** Places, without the digests of trainings. */
const whereOf = ({ differences }: Verification): string[] =>
  differences.map(({ where }) => where.replace(/^stepResults\/[^/]+\//, 'stepResults/…/'));

const definitions = {
  random: { sampler: { type: 'random' }, budget: { trials: 45 }, parallelism: 4 },
  grid: { sampler: { type: 'grid', axes: { learningRate: { points: 3 }, hiddenUnits: { points: 5 } } }, budget: {}, parallelism: 4 },
  list: {
    sampler: {
      type: 'list',
      points: [
        { learningRate: 0.01, hiddenUnits: 3 },
        { learningRate: 0.02, hiddenUnits: 9 },
      ],
    },
  },
  genetic: { sampler: { type: 'genetic', population: 7, elites: 2 }, budget: { generations: 5 } },
  tpe: { sampler: { type: 'tpe' }, budget: { trials: 45 }, parallelism: 4 },
  asynchronous: { sampler: { type: 'tpe' }, budget: { trials: 45 }, parallelism: 4, schedule: 'asynchronous' },
  target: { sampler: { type: 'random' }, budget: { trials: 60, targetValue: 0.76 }, parallelism: 8 },
  minimize: { sampler: { type: 'tpe' }, budget: { trials: 25 }, metrics: [{ name: 'value' }] },
};

describe('an untouched study is verified', () => {
  it.each(Object.entries(definitions))('at each step of its way, and at its end (%s)', async (_, fields) => {
    const study = await add(fields);
    for (let step = 0; step < 4; step += 1) {
      expect(await verify(study)).toMatchObject({ verified: true, differences: [] });
      await work(5);
    }
    await moveStudy(store.transactions, study, 'pause').catch(() => undefined);
    expect(await verify(study)).toMatchObject({ verified: true, differences: [] });
    await moveStudy(store.transactions, study, 'resume').catch(() => undefined);
    await work();
    const ended = await store.reader.study(study);
    expect(ended?.state).toBe('completed');
    const verification = await verify(study);
    expect(verification).toMatchObject({
      verified: true,
      differences: [],
      events: ended?.events?.count,
      trials: ended?.sampler.suggested,
      suggestions: ended?.sampler.suggested,
      checkpoints: (await store.reader.checkpoints({ studyId: study, limit: 200 })).items.length,
    });
    expect(verification.digest).toBe(digestOf(JSON.parse(await exportStudy(store.reader, study))));
  });

  it('whether it was cancelled, failed, or ended by its wall clock', async () => {
    const cancelled = await add(definitions.tpe);
    await work(9);
    await moveStudy(store.transactions, cancelled, 'cancel');
    expect(await verify(cancelled)).toMatchObject({ verified: true, differences: [] });

    const timed = await add({ ...definitions.asynchronous, budget: { wallClockSeconds: 60 } });
    await work(12);
    await store.sql(`UPDATE study SET elapsed_seconds = 61 WHERE id = '${timed}'`);
    await advanceStudy(store.transactions, timed);
    expect(await store.reader.study(timed)).toMatchObject({ outcome: { reason: 'wall-clock' } });
    expect(await verify(timed)).toMatchObject({ verified: true, differences: [] });

    const lost = await add({ ...definitions.random, retries: { maxAttempts: 1 } });
    await work(6);
    const trial = await store.queue.claim(runner, 60);
    if (trial) await store.queue.fail(trial, { code: 'data-unavailable', message: 'no such archive' });
    await advanceStudy(store.transactions, lost);
    expect(await store.reader.study(lost)).toMatchObject({ state: 'failed' });
    expect(await verify(lost)).toMatchObject({ verified: true, differences: [] });

    const hopeless = await add({ ...definitions.random, budget: { trials: 30 } });
    for (let next = await store.queue.claim(runner, 60); next; next = await store.queue.claim(runner, 60)) {
      await store.queue.fail(next, { code: 'training-error', message: 'never' });
      await advanceStudy(store.transactions, hopeless);
    }
    expect(await store.reader.study(hopeless)).toMatchObject({ outcome: { reason: 'all-trials-failed' } });
    expect(await verify(hopeless)).toMatchObject({ verified: true, differences: [] });
  });

  it('although its trials finished and nobody looked at them yet', async () => {
    const study = await add(definitions.tpe);
    for (let trial = await store.queue.claim(runner, 60); trial; trial = await store.queue.claim(runner, 60)) await train(trial);
    expect(await verify(study)).toMatchObject({ verified: true, differences: [] });
  });

  it('although it began with a version that kept no log; its rows are looked at all the same', async () => {
    const study = await add(definitions.tpe);
    await work(20);
    await store.sql(`DELETE FROM study_event WHERE study_id = '${study}'`);
    await store.sql('UPDATE study SET event_count = NULL, event_head = NULL');
    expect(await verify(study)).toMatchObject({ verified: true, events: null, differences: [] });
    await store.sql("UPDATE trial SET parameters = jsonb_set(parameters, '{hiddenUnits}', '7') WHERE number = 12");
    expect(whereOf(await verify(study))[0]).toBe('trials/12/parameters');
  });

  it('throws for a study that there is not', async () => {
    await expect(verify(randomUUID())).rejects.toMatchObject({ code: 'study-not-found' });
  });
});

async function geneticStudy(): Promise<string> {
  const study = await add(definitions.genetic);
  for (let trial = await store.queue.claim(runner, 600); trial; trial = await store.queue.claim(runner, 600)) {
    await train(trial, true);
    await advanceStudy(store.transactions, study);
  }
  expect(await verify(study)).toMatchObject({ verified: true, trials: 27 });
  return study;
}

const tables = ['study', 'trial', 'measurement', 'step_result', 'study_event', 'study_checkpoint'];

/** Undoes changes of tables by keeping copies of them. */
async function keepTables(): Promise<() => Promise<void>> {
  const all = (statement: (table: string) => string): string => tables.map(statement).join('; ');
  await store.sql(all((table) => `CREATE TABLE kept_${table} AS SELECT * FROM ${table}`));
  const [empty, fill] = [all((table) => `DELETE FROM ${table}`), all((table) => `INSERT INTO ${table} SELECT * FROM kept_${table}`)];
  return async () => {
    await store.sql(`${empty}; ${fill}`);
  };
}

async function dropKept(): Promise<void> {
  await store.sql(`DROP TABLE ${tables.map((table) => `kept_${table}`).join(', ')}`);
}

describe('a change of the database is found', () => {
  it('and named, each alone, and nothing else with it', async () => {
    const study = await geneticStudy();
    const last = ((await store.reader.study(study))?.events?.count ?? 0) - 1;
    const restore = await keepTables();
    const named: Record<string, readonly string[]> = {};
    for (const [what, sql] of corruptions) {
      await store.sql(sql);
      named[what] = whereOf(await verify(study));
      await restore();
      expect(await verify(study)).toMatchObject({ verified: true });
    }
    for (const [what, , expected] of corruptions) {
      const where = expected.map((place) => place.replace('last', String(last)));
      const found = named[what] ?? [];
      // Under another seed all suggestions are others.
      expect(what === 'the seed in the definition' ? found.slice(0, 1) : found, what).toEqual(where);
    }
    await dropKept();
  }, 240_000);

  it('all of twelve that are made at once', async () => {
    const study = await geneticStudy();
    const together = [
      'the value of a trial',
      'a parameter',
      'an origin',
      'a score',
      'a step report',
      'a result of a step',
      "an event's hash",
      "a study checkpoint's state",
      "the sampler's state",
      'the definition',
      'a trial that is gone',
      "a trial's state",
    ];
    for (const [what, sql] of corruptions) if (together.includes(what)) await store.sql(sql);
    const found = whereOf(await verify(study));
    const expected = corruptions.filter(([what]) => together.includes(what)).flatMap(([, , where]) => where);
    expect(expected).toHaveLength(12);
    expect(found).toEqual(expect.arrayContaining(expected));
    expect(found.filter((where) => !expected.includes(where))).toEqual([]);
  });

  it('where the definition cannot be read at all', async () => {
    const study = await add(definitions.random);
    await store.sql("UPDATE study SET spec = spec - 'seed'");
    expect(await verify(study)).toMatchObject({ verified: false, digest: null, differences: [{ where: 'study' }] });
  });
});

describe('a campaign', () => {
  it('is verified with all its parts, at each step and at its end', async () => {
    const campaign = await addCampaign(store);
    for (let steps = 0; steps < 4; steps += 1) {
      expect(await verifyCampaign(store.reader, campaign)).toMatchObject({ verified: true, differences: [] });
      for (let trials = 0; trials < 9; trials += 1) await workOnce(store, runner);
    }
    await workOff(store, runner);
    const parts = await store.reader.campaignParts(campaign);
    const verification = await verifyCampaign(store.reader, campaign);
    expect(verification).toMatchObject({ verified: true, differences: [] });
    expect(verification.parts.map(({ name, studyId, verified }) => ({ name, studyId, verified }))).toEqual(
      parts.map(({ name, study }) => ({ name, studyId: study.id, verified: true })),
    );
    expect(verification.digest).toBe(digestOf(JSON.parse(await exportCampaign(store.reader, campaign))));
  }, 120_000);

  it.each([
    [
      'a point of its test',
      "UPDATE study SET spec = jsonb_set(spec, '{sampler,points,0,hiddenUnits}', '1') WHERE part_name = 'test'",
      'parts/test/study/spec',
    ],
    [
      'a measurement on held-out data',
      "UPDATE trial_evaluation SET evaluation = jsonb_set(evaluation, '{score}', '0.51') WHERE trial_id = (SELECT trial.id FROM trial JOIN study ON study.id = study_id WHERE part_name = 'repeat-1' AND number = 0)",
      'parts/repeat-1/trials/0/evaluation',
    ],
    ['its outcome', "UPDATE campaign SET outcome = jsonb_set(outcome, '{detail}', '\"the winner is trial 9 of two\"')", 'campaign/outcome'],
    ['its definition', "UPDATE campaign SET spec = jsonb_set(spec, '{objectiveSeed}', '5')", 'campaign/spec'],
    ['a part of it', "UPDATE study SET part_kind = 'repeat' WHERE part_name = 'test'", 'parts/test/kind'],
    [
      'its score, and so its winner',
      "UPDATE trial SET score = 2 FROM study WHERE study.id = study_id AND part_name = 'final-grid' AND number = 1",
      'parts/final-grid/trials/1/score',
    ],
  ])('names a change of %s', async (_, sql, where) => {
    const campaign = await addCampaign(store, smallest);
    await workOff(store, runner);
    expect(await verifyCampaign(store.reader, campaign)).toMatchObject({ verified: true });
    await store.sql(sql);
    expect((await verifyCampaign(store.reader, campaign)).differences[0]?.where).toBe(where);
  });

  it('throws for one that there is not', async () => {
    await expect(verifyCampaign(store.reader, randomUUID())).rejects.toMatchObject({ code: 'campaign-not-found' });
  });
});
