/** Entry point, started by path: measures one workload in a process of its own and sends the result. */
import { openDataset } from '../../src/objectives/text-classifier/datasets/dataset.ts';
import { loadTensorFlow } from '../../src/objectives/text-classifier/tensorflow/load.ts';
import { Model } from '../../src/objectives/text-classifier/tensorflow/model.ts';
import { benchHyperparameters, epochBatches, fullBatch, type StepRow } from './workloads.ts';

/** A workload: steps on full batches, or the first batches of an epoch of a prepared dataset. */
export type MeasureRequest =
  | ({ readonly kind: 'step' } & StepRow)
  | { readonly kind: 'epoch'; readonly folder: string; readonly batches: number };

/** Median time of a step, or texts trained per second. */
export type MeasureResult = { readonly stepMs: number } | { readonly textsPerSecond: number };

const warmUpRuns = 2;

/** The processes of one measurement run at the same time: each reports that it is ready, then all are started. */
process.once('message', (request: MeasureRequest) => {
  const measure = prepare(request);
  process.once('message', () => process.send?.(measure(), () => process.disconnect()));
  process.send?.('ready');
});

function prepare(request: MeasureRequest): () => MeasureResult {
  const tf = loadTensorFlow();
  const hyperparameters =
    request.kind === 'step' ? benchHyperparameters(request.hiddenUnits, request.maxLength) : benchHyperparameters(85, 475);
  const model = new Model(tf, hyperparameters, 'bench');
  const batches =
    request.kind === 'step'
      ? Array.from({ length: request.steps + warmUpRuns }, () => fullBatch(hyperparameters))
      : epochBatches(openDataset(request.folder).split('train'), hyperparameters, request.batches + warmUpRuns);
  for (const batch of batches.splice(0, warmUpRuns)) model.step(batch);
  return () => {
    const times = batches.map((batch) => {
      const started = performance.now();
      model.step(batch);
      return performance.now() - started;
    });
    if (request.kind === 'step') return { stepMs: times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN };
    const seconds = times.reduce((sum, time) => sum + time, 0) / 1000;
    return { textsPerSecond: batches.reduce((sum, { labels }) => sum + labels.length, 0) / seconds };
  };
}
