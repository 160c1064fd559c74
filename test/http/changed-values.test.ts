import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { ReportRepresentation } from '../../src/api/report.ts';
import type { TrialRepresentation } from '../../src/api/trial.ts';
import { invariant } from '../../src/shared/errors.ts';
import { eventually } from '../support/eventually.ts';
import { startTestService, type TestService } from './service.ts';
import { workerClient } from './worker-client.ts';

const { create, one, tell, verified } = workerClient(() => service);
const bodyOf = async (url: string) => (await service.get(url)).json();
const reportOf = (study: string): Promise<ReportRepresentation> => bodyOf(`/v1/studies/${study}/report`);

/** Four members that take three epochs a round; after each the worst one copies the best one. */
const definition = {
  searchSpace: [
    { type: 'float', name: 'x', low: 0, high: 1 },
    { type: 'int', name: 'epochs', low: 1, high: 12 },
  ],
  metrics: [{ name: 'loss' }],
  sampler: { type: 'pbt', fidelity: 'epochs', population: 4, interval: 3, share: 0.25, resample: 0 },
  budget: { trials: 100 },
  seed: 3,
  objective: { type: 'external', metrics: [{ name: 'loss', direction: 'minimize' }] },
};

let service: TestService;
let study: string;
let trials: TrialRepresentation[];
let beforeTheEnd: ReportRepresentation;
beforeAll(async () => {
  service = await startTestService();
  study = await create(definition);
  expect(await reportOf(study)).not.toHaveProperty('members');
  for (let count = 0; count < 16; count += 1) {
    if (count === 14) beforeTheEnd = await reportOf(study);
    const trial = await one(study, { waitSeconds: 5 });
    // The last one fails: its member has no value in the end.
    const answer =
      count === 15
        ? await tell(trial, 'fail', { error: 'no memory', retry: false })
        : await tell(trial, 'complete', { values: { loss: Math.abs(trial.parameters.x - 0.4) } });
    expect(answer.statusCode, answer.body).toBe(200);
  }
  await eventually(async () => (await bodyOf(`/v1/studies/${study}`)).state === 'completed');
  trials = (await bodyOf(`/v1/studies/${study}/trials?limit=100`)).items;
});
afterAll(() => service[Symbol.asyncDispose]());

const numbered = (number: number): TrialRepresentation => {
  const trial = trials.find((one) => one.number === number);
  invariant(trial, 'a trial continues one of the same study');
  return trial;
};
/** A trial and those that it continues, the first one first. */
function lineage(trial: TrialRepresentation): TrialRepresentation[] {
  return [...(trial.continues === undefined ? [] : lineage(numbered(trial.continues))), trial];
}
const valuesOf = ({ parameters }: TrialRepresentation) => z.object({ x: z.number(), epochs: z.int() }).parse(parameters);

/** The segments with equal values, made from the trials that were continued. */
function historyOf(trial: TrialRepresentation) {
  const history: { from: number; to: number; parameters: { x: number } }[] = [];
  for (const { x, epochs } of lineage(trial).map(valuesOf)) {
    const last = history.at(-1);
    if (last?.parameters.x === x) last.to = epochs;
    else history.push({ from: (last?.to ?? 0) + 1, to: epochs, parameters: { x } });
  }
  return history;
}

it('shows the earlier values of a trial: the values of the trials that it continues', async () => {
  expect(trials.filter(({ earlierValues }) => earlierValues !== undefined).length).toBeGreaterThanOrEqual(3);
  for (const trial of trials) {
    const earlier = historyOf(trial)
      .slice(0, -1)
      .map(({ to, parameters }) => ({ until: to, parameters }));
    expect(trial.earlierValues).toEqual(earlier.length === 0 ? undefined : earlier);
  }
  const { best } = await bodyOf(`/v1/studies/${study}`);
  const { items } = await bodyOf(`/v1/studies/${study}/leaderboard?limit=100`);
  for (const shown of [best, ...items, await bodyOf(`/v1/trials/${best.id}`)])
    expect(shown.earlierValues).toEqual(numbered(shown.number).earlierValues);
  const { leaders, methods } = await reportOf(study);
  expect(leaders.filter(({ earlierValues }) => earlierValues !== undefined).length).toBeGreaterThanOrEqual(2);
  for (const leader of [...leaders, ...methods.flatMap((method) => method.best ?? [])])
    expect(leader.earlierValues).toEqual(numbered(leader.trial).earlierValues);
});

it('reports the members as they ended, the best first, each with its history', async () => {
  const { members = [] } = await reportOf(study);
  const last = trials.slice(-4);
  const bestFirst = last.toSorted((one, other) => (one.value ?? 9) - (other.value ?? 9));
  expect(members).toEqual(
    bestFirst.map((trial) => ({
      member: trial.origin['member'],
      trial: trial.number,
      value: trial.value,
      steps: 12,
      copies: trials.filter(({ origin }) => origin['member'] === trial.origin['member'] && 'copies' in origin).length,
      history: historyOf(trial),
    })),
  );
  expect(members.at(-1)).toMatchObject({ trial: 15, value: null, steps: 12 });
  expect(members.reduce((sum, { copies }) => sum + copies, 0)).toBe(3);
});

it('reports members on the way, each as its last round left it', () => {
  const { members = [] } = beforeTheEnd;
  expect(members.map(({ member }) => member).sort()).toEqual([0, 1, 2, 3]);
  expect(members.map(({ steps }) => steps).sort((one, other) => one - other)).toEqual([9, 9, 12, 12]);
});

it('reports the same of an import', async () => {
  const copy = await service.post('/v1/studies/import', { document: await bodyOf(`/v1/studies/${study}/export`) });
  expect(copy.statusCode, copy.body).toBe(201);
  expect((await reportOf(copy.json().id)).members).toEqual((await reportOf(study)).members);
  await verified(copy.json().id);
});
