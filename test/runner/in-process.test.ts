import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EvaluationError, type InProcessEvaluator } from '../../src/objectives/evaluator.ts';
import { evaluateInProcess } from '../../src/runner/in-process.ts';
import { addStudy, claimed, openStudyStore, type StudyStore } from '../store/study-fixture.ts';
import { eventually } from '../support/eventually.ts';

let store: StudyStore;
beforeAll(async () => {
  store = await openStudyStore();
});
afterAll(() => store[Symbol.asyncDispose]());
beforeEach(() => store.clear());

const runner = randomUUID();
const threeSteps = {
  searchSpace: [{ type: 'int', name: 'steps', low: 3, high: 3 }],
  budget: { trials: 1 },
};
const values = (step: number) => ({ value: step / 10, spread: 1 / step, missing: null });
const evaluator = (evaluate: InProcessEvaluator['evaluate']): InProcessEvaluator => ({ kind: 'in-process', evaluate });
/** Reports every step that is asked for. */
const whole = evaluator(async ({ steps }, { report }) => {
  for (let step = 1; step <= steps; step += 1) await report(step, values(step));
});
/** Never ends by itself, and looks at no signal. */
const hanging = evaluator(async (_job, { report }) => {
  await report(1, values(1));
  await new Promise(() => undefined);
});

async function begin(evaluate: InProcessEvaluator, overrides: Record<string, unknown> = {}) {
  const study = await addStudy(store, { ...threeSteps, ...overrides });
  const trial = await claimed(store, runner);
  return { study, trial, ...evaluateInProcess(store, trial, evaluate) };
}

const trialRow = async () => (await store.sql('SELECT * FROM trial'))[0];
const reports = async () => store.sql('SELECT attempt, step FROM measurement ORDER BY attempt, step');

it('records every step, and the last one completes the trial; nothing is kept for others', async () => {
  const { study, end } = await begin(whole);
  expect(await end).toEqual({ kind: 'completed', studyId: study });
  expect(await trialRow()).toMatchObject({
    state: 'completed',
    value: 0.3,
    values: values(3),
    steps_done: 3,
    steps_trained: 3,
    result_key: null,
    source: 'trained',
  });
  expect(await reports()).toEqual([1, 2, 3].map((step) => ({ attempt: 1, step })));
  expect(await store.sql('SELECT 1 FROM step_result')).toEqual([]);
});

it('measures anew in each attempt: the steps of an earlier one stay its own', async () => {
  const first = await begin(hanging);
  await eventually(async () => (await trialRow())?.['steps_done'] === 1);
  first.control.stop('terminate');
  expect(await first.end).toEqual({ kind: 'released' });
  await store.queue.release(first.trial);
  const again = await claimed(store, runner);
  expect(again.stepsDone).toBe(0);
  expect(await evaluateInProcess(store, again, whole).end).toMatchObject({ kind: 'completed' });
  expect(await reports()).toEqual([{ attempt: 1, step: 1 }, ...[1, 2, 3].map((step) => ({ attempt: 2, step }))]);
  expect(await trialRow()).toMatchObject({ steps_done: 3, steps_trained: 4 });
});

describe('an evaluation that does not bring its last step', () => {
  it.each([
    ['fails with a code of its objective', new EvaluationError('evaluation-failed', 'no value'), 'evaluation-failed', 'no value'],
    ['throws', new Error('the function has no value there'), 'training-error', 'the function has no value there'],
    ['ends early', null, 'training-error', 'the evaluation ended without the values of step 3'],
  ])('(it %s) is a failed attempt', async (_how, error, code, message) => {
    const { end } = await begin(
      evaluator(async (_job, { report }) => {
        await report(1, values(1));
        if (error) throw error;
      }),
    );
    expect(await end).toEqual({ kind: 'failed', error: { code, message } });
  });

  it('(it hangs) is ended by the time limit of its study', async () => {
    const { end } = await begin(hanging, { timeoutSeconds: 1 });
    expect(await end).toMatchObject({ kind: 'failed', error: { code: 'timeout' } });
  });
});

describe('an evaluation that is to stop', () => {
  it.each([
    ['its study is paused', () => store.sql("UPDATE study SET state = 'paused'"), 'released'],
    [
      'its trial is cancelled',
      () =>
        store.sql("UPDATE trial SET state = 'cancelled', finished_at = now(), lease_token = NULL, lease_until = NULL, lease_runner = NULL"),
      'abandoned',
    ],
  ] as const)('(%s) learns it at its next report, which is its last', async (_why, happen, kind) => {
    let after = 0;
    const { end } = await begin(
      evaluator(async (_job, { report }) => {
        await report(1, values(1));
        await happen();
        await report(2, values(2));
        after += 1;
      }),
    );
    expect(await end).toEqual({ kind });
    expect(after).toBe(0);
  });

  it('(its runner drains) is put back at once where its step would be thrown away', async () => {
    const { control, end } = await begin(evaluator(() => new Promise(() => undefined)));
    control.stop('drain');
    expect(await end).toEqual({ kind: 'released' });
    expect(await trialRow()).toMatchObject({ steps_done: 0 });
  });

  it('(its runner drains) goes on to the end of the step that completes its trial', async () => {
    let tell: () => void = () => undefined;
    const told = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const { control, end } = await begin(
      evaluator(async (_job, { report, signal }) => {
        await report(1, values(1));
        await report(2, values(2));
        await told;
        signal.throwIfAborted();
        await report(3, values(3));
      }),
    );
    await eventually(async () => (await trialRow())?.['steps_done'] === 2);
    control.stop('drain');
    tell();
    expect(await end).toMatchObject({ kind: 'completed' });
    expect(await trialRow()).toMatchObject({ state: 'completed', steps_done: 3 });
  });
});
