import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { representStudyDryRun } from '../../src/api/study-request.ts';
import { UsageError } from '../../src/cli/exit-codes.ts';
import { ProblemError } from '../../src/client/problem-error.ts';
import { commandLine } from './command-line.ts';
import { inTurn, listed } from './fake-client.ts';
import { endedStudy, study, studyId, studySummary, trial } from './studies.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clavier-study-'));
});
afterAll(() => rm(folder, { recursive: true }));

const board = [trial(1, { number: 41, value: 0.95 }), trial(2, { number: 3, value: 0.9 })];
const refusal = new ProblemError({
  status: 422,
  code: 'invalid-request',
  detail: 'the request has an error',
  errors: [{ parameter: 'state', detail: 'must be one of active, paused' }],
});

describe('study create', () => {
  test('sends the definition as the file has it, and prints id, name and state on one line', async () => {
    const file = join(folder, 'study.json');
    await writeFile(file, '{"name": "genetic", "unknown": [1]}');
    const { code, out, err, calls } = await commandLine(['study', 'create', '-f', file], { createStudy: async () => study() });
    expect(calls).toEqual([['createStudy', { name: 'genetic', unknown: [1] }]]);
    expect([code, out, err]).toEqual([0, `${studyId}  genetic  active  18 of 60 trials completed\n`, '']);
  });

  test('takes a definition from a pipe, and prints the study as JSON where it is asked to', async () => {
    const { code, out, calls } = await commandLine(
      ['study', 'create', '-f', '-', '--json'],
      { createStudy: async () => study() },
      { input: '{"preset": "landscape-2"}' },
    );
    expect(calls).toEqual([['createStudy', { preset: 'landscape-2' }]]);
    expect([code, JSON.parse(out)]).toEqual([0, study()]);
  });

  test('sends a preset, with the overrides of a file', async () => {
    const answers = { createStudy: async () => study() };
    expect((await commandLine(['study', 'create', '--preset', 'landscape'], answers)).calls).toEqual([
      ['createStudy', { preset: 'landscape' }],
    ]);
    const line = ['study', 'create', '--preset', 'landscape', '-f', '-'];
    expect((await commandLine(line, answers, { input: '{"name": "mine"}' })).calls).toEqual([
      ['createStudy', { name: 'mine', preset: 'landscape' }],
    ]);
  });

  test('with --dry-run, or a definition that says so, creates nothing and prints what it would cost', async () => {
    const answer = await representStudyDryRun(study().spec);
    const dryRunStudy = async () => answer;
    const input = { input: '{"preset": "landscape-2"}' };
    const { code, out, calls } = await commandLine(['study', 'create', '-f', '-', '--dry-run'], { dryRunStudy }, input);
    expect(calls).toEqual([['dryRunStudy', { preset: 'landscape-2' }]]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^ *trials .+\n.+\n +60 +60 +60 +60 +open +open\n\nTrials are counts; .+\nNothing was created\. .+ start the study\.\n$/s,
    );
    const said = await commandLine(
      ['study', 'create', '-f', '-', '--json'],
      { dryRunStudy },
      { input: '{"preset": "landscape-2", "dryRun": true}' },
    );
    expect(said.calls).toEqual([['dryRunStudy', { preset: 'landscape-2', dryRun: true }]]);
    expect(JSON.parse(said.out)).toEqual(answer);
  });
  test('with --watch stays until the end: the id and progress beside the results, the leaderboard among them', async () => {
    const answers = { createStudy: async () => study(), getStudy: inTurn(study(), endedStudy()), leaderboard: async () => board };
    const { code, out, err } = await commandLine(['study', 'create', '-f', '-', '--watch'], answers, { input: '{}' });
    expect(code).toBe(0);
    expect(err).toMatch(
      new RegExp(`^Study ${studyId}\n2 of 9 generations complete .+\nDone in 3 min 20 s: 9 generations are evaluated\\.\n$`, 's'),
    );
    expect(out).toMatch(/^rank .+\n.+\n +1 +41 .+\n +2 +3 .+\n$/);
  });

  test('without a file, or with one that cannot be read, sends nothing and ends with 2', async () => {
    const none = await commandLine(['study', 'create']);
    expect([none.code, none.calls]).toEqual([2, []]);
    expect(none.err).toBe('clavier: nothing to create: give -f FILE with a definition, or --preset NAME (see clavier preset list)\n');
    const missing = await commandLine(['study', 'create', '-f', join(folder, 'none.json')]);
    expect([missing.code, missing.calls]).toEqual([2, []]);
    expect(missing.err).toMatch(/^clavier: cannot read .+none\.json: ENOENT.+\n$/);
  });
});

