import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { trainingContinuation, trialQueue } from '../../../../src/store/queue/queue.ts';
import { startTestService } from '../../../http/service.ts';
import { sampleEnvironment as environment } from '../../../store/study-fixture.ts';
import { sampleEvaluation as evaluation } from '../trained-studies.ts';
import { trainedStudy } from './definitions.ts';

const { aucPr, rows, curve } = evaluation;
const shownEvaluation = {
  values: { aucPr, rows },
  curves: [{ points: curve.map((point) => [point.recall, point.precision, point.threshold]) }],
};

it('shows what a trial was worth on the test split, and the steps done and trained; null and 0 before', async () => {
  await using service = await startTestService();
  const { id } = (await service.post('/v1/studies', trainedStudy())).json();
  const [queue, continuation] = [trialQueue(service.database), trainingContinuation(service.database)];
  const trial = await queue.claim(randomUUID(), 60);
  if (!trial) throw new Error('the queue is empty');
  const shown = async () => (await service.get(`/v1/trials/${trial.trialId}`)).json();
  expect(await shown()).toMatchObject({ state: 'running', evaluation: null, stepsDone: 0, stepsTrained: 0 });
  await continuation.begin(trial, { resultKey: 'digest', steps: 1, environment });
  const values = { loss: 0.5, accuracy: 0.75, aucPr: 0.75, trainLoss: 0.25 };
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
