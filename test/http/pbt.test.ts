import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startTestService, type TestService } from './service.ts';
import { workerClient } from './worker-client.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

const { create, one, tell, ended, verified } = workerClient(() => service);
const bodyOf = async (url: string) => (await service.get(url)).json();

/** A study of workers: four members, three rounds of two epochs. */
const definition = {
  searchSpace: [
    { type: 'float', name: 'rate', low: 0.001, high: 1, scale: 'log' },
    { type: 'int', name: 'epochs', low: 1, high: 6 },
  ],
  metrics: [{ name: 'loss' }],
  sampler: { type: 'pbt', population: 4, fidelity: 'epochs', interval: 2 },
  budget: {},
  seed: 3,
  objective: { type: 'external', metrics: [{ name: 'loss', direction: 'minimize' }] },
};

const parametersSchema = z.object({ rate: z.number(), epochs: z.number() });

describe('a study of workers with population based training', () => {
  it('continues each member from its checkpoint, or from that of the member that it copies with a changed rate', async () => {
    const study = await create(definition);
    const rates = new Map<string, number>();
    let copies = 0;
    for (let count = 0; count < 12; count += 1) {
      const trial = await one(study, { waitSeconds: 10 });
      const { rate, epochs } = parametersSchema.parse(trial.parameters);
      expect(epochs).toBe(2 * (1 + Math.floor(trial.number / 4)));
      expect(trial.resume?.step ?? 0).toBe(epochs - 2);
      expect((trial.earlierValues ?? []).every(({ until }) => until < epochs)).toBe(true);
      if (trial.resume) {
        expect(trial.resume.checkpoint).toBe(`store/${trial.continues?.number}/${epochs - 2}`);
        if (rates.get(trial.resume.checkpoint) !== rate) copies += 1;
      }
      for (const step of [epochs - 1, epochs]) {
        const checkpoint = `store/${trial.number}/${step}`;
        rates.set(checkpoint, rate);
        await tell(trial, 'reports', { reports: [{ step, values: { loss: rate / step }, checkpoint }] });
      }
      expect((await tell(trial, 'complete')).statusCode).toBe(200);
    }
    expect(copies).toBe(2);
    await ended(study);
    expect(await bodyOf(`/v1/studies/${study}`)).toMatchObject({
      outcome: { detail: 'all rounds of the search are done' },
      stepsDone: 4 * (2 + 4 + 6),
      stepsTrained: 12 * 2,
    });
    await verified(study);
    const copy = await service.post('/v1/studies/import', { document: await bodyOf(`/v1/studies/${study}/export`) });
    expect(copy.statusCode, copy.body).toBe(201);
    await verified(copy.json().id);
  });

  it('tells a worker without checkpoints the values of the first steps, and counts the steps behind the checkpoint that it got', async () => {
    const study = await create({ ...definition, sampler: { ...definition.sampler, share: 0.5 } });
    const kept: number[] = [];
    for (let count = 0; count < 12; count += 1) {
      const trial = await one(study, { waitSeconds: 10 });
      const { rate, epochs } = parametersSchema.parse(trial.parameters);
      const shown = await bodyOf(`/v1/trials/${trial.id}`);
      expect(trial.earlierValues).toEqual(shown.earlierValues);
      const begun = trial.resume?.step ?? 0;
      expect(begun).toBe(trial.number < 4 ? 0 : 2);
      for (let step = begun + 1; step <= epochs; step += 1) {
        const checkpoint = trial.number < 4 && step === 2 ? { checkpoint: `store/${trial.number}` } : {};
        await tell(trial, 'reports', { reports: [{ step, values: { loss: rate / step }, ...checkpoint }] });
      }
      expect((await tell(trial, 'complete')).statusCode).toBe(200);
      kept.push((await bodyOf(`/v1/trials/${trial.id}`)).stepsTrained);
    }
    expect(kept).toEqual([...Array(8).fill(2), ...Array(4).fill(4)]);
    await ended(study);
    await verified(study);
  });

  it('gives a new study no results whose values changed on the way', async () => {
    const study = await create(definition);
    for (let count = 0; count < 12; count += 1) {
      const trial = await one(study, { waitSeconds: 10 });
      await tell(trial, 'complete', { values: { loss: parametersSchema.parse(trial.parameters).rate } });
    }
    await ended(study);
    const changed = (await bodyOf(`/v1/studies/${study}/trials?limit=100`)).items.filter(
      ({ origin }: { origin: { earlierValues?: unknown } }) => origin.earlierValues !== undefined,
    );
    expect(changed.length).toBeGreaterThan(0);
    const [head = '', ...rows] = (await service.get(`/v1/studies/${study}/trials.csv`)).body.trim().split('\r\n');
    expect(head).toContain(',endedAt,earlierValues,parameters.rate,parameters.epochs');
    const [first] = changed;
    expect(rows[first.number]).toContain(`"${JSON.stringify(first.origin.earlierValues).replaceAll('"', '""')}"`);
    expect(rows.filter((row) => row.includes('until'))).toHaveLength(changed.length);
    const next = await create({ ...definition, sampler: { type: 'tpe' }, budget: { trials: 5 }, warmStart: [{ study }] });
    expect((await bodyOf(`/v1/studies/${next}`)).spec.warmStart[0]).toMatchObject({
      taken: 12 - changed.length,
      left: changed.length,
    });
  });

  it('refuses a pruner beside it', async () => {
    const pruned = await service.post('/v1/studies', { name: 'pruned', ...definition, pruner: { type: 'median' } });
    expect(pruned.json().errors).toEqual([expect.objectContaining({ pointer: '/pruner' })]);
  });
});
