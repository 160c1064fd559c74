import { describe, expect, it } from 'vitest';
import { canonicalText } from '../../../src/shared/digest.ts';
import { type RandomStream, randomStream } from '../../../src/shared/random.ts';
import type { GivenTrial } from '../../../src/studies/definition/given-trials.ts';
import { inProcessPlanner } from '../../../src/studies/search/suggest.ts';
import type { ReplayCheckpoint, ReplayTrial } from '../../../src/studies/verification/numbered-buffer.ts';
import { type ReplayDifference, type Replayed, replayStudy } from '../../../src/studies/verification/replay.ts';
import {
  advance,
  type FakeObjective,
  give,
  openTrials,
  runInDisorder,
  runInOrder,
  type SimulatedStudy,
  settle,
  specOf,
  startStudy,
} from '../simulator.ts';

const objective: FakeObjective = ({ parameters }) => {
  const [rate, units] = [Number(parameters['learningRate']), Number(parameters['hiddenUnits'])];
  if (units % 11 === 0) return { code: 'training-error', message: 'it did not converge' };
  if (units % 13 === 0) return null;
  return 1 / (1 + (rate * 100 - 1) ** 2 + (units / 20 - 1) ** 2);
};

const definitions = {
  random: { sampler: { type: 'random' }, budget: { trials: 53 }, parallelism: 4 },
  'random to a target': { sampler: { type: 'random' }, budget: { trials: 500, targetValue: 0.9 }, parallelism: 7 },
  'random that is hopeless': {
    sampler: { type: 'random' },
    budget: { trials: 60, targetValue: 0.9 },
    parallelism: 9,
    metrics: [{ name: 'value' }],
  },
  grid: { sampler: { type: 'grid', axes: { learningRate: { points: 4 }, hiddenUnits: { points: 6 } } }, parallelism: 5 },
  list: { sampler: { type: 'list', points: [1, 2, 3, 4, 5].map((units) => ({ learningRate: 0.01, hiddenUnits: units })) } },
  tpe: { sampler: { type: 'tpe' }, budget: { trials: 47 }, parallelism: 4 },
  'tpe, one at a time, to a target': { sampler: { type: 'tpe' }, budget: { trials: 60, targetValue: 0.95 }, parallelism: 1 },
  'tpe, wide': { sampler: { type: 'tpe' }, budget: { trials: 30 }, parallelism: 40 },
  'tpe, as soon as possible': { sampler: { type: 'tpe' }, budget: { trials: 47 }, parallelism: 4, schedule: 'asynchronous' },
  'tpe, as soon as possible, alone': { sampler: { type: 'tpe' }, budget: { trials: 25 }, parallelism: 1, schedule: 'asynchronous' },
  'tpe, as soon as possible, to a target': {
    sampler: { type: 'tpe' },
    budget: { trials: 90, targetValue: 0.95 },
    parallelism: 5,
    schedule: 'asynchronous',
  },
  genetic: { sampler: { type: 'genetic', population: 7, elites: 2 }, budget: { generations: 6 } },
  'swarm, narrow, cut short': { sampler: { type: 'swarm', particles: 9 }, budget: { generations: 9, trials: 31 }, parallelism: 3 },
  'genetic, narrow, cut short': {
    sampler: { type: 'genetic', population: 9, elites: 1 },
    budget: { generations: 9, trials: 31 },
    parallelism: 3,
  },
  'genetic to a target': {
    sampler: { type: 'genetic', population: 8, elites: 1 },
    budget: { generations: 40, targetValue: 0.9 },
    parallelism: 3,
  },
};

/** Trials that a client gives, by chance: some known, some of them points of the grid above. */
function givenBy(chance: RandomStream, most: number): GivenTrial[] {
  return Array.from({ length: chance.integer(most + 1) }, () => {
    const parameters = { learningRate: [0.0005, 0.001, 0.007][chance.integer(3)] ?? 0.001, hiddenUnits: 1 + chance.integer(63) };
    return { parameters, ...(chance.integer(2) === 0 && { values: { value: chance.uniform() } }) };
  });
}

const loser: FakeObjective = () => ({ code: 'training-error', message: 'never' });
const objectiveOf = (name: string): FakeObjective => (name.endsWith('hopeless') ? loser : objective);

function storedTrials({ trials }: SimulatedStudy): ReplayTrial[] {
  const plain: (Omit<ReplayTrial, 'seen'> & Partial<Pick<ReplayTrial, 'seen'>>)[] = JSON.parse(JSON.stringify(trials));
  return plain.map((trial) => ({ ...trial, seen: trial.seen ?? null }));
}

