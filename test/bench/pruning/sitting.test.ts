import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Method, methodNames, methodsOf } from '../../../bench/pruning/methods.ts';
import { readOptions } from '../../../bench/pruning/options.ts';
import { curveProblems } from '../../../bench/pruning/problems.ts';
import { openResults } from '../../../bench/pruning/results.ts';
import { completeRuns, makeRuns, type Progress } from '../../../bench/pruning/sitting.ts';
import { differences, seedsText, table } from '../../../bench/pruning/tables.ts';

const folder = mkdtempSync(join(tmpdir(), 'clavier-pruning-'));
afterAll(() => rmSync(folder, { recursive: true }));

const problems = curveProblems().slice(0, 2);
const [branin = '', crossing = ''] = problems.map(({ name }) => name);
/** Two whole trials of 27 steps. */
const budget = 54;
const names = ['random/none', 'random/asha'];

/** Our methods, with a note of each search that they make. */
function noted(made: string[], of: readonly string[] = names): Method[] {
  return methodsOf(of, null).map((method) => ({
    ...method,
    search: (problem, run) => {
      made.push(`${run.seed} ${problem.name} ${method.name}`);
      return method.search(problem, run);
    },
  }));
}

/** A sitting that makes at most so many searches. */
async function sit(file: string, seeds: number, most: number, of?: readonly string[]) {
  const made: string[] = [];
  const progress: Progress[] = [];
  const comparison = { methods: noted(made, of), problems, seeds, budget };
  const results = openResults(file);
  await makeRuns(comparison, results, { isOver: () => made.length >= most, onProgress: (each) => progress.push(each) });
  return { made, progress, ...completeRuns(comparison, results) };
}

const allOf = (seed: number) => [branin, crossing].flatMap((problem) => names.map((name) => `${seed} ${problem} ${name}`));

describe('the comparison of the pruning bench', () => {
  test('make one seed with all methods on all problems before the next', async () => {
    const { made, seeds, runs } = await sit(join(folder, 'order'), 2, 100);
    expect(made).toEqual([...allOf(0), ...allOf(1)]);
    expect([seeds, runs.length]).toEqual([[0, 1], 8]);
  });

  test('of a sitting that ended early are continued by the next one, and end with the runs of a single sitting', async () => {
    const file = join(folder, 'resumed');
    const first = await sit(file, 2, 5);
    expect(first.made).toHaveLength(5);
    expect(first.seeds).toEqual([0]);
    expect(first.runs.map(({ seed }) => seed)).toEqual([0, 0, 0, 0]);
    const second = await sit(file, 2, 100);
    expect([...first.made, ...second.made]).toEqual([...allOf(0), ...allOf(1)]);
    const single = await sit(join(folder, 'single'), 2, 100);
    expect(second.runs.map(({ ms: _, ...run }) => run)).toEqual(single.runs.map(({ ms: _, ...run }) => run));
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(8);
  });

  test('read only the first seeds of a file with more, and make only the searches of a further method', async () => {
    const file = join(folder, 'further');
    await sit(file, 2, 100);
    const fewer = await sit(file, 1, 100);
    expect([fewer.made, fewer.seeds, fewer.runs.length]).toEqual([[], [0], 4]);
    const further = await sit(file, 1, 100, [...names, 'random/median']);
    expect(further.made).toEqual([`0 ${branin} random/median`, `0 ${crossing} random/median`]);
    expect(further.runs).toHaveLength(6);
  });

  test('make nothing when the sitting is over at once', async () => {
    const file = join(folder, 'nothing');
    expect(await sit(file, 2, 0)).toEqual({ made: [], progress: [], seeds: [], runs: [] });
    expect(existsSync(file)).toBe(false);
  });

  test('say after each problem which seed it was, and expect nothing more at the end', async () => {
    const { progress } = await sit(join(folder, 'progress'), 2, 100);
    expect(progress.map(({ seed, problem }) => [seed, problem])).toEqual(
      [0, 1].flatMap((seed) => problems.map(({ name }) => [seed, name])),
    );
    expect(progress.slice(0, -1).every(({ secondsLeft }) => secondsLeft > 0)).toBe(true);
    expect(progress.at(-1)?.secondsLeft).toBe(0);
  });
});

