/**
 * Times one suggestion of a sampler by the number of observations, in spaces of 2, 4 and 8 parameters: in a study that goes on in this
 * process, with seven trials pending and one observation more each time. For a sampler with generations, it is a trial's share of the
 * suggestions and the observation of one.
 *
 *   npm run bench:suggestion [-- --sampler '{"type":"gp"}' --metrics 2 --observations 20,1000 --before FOLDER]
 *
 * FOLDER: the compiled sources of another checkout (its dist/bench/src), with which each suggestion is made too, in turn: the two are
 * compared, and their times have a ratio. Times are the least and the median of some repeats, in milliseconds of processor time; then
 * follows the memory that the last search holds, in MiB. The last line is JSON.
 */
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Proposal } from '../src/samplers/contract.ts';
import { samplerFor, samplerOptionsSchema } from '../src/samplers/table.ts';
import { dimensions, observed, type spaces, streamOf, type Workload, workload } from './suggestion/workload.ts';

type SamplerFor = typeof samplerFor;

interface Row {
  readonly space: string;
  readonly parameters: number;
  readonly observations: number;
  readonly least: number;
  readonly median: number;
  /** MiB that the searches so far hold. */
  readonly memory: number;
  /** Of the other checkout; null without one. */
  readonly before: { readonly least: number; readonly median: number } | null;
}

setFlagsFromString('--expose-gc');

const { values: options } = parseArgs({
  options: {
    before: { type: 'string' },
    observations: { type: 'string', default: '20,70,300,1000,5000,10000' },
    sampler: { type: 'string', default: '{"type":"tpe"}' },
    metrics: { type: 'string', default: '1' },
    repeats: { type: 'string', default: '25' },
  },
});

const sampled = samplerOptionsSchema.parse(JSON.parse(options.sampler));
const before = options.before === undefined ? null : await samplersOf(options.before);
const rows: Row[] = [];
const memoryBefore = memoryNow();
for (const space of ['paper', 'mixed'] satisfies (keyof typeof spaces)[]) {
  for (const parameters of dimensions) {
    for (const observations of options.observations.split(',').map(Number)) {
      const search = workload(space, parameters, observations, Number(options.metrics));
      const isBred = samplerFor(search.problem, sampled).learns === 'generations';
      const row = { space, parameters, observations, ...(isBred ? bred(search) : measured(search)), memory: memoryNow() - memoryBefore };
      process.stdout.write(`${lineOf(row)}\n`);
      rows.push(row);
    }
  }
}
process.stdout.write(`${JSON.stringify({ bench: 'suggestion', node: process.version, ...options, rows })}\n`);

async function samplersOf(folder: string): Promise<SamplerFor> {
  const table: { readonly samplerFor: SamplerFor } = await import(pathToFileURL(join(resolve(folder), 'samplers/table.js')).href);
  return table.samplerFor;
}

/** As in a growing study, each repeat has one observation more than the last; the first repeats warm up. */
function measured({ problem, history, pending }: Workload): Pick<Row, 'least' | 'median' | 'before'> {
  const codes = [samplerFor, ...(before ? [before] : [])].map((code) => code(problem, sampled));
  if (codes.some(({ learns }) => learns === 'generations')) throw new Error('--before compares no generations');
  const times = codes.map((): number[] => []);
  const [warmUp, repeats] = [5, Number(options.repeats)];
  for (let repeat = 0; repeat < warmUp + repeats; repeat += 1) {
    const proposals = codes.map((sampler, index): Proposal => {
      const given = { history: [...history], pending: [...pending] };
      const started = process.cpuUsage();
      const proposal = sampler.suggest(sampler.init(), {
        firstIndex: history.length + pending.length,
        count: 1,
        ...given,
        stream: streamOf,
      });
      const ms = millisecondsSince(started);
      if (repeat >= warmUp) times[index]?.push(ms);
      return proposal;
    });
    if (proposals.some((proposal) => !isDeepStrictEqual(proposal, proposals[0]))) throw new Error('the two checkouts disagree');
    const [proposal] = proposals;
    const oldest = pending.shift();
    if (proposal?.kind !== 'suggestions' || !oldest) throw new Error('no suggestion');
    history.push(observed({ space: problem.space, metrics: Number(options.metrics) }, history.length, oldest));
    pending.push(...proposal.suggestions.map(({ parameters }) => parameters));
  }
  const [own, other] = times.map((list) => list.toSorted((one, another) => one - another));
  return { ...summary(own ?? []), before: other ? summary(other) : null };
}

/** Generations up to some number of trials; then times some more of them. */
function bred({ problem, history: { length } }: Workload): Pick<Row, 'least' | 'median' | 'before'> {
  const sampler = samplerFor(problem, sampled);
  const repeats = Number(options.repeats);
  const times: number[] = [];
  let state = sampler.init();
  for (let done = 0; times.length < repeats; ) {
    const started = process.cpuUsage();
    const size = sampler.generation(state)?.size ?? 0;
    const proposal = sampler.suggest(state, { firstIndex: done, count: size, history: [], pending: [], stream: streamOf });
    if (proposal.kind !== 'suggestions') throw new Error('no suggestion');
    const { suggestions } = proposal;
    const spent = millisecondsSince(started);
    const results = suggestions.map((suggestion, slot) => ({
      ...observed({ space: problem.space, metrics: Number(options.metrics) }, done + slot, suggestion.parameters),
      ...suggestion,
    }));
    const closing = process.cpuUsage();
    state = sampler.observe(state, results);
    if (done >= length) times.push((spent + millisecondsSince(closing)) / size);
    done += size;
  }
  return { ...summary(times.toSorted((one, another) => one - another)), before: null };
}

function millisecondsSince(started: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}

/** MiB in use after garbage was collected. */
function memoryNow(): number {
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

function summary(sorted: readonly number[]): { readonly least: number; readonly median: number } {
  return { least: sorted[0] ?? Number.NaN, median: sorted[sorted.length >> 1] ?? Number.NaN };
}

function lineOf({ space, parameters, observations, least, median, memory, before }: Row): string {
  const own = `${least.toFixed(2).padStart(7)} ${median.toFixed(2).padStart(7)}`;
  const other = before
    ? `   before ${before.least.toFixed(2).padStart(7)} ${before.median.toFixed(2).padStart(7)}   × ${(before.least / least).toFixed(2)}`
    : '';
  return `${space} ${parameters} ${String(observations).padStart(6)} ${own} ${memory.toFixed(1).padStart(6)} MiB${other}`;
}
