import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insertNewStudy, newStudy } from '../../src/studies/actions/create.ts';
import { moveStudy } from '../../src/studies/actions/life-cycle.ts';
import { resolveSpec } from '../../src/studies/definition/resolve.ts';
import { endLeases, storedTrial } from '../store/inspect.ts';
import { addStudy, specOf } from '../store/study-fixture.ts';
import { eventually } from '../support/eventually.ts';
import { type Asked, absentWorld } from './absent-queue.ts';
import { type Bench, openBench } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench[Symbol.asyncDispose]());

/** One trial of three steps. */
const oneTrial = {
  searchSpace: [{ type: 'float', name: 'learningRate', low: 0.001, high: 0.1 }],
  objective: { type: 'test-function', function: 'lstm-landscape', steps: 3 },
  budget: { trials: 1 },
};

const trialOf = (study: string) => storedTrial(bench.store, study);
const becomes = (study: string, facts: object) => eventually(async () => expect(await trialOf(study)).toMatchObject(facts));
const trained = async () => (await bench.trainerLog()).flatMap((line) => line.trained ?? []);
const completed = (study: string) =>
  eventually(async () => expect(await bench.store.reader.study(study)).toMatchObject({ state: 'completed' }));
/** What is measured on the test split in the end. */
const addEvaluatedStudy = (): Promise<string> =>
  bench.store.transactions.transaction((tx) =>
    insertNewStudy(tx, newStudy({ spec: { ...resolveSpec(specOf(oneTrial), 7), evaluate: true }, campaign: null })),
  );

/** Everything a training asks of the database, and where the answer is lost after it was stored. */
const moments = (['claim', 'begin', 'adopt', 'recordStep', 'complete', 'advance'] as const).flatMap(
  (asked): [Asked, 'before' | 'after'][] => [
    [asked, 'before'],
    [asked, 'after'],
  ],
);

describe('a database that is away', () => {
  it.each(moments)(
    'at %s, %s it is stored: the training goes on and delivers, in one attempt, nothing trained twice',
    async (asked, moment) => {
      const study = await addStudy(bench.store, oneTrial);
      const absent = absentWorld(asked, 2, moment);
      await bench.start({ world: absent.world });
      await completed(study);
      // The sweep may have ended the study while the slot still waited for its answer.
      await eventually(() => expect(absent.refused()).toBe(2));
      await eventually(() => expect(bench.said).toContain('the database is back'));
      expect(await trialOf(study)).toMatchObject({
        state: 'completed',
        attempts: 1,
        failures: 0,
        leaseExpiries: 0,
        stepsDone: 3,
        stepsTrained: 3,
      });
      expect(await trained()).toEqual([1, 2, 3]);
      expect(bench.lines).toEqual([]);
      expect(bench.said.join()).toContain('the database is unreachable');
    },
  );

  it.each(['before', 'after'] as const)('at a measurement on the test split, %s it is stored: it is measured once', async (moment) => {
    const study = await addEvaluatedStudy();
    await bench.start({ world: absentWorld('completeEvaluated', 2, moment).world });
    await completed(study);
    expect(await trialOf(study)).toMatchObject({ state: 'completed', attempts: 1, failures: 0, stepsTrained: 3 });
    expect((await bench.trainerLog()).flatMap((line) => line.evaluated ?? [])).toEqual([3]);
    expect(bench.lines).toEqual([]);
  });

  it.each(['before', 'after'] as const)('at a result that is known already, %s it is stored: nothing is trained', async (moment) => {
    const first = await addStudy(bench.store, oneTrial);
    const runner = await bench.start();
    await completed(first);
    await runner.drain();
    const second = await addStudy(bench.store, oneTrial);
    await bench.start({ world: absentWorld('completeKnown', 2, moment).world });
    await completed(second);
    expect(await trialOf(second)).toMatchObject({
      state: 'completed',
      source: 'reused',
      reuse: 'equal',
      attempts: 1,
      failures: 0,
      stepsTrained: 0,
    });
    expect(await trained()).toEqual([1, 2, 3]);
  });

  it.each(['before', 'after'] as const)('at a failed attempt, %s it is stored: it is charged once', async (moment) => {
    await bench.behave('crash', 2, 'train');
    const study = await addStudy(bench.store, oneTrial);
    await bench.start({ world: absentWorld('fail', 2, moment).world });
    await completed(study);
    expect(await trialOf(study)).toMatchObject({ state: 'completed', attempts: 2, failures: 1, stepsTrained: 3 });
    expect(await trained()).toEqual([1, 2, 3]);
  });

  it.each(['before', 'after'] as const)('at a release, %s it is stored: the trial is back in the queue, uncharged', async (moment) => {
    await bench.behave('hold', 2);
    const study = await addStudy(bench.store, oneTrial);
    await bench.start({ world: absentWorld('release', 2, moment).world });
    await becomes(study, { stepsDone: 1 });
    await moveStudy(bench.store.transactions, study, 'pause');
    await eventually(async () => expect(await bench.trainerLog()).toContainEqual(expect.objectContaining({ stop: 'pause' })));
    await bench.release();
    await becomes(study, { state: 'queued', stepsDone: 2, failures: 0, leaseExpiries: 0, leaseToken: null });
    await moveStudy(bench.store.transactions, study, 'resume');
    await completed(study);
    expect(await trialOf(study)).toMatchObject({ attempts: 2, stepsTrained: 3 });
    expect(bench.lines).toEqual([]);
  });

  it('for longer than a lease takes no trial from its runner: what it holds is renewed before ended leases are taken', async () => {
    await bench.behave('hold', 2);
    const study = await addStudy(bench.store, oneTrial);
    const absent = absentWorld(null);
    await bench.start({ world: absent.world, settings: { leaseSeconds: 0.5, heartbeatSeconds: 3600, sweepSeconds: 0.05 } });
    await becomes(study, { stepsDone: 1 });
    absent.leave();
    await eventually(() => expect(bench.said.join()).toContain('the database is unreachable'));
    await endLeases(bench.store);
    absent.comeBack();
    await eventually(() => expect(bench.said).toContain('the database is back'));
    await bench.release();
    await completed(study);
    expect(await trialOf(study)).toMatchObject({ attempts: 1, leaseExpiries: 0, failures: 0, stepsTrained: 3 });
  });
});