describe('study list', () => {
  test('prints a line for each study', async () => {
    const small = study({ id: 'another', name: 'other', best: trial(1, { value: 0.00075804 }) });
    const listStudies = () => listed(studySummary(endedStudy()), studySummary(small));
    const { code, out, calls } = await commandLine(['study', 'list'], { listStudies });
    expect(calls).toEqual([['listStudies', {}]]);
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['id', 'name', 'state', 'sampler', 'finished', 'best', 'created (UTC)'],
      expect.anything(),
      [studyId, 'genetic', 'completed', 'genetic', '60 of 60', '0.9124', '2026-11-24 12:00:00'],
      ['another', 'other', 'active', 'genetic', '19 of 60', '7.6e-4', '2026-11-24 12:00:00'],
      [''],
    ]);
  });

  test('passes its filters on, and prints a JSON array where it is asked to, an empty one for none', async () => {
    const line = ['study', 'list', '--state', 'paused', '--name', 'x', '--json'];
    const { code, out, calls } = await commandLine(line, { listStudies: () => listed() });
    expect(calls).toEqual([['listStudies', { state: 'paused', name: 'x' }]]);
    expect([code, JSON.parse(out)]).toEqual([0, []]);
  });

  test('tells what the service refuses, with every violation, and ends with 2', async () => {
    const listStudies = async function* () {
      yield* [];
      throw refusal;
    };
    const { code, out, err } = await commandLine(['study', 'list', '--state', 'nowhere'], { listStudies });
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe('clavier: the request has an error\n  state: must be one of active, paused (invalid-request)\n');
  });
});

describe('study watch', () => {
  test.each([
    ['completed', 0],
    ['failed', 1],
    ['cancelled', 1],
  ] as const)('of a study that is %s ends with %i', async (state, ending) => {
    const { code, out } = await commandLine(['study', 'watch', studyId], {
      getStudy: inTurn(study(), endedStudy({ state })),
      leaderboard: async () => board,
    });
    expect(code).toBe(ending);
    expect(out).toMatch(/^rank /);
  });

  test('of a study with several metrics prints its front, and how to see the rest', async () => {
    const metrics = ['value', 'latency'].map((name) => ({ name, direction: 'minimize' as const }));
    const several = endedStudy({ best: null, front: { size: 14 }, spec: { ...endedStudy().spec, metrics } });
    const items = [trial(1, { front: 1, crowding: null, values: { value: 0.5, latency: 9 } })];
    const { code, out, calls } = await commandLine(['study', 'watch', studyId], {
      getStudy: inTurn(several),
      front: async () => ({ metrics, size: 14, items, hypervolume: null, reference: null }),
    });
    expect([code, calls.at(-1)]).toEqual([0, ['front', studyId, { limit: 10 }]]);
    expect(out).toMatch(/^14 trials on the front, of which 1 .+\n\nrank .+ front .+ value +latency /);
    expect(out).toMatch(new RegExp(`\\n\\n13 more: clavier study front ${studyId}\\n$`));
  });

  test('prints the ended study as JSON where it is asked to, and nothing else among the results', async () => {
    const getStudy = inTurn(study(), endedStudy());
    const { code, out, calls } = await commandLine(['study', 'watch', studyId, '--json'], { getStudy });
    expect([code, JSON.parse(out)]).toEqual([0, endedStudy()]);
    // The first look shows the study at once, the others wait for a change of what is shown.
    expect(calls).toEqual([
      ['getStudy', studyId],
      ['getStudy', studyId, { wait: 5, known: study() }],
    ]);
  });

  test('stopped ends with 130 at once, though the service does not answer, and says that the study goes on', async () => {
    const stop = new AbortController();
    const getStudy = () => {
      queueMicrotask(() => stop.abort());
      return new Promise<never>(() => undefined);
    };
    const { code, out, err, calls } = await commandLine(['study', 'watch', studyId], { getStudy }, { stop: stop.signal });
    expect([code, out, err]).toEqual([130, '', 'Stopped watching; the study continues.\n']);
    expect(calls).toEqual([['getStudy', studyId]]);
  });

  test('of a service that nobody can reach ends with 3', async () => {
    const getStudy = () => Promise.reject(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }));
    const { code, err } = await commandLine(['study', 'watch', studyId], { getStudy });
    expect(code).toBe(3);
    expect(err).toMatch(/^clavier: no answer from http:\/\/service\.example: connect ECONNREFUSED; .+\n$/);
  });
});

