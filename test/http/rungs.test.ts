import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startTestService, type TestService } from './service.ts';
import { type Asked, workerClient } from './worker-client.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

const { create, one, tell, ended, verified } = workerClient(() => service);
const bodyOf = async (url: string) => (await service.get(url)).json();

/** A study of workers: three rungs of 1, 3 and 9 epochs, of 9, 3 and 1 trials. */
const definition = {
  searchSpace: [
    { type: 'float', name: 'x', low: 0, high: 1 },
    { type: 'int', name: 'epochs', low: 1, high: 9 },
  ],
  metrics: [{ name: 'loss' }],
  sampler: { type: 'successive-halving', fidelity: 'epochs', proposer: { type: 'random' }, rounds: 1 },
  budget: {},
  seed: 3,
  objective: { type: 'external', metrics: [{ name: 'loss', direction: 'minimize' }] },
};

describe('a study of workers with rungs', () => {
  it.each([['random'], ['tpe'], ['gp']])('continues the best trials of a rung from their checkpoints, with %s', async (type) => {
    const study = await create({ ...definition, sampler: { ...definition.sampler, proposer: { type } } });
    const known = new Map<string, number>();
    const lengths: number[] = [];
    for (let count = 0; count < 13; count += 1) {
      const trial = await one(study, { waitSeconds: 10 });
      const { x, epochs } = z.object({ x: z.number(), epochs: z.number() }).parse(trial.parameters);
      const begun = trial.resume === null ? 0 : known.get(trial.resume.checkpoint);
      expect(begun).toBe(trial.resume?.step ?? 0);
      expect(trial.continues === null).toBe(begun === 0);
      if (trial.continues)
        expect(await bodyOf(`/v1/trials/${trial.continues.trialId}`)).toMatchObject({ parameters: { x, epochs: begun } });
      lengths.push(epochs - (begun ?? 0));
      for (let step = (begun ?? 0) + 1; step <= epochs; step += 1) {
        const checkpoint = `store/${trial.number}/${step}`;
        known.set(checkpoint, step);
        await tell(trial, 'reports', { reports: [{ step, values: { loss: x + 1 / step }, checkpoint }] });
      }
      expect((await tell(trial, 'complete')).statusCode).toBe(200);
    }
    expect(lengths).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 6]);
    await ended(study);
    expect(await bodyOf(`/v1/studies/${study}`)).toMatchObject({ stepsDone: 9 + 3 * 3 + 9, stepsTrained: 21 });
    const { items } = await bodyOf(`/v1/studies/${study}/trials?limit=100`);
    const last = items.find(({ number }: { number: number }) => number === 12);
    expect(last).toMatchObject({ origin: { rung: 2, continues: last.continues }, parameters: { epochs: 9 } });
    const earlier = items.find(({ number }: { number: number }) => number === last.continues);
    expect(earlier).toMatchObject({ origin: { rung: 1 }, parameters: { x: last.parameters.x, epochs: 3 } });
    const { items: best } = await bodyOf(`/v1/studies/${study}/leaderboard`);
    expect(best[0]).toMatchObject({ number: 12, stepsDone: 9 });
    await verified(study);
    const copy = await service.post('/v1/studies/import', { document: await bodyOf(`/v1/studies/${study}/export`) });
    expect(copy.statusCode, copy.body).toBe(201);
    await verified(copy.json().id);
  });

  it('shows a bracket as a generation, with the steps at which its members stopped', async () => {
    const study = await create(definition);
    for (let count = 0; count < 13; count += 1) {
      const trial = await one(study, { waitSeconds: 5 });
      await tell(trial, 'complete', { values: { loss: trial.number } });
    }
    await ended(study);
    const { items } = await bodyOf(`/v1/studies/${study}/generations`);
    expect(items).toHaveLength(1);
  });

  it('continues from the checkpoint that came with a result, and counts the steps of the rung', async () => {
    const study = await create(definition);
    for (let count = 0; count < 13; count += 1) {
      const trial = await one(study, { waitSeconds: 5 });
      const { epochs } = z.object({ epochs: z.number() }).parse(trial.parameters);
      if (trial.continues) expect(trial.resume).toMatchObject({ step: epochs / 3, checkpoint: `store/${trial.continues.number}` });
      await tell(trial, 'complete', { values: { loss: trial.number }, checkpoint: `store/${trial.number}` });
      expect(await bodyOf(`/v1/trials/${trial.id}`)).toMatchObject({ stepsDone: epochs });
    }
    await ended(study);
    const report = await (
      await service.request({ method: 'GET', url: `/v1/studies/${study}/report`, headers: { accept: 'application/json' } })
    ).json();
    const rungs = [
      { rung: 0, fewestSteps: 1, mostSteps: 1, trials: 9, wentOn: 3, best: 0, stepsSaved: 6 * 8 },
      { rung: 1, fewestSteps: 3, mostSteps: 3, trials: 3, wentOn: 1, best: 9, stepsSaved: 2 * 6 },
      { rung: 2, fewestSteps: 9, mostSteps: 9, trials: 1, wentOn: 0, best: 12, stepsSaved: 0 },
    ];
    expect(report.rungs).toEqual(rungs);
    expect(await bodyOf(`/v1/studies/${study}`)).toMatchObject({ stepsDone: 9 + 3 * 3 + 9, stepsTrained: 9 + 3 * 2 + 6, stepsReused: 0 });
    const copy = await service.post('/v1/studies/import', { document: await bodyOf(`/v1/studies/${study}/export`) });
    expect((await bodyOf(`/v1/studies/${copy.json().id}/report`)).rungs).toEqual(rungs);
    await verified(study);
  });

  it.each<[string, number[], number | null]>([
    ['its own, where it reported one', [1, 3], 3],
    ['the last one before that reported one', [1], 1],
    ['none, where none did', [], null],
  ])('resumes from the checkpoint of the trial that it continues: %s', async (_title, reporting, step) => {
    const study = await create(definition);
    const trials: Asked[] = [];
    for (let number = 0; number < 13; number += 1) {
      const trial = await one(study, { waitSeconds: 5 });
      trials.push(trial);
      const { epochs } = epochsOf(trial);
      const values = { loss: number };
      if (reporting.includes(epochs)) await tell(trial, 'reports', { reports: [{ step: epochs, values, checkpoint: `store/${number}` }] });
      expect((await tell(trial, 'complete', { values })).statusCode).toBe(200);
    }
    const [, second, first] = [0, 1, 2].reduce<(Asked | undefined)[]>(
      (chain) => [...chain, trials[chain.at(-1)?.continues?.number ?? Number.NaN]],
      [trials[12]],
    );
    const owner = [second, first].find((trial) => trial && epochsOf(trial).epochs === step);
    expect(trials[12]?.resume).toEqual(
      step === null
        ? null
        : { trialId: owner?.id, number: owner?.number, step, values: { loss: owner?.number }, checkpoint: `store/${owner?.number}` },
    );
    await ended(study);
  });

  it('resumes from a checkpoint of an earlier attempt, of the trial itself and of the one that it continues', async () => {
    const study = await create(definition);
    for (let number = 0; number < 9; number += 1) {
      const trial = await one(study, { waitSeconds: 5 });
      await tell(trial, 'reports', { reports: [{ step: 1, values: { loss: number }, checkpoint: `store/${number}` }] });
      await tell(trial, 'fail', { error: 'out of memory' });
      const again = await one(study, { waitSeconds: 5 });
      expect(again).toMatchObject({ id: trial.id, attempt: 2 });
      expect(again.resume).toEqual({ trialId: trial.id, number, step: 1, values: { loss: number }, checkpoint: `store/${number}` });
      expect((await tell(again, 'complete', { values: { loss: number } })).statusCode).toBe(200);
    }
    const promoted = await one(study, { waitSeconds: 5 });
    expect(promoted.resume).toMatchObject({ ...promoted.continues, step: 1, checkpoint: `store/${promoted.continues?.number}` });
  });

  it('delivers a checkpoint of the last step alone: not one of fewer steps, nor that of the trial that it continues', async () => {
    const study = await create(definition);
    const report = (trial: Asked, step: number) =>
      tell(trial, 'reports', { reports: [{ step, values: { loss: trial.number }, checkpoint: `store/${trial.number}/${step}` }] });
    for (let number = 0; number < 9; number += 1) {
      const trial = await one(study, { waitSeconds: 5 });
      await report(trial, 1);
      await tell(trial, 'fail', { error: 'lost' });
      expect((await tell(await one(study), 'complete')).json()).toMatchObject({ number, state: 'completed', value: number });
    }
    const promoted = await one(study, { waitSeconds: 5 });
    const refused = async (trial: Asked) =>
      expect((await tell(trial, 'complete')).json()).toMatchObject({ status: 422, errors: [{ pointer: '/values' }] });
    await refused(promoted);
    await report(promoted, 2);
    await tell(promoted, 'fail', { error: 'lost' });
    const second = await one(study);
    expect(second).toMatchObject({ id: promoted.id, resume: { step: 2 } });
    await refused(second);
    await report(second, 3);
    await tell(second, 'fail', { error: 'lost' });
    const third = await one(study);
    expect((await tell(third, 'complete')).json()).toMatchObject({ number: 9, state: 'completed', value: 9 });
    expect(await bodyOf(`/v1/trials/${promoted.id}`)).toMatchObject({ stepsDone: 3, stepsTrained: 2 });
    await verified(study);
  });

  it('names what the objective and the space decide, and keeps it', async () => {
    const study = await create(definition);
    expect((await bodyOf(`/v1/studies/${study}`)).spec.sampler).toEqual({ ...definition.sampler, reductionFactor: 3, configurations: 9 });
  });

  const space = definition.searchSpace;
  it.each([
    ['no parameter for the steps', { sampler: { type: 'hyperband', rounds: 1 } }, '/sampler/fidelity', 'must name the int parameter'],
    [
      'a parameter that is not there',
      { sampler: { type: 'hyperband', fidelity: 'epoch', rounds: 1 } },
      '/sampler/fidelity',
      'no parameter named epoch',
    ],
    ['a parameter that is no int', { sampler: { type: 'hyperband', fidelity: 'x', rounds: 1 } }, '/sampler/fidelity', 'x is a float'],
    [
      'a single rung',
      { sampler: { ...definition.sampler, reductionFactor: 10 } },
      '/sampler/reductionFactor',
      'leaves one rung: epochs goes from 1 to 9',
    ],
    ['a rung of thousands', { searchSpace: [space[0], { ...space[1], high: 100_000 }] }, '/sampler/reductionFactor', '1000 is the most'],
    ['nothing beside the steps', { searchSpace: [space[1]] }, '/sampler/fidelity', 'no parameter beside epochs'],
    ['no end', { sampler: { type: 'hyperband', fidelity: 'epochs' } }, '/budget', 'needs a limit'],
    ['a pruner', { pruner: { type: 'asha' } }, '/pruner', 'measures trials at rungs'],
    [
      'a pruner beside a population',
      { sampler: { type: 'pbt', fidelity: 'epochs' }, pruner: { type: 'asha' } },
      '/pruner',
      'pbt itself replaces the worst members after each round',
    ],
    ['several metrics', { metrics: [{ name: 'loss' }, { name: 'size' }], objective: twoMetrics() }, '/sampler/type', 'searches one metric'],
    [
      'a proposer that has generations',
      { sampler: { ...definition.sampler, proposer: { type: 'genetic' } } },
      '/sampler/proposer/type',
      '',
    ],
    [
      'a parameter that depends on the steps',
      { searchSpace: [...space, { type: 'float', name: 'late', low: 0, high: 1, when: { parameter: 'epochs', values: [9] } }] },
      '/sampler/fidelity',
      'late must not depend on epochs',
    ],
  ])('is refused with %s', async (_title, change, pointer, detail) => {
    const answer = await service.post('/v1/studies', { name: 'refused', ...definition, ...change });
    expect(answer.statusCode, answer.body).toBe(422);
    expect(answer.json().errors).toEqual(
      expect.arrayContaining([expect.objectContaining({ pointer, detail: expect.stringContaining(detail) })]),
    );
  });
});

function epochsOf({ parameters }: Asked) {
  return z.object({ epochs: z.number() }).parse(parameters);
}

function twoMetrics() {
  return { type: 'external', metrics: ['loss', 'size'].map((name) => ({ name, direction: 'minimize' })) };
}