describe('a drain while the database is away', () => {
  it('ends after the running step, whose record gets one try; the lease ends by itself', async () => {
    await bench.behave('hold', 2);
    const study = await addStudy(bench.store, oneTrial);
    const absent = absentWorld(null);
    const runner = await bench.start({ world: absent.world });
    await becomes(study, { stepsDone: 1 });
    absent.leave();
    const drained = runner.drain();
    await bench.release();
    await drained;
    expect(runner.busy()).toBe(0);
    expect(await trialOf(study)).toMatchObject({ state: 'running', stepsDone: 1, failures: 0, leaseExpiries: 0 });
  });

  it('ends where a record waits for the database already', async () => {
    await bench.behave('hold', 2);
    const study = await addStudy(bench.store, oneTrial);
    const absent = absentWorld('recordStep', Number.POSITIVE_INFINITY);
    const runner = await bench.start({ world: absent.world });
    await bench.release();
    await eventually(() => expect(absent.refused()).toBeGreaterThan(0));
    await runner.drain();
    expect(await trialOf(study)).toMatchObject({ state: 'running', stepsDone: 0, failures: 0 });
  });

  it('ends at once where a measurement on the test split waits for the database, and stores it', async () => {
    const study = await addEvaluatedStudy();
    const absent = absentWorld('completeEvaluated', 1);
    const runner = await bench.start({ world: absent.world, settings: { stallSeconds: 3600 } });
    await eventually(() => expect(absent.refused()).toBe(1));
    await runner.drain({ now: true });
    expect(await trialOf(study)).toMatchObject({ state: 'completed', attempts: 1, failures: 0 });
  });

  it('ends where a slot waits for a trial', async () => {
    const absent = absentWorld(null);
    absent.leave();
    const runner = await bench.start({ world: absent.world, settings: { slots: 2 } });
    await eventually(() => expect(absent.refused()).toBeGreaterThan(1));
    await runner.drain();
    expect(runner.busy()).toBe(0);
  });
});