async function replayed(
  study: SimulatedStudy,
  change: { trials?: ReplayTrial[]; checkpoints?: ReplayCheckpoint[]; observed?: number } = {},
): Promise<{ differences: ReplayDifference[]; end: Replayed }> {
  const { spec, checkpoints, progress } = study;
  const stored = { spec, samplerVersion: progress.version, trials: storedTrials(study), checkpoints };
  const input = { planner: inProcessPlanner, ...stored, ...change };
  const replay = replayStudy(input);
  const differences: ReplayDifference[] = [];
  for (;;) {
    const next = await replay.next();
    if (next.done) return { differences, end: next.value };
    differences.push(next.value);
  }
}

describe('a replay', () => {
  it.each(Object.entries(definitions))(
    'finds nothing in a study that ended, in whatever order its trials finished (%s)',
    async (name, fields) => {
      for (const seed of [1, 2, 3, 4]) {
        const study = runInDisorder(specOf(fields), objectiveOf(name), seed);
        const { differences, end } = await replayed(study, { observed: study.progress.observed });
        expect(differences).toEqual([]);
        expect(end).toMatchObject({
          end: { state: study.state, outcome: study.outcome },
          checkpoints: study.checkpoints.length,
          stuck: false,
        });
        expect(canonicalText({ ...end.progress, suggested: 0 })).toBe(canonicalText({ ...study.progress, suggested: 0 }));
        // How far a search that does not look back is ahead of a verdict is a matter of time.
        if (!name.startsWith('random')) expect(end.progress.suggested).toBe(study.progress.suggested);
      }
    },
  );

  it.each(Object.entries(definitions))('finds nothing in a study on its way, and comes exactly as far (%s)', async (name, fields) => {
    const study = startStudy(specOf(fields));
    const chance = randomStream(name, 'on its way');
    while (study.state === 'active') {
      const { differences, end } = await replayed(study, { observed: study.progress.observed });
      expect(differences).toEqual([]);
      expect(end).toMatchObject({ end: null, stuck: false });
      expect(end.progress.observed).toBe(study.progress.observed);
      expect(canonicalText(end.progress.state)).toBe(canonicalText(study.progress.state));
      for (let bunch = 0; bunch < 9; bunch += 1) {
        const open = openTrials(study);
        const number = open[chance.integer(Math.max(1, open.length))];
        if (number !== undefined) settle(study, number, objectiveOf(name));
        if (chance.integer(2) === 0) advance(study);
      }
      advance(study);
    }
  });

  it.each(Object.entries(definitions))('follows trials that are given in the definition and at any moment (%s)', async (name, fields) => {
    for (const seed of [1, 2, 3]) {
      const chance = randomStream(`${name} ${seed}`, 'given');
      const study = startStudy(specOf({ ...fields, givenTrials: givenBy(chance, 5) }));
      while (study.state === 'active') {
        if (chance.integer(9) === 0) give(study, givenBy(chance, 3));
        const open = openTrials(study);
        const number = open[chance.integer(Math.max(1, open.length))];
        if (number !== undefined) settle(study, number, objectiveOf(name));
        if (chance.integer(2) === 0 || number === undefined) advance(study);
        if (chance.integer(5) > 0) continue;
        const onItsWay = await replayed(study, { observed: study.progress.observed });
        expect(onItsWay.differences).toEqual([]);
        expect(canonicalText(onItsWay.end.progress.state)).toBe(canonicalText(study.progress.state));
      }
      const { differences, end } = await replayed(study, { observed: study.progress.observed });
      expect(differences).toEqual([]);
      expect(end).toMatchObject({
        end: { state: study.state, outcome: study.outcome },
        checkpoints: study.checkpoints.length,
        stuck: false,
      });
      for (const { number, index } of study.trials) if (index !== null) expect(end.indices.get(number) ?? number).toBe(index);
    }
  });

  it('without a limit observes all that can be, and says which trials are missing', async () => {
    const study = startStudy(specOf(definitions.tpe));
    for (const number of [0, 1, 3]) settle(study, number, objective);
    const stored = storedTrials(study).filter(({ number }) => number !== 2);
    const { differences, end } = await replayed(study, { trials: stored });
    expect(differences).toEqual([]);
    expect(end.progress).toMatchObject({ observed: 2, suggested: 6 });
    expect(end.missing.map(({ number }) => number)).toEqual([2, 4, 5]);
    advance(study);
    expect(canonicalText(end.missing.map(({ parameters }) => parameters))).toBe(
      canonicalText([2, 4, 5].map((number) => study.trials[number]?.parameters)),
    );
  });

  it('goes on from many results beyond one that is missing', async () => {
    const study = startStudy(specOf({ sampler: { type: 'random' }, budget: { trials: 2000 }, parallelism: 301 }));
    for (let bunch = 0; bunch < 2; bunch += 1) {
      for (const number of openTrials(study)) if (number !== 5) settle(study, number, objective);
      advance(study);
    }
    const stored = storedTrials(study).filter(({ state }) => state !== 'queued');
    const { differences, end } = await replayed(study, { trials: stored });
    expect(differences).toEqual([]);
    expect(end.progress).toMatchObject({ observed: 5, suggested: study.progress.suggested });
    expect(end.missing.map(({ number }) => number)).toEqual(openTrials(study));
  });

  const study = runInOrder(specOf(definitions.tpe), objective);
  const changed = (number: number, change: Partial<ReplayTrial>): ReplayTrial[] =>
    storedTrials(study).map((trial) => (trial.number === number ? { ...trial, ...change } : trial));

  it('finds a changed suggestion where it was changed', async () => {
    const parameters = { learningRate: 0.01, hiddenUnits: 33 };
    const [first] = (await replayed(study, { trials: changed(12, { parameters }) })).differences;
    expect(first).toMatchObject({ where: 'trials/12/parameters', found: '{"hiddenUnits":33,"learningRate":0.01}' });
    const origins = (await replayed(study, { trials: changed(12, { origin: { sampler: 'tpe' } }) })).differences;
    expect(origins.map(({ where }) => where)).toEqual(['trials/12/origin']);
    const generations = (await replayed(study, { trials: changed(12, { generation: 3 }) })).differences;
    expect(generations).toMatchObject([{ where: 'trials/12/generation', expected: 'null', found: '3' }]);
  });

  it('finds a changed result by what was suggested after it', async () => {
    const { differences } = await replayed(study, { trials: changed(20, { value: 0.99 }) });
    expect(differences[0]?.where).toMatch(/^trials\/2[4-9]\//);
  });

  it('finds a study checkpoint that was changed, removed or added', async () => {
    const genetic = runInOrder(specOf(definitions.genetic), objective);
    const where = async (checkpoints: ReplayCheckpoint[]) =>
      (await replayed(genetic, { checkpoints })).differences.map((difference) => difference.where);
    const all = genetic.checkpoints;
    const with2 = (change: Partial<ReplayCheckpoint>) => all.map((each) => (each.sequence === 2 ? { ...each, ...change } : each));
    expect(await where(with2({ state: all[1]?.state }))).toEqual(['checkpoints/2/state']);
    expect(await where(with2({ digest: 'ab' }))).toEqual(['checkpoints/2/digest']);
    expect(await where(with2({ population: [] }))).toEqual(['checkpoints/2/population']);
    expect(await where(with2({ generation: 7 }))).toEqual(['checkpoints/2/generation']);
    expect(await where(all.filter(({ sequence }) => sequence !== 2))).toEqual(['checkpoints/2']);
    expect(await where([...all, { sequence: all.length, generation: null, trials: 3, state: {}, digest: 'ab' }])).toEqual([
      `checkpoints/${all.length}`,
    ]);
    expect(await where(all.map(({ population: _, ...exported }) => exported))).toEqual([]);
  });

  it('finds a trial that the search never suggests', async () => {
    const stored = storedTrials(study);
    const extra = { ...stored[0], number: stored.length } as ReplayTrial;
    expect((await replayed(study, { trials: [...stored, extra] })).differences.map(({ where }) => where)).toEqual([
      `trials/${stored.length}`,
    ]);
  });

  it('of an asynchronous study names a trial whose sight is unknown or impossible, and does not guess', async () => {
    const asynchronous = runInDisorder(specOf(definitions['tpe, as soon as possible']), objective, 5);
    for (const seen of [
      null,
      { before: 21, except: [] },
      { before: 3, except: [2] },
      { before: 20, except: [40] },
      { before: 20, except: [18, 17] },
    ]) {
      const trials = storedTrials(asynchronous).map((trial) => (trial.number === 20 ? { ...trial, seen } : trial));
      const { differences, end } = await replayed(asynchronous, { trials });
      expect(differences.map(({ where }) => where.replace(/\/seen$/, ''))).toEqual(['trials/20']);
      expect(end.stuck).toBe(true);
    }
    const without = storedTrials(asynchronous).filter(({ number }) => number !== 20);
    expect((await replayed(asynchronous, { trials: without })).differences).toMatchObject([{ where: 'trials/20', found: 'none' }]);
  });

  it('says so where a sampler cannot go on from what is stored', async () => {
    const genetic = runInOrder(specOf(definitions.genetic), objective);
    const trials = storedTrials(genetic).map((trial) => (trial.number === 3 ? { ...trial, origin: { genome: 'x' } } : trial));
    const { differences, end } = await replayed(genetic, { trials });
    expect(differences.map(({ where }) => where)).toEqual(['trials/3/origin', 'trials/0']);
    expect(end.stuck).toBe(true);
  });
});
