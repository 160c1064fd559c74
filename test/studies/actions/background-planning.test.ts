import { afterEach, describe, expect, test, vi } from 'vitest';
import { randomStream } from '../../../src/shared/random.ts';
import { advanceStudy } from '../../../src/studies/actions/advance.ts';
import { type BackgroundPlanning, backgroundPlanning } from '../../../src/studies/actions/background-planning.ts';
import { createStudy } from '../../../src/studies/actions/create.ts';
import { moveStudy } from '../../../src/studies/actions/life-cycle.ts';
import type { Planner } from '../../../src/studies/ports/planner.ts';
import { inProcessPlanner } from '../../../src/studies/search/suggest.ts';
import { type MemoryStore, memoryStore } from '../../campaigns/memory-store.ts';
import { documentOf, exportOf, imported, specFor, studyOf, training } from '../document/searches.ts';
import { heldPlanner, settled } from '../held-planner.ts';

const mode = vi.hoisted(() => ({ slow: true }));
const slow = vi.hoisted(() => () => mode.slow);
vi.mock('../../../src/samplers/tpe/sampler.ts', async (original) => {
  const [actual, { slowWhen }] = [
    await original<typeof import('../../../src/samplers/tpe/sampler.ts')>(),
    await import('../../samplers/slow-when.ts'),
  ];
  return { ...actual, tpeSampler: slowWhen(actual.tpeSampler, slow) };
});
vi.mock('../../../src/samplers/random/sampler.ts', async (original) => {
  const [{ randomSampler }, { slowWhen }] = [
    await original<typeof import('../../../src/samplers/random/sampler.ts')>(),
    await import('../../samplers/slow-when.ts'),
  ];
  return { randomSampler: slowWhen(randomSampler, slow) };
});
vi.mock('../../../src/samplers/list/sampler.ts', async (original) => {
  const [{ listSampler }, { slowWhen }] = [
    await original<typeof import('../../../src/samplers/list/sampler.ts')>(),
    await import('../../samplers/slow-when.ts'),
  ];
  return { listSampler: slowWhen(listSampler, slow) };
});
vi.mock('../../../src/samplers/genetic/sampler.ts', async (original) => {
  const [{ geneticSampler }, { slowWhen }] = [
    await original<typeof import('../../../src/samplers/genetic/sampler.ts')>(),
    await import('../../samplers/slow-when.ts'),
  ];
  return { geneticSampler: slowWhen(geneticSampler, slow) };
});

afterEach(() => {
  mode.slow = true;
});

/** A service with a store; `violations` collects what planning reports. */
interface World {
  readonly store: MemoryStore;
  readonly planning: BackgroundPlanning;
  readonly violations: unknown[];
}

function worldOf(planner: Planner, processes = 1): World {
  const violations: unknown[] = [];
  const plannings: BackgroundPlanning[] = [];
  const store = memoryStore((studyId) => {
    for (const planning of plannings) planning.due(studyId);
  });
  for (let process = 0; process < processes; process += 1)
    plannings.push(backgroundPlanning({ transactions: store, planner, onFault: (error) => violations.push(error) }));
  const [planning] = plannings;
  if (!planning) throw new Error('a world has a process');
  return { store, planning, violations };
}

const tpe = { sampler: { type: 'tpe', startupTrials: 3 }, budget: { trials: 14 } };
const list = { type: 'list', points: [3, 5, 9, 17, 33].map((hiddenUnits) => ({ learningRate: 0.001, hiddenUnits })) };
const searches: Readonly<Record<string, object>> = {
  tpe,
  'tpe to a target': { ...tpe, budget: { trials: 40, targetValue: 0.9 } },
  random: { sampler: { type: 'random' }, budget: { trials: 14 } },
  'a list to its end': { sampler: list },
  genetic: { sampler: { type: 'genetic', population: 5, elites: 1 }, budget: { generations: 3 } },
  'genetic, cut within a generation': { sampler: { type: 'genetic', population: 5, elites: 1 }, budget: { trials: 12 } },
};

/** Settles trials in any order, several between two suggestions, as often as it takes. */
async function runToEnd({ store }: World, id: string, seed: number): Promise<void> {
  const chance = randomStream(seed, 'slow');
  for (let round = 0; round < 2000; round += 1) {
    if ((await studyOf({ store, id })).state !== 'active') return;
    const open = store.open();
    const next = open[chance.integer(Math.max(1, open.length))];
    if (next) await store.settle(id, next.number, training);
    if (chance.integer(3) > 0) await advanceStudy(store, id);
    for (let turns = chance.integer(4); turns > 0; turns -= 1) await settled();
  }
  throw new Error('the study does not end');
}

/** The search as it is where suggestions cost nothing. */
async function instantly(fields: object): Promise<string> {
  mode.slow = false;
  const world = worldOf(inProcessPlanner);
  const id = await createStudy(world.store, specFor(fields), 1);
  await runToEnd(world, id, 1);
  mode.slow = true;
  return exportOf({ store: world.store, id });
}

