/**
 * Measures the time of a training step and texts per second, in one process with one thread and in one such process per core
 * at the same time, and compares them with Keras and PyTorch. The last line of the output is JSON.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDataset } from '../src/objectives/text-classifier/datasets/dataset.ts';
import { nativeEnvironment } from '../src/objectives/text-classifier/tensorflow/load.ts';
import { preparedImdb } from './support/imdb-data.ts';
import { mean } from './support/means.ts';
import type { MeasureRequest, MeasureResult } from './support/measure-process.ts';
import { measurePeer, type PeerOptions, type PeerResult } from './support/peer.ts';
import { benchHyperparameters, epochBatches, type StepRow, stepRows } from './support/workloads.ts';

const help = `usage: npm run bench:train [-- --python PATH] [--imdb PATH] [--quick]

  --python PATH  a Python with keras and tensorflow, or torch, or both, to compare with
  --imdb PATH    the IMDB archive, or a data folder that contains the prepared dataset: measures texts per second on it
  --quick        two rows, fewer steps
`;

const cores = availableParallelism();
/** Number of batches of 64 texts of the IMDB measurement. */
const imdbBatches = { usual: 40, quick: 8 };

interface RowResult extends StepRow {
  /** In one process with one thread. */
  readonly oneMs: number;
  /** Mean over one process per core, with one thread each, at the same time. */
  readonly allMs: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      python: { type: 'string' },
      imdb: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const rows = values.quick ? stepRows.filter((_, index) => index % 3 === 0).map((row) => ({ ...row, steps: row.steps / 3 })) : stepRows;
  const measured: RowResult[] = [];
  for (const row of rows) measured.push(await measureRow(row));
  const batches = values.quick ? imdbBatches.quick : imdbBatches.usual;
  await using prepared = values.imdb === undefined ? null : await preparedImdb(values.imdb);
  const imdbFolder = prepared?.folder ?? null;
  const imdb = imdbFolder === null ? null : await measureImdb(imdbFolder, batches);
  const peers = values.python === undefined ? [] : await measurePeers(values.python, rows, imdbFolder, batches);
  const compared = peers.map((measuredPeer) => ({ ...measuredPeer, ratios: ratiosOf(measuredPeer, measured, imdb) }));
  process.stdout.write(`${table(measured, imdb, compared)}\n`);
  process.stdout.write(`${JSON.stringify({ bench: 'train', cores, rows: measured, imdb, peers: compared })}\n`);
}

async function measureRow(row: StepRow): Promise<RowResult> {
  const stepMs = (results: MeasureResult[]): number => mean(results.map((result) => ('stepMs' in result ? result.stepMs : Number.NaN)));
  const request: MeasureRequest = { kind: 'step', ...row };
  return { ...row, oneMs: stepMs(await inProcesses(1, request)), allMs: stepMs(await inProcesses(cores, request)) };
}

/** Texts trained per second by one process, and by one process per core together. */
async function measureImdb(folder: string, batches: number): Promise<{ one: number; all: number }> {
  const rates = async (count: number): Promise<number> => {
    const results = await inProcesses(count, { kind: 'epoch', folder, batches });
    return results.reduce((sum, result) => sum + ('textsPerSecond' in result ? result.textsPerSecond : Number.NaN), 0);
  };
  return { one: await rates(1), all: await rates(cores) };
}

/** Runs the same request in several processes. All are ready before any begins. */
async function inProcesses(count: number, request: MeasureRequest): Promise<MeasureResult[]> {
  const path = fileURLToPath(new URL('./support/measure-process.js', import.meta.url));
  const children = Array.from({ length: count }, () =>
    fork(path, { env: { ...process.env, ...nativeEnvironment }, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] }),
  );
  try {
    const answers = (): Promise<unknown[][]> =>
      Promise.all(children.map((child) => Promise.race([once(child, 'message'), failure(child)])));
    const ready = answers();
    for (const child of children) child.send(request);
    await ready;
    const results = answers();
    for (const child of children) child.send('go');
    return (await results).map(([result]) => result as MeasureResult);
  } finally {
    for (const child of children) child.kill();
  }
}

async function failure(child: ReturnType<typeof fork>): Promise<never> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [code] = await once(child, 'close');
  throw new Error(`a measuring process ended with code ${code} before its result:\n${said}`);
}

interface PeerMeasured {
  readonly peer: string;
  readonly threads: number;
  readonly result: PeerResult;
}

