import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeService, problem, stop, studyId, unavailable } from '../client/fake-service.ts';
import { allGone } from '../system/process-tree.ts';
import { commandLine, type Outcome } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'clavier-worker-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
/** The folders of the trials are in there. */
beforeEach(() => {
  vi.stubEnv('TMPDIR', mkdtempSync(join(folder, 'scratch-')));
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Runs `clavier worker STUDY OPTIONS -- COMMAND` against a service in memory. */
function worker(service: FakeService, options: readonly string[], command: readonly string[], signal?: AbortSignal): Promise<Outcome> {
  return commandLine(['worker', studyId, ...options, '--', ...command], service.client, signal ? { stop: signal } : {});
}

/** A command without placeholders. */
const shell = (script: string): string[] => ['sh', '-c', script.replaceAll('{', '{{').replaceAll('}', '}}')];
const report = `echo '{"step": 1, "accuracy": 0.5}'`;

/** The error of the only failed attempt. */
function failure(service: FakeService): unknown {
  expect(service.of('fail')).toHaveLength(1);
  return service.of('fail')[0]?.body['error'];
}

describe('the result of a command', () => {
  test('is its last report; the other lines go to the terminal with the number of the trial, and a line tells how the trial ended', async () => {
    const script = join(folder, 'train.mjs');
    writeFileSync(
      script,
      `console.log('epochs: ' + process.argv[3]);
       for (const step of [1, 2]) console.log(JSON.stringify({ step, accuracy: step / process.argv[3], checkpoint: 'c' + step }));
       console.error('a warning');`,
    );
    const service = new FakeService({ parameters: () => ({ epochs: 4 }), searchSpace: [{ name: 'epochs' }] });
    const { code, out, err } = await worker(service, ['--name', 'host:1'], [process.execPath, script, '--epochs', '{epochs}']);
    expect(code, err).toBe(0);
    expect(service.of('ask')[0]?.body).toMatchObject({ worker: 'host:1', leaseSeconds: 60 });
    expect(service.of('reports').flatMap(({ body }) => body['reports'])).toEqual([
      { step: 1, values: { accuracy: 0.25 }, checkpoint: 'c1' },
      { step: 2, values: { accuracy: 0.5 }, checkpoint: 'c2' },
    ]);
    expect(service.of('complete')[0]?.body).toEqual({ token: 'token 0.1' });
    expect(out).toBe('[0] epochs: 4\n');
    expect(err).toBe('[0] a warning\ntrial 0: accuracy – (best 0.9300, 1 of 1)\nThe study has ended. 1 trial completed here.\n');
  });

  test('is what it writes to its result file, with attributes and links', async () => {
    const service = new FakeService();
    const result = { values: { accuracy: 0.91 }, attributes: { commit: 'abc' } };
    const { err } = await worker(service, [], shell(`${report}; printf '%s' '${JSON.stringify(result)}' > "$CLAVIER_RESULT_FILE"`));
    expect(service.of('complete')[0]?.body).toEqual({ token: 'token 0.1', ...result });
    expect(err).toContain('trial 0: accuracy 0.9100 (best 0.9300, 1 of 1)\n');
  });

  test('is the checkpoint at which it resumed if it has nothing left to report', async () => {
    const service = new FakeService({ resumesAfter: 3 });
    await worker(service, [], shell('true'));
    expect(service.of('complete')[0]?.body).toEqual({ token: 'token 0.1' });
  });

  test('is a failure, which may be tried again, if it resumed, reported nothing, and steps were left', async () => {
    const refusal = problem(422, 'invalid-request');
    const service = new FakeService({ resumesAfter: 3, intercept: ({ verb }) => (verb === 'complete' ? refusal : undefined) });
    await worker(service, ['--trials', '1'], shell('true'));
    expect(failure(service)).toContain('the result was refused');
    expect(service.of('fail')[0]?.body).toMatchObject({ retry: true });
  });

  test.each([
    ['nothing', 'true', 'the command ended without a result: it must print a line such as'],
    ['no JSON', 'echo high > "$CLAVIER_RESULT_FILE"', 'the file of CLAVIER_RESULT_FILE has no result: it is not a JSON object'],
    ['an exit code', 'echo one >&2; echo two >&2; exit 75', 'the command ended with exit code 75:\none\ntwo'],
    ['a signal', 'kill -s KILL $$', 'the command was ended by SIGKILL'],
  ])('is a failure, which may be tried again, after %s', async (_, script, message) => {
    const service = new FakeService();
    const { code, err } = await worker(service, ['--trials', '1'], shell(script));
    expect(failure(service)).toContain(message);
    expect(service.of('fail')[0]?.body).toMatchObject({ retry: true });
    expect(err).toContain(`trial 0 failed and will be tried again: ${message.split(':\n')[0]}`);
    expect(code).toBe(0);
  });

  test('is a failure after its time, with the last lines of standard error', async () => {
    const service = new FakeService();
    await worker(service, ['--trials', '1', '--timeout', '0.3'], shell('echo loading >&2; sleep 60'));
    expect(failure(service)).toBe('timed out after 0.3 s:\nloading');
  });

  test('keeps twenty lines of standard error, and no more characters than the service does', async () => {
    const few = new FakeService();
    await worker(few, ['--trials', '1'], shell('i=0; while [ $i -lt 30 ]; do i=$((i + 1)); echo $i >&2; done; exit 1'));
    expect(failure(few)).toBe(`the command ended with exit code 1:\n${Array.from({ length: 20 }, (_, index) => index + 11).join('\n')}`);
    const long = new FakeService();
    await worker(long, ['--trials', '1'], shell(`printf '%3000s\\n' end >&2; exit 1`));
    expect(failure(long)).toMatch(/^the command ended with exit code 1:\n {1900,}end$/);
    expect(String(failure(long)).length).toBeLessThanOrEqual(2000);
  });

  test('does not have a step twice: the second line is shown, and not reported', async () => {
    const service = new FakeService();
    const { out } = await worker(service, [], shell(`${report}; echo '{"step": 1, "accuracy": 0.6}'`));
    expect(service.of('reports').flatMap(({ body }) => body['reports'])).toHaveLength(1);
    expect(out).toBe('[0] {"step": 1, "accuracy": 0.6} (not reported: step 1 is already)\n');
  });
});

describe('a command', () => {
  test('knows its trial by variables', async () => {
    const service = new FakeService({ parameters: () => ({ x: 0.1, kind: 'a "b"' }) });
    const names = ['PARAMETERS', 'TRIAL_ID', 'TRIAL_NUMBER', 'ATTEMPT', 'RESUME'];
    const { out } = await worker(service, [], shell(`${names.map((name) => `printf '%s\\n' "$CLAVIER_${name}"`).join('; ')}; ${report}`));
    expect(out.split('\n').slice(0, -1)).toEqual([
      '[0] {"x":0.1,"kind":"a \\"b\\""}',
      '[0] 01900000-0000-7000-8000-000000000000',
      '[0] 0',
      '[0] 1',
      '[0] ',
    ]);
  });

  test('runs for several trials at a time, and leaves no file behind', async () => {
    const service = new FakeService({ trials: 4 });
    const meeting = mkdtempSync(join(folder, 'meeting-'));
    // Ends only once two of them run.
    const script = `touch ${meeting}/$CLAVIER_TRIAL_NUMBER; while [ $(ls ${meeting} | wc -l) -lt 2 ]; do sleep 0.02; done; ${report}`;
    const { code, err } = await worker(service, ['--jobs', '2'], shell(script));
    expect(code).toBe(0);
    expect(service.states()).toEqual(Array.from({ length: 4 }, () => 'completed'));
    expect(err).toContain('The study has ended. 4 trials completed here.');
    expect(readdirSync(tmpdir())).toEqual([]);
  });

  test('that the service stops gets SIGTERM with all its processes, and SIGKILL after the grace', async () => {
    const service = new FakeService({ intercept: ({ verb }) => (verb === 'reports' ? stop('cancelled') : undefined) });
    const pids = join(folder, 'stopped');
    // Both ignore SIGTERM, which the first notes.
    const script = `trap 'echo term >> ${pids}' TERM; (trap '' TERM; sleep 60) & echo $! > ${pids}; ${report}; while true; do sleep 0.1; done`;
    const { err } = await worker(service, ['--trials', '1', '--grace', '0.5'], shell(script));
    expect(err).toContain('trial 0 was stopped: the trial is cancelled\n');
    const [child = '', ...notes] = readFileSync(pids, 'utf8').trim().split('\n');
    expect(notes).toEqual(['term']);
    await allGone([Number(child)]);
    expect(['complete', 'fail', 'release'].flatMap((verb) => service.of(verb))).toEqual([]);
  });

  test('is stopped as soon as a report is refused, because its trial cannot complete any more', async () => {
    const service = new FakeService({ intercept: ({ verb }) => (verb === 'reports' ? problem(422, 'invalid-request') : undefined) });
    await worker(service, ['--trials', '1'], shell(`${report}; sleep 60`));
    expect(failure(service)).toBe('a report was refused: it is invalid-request');
  });

  test('leaves no process behind when it ends', async () => {
    const pid = join(folder, 'left');
    await worker(new FakeService(), [], shell(`sleep 60 & echo $! > ${pid}; ${report}`));
    await allGone([Number(readFileSync(pid, 'utf8'))]);
  });
});

describe('Ctrl-C', () => {
  test('stops the commands, returns their trials, and ends with 130', async () => {
    const service = new FakeService({ trials: 3 });
    const signal = new AbortController();
    const ended = worker(service, ['--jobs', '2'], shell(`${report}; sleep 60`), signal.signal);
    await vi.waitFor(() => expect(service.of('reports')).toHaveLength(2), { timeout: 10_000 });
    signal.abort();
    const { code, err } = await ended;
    expect(code).toBe(130);
    expect(err).toContain('trial 0 was returned to the queue\n');
    expect(err).toContain('0 trials completed here, 2 returned to the queue.\n');
    expect(service.states()).toEqual(['queued', 'queued', 'queued']);
  });

  test('ends the wait for a trial', async () => {
    const signal = new AbortController();
    const waiting = { trials: [], waiting: { reason: 'paused', detail: 'the study is paused', retryAfterSeconds: 60 } };
    const service = new FakeService({ intercept: ({ verb }) => (verb === 'ask' ? Response.json(waiting) : undefined) });
    const ended = worker(service, [], ['true'], signal.signal);
    await vi.waitFor(() => expect(service.of('ask')).toHaveLength(1));
    signal.abort();
    expect((await ended).code).toBe(130);
  });
});

describe('a worker takes no trial', () => {
  test.each([
    ['of a command with an unknown placeholder', ['sh', '{y}'], '{y} in the command is not a parameter of the study, which has {x}'],
    ['of a command that does not exist', ['no-such-program'], 'cannot run no-such-program: there is no such program'],
    ['of a file that is not executable', [import.meta.filename], 'or it is not executable; check the command after --'],
  ])('%s, and ends with 2', async (_, command, message) => {
    const service = new FakeService();
    const { code, err } = await worker(service, [], command);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(service.of('ask')).toEqual([]);
  });

  test('of a study that the service evaluates itself', async () => {
    const service = new FakeService({
      intercept: () => Response.json({ id: studyId, spec: { objective: { type: 'test-function' }, searchSpace: [] } }),
    });
    const { code, err } = await worker(service, [], ['true']);
    expect(code).toBe(2);
    expect(err).toContain('has the objective test-function, which the service evaluates itself: it needs no worker');
  });

  test.each([
    ['no command', []],
    ['no jobs', ['--jobs', '0', '--', 'true']],
    ['a short lease', ['--lease', '4', '--', 'true']],
    ['a limit of nothing', ['--timeout', '0', '--', 'true']],
  ])('with %s', async (_, args) => {
    const service = new FakeService();
    expect((await commandLine(['worker', studyId, ...args], service.client)).code).toBe(2);
    expect(service.received).toEqual([]);
  });
});

test('a program that a parameter names and that is missing costs no trial an attempt: all are returned, exit code 2', async () => {
  const service = new FakeService({ trials: 2 });
  const { code, err } = await worker(service, ['--jobs', '2'], ['./no-such-{x}']);
  expect(code).toBe(2);
  expect(err).toContain('clavier: cannot run ./no-such-0');
  expect(service.states()).toEqual(['queued', 'queued']);
  expect(service.of('fail')).toEqual([]);
});

test('a service that is away for a moment is announced once, and costs nothing', async () => {
  const seen = new Set<string>();
  const service = new FakeService({
    trials: 2,
    intercept: ({ idempotencyKey }) => {
      if (idempotencyKey === null || seen.has(idempotencyKey)) return undefined;
      seen.add(idempotencyKey);
      return unavailable();
    },
  });
  const { code, err } = await worker(service, [], shell(report));
  expect(code).toBe(0);
  expect(err.match(/trying again, running trials continue/g)).toHaveLength(1);
  expect(service.states()).toEqual(['completed', 'completed']);
});