describe('a search with a slow sampler', () => {
  test.each(Object.entries(searches))(
    'is the search that it is with an instant one, whatever finishes meanwhile (%s)',
    async (_title, fields) => {
      const expected = await instantly(fields);
      for (const [seed, processes] of [
        [1, 1],
        [2, 1],
        [3, 2],
        [4, 3],
      ] as const) {
        const world = worldOf(inProcessPlanner, processes);
        const id = await createStudy(world.store, specFor(fields), 1);
        await runToEnd(world, id, seed);
        expect(await exportOf({ store: world.store, id })).toBe(expected);
        expect(world.violations).toEqual([]);
      }
    },
  );

  test.each(Object.entries({ ...searches, 'tpe, asynchronous': { ...tpe, schedule: 'asynchronous' } }))(
    'is found again by a replay that asks the planner (%s)',
    async (_title, fields) => {
      const world = worldOf(inProcessPlanner);
      const id = await createStudy(world.store, specFor(fields), 1);
      await runToEnd(world, id, 5);
      const searched = { store: world.store, id };
      const suggest = vi.fn(inProcessPlanner.suggest);
      const copy = await imported({ document: await documentOf(searched) }, { suggest });
      expect(await exportOf(copy)).toBe(await exportOf(searched));
      expect(suggest.mock.calls.length).toBeGreaterThanOrEqual((await studyOf(searched)).sampler.suggested);
    },
  );

  test('is created and moved on without waiting for a suggestion', async () => {
    const planner = heldPlanner();
    const { store } = worldOf(planner);
    const id = await createStudy(store, specFor(tpe), 1);
    await settled();
    expect(store.open()).toEqual([]);
    expect(planner.waiting.map(({ firstIndex }) => firstIndex)).toEqual([0]);
    await advanceStudy(store, id);
    await advanceStudy(store, id);
    await planner.answerOne();
    await planner.answerOne();
    expect(store.open().map(({ number }) => number)).toEqual([0, 1]);
    await store.settle(id, 0, training);
    await advanceStudy(store, id);
    expect(planner.mostAtOnce()).toBe(1);
  });

  test('keeps in an asynchronous study each suggestion, with what it saw, however many results come while it is made', async () => {
    const planner = heldPlanner();
    const { store } = worldOf(planner);
    const id = await createStudy(store, specFor({ ...tpe, schedule: 'asynchronous' }), 1);
    await settled();
    for (let made = 0; made < 4; made += 1) await planner.answerOne();
    expect(store.open()).toHaveLength(4);
    await store.settle(id, 1, training);
    await advanceStudy(store, id);
    await settled();
    expect(planner.waiting.map(({ history }) => [...history].map(({ number }) => number))).toEqual([[1]]);
    for (const number of [0, 2, 3]) {
      await store.settle(id, number, training);
      await advanceStudy(store, id);
    }
    const asked = planner.asked();
    await planner.answerOne();
    const { items } = await store.reader.trials({ studyId: id, limit: 100 });
    expect(items[4]?.seen).toEqual({ before: 2, except: [0] });
    // Nothing was thrown away: what is asked next is the next trial, which sees all four.
    expect(planner.asked()).toBe(asked + 1);
    expect(planner.waiting.map(({ firstIndex, history }) => [firstIndex, history.length])).toEqual([[5, 4]]);
  });

  test('drops what was made for a study that ended meanwhile', async () => {
    const planner = heldPlanner();
    const { store, planning, violations } = worldOf(planner);
    const id = await createStudy(store, specFor(tpe), 1);
    await settled();
    await moveStudy(store, id, 'cancel');
    await planner.answerOne();
    await planning.idle();
    expect((await studyOf({ store, id })).sampler.suggested).toBe(0);
    expect(violations).toEqual([]);
  });

  test('loses nothing where the process dies between a suggestion and its transaction', async () => {
    const expected = await instantly(tpe);
    const planner = heldPlanner();
    const dying = worldOf(planner);
    const id = await createStudy(dying.store, specFor(tpe), 1);
    await settled();
    for (let made = 0; made < 2; made += 1) await planner.answerOne();
    expect(planner.waiting).toHaveLength(1);
    // The request stays unanswered for ever; another process comes and looks at the study, as a sweep does.
    const violations: unknown[] = [];
    const successor = backgroundPlanning({
      transactions: dying.store,
      planner: inProcessPlanner,
      onFault: (error) => violations.push(error),
    });
    successor.due(id);
    await successor.idle();
    expect(dying.store.open().map(({ number }) => number)).toEqual([0, 1, 2, 3]);
    for (let round = 0; (await studyOf({ store: dying.store, id })).state === 'active'; round += 1) {
      const [next] = dying.store.open();
      if (next) await dying.store.settle(id, next.number, training);
      successor.due(id);
      await successor.idle();
      expect(round).toBeLessThan(100);
    }
    expect(await exportOf({ store: dying.store, id })).toBe(expected);
    expect(violations).toEqual([]);
  });

  test('tells of each step that stored a suggestion', async () => {
    const stored: string[] = [];
    const planning = backgroundPlanning({
      transactions: { transaction: (work) => store.transaction(work) },
      planner: inProcessPlanner,
      onStored: (studyId) => stored.push(studyId),
      onFault: (error) => {
        throw error;
      },
    });
    const store = memoryStore((studyId) => planning.due(studyId));
    const id = await createStudy(store, specFor(tpe), 1);
    await planning.idle();
    expect(store.open()).toHaveLength(4);
    expect(stored).toEqual([id, id, id, id]);
  });

  test('reports what the sampler cannot go on from, and plans again when it is due again', async () => {
    const suggest = vi.fn(inProcessPlanner.suggest).mockRejectedValueOnce(new Error('no memory'));
    const { store, planning, violations } = worldOf({ suggest });
    const id = await createStudy(store, specFor(tpe), 1);
    await planning.idle();
    expect(violations).toMatchObject([{ message: 'no memory' }]);
    expect(store.open()).toEqual([]);
    await advanceStudy(store, id);
    await planning.idle();
    expect(store.open()).toHaveLength(4);
    expect(violations).toHaveLength(1);
  });
});