test('two methods with the same file are told apart, and each has its name in the table', async () => {
  const methods = methodsOf(methodNames.own, null);
  expect(methods.map(({ name }) => name)).toEqual(methodNames.own);
  expect(new Set(methods.map(({ identity }) => identity)).size).toBe(methods.length);
  const { runs } = await sit(join(folder, 'table'), 1, 100);
  const rows = table(names, runs, budget).split('\n').slice(2);
  expect(rows.map((row) => row.split(' | ')[0])).toEqual(names.map((name) => `| ${name}`));
  expect(rows[0]).toMatch(/\| 2 \| 2 \|$/);
});

test.each([
  [[0, 1, 2], 3, '3 of 3 seeds'],
  [[0, 1, 2, 5], 9, '4 of 9 seeds: those that every method has on every problem (0–2, 5)'],
  [[], 9, '0 of 9 seeds: those that every method has on every problem'],
])('the table says which seeds it has: %j of %i', (seeds, wanted, text) => {
  expect(seedsText(seeds, wanted)).toBe(text);
});

describe('the command line of the pruning bench', () => {
  test("runs all of our methods; with a Python, Optuna's too", () => {
    expect(readOptions([])).toEqual({
      python: null,
      methods: methodNames.own,
      seeds: 100,
      budget: 1080,
      results: undefined,
      minutes: Number.POSITIVE_INFINITY,
    });
    expect(readOptions(['--python', 'python3', '--quick'])).toMatchObject({
      python: 'python3',
      methods: [...methodNames.own, ...methodNames.optuna],
      seeds: 5,
    });
  });

  test('a sampler stands for all of its pruners, and a Python is left out that nothing needs', () => {
    expect(readOptions(['--methods', 'tpe,random/none', '--python', 'python3'])).toMatchObject({
      python: null,
      methods: ['random/none', 'tpe/none', 'tpe/median', 'tpe/percentile', 'tpe/asha', 'tpe/successive-halving', 'tpe/hyperband'],
    });
  });

  test.each([
    ['a method that is not there', ['--methods', 'tpe/nothing'], 'there is no method tpe/nothing; there are: random/none'],
    ['a peer without a Python', ['--methods', 'optuna-tpe/median'], 'optuna-tpe/median needs --python PATH'],
    ['a number of seeds that is none', ['--seeds', '0'], '--seeds takes a whole number from 1 on, got 0'],
    ['a sitting without searches and without a file', ['--minutes', '0'], '--minutes 0 needs --results FILE'],
  ])('%s is refused', (_title, args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });

  test('help is a text', () => {
    expect(readOptions(['--help'])).toMatch(/^usage: npm run bench:pruning/);
  });
});

test('the differences to Optuna are paired by seed, of the pairs of which both were run', () => {
  const run = (method: string, seed: number, last: number) => ({
    method,
    seed,
    identity: method,
    problem: branin,
    budget,
    pace: 'equal' as const,
    at: [0, 0, last],
    trials: 2,
    completed: 2,
    ms: 1,
  });
  const runs = [run('tpe/asha', 0, -2), run('tpe/asha', 1, -4), run('optuna-tpe/halving', 0, -1), run('optuna-tpe/halving', 1, -2)];
  const pairs = [
    ['tpe/asha', 'optuna-tpe/halving'],
    ['tpe/none', 'optuna-tpe/none'],
  ] as const;
  expect(differences(pairs, runs).split('\n').slice(2)).toEqual(['| tpe/asha | optuna-tpe/halving | -1.50 ± 0.98 |']);
  expect(differences(pairs, runs.slice(0, 2))).toBe('');
});
