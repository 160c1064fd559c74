import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { trialQueue } from '../../src/store/queue/queue.ts';
import { createStudy } from '../../src/studies/actions/create.ts';
import type { ClaimedTrial, TrialQueue } from '../../src/studies/ports/queue.ts';
import { openStudyStore, type StudyStore, specOf } from './study-fixture.ts';

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore(16);
});
afterAll(() => store[Symbol.asyncDispose]());
/** A runner's, which knows nothing of earlier claims. */
let queue: TrialQueue;
beforeEach(async () => {
  await store.clear();
  queue = trialQueue(store.database);
});

const runner = randomUUID();
const claim = () => queue.claim(runner, 60);

/** Adds a project with trials that wait. */
async function project(name: string, trials: number, { weight = 1, slots = 'NULL' as number | 'NULL' } = {}): Promise<void> {
  await store.sql(`INSERT INTO project (name, weight, slots) VALUES ('${name}', ${weight}, ${slots})`);
  await addTrials(name, trials);
}

async function addTrials(name: string, trials: number): Promise<void> {
  const own = store.transactions.ownedBy({ project: name, createdBy: null });
  await createStudy(own, specOf({ budget: { trials }, parallelism: trials }), 7);
}

/** The projects of the next claims, in order; fewer if the queue is empty before. */
async function claims(count: number): Promise<string[]> {
  const projects: string[] = [];
  while (projects.length < count) {
    const trial = await claim();
    if (!trial) break;
    projects.push(trial.project);
  }
  return projects;
}

const countOf = (projects: readonly (string | undefined)[], name: string) => projects.filter((project) => project === name).length;
const claimedBy = (trials: readonly (ClaimedTrial | null)[]) => trials.map((trial) => trial?.project);

describe('projects whose trials wait', () => {
  it('take turns, however many wait: ten of one project are claimed within twenty claims, though a thousand of another came first', async () => {
    await project('large', 1000);
    await claims(100);
    await project('small', 10);
    expect(countOf(await claims(20), 'small')).toBe(10);
  });

  it('are claimed by their weights', async () => {
    await project('large', 200, { weight: 3 });
    await project('small', 10);
    const order = await claims(44);
    const waits = order.flatMap((name, place) => (name === 'small' ? [place] : []));
    expect(waits.length).toBe(10);
    // Three claims of the large one between two of the small one.
    expect(waits.slice(1).map((place, index) => place - (waits[index] ?? 0))).toEqual(Array.from({ length: 9 }, () => 4));
  });

  it('begin within their first turn, in every runner', async () => {
    await project('large', 500, { weight: 10 });
    await project('small', 30);
    for (let one = 0; one < 20; one += 1) {
      queue = trialQueue(store.database);
      // A turn of the small one is ten claims of the large one.
      expect(await claims(11)).toContain('small');
    }
  });

  it('are claimed by their weights if many claims are made together, which do not see each other', async () => {
    await project('large', 900, { weight: 3 });
    await project('small', 300);
    const claimed: (string | undefined)[] = [];
    for (let burst = 0; burst < 40; burst += 1) claimed.push(...claimedBy(await Promise.all(Array.from({ length: 8 }, claim))));
    // Of 320 claims a quarter; what two bursts paid too early may still be open.
    expect(Math.abs(countOf(claimed, 'small') - 80)).toBeLessThanOrEqual(16);
  });

  it('do not save up turns while they have nothing to claim', async () => {
    await project('busy', 400);
    await project('other', 400);
    await project('returning', 1);
    await claims(200);
    await addTrials('returning', 100);
    const order = await claims(40);
    expect(order.slice(0, 2)).toContain('returning');
    // A third, and two claims with which it begins.
    expect(countOf(order, 'returning')).toBeLessThanOrEqual(14 + 2);
    expect(countOf(order, 'returning')).toBeGreaterThanOrEqual(13);
  });

  it('share the first claims of many runners, which know nothing of each other', async () => {
    await project('large', 100, { weight: 3 });
    await project('small', 100);
    const firsts: (string | undefined)[] = [];
    for (let one = 0; one < 60; one += 1) firsts.push((await trialQueue(store.database).claim(runner, 60))?.project);
    // Between 40 and 59 but in one run of a million: each is of the large one with 5/6.
    expect(countOf(firsts, 'large')).toBeGreaterThan(33);
    expect(countOf(firsts, 'small')).toBeGreaterThan(0);
  });

  it('are claimed by priority and age inside each project, also when it is not its turn', async () => {
    await project('one', 3);
    await project('two', 3);
    await store.sql("UPDATE trial SET priority = 7 WHERE project = 'two' AND number = 2");
    const taken: [string, number][] = [];
    for (let trial = await claim(); trial; trial = await claim()) taken.push([trial.project, trial.number]);
    expect(taken.filter(([name]) => name === 'one').map(([, number]) => number)).toEqual([0, 1, 2]);
    expect(taken.filter(([name]) => name === 'two').map(([, number]) => number)).toEqual([2, 0, 1]);
  });
});

describe('a quota of slots', () => {
  it('is never exceeded, also by claims that are made together, and what is left over goes to other projects', async () => {
    await project('limited', 30, { slots: 3, weight: 1000 });
    const alone = await Promise.all(Array.from({ length: 12 }, claim));
    expect(countOf(claimedBy(alone), 'limited')).toBeLessThanOrEqual(3);
    await claims(3);
    expect(await running('limited')).toBe(3);
    await project('free', 5);
    expect(await claims(10)).toEqual(Array.from({ length: 5 }, () => 'free'));
  });

  it('has a place again once a trial ends or is returned', async () => {
    await project('limited', 5, { slots: 1 });
    const first = await claim();
    expect(await claim()).toBeNull();
    if (!first) throw new Error('the first claim gives a trial');
    await queue.release(first);
    expect((await claim())?.project).toBe('limited');
    expect(await claim()).toBeNull();
  });

  it('counts trials that were claimed before it was set', async () => {
    await project('limited', 5);
    await claims(2);
    await store.sql("UPDATE project SET slots = 2 WHERE name = 'limited'");
    queue = trialQueue(store.database);
    expect(await claim()).toBeNull();
    await store.sql("UPDATE project SET slots = 3 WHERE name = 'limited'");
    queue = trialQueue(store.database);
    expect(await claims(5)).toEqual(['limited']);
  });
});

async function running(name: string): Promise<number> {
  return (await store.sql(`SELECT 1 FROM trial WHERE project = '${name}' AND state = 'running'`)).length;
}
