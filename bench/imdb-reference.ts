/**
 * Trains the reference configuration on IMDB with several seeds, each in a process of one thread, and measures the last
 * epoch's model on the test split. The last line of the output is JSON.
 */
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDataset } from '../src/objectives/text-classifier/datasets/dataset.ts';
import type { Hyperparameters } from '../src/objectives/text-classifier/hyperparameters.ts';
import { loadTensorFlow, nativeEnvironment } from '../src/objectives/text-classifier/tensorflow/load.ts';
import { type EpochReport, runTraining } from '../src/objectives/text-classifier/tensorflow/training-loop.ts';
import type { TestEvaluation } from '../src/objectives/text-classifier/test-evaluation.ts';
import { preparedImdb } from './support/imdb-data.ts';

const referenceHyperparameters: Hyperparameters = {
  learningRate: 0.0075,
  hiddenUnits: 85,
  epochs: 3,
  maxLength: 475,
  vocabularySize: 5000,
  embeddingSize: 32,
  batchSize: 64,
  optimizer: 'adam',
  dropout: 0,
  clipNorm: 0,
};

const help = `usage: npm run bench:imdb -- --imdb PATH [--seeds N]

  --imdb PATH   the IMDB archive, or a data folder that contains the prepared dataset
  --seeds N     number of seeds, at least 1 (default 5)
`;

/** The measurements of one seed. */
interface SeedResult {
  readonly seed: number;
  readonly testAucPr: number;
  readonly testAucPrTrapezoid: number;
  readonly testAucRoc: number;
  readonly testAccuracy: number;
  readonly validationAccuracy: number;
  readonly validationAucPr: number;
  /** Time of the training, with validation and checkpoints. */
  readonly trainSeconds: number;
  /** Time from the start of the training to the test metrics. */
  readonly wallSeconds: number;
  /** Processor time of the whole process, which equals the wall time on an idle core. */
  readonly cpuSeconds: number;
  readonly peakRssMb: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      imdb: { type: 'string' },
      seeds: { type: 'string', default: '5' },
      help: { type: 'boolean', default: false },
      folder: { type: 'string' },
      seed: { type: 'string' },
    },
  });
  if (values.folder !== undefined && values.seed !== undefined) return runSeed(values.folder, Number(values.seed));
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  if (values.imdb === undefined) {
    process.stderr.write(`--imdb is missing\n\n${help}`);
    process.exitCode = 2;
    return;
  }
  await using prepared = await preparedImdb(values.imdb);
  const { folder } = prepared;
  const results: SeedResult[] = [];
  for (let seed = 1; seed <= Number(values.seeds); seed += 1) {
    const result = await seedInProcess(folder, seed);
    results.push(result);
    process.stdout.write(`${line(result)}\n`);
  }
  const scores = results.map(({ testAucPr }) => testAucPr);
  const meanTestAucPr = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  process.stdout.write(
    `${JSON.stringify({ bench: 'imdb-reference', hyperparameters: referenceHyperparameters, meanTestAucPr, minTestAucPr: Math.min(...scores), results })}\n`,
  );
}

function line(result: SeedResult): string {
  const { seed, testAucPr, testAccuracy, validationAccuracy, trainSeconds, wallSeconds, cpuSeconds, peakRssMb } = result;
  return `seed ${seed}: test AUC-PR ${testAucPr.toFixed(4)}, test accuracy ${testAccuracy.toFixed(4)}, validation accuracy ${validationAccuracy.toFixed(4)}, trained in ${trainSeconds.toFixed(1)} s, with test ${wallSeconds.toFixed(1)} s (processor ${cpuSeconds.toFixed(1)} s), peak memory ${peakRssMb} MB`;
}

function seedInProcess(folder: string, seed: number): Promise<SeedResult> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), ['--folder', folder, '--seed', String(seed)], {
      env: { ...process.env, ...nativeEnvironment },
    });
    child.once('message', (message: SeedResult) => resolve(message));
    child.once('exit', (code) => reject(new Error(`seed ${seed} ended with code ${code} before its result`)));
  });
}

async function runSeed(folder: string, seed: number): Promise<void> {
  const checkpointFolder = await mkdtemp(join(tmpdir(), 'clavier-bench-'));
  try {
    const { last, test, trainSeconds, wallSeconds } = await trainSeed(folder, `imdb-reference-${seed}`, checkpointFolder);
    const result: SeedResult = {
      seed,
      testAucPr: test.aucPr,
      testAucPrTrapezoid: test.aucPrTrapezoid,
      testAucRoc: test.aucRoc,
      testAccuracy: test.accuracy,
      validationAccuracy: last.metrics.accuracy,
      validationAucPr: last.metrics.aucPr,
      trainSeconds,
      wallSeconds,
      cpuSeconds: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
      peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
    };
    process.send?.(result, () => process.disconnect());
  } finally {
    await rm(checkpointFolder, { recursive: true, force: true });
  }
}

async function trainSeed(
  folder: string,
  modelSeed: string,
  checkpointFolder: string,
): Promise<{ last: EpochReport; test: TestEvaluation; trainSeconds: number; wallSeconds: number }> {
  const tf = loadTensorFlow();
  const dataset = openDataset(folder);
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const trained: { report: EpochReport; atSeconds: number }[] = [];
  const tests: TestEvaluation[] = [];
  const plan = {
    dataset,
    trainSize: null,
    hyperparameters: referenceHyperparameters,
    earlier: [],
    modelSeed,
    checkpointFolder,
    resumeFrom: [],
    evaluateOnTest: true,
  };
  await runTraining(tf, plan, {
    started: () => undefined,
    stepped: () => undefined,
    stopOrder: () => null,
    epochDone: (report) => {
      trained.push({ report, atSeconds: seconds() });
      return Promise.resolve('continue');
    },
    evaluated: (_, evaluation) => {
      tests.push(evaluation);
      return Promise.resolve('continue');
    },
  });
  const [last, test] = [trained.at(-1), tests[0]];
  if (last === undefined || test === undefined) throw new Error('the training ended without a measurement');
  return { last: last.report, test, trainSeconds: last.atSeconds, wallSeconds: seconds() };
}

await main();
