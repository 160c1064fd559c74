import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { capabilities } from '../../../src/objectives/table.ts';
import { newId } from '../../../src/shared/ids.ts';
import { ownRegistration, runnersFor } from '../../../src/store/runners/ability.ts';
import { type ProcessIdentity, processIdentity, thisProcess } from '../../../src/store/runners/process-identity.ts';
import { liveRunners, markSeen, type RunnerEntry, registerRunner, unregisterRunner } from '../../../src/store/runners/registration.ts';
import { storedRunners, storedTrials } from '../inspect.ts';
import { addStudy, claimed, openStudyStore, type StudyStore, stepRecord } from '../study-fixture.ts';

let store: StudyStore;
let child: ChildProcess;
beforeAll(async () => {
  store = await openStudyStore();
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(async () => {
  await store.clear();
  child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
});
afterEach(killChild);

async function killChild(): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function register(identity: ProcessIdentity): Promise<RunnerEntry & { freed: number }> {
  const entry = { id: newId(), identity, slots: 2, objectives: capabilities };
  return { ...entry, freed: await registerRunner(store.database, entry) };
}

function identityOfChild(): ProcessIdentity {
  const identity = child.pid === undefined ? null : processIdentity(child.pid);
  if (!identity) throw new Error('the child is gone');
  return identity;
}

describe('registerRunner', () => {
  it('frees at once what a dead runner of this host holds, and nothing of a living one', async () => {
    await addStudy(store);
    const [other, living] = [await register(identityOfChild()), await register(thisProcess())];
    const [held, kept] = [await claimed(store, other.id), await claimed(store, living.id)];
    expect((await register(thisProcess())).freed).toBe(0);
    await killChild();
    expect((await register(thisProcess())).freed).toBe(1);
    const states = (await storedTrials(store)).slice(0, 2);
    expect(states).toMatchObject([
      { id: held.trialId, state: 'queued', leaseExpiries: 1, failures: 0 },
      { id: kept.trialId, state: 'running', leaseExpiries: 0, failures: 0 },
    ]);
    expect(await storedRunners(store)).not.toContainEqual(expect.objectContaining({ id: other.id }));
  });

  it('leaves the trials of a runner on another host, dead or not', async () => {
    await addStudy(store);
    const elsewhere = await register({ ...identityOfChild(), host: 'another-host' });
    await claimed(store, elsewhere.id);
    await killChild();
    expect((await register(thisProcess())).freed).toBe(0);
    expect((await storedTrials(store)).filter(({ state }) => state === 'running')).toMatchObject([{ leaseRunner: elsewhere.id }]);
  });

  it('tells a process from a later one of the same number', async () => {
    await addStudy(store);
    const { id } = await register({ ...identityOfChild(), startedAt: '1' });
    await claimed(store, id);
    expect((await register(thisProcess())).freed).toBe(1);
  });

  it.each([
    ['another machine of this host name, or this one before it started again', { boot: 'another-boot' }],
    ['another container of this host name', { pidNamespace: 'pid:[1]' }],
    ['a machine that tells only its host name', { boot: '', pidNamespace: '' }],
  ])('leaves a runner and its trials on %s alone: it may live, and its lease decides', async (_, place) => {
    await addStudy(store);
    const living = await register({ ...thisProcess(), ...place, pid: 1, startedAt: '1' });
    const lease = await claimed(store, living.id);
    expect((await register(thisProcess())).freed).toBe(0);
    expect(await storedRunners(store)).toContainEqual(expect.objectContaining({ id: living.id }));
    expect(await store.queue.heartbeat([lease], 60)).toEqual(new Map([[lease.token, 'continue']]));
  });

  it('fences a living runner that was taken for dead: its lease is gone, and its row returns with the next sign of life', async () => {
    await addStudy(store);
    const living = await register({ ...thisProcess(), startedAt: '1' });
    const lease = await claimed(store, living.id);
    expect((await register(thisProcess())).freed).toBe(1);
    expect(await store.queue.heartbeat([lease], 60)).toEqual(new Map([[lease.token, 'abandon']]));
    await markSeen(store.database, living);
    expect(await storedRunners(store)).toContainEqual(expect.objectContaining({ id: living.id }));
  });

  it('fails a trial that keeps killing its runner without one new step, also where the next runner starts at once', async () => {
    await addStudy(store, { budget: { trials: 1 } });
    const dead = { ...thisProcess(), startedAt: '1' };
    for (let expiries = 1; expiries <= 10; expiries += 1) {
      await claimed(store, (await register(dead)).id);
      expect((await register(thisProcess())).freed).toBe(1);
    }
    expect(await storedTrials(store)).toMatchObject([{ state: 'failed', leaseExpiries: 10 }]);
    expect(await store.queue.claim(newId(), 60)).toBeNull();
  });
});

describe('the list of runners', () => {
  it('has those seen of late, and forgets those that were not seen for a day and hold nothing', async () => {
    await addStudy(store);
    const [mine, old, holding] = [await register(thisProcess()), await register(thisProcess()), await register(thisProcess())];
    await store.queue.recordStep(await claimed(store, holding.id), stepRecord(1));
    await store.sql(`UPDATE runner SET seen_at = clock_timestamp() - interval '2 days' WHERE id <> '${mine.id}'`);
    expect((await liveRunners(store.database, 60)).map((runner) => runner.id)).toEqual([mine.id]);
    await markSeen(store.database, mine);
    expect((await storedRunners(store)).map(({ id }) => id)).toEqual([mine.id, holding.id]);
    await markSeen(store.database, holding);
    expect(await liveRunners(store.database, 60)).toHaveLength(2);
    expect(old.freed).toBe(0);
    await unregisterRunner(store.database, mine.id);
    expect((await liveRunners(store.database, 60)).map((runner) => runner.id)).toEqual([holding.id]);
  });

  it('has a runner again that was forgotten while it slept, as it was', async () => {
    const sleeper = await register(thisProcess());
    const [before] = await storedRunners(store);
    await store.sql('DELETE FROM runner');
    await markSeen(store.database, sleeper);
    expect(await storedRunners(store)).toEqual([before]);
    expect(await liveRunners(store.database, 60)).toMatchObject([{ id: sleeper.id, slots: 2 }]);
  });
});

describe('the abilities of a runner', () => {
  const [lost, kept] = [
    { name: 'an objective', version: 1 },
    { name: 'another objective', version: 1 },
  ];
  const abilities = async () => [await runnersFor(store.database, lost, 60), await runnersFor(store.database, kept, 60)];
  const registered = async () => {
    const entry = { id: newId(), identity: thisProcess(), slots: 2, objectives: [lost, kept] };
    await registerRunner(store.database, entry);
    return ownRegistration(store.database, entry, 60);
  };

  it('lists an objective again once the runner can evaluate it, so that the others count on it', async () => {
    const [runner, other] = [await registered(), await registered()];
    expect(await runner.cannotEvaluate(lost)).toBe(true);
    expect(await other.cannotEvaluate(lost)).toBe(false);
    expect(await abilities()).toEqual([
      { alive: 2, able: 0, unable: 2 },
      { alive: 2, able: 2, unable: 0 },
    ]);
    await runner.canEvaluate(lost);
    expect(await abilities()).toMatchObject([{ able: 1, unable: 1 }, { able: 2 }]);
    expect(await other.cannotEvaluate(lost)).toBe(true);
  });

  it('keeps a lost one lost when the runner says that it lives, also after it was forgotten while it slept', async () => {
    const runner = await registered();
    await runner.cannotEvaluate(lost);
    await runner.seen();
    expect(await abilities()).toMatchObject([{ able: 0, unable: 1 }, { able: 1 }]);
    await store.sql('DELETE FROM runner');
    await runner.seen();
    expect(await abilities()).toMatchObject([{ able: 0, unable: 1 }, { able: 1 }]);
  });

  it('tells the versions of an objective apart', async () => {
    const entry = { id: newId(), identity: thisProcess(), slots: 2, objectives: [lost, { ...lost, version: 2 }] };
    const runner = ownRegistration(store.database, entry, 60);
    await runner.cannotEvaluate({ ...lost, version: 2 });
    expect(await runnersFor(store.database, lost, 60)).toEqual({ alive: 1, able: 1, unable: 0 });
    expect(await runnersFor(store.database, { ...lost, version: 2 }, 60)).toEqual({ alive: 1, able: 0, unable: 1 });
  });
});