interface PeerCompared extends PeerMeasured {
  readonly ratios: Ratios | null;
}

/** Computes the ratio of a peer's time to ours, for a step of each row and for a text of IMDB. */
interface Ratios {
  readonly step: readonly number[];
  readonly texts: number | null;
}

/** Compares one thread with one process, and all cores with all cores: one process per core runs as many steps as there are cores in the time of one. */
function ratiosOf({ threads, result }: PeerMeasured, rows: readonly RowResult[], imdb: { one: number; all: number } | null): Ratios | null {
  if ('missing' in result) return null;
  const { textsPerSecond } = result;
  return {
    step: rows.map((row, index) => (result.stepMs[index] ?? Number.NaN) / (threads === 1 ? row.oneMs : row.allMs / cores)),
    texts: imdb === null || textsPerSecond === null ? null : (threads === 1 ? imdb.one : imdb.all) / textsPerSecond,
  };
}

/** Runs each peer with one thread and, as is usual, with all cores. */
async function measurePeers(python: string, rows: readonly StepRow[], imdbFolder: string | null, batches: number): Promise<PeerMeasured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'clavier-bench-peer-'));
  try {
    const texts = imdbFolder === null ? null : await writeTexts(imdbFolder, batches, join(folder, 'texts.bin'));
    const measured: PeerMeasured[] = [];
    for (const peer of ['keras', 'pytorch'] as const) {
      for (const threads of [1, cores]) {
        const options = {
          python,
          peer,
          threads,
          rows: rows.map(({ hiddenUnits, maxLength, steps }) => [hiddenUnits, maxLength, steps] as const),
          texts,
        };
        measured.push({ peer, threads, result: await measurePeer(options) });
      }
    }
    return measured;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes the same texts that are trained here, padded to the longest length, which is the usual input of a peer. */
async function writeTexts(folder: string, batches: number, file: string): Promise<PeerOptions['texts']> {
  const hyperparameters = benchHyperparameters(85, 475);
  const taken = epochBatches(openDataset(folder).split('train'), hyperparameters, batches);
  const count = taken.reduce((sum, { labels }) => sum + labels.length, 0);
  const length = hyperparameters.maxLength;
  const values = new Int32Array(count * (length + 1));
  let text = 0;
  for (const { encoded, labels } of taken) {
    labels.forEach((label, row) => {
      for (let step = 0; step < encoded.time; step += 1) values[text * length + step] = encoded.ids[step * encoded.batch + row] as number;
      values[count * length + text] = label;
      text += 1;
    });
  }
  await writeFile(file, Buffer.from(values.buffer));
  return { file, count, length, units: hyperparameters.hiddenUnits };
}

function table(rows: readonly RowResult[], imdb: { one: number; all: number } | null, peers: readonly PeerCompared[]): string {
  const lines = [`Milliseconds of a training step of 64 texts, Adam (${cores} cores; x: the peer's time relative to ours)`, ''];
  rows.forEach((row, index) => {
    lines.push(`${row.hiddenUnits} units x ${row.maxLength} words`);
    lines.push(`  clavier, 1 process x 1 thread: ${row.oneMs.toFixed(1)}; ${cores} x 1 thread at once: ${row.allMs.toFixed(1)} each`);
    for (const { peer, threads, result, ratios } of peers) {
      const stepMs = 'stepMs' in result ? result.stepMs[index] : undefined;
      if (stepMs !== undefined) lines.push(`  ${peer}, ${threads} threads: ${stepMs.toFixed(1)} (x ${ratios?.step[index]?.toFixed(2)})`);
    }
  });
  if (imdb === null) lines.push('', 'Reviews per second are left out: give --imdb PATH.');
  else {
    lines.push(
      '',
      `IMDB texts per second, 85 units x 475 words: ${imdb.one.toFixed(0)} in one process, ${imdb.all.toFixed(0)} in ${cores}`,
    );
    for (const { peer, threads, result, ratios } of peers) {
      const rate = 'stepMs' in result ? result.textsPerSecond : null;
      if (rate !== null) lines.push(`  ${peer}, ${threads} threads: ${rate.toFixed(0)} (x ${ratios?.texts?.toFixed(2)})`);
    }
  }
  for (const { peer, threads, result } of peers)
    if ('missing' in result && threads === 1) lines.push('', `${peer} was not measured: ${result.missing}`);
  return lines.join('\n');
}

await main();
