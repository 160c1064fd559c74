import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from './service.ts';
import { workerClient } from './worker-client.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

const { create, one, tell, ended, verified } = workerClient(() => service);

/** A study of workers, whose losses are the parameter and something that shrinks with the steps. */
const definition = {
  searchSpace: [{ type: 'float', name: 'x', low: 0, high: 1 }],
  metrics: [{ name: 'loss' }],
  sampler: { type: 'random' },
  pruner: { type: 'asha' },
  budget: { trials: 6 },
  seed: 3,
  objective: { type: 'external', metrics: [{ name: 'loss', direction: 'minimize' }] },
};

/** A trial of a document, as far as these tests change it. */
interface Trial {
  readonly state: string;
  readonly value: number;
  readonly judgements: { place?: number; others: number }[];
}

const lossAt = (x: unknown, step: number): number => Number(x) + 1 / step;
const bodyOf = async (url: string) => (await service.get(url)).json();

/** Evaluates the next trial step by step. @returns its id, and the step after which it was told to stop */
async function evaluated(study: string): Promise<{ readonly id: string; readonly stoppedAfter: number | null }> {
  const trial = await one(study, { waitSeconds: 5 });
  for (let step = 1; step <= 9; step += 1) {
    const report = () => tell(trial, 'reports', { reports: [{ step, values: { loss: lossAt(trial.parameters['x'], step) } }] });
    const answer = await report();
    expect(answer.statusCode, answer.body).toBe(200);
    if (answer.json().directive === 'continue') continue;
    expect(answer.json()).toMatchObject({ directive: 'stop', reason: 'pruned' });
    // An answer that was lost comes again, and so does one to a heartbeat; a result is not taken.
    expect((await report()).json()).toEqual(answer.json());
    expect((await tell(trial, 'heartbeat')).json()).toEqual(answer.json());
    expect((await tell(trial, 'complete')).json()).toMatchObject({ status: 409, state: 'pruned' });
    return { id: trial.id, stoppedAfter: step };
  }
  expect((await tell(trial, 'complete')).statusCode).toBe(200);
  return { id: trial.id, stoppedAfter: null };
}

/** The report of a study has a curve for each trial, up to where it was stopped, and why the stopped ones were. */
async function reported(study: string, trials: readonly { readonly stoppedAfter: number | null }[]): Promise<void> {
  const { learningCurves, stopped, methods } = await bodyOf(`/v1/studies/${study}/report`);
  const [found] = learningCurves;
  expect(found).toMatchObject({ part: 'random', trials: trials.length, sampled: false });
  expect(found.curves.map((curve: { steps: number[] }) => curve.steps.at(-1))).toEqual(trials.map(({ stoppedAfter }) => stoppedAfter ?? 9));
  expect(found.curves.map((curve: { prunedAt?: number }) => curve.prunedAt ?? null)).toEqual(
    trials.map(({ stoppedAfter }) => stoppedAfter),
  );
  const last = Math.max(...trials.map(({ stoppedAfter }) => stoppedAfter ?? 0));
  expect(stopped.furthest[0]).toMatchObject({ step: last, reason: expect.stringContaining(`(step ${last}): loss `) });
  expect(stopped.steps.reduce((sum: number, { trials: count }: { trials: number }) => sum + count, 0)).toBe(methods[0].cost.trialsPruned);
  const page = (await service.get(`/v1/studies/${study}/report.html`)).body;
  expect(page).toContain('<h2>Learning curves</h2>');
  expect(page).toContain(stopped.furthest[0].reason);
}