describe('study leaderboard', () => {
  test('prints the best ten trials, with the metric of the study first', async () => {
    const { code, out, calls } = await commandLine(['study', 'leaderboard', studyId], {
      leaderboard: async () => board,
      getStudy: async () => study(),
    });
    expect(calls).toEqual([
      ['leaderboard', studyId, 10],
      ['getStudy', studyId],
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/^rank +trial +generation +value +gain .+\n.+\n +1 +41 .+\n +2 +3 .+\n$/);
  });

  test('says how many trials were stopped early and have no rank, and which command lists them', async () => {
    const answers = (pruned: number) => ({
      leaderboard: async () => board,
      getStudy: async () => study({ trials: { ...study().trials, pruned } }),
    });
    const { out } = await commandLine(['study', 'leaderboard', studyId], answers(2));
    expect(out).toMatch(/\n\n2 trials were stopped early and have no rank: clavier study trials [0-9a-f-]+ --state pruned\n$/);
    const one = await commandLine(['study', 'leaderboard', studyId], answers(1));
    expect(one.out).toContain('\n\n1 trial was stopped early and has no rank: ');
  });

  test('prints them as JSON where it is asked to, as many as are asked for', async () => {
    const line = ['study', 'leaderboard', studyId, '--limit', '2', '--json'];
    const { out, calls } = await commandLine(line, { leaderboard: async () => board });
    expect(calls).toEqual([['leaderboard', studyId, 2]]);
    expect(JSON.parse(out)).toEqual(board);
  });

  test.each(['0', '201', '2.5', '-1', 'many', ''])('refuses --limit %j with 2, without asking', async (limit) => {
    const { code, err, calls } = await commandLine(['study', 'leaderboard', studyId, `--limit=${limit}`]);
    expect([code, calls]).toEqual([2, []]);
    expect(err).toContain('It must be a whole number from 1 to 200.');
  });
});

describe('study front', () => {
  const front = (reference: string) =>
    commandLine(['study', 'front', studyId, '--json', `--reference=${reference}`], {
      front: async () => ({ metrics: [], size: 0, items: [], hypervolume: null, reference: null }),
    });

  test('measures from the reference point that it is given', async () => {
    const { code, calls } = await front('-0.5,3e2');
    expect([code, calls]).toEqual([0, [['front', studyId, { limit: 50, reference: [-0.5, 300] }]]]);
  });

  test.each(['', '0.5,', ',1', '0.5, ,1', '0x10,1', '1e999,1', 'Infinity,1', '0.5;1'])('refuses the point "%s"', async (reference) => {
    await expect(front(reference)).rejects.toThrow(UsageError);
  });
});

describe('study export', () => {
  test('prints the export byte for byte', async () => {
    const { code, out } = await commandLine(['study', 'export', studyId], { exportStudy: async () => '{"é":1}' });
    expect([code, out]).toEqual([0, '{"é":1}']);
  });

  test('writes it into a file that is named, and prints nothing', async () => {
    const file = join(folder, 'export.json');
    const { code, out } = await commandLine(['study', 'export', studyId, '-o', file], { exportStudy: async () => '{"é":1}' });
    expect([code, out, await readFile(file, 'utf8')]).toEqual([0, '', '{"é":1}']);
  });

  test('says why a file cannot be written, and ends with 2', async () => {
    const file = join(folder, 'nowhere', 'export.json');
    const { code, err } = await commandLine(['study', 'export', studyId, '-o', file], { exportStudy: async () => '{}' });
    expect(code).toBe(2);
    expect(err).toMatch(/^clavier: cannot write .+export\.json: ENOENT/);
  });
});

test.each(['pause', 'resume', 'cancel'] as const)('study %s asks for that, and prints the study as it is then', async (move) => {
  const answers = { [move]: async () => study({ state: 'paused' }) };
  const { code, out, calls } = await commandLine(['study', move, studyId], answers);
  expect(calls).toEqual([[move, studyId]]);
  expect([code, out]).toEqual([0, `${studyId}  genetic  paused  18 of 60 trials completed\n`]);
  const { out: json } = await commandLine(['study', move, studyId, '--json'], answers);
  expect(JSON.parse(json)).toEqual(study({ state: 'paused' }));
});

describe('which service is asked', () => {
  const answers = { exportStudy: async () => '{}' };

  test('is what --url and --key name; what they do not name is left to the environment', async () => {
    expect((await commandLine(['study', 'export', 'x', '--url', 'https://a.example/base', '--key', 'k'], answers)).connections).toEqual([
      { url: 'https://a.example/base', key: 'k' },
    ]);
    expect((await commandLine(['study', 'export', 'x'], answers)).connections).toEqual([{}]);
  });

  test.each(['localhost:8080', 'ftp://a.example', 'http://', 'http://name:secret@a.example'])('cannot be %s: 2', async (url) => {
    const { code, err, connections } = await commandLine(['study', 'list', '--url', url]);
    expect([code, connections]).toEqual([2, []]);
    expect(err).toContain("option '--url <address>'");
  });

  test('is not told a key that no header can carry; the refusal does not repeat it', async () => {
    const line = commandLine(['study', 'list', '--key', 'my secret']);
    await expect(line).rejects.toThrow(UsageError);
    await expect(line).rejects.not.toThrow(/secret/);
  });
});

describe('the command line', () => {
  test.each([
    ['an unknown command', ['study', 'remove']],
    ['an unknown option', ['study', 'list', '--all']],
    ['a missing argument', ['study', 'watch']],
    ['one argument too many', ['study', 'watch', 'a', 'b']],
    ['no command', ['study']],
  ])('with %s ends with 2, without asking the service', async (_, line) => {
    const { code, calls, out } = await commandLine(line);
    expect([code, calls, out]).toEqual([2, [], '']);
  });

  test.each([
    [[]],
    [['create']],
    [['list']],
    [['watch']],
    [['leaderboard']],
    [['export']],
    [['pause']],
    [['show']],
    [['trials']],
    [['report']],
    [['delete']],
    [['extend']],
    [['change']],
  ])('study %j --help prints examples and what the exit codes mean, and ends with 0', async (command) => {
    const { code, out } = await commandLine(['study', ...command, '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(/\nExamples:\n {2}.*clavier study .+\n {6}.+\n/);
    expect(out).toMatch(/\nExit codes:\n {2}0 .+\n {2}1 .+\n {2}2 .+\n {2}3 .+\n {2}130 .+\n$/);
  });

  test('with a mistyped command or option names the one that was meant', async () => {
    const command = (await commandLine(['study', 'lsit'])).err;
    expect(command).toMatch(/^error: unknown command 'lsit'\n\(Did you mean list\?\)\n/);
    expect(command).toContain('\nCommands:\n');
    const option = (await commandLine(['study', 'list', '--stat', 'x'])).err;
    expect(option).toMatch(/^error: unknown option '--stat'\n\(Did you mean --state\?\)\n/);
    expect(option).toContain('\nOptions:\n');
  });

  test('whose work was stopped ends with 130, whatever it was waiting for', async () => {
    const stop = new AbortController();
    const line = commandLine(['study', 'create', '-f', '-'], {}, { input: null, stop: stop.signal });
    stop.abort();
    expect(await line).toMatchObject({ code: 130, err: 'clavier: stopped before it was done\n', calls: [] });
  });
});
