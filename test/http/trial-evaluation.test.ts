import { randomUUID } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { trainingContinuation, trialQueue } from '../../src/store/queue/queue.ts';
import { sampleEvaluation as evaluation } from '../store/one-trial.ts';
import { sampleEnvironment as environment } from '../store/study-fixture.ts';
import { geneticStudy } from './definitions.ts';
import { startTestService } from './service.ts';

vi.mock('../../src/objectives/test-function/objective.ts', async (original) => {
  const { withEveryFeature } = await import('../objectives/every-feature.ts');
  return withEveryFeature(await original());
});

const { score, points } = evaluation;
const shownEvaluation = {
  values: { score, points },
  curves: [
    {
      points: [
        [0.5, 1, points / 2],
        [1, score, points],
      ],
    },
  ],
};

it('shows what a trial was worth on held-out data, and the steps done and trained; null and 0 before', async () => {
  await using service = await startTestService();
  const { id } = (await service.post('/v1/studies', geneticStudy())).json();
  const [queue, continuation] = [trialQueue(service.database), trainingContinuation(service.database)];
  const trial = await queue.claim(randomUUID(), 60);
  if (!trial) throw new Error('the queue is empty');
  const shown = async () => (await service.get(`/v1/trials/${trial.trialId}`)).json();
  expect(await shown()).toMatchObject({ state: 'running', evaluation: null, stepsDone: 0, stepsTrained: 0 });
  await continuation.begin(trial, { resultKey: 'digest', steps: 1, environment });
  const values = { value: 0.75, spread: 0.25 };
  for (const _attempt of [1, 2]) {
    await continuation.adopt(trial, 0);
    await queue.recordStep(trial, { step: 1, values, resultKey: 'digest', checkpoint: null });
  }
  await queue.completeEvaluated(trial, { step: 1, resultKey: 'digest', evaluation });
  expect(await shown()).toMatchObject({
    state: 'completed',
    evaluation: shownEvaluation,
    values,
    stepsDone: 1,
    stepsTrained: 2,
    source: 'trained',
  });
  expect((await service.get(`/v1/studies/${id}`)).json()).toMatchObject({ stepsDone: 1, stepsTrained: 2 });
});