describe('a study with a pruner', () => {
  it('tells workers to stop, shows why, and is exported, imported and verified', async () => {
    const study = await create(definition);
    const trials = [];
    for (let trial = 0; trial < 6; trial += 1) trials.push(await evaluated(study));
    await ended(study);
    const stopped = trials.find(({ stoppedAfter }) => stoppedAfter !== null);
    const shown = await bodyOf(`/v1/trials/${stopped?.id}`);
    expect(shown).toMatchObject({ state: 'pruned', prunedAt: stopped?.stoppedAfter, stepsDone: stopped?.stoppedAfter });
    expect(shown.measurements).toHaveLength(stopped?.stoppedAfter ?? 0);
    expect(shown.judgements.at(-1)).toMatchObject({ step: stopped?.stoppedAfter, value: shown.value, stopped: true });
    expect(shown.judgements.at(-1).reason).toContain(`loss ${shown.value}; beside `);
    const pruned = trials.filter(({ stoppedAfter }) => stoppedAfter !== null).length;
    expect((await bodyOf(`/v1/studies/${study}`)).trials).toMatchObject({ pruned, completed: 6 - pruned });
    expect((await bodyOf(`/v1/studies/${study}/leaderboard`)).items).toHaveLength(6 - pruned);
    const listed = (await bodyOf(`/v1/studies/${study}/trials`)).items;
    const one = listed.find(({ id }: { id: string }) => id === stopped?.id);
    expect([one.prunedAt, one.pruneReason]).toEqual([stopped?.stoppedAfter, shown.judgements.at(-1).reason]);
    expect(shown.pruneReason).toBe(one.pruneReason);
    expect(listed.filter((trial: object) => 'pruneReason' in trial)).toHaveLength(pruned);
    const [header, ...records] = (await service.get(`/v1/studies/${study}/trials.csv`)).body.split('\r\n').slice(0, -1);
    const place = header?.split(',').indexOf('prunedAt') ?? -1;
    expect(records.map((record) => Number(record.split(',')[place]) || null)).toEqual(trials.map(({ stoppedAfter }) => stoppedAfter));
    await reported(study, trials);
    const document = await bodyOf(`/v1/studies/${study}/export`);
    const copy = await service.post('/v1/studies/import', { document });
    expect(copy.statusCode, copy.body).toBe(201);
    await verified(study);
    await verified(copy.json().id);
    for (const id of [study, copy.json().id]) {
      // Only the workers know how many steps there were.
      expect(await bodyOf(`/v1/studies/${id}`)).toMatchObject({ stepsReused: 0, stepsSaved: 0 });
      expect((await bodyOf(`/v1/studies/${id}/report`)).totals.search).toMatchObject({ stepsReused: 0, stepsSaved: 0 });
    }
  });

  it('judges no step before one that was judged: a worker may report in any order', async () => {
    const study = await create({ ...definition, budget: { trials: 2 } });
    const [first, second] = [await one(study), await one(study)];
    const report = async (trial: typeof first, step: number, loss: number) =>
      (await tell(trial, 'reports', { reports: [{ step, values: { loss } }] })).json().directive;
    expect([await report(first, 3, 1), await report(first, 9, 1)]).toEqual(['continue', 'continue']);
    expect([await report(second, 9, 0.5), await report(second, 3, 2)]).toEqual(['continue', 'continue']);
    for (const trial of [first, second]) expect((await tell(trial, 'complete', { values: { loss: 1 } })).statusCode).toBe(200);
    await ended(study);
    await verified(study);
  });

  it('is not imported with a judgement that does not follow from the scores', async () => {
    const study = await create({ ...definition, schedule: 'deterministic', parallelism: 1 });
    for (let trial = 0; trial < 6; trial += 1) await evaluated(study);
    await ended(study);
    const document = await bodyOf(`/v1/studies/${study}/export`);
    const index = document.trials.findIndex(({ state }: { state: string }) => state === 'pruned');
    document.trials[index].judgements.at(-1).least -= 10;
    const answer = await service.post('/v1/studies/import', { document });
    expect(answer.statusCode).toBe(422);
    expect(answer.json().errors[0].pointer).toContain(`/document/trials/${index}/judgements`);
  });

  it.each([
    ['a value of a stopped trial that is not its metric', 'pruned', (trial: Trial) => Object.assign(trial, { value: trial.value - 1 })],
    ['a place twice', 'completed', (trial: Trial) => Object.assign(trial.judgements[0] ?? {}, { place: 1, others: 1 })],
    ['no place', 'completed', (trial: Trial) => Reflect.deleteProperty(trial.judgements[0] ?? {}, 'place')],
    ['more others than there were', 'completed', (trial: Trial) => Object.assign(trial.judgements[0] ?? {}, { others: 999 })],
  ])('is not imported with %s', async (_title, state, change) => {
    const study = await create(definition);
    for (let trial = 0; trial < 6; trial += 1) await evaluated(study);
    await ended(study);
    const document = await bodyOf(`/v1/studies/${study}/export`);
    change(document.trials.find((trial: Trial) => trial.state === state));
    expect((await service.post('/v1/studies/import', { document })).statusCode).toBe(422);
  });

  it.each([
    ['several metrics', { metrics: [{ name: 'loss' }, { name: 'size' }], objective: twoMetrics() }, '/pruner'],
    ['evaluations of one step', { metrics: [{ name: 'value' }], searchSpace: square(), objective: branin() }, '/pruner'],
    ['an unknown pruner', { pruner: { type: 'ashaa' } }, '/pruner/type'],
    ['an impossible percentage', { pruner: { type: 'percentile', percentile: 100 } }, '/pruner/percentile'],
  ])('is refused with %s', async (_title, change, pointer) => {
    const answer = await service.post('/v1/studies', { name: 'refused', ...definition, ...change });
    expect(answer.statusCode, answer.body).toBe(422);
    expect(answer.json().errors.map((error: { pointer: string }) => error.pointer)).toEqual([pointer]);
  });

  it('takes the pruner none as no pruner', async () => {
    const study = await create({ ...definition, pruner: { type: 'none' } });
    expect(await bodyOf(`/v1/studies/${study}`)).not.toHaveProperty('spec.pruner');
  });
});

function twoMetrics() {
  const named = (name: string) => ({ name, direction: 'minimize' });
  return { type: 'external', metrics: [named('loss'), named('size')] };
}

function branin() {
  return { type: 'test-function', function: 'branin' };
}

function square() {
  return ['x1', 'x2'].map((name) => ({ type: 'float', name, low: 0, high: 1 }));
}
