/**
 * Times one suggestion of the TPE by the number of observations, in spaces of 2, 4 and 8 parameters: in a study that goes on in this
 * process, with seven trials pending and one observation more each time.
 *
 *   npm run bench:suggestion [-- --observations 20,1000 --before FOLDER]
 *
 * FOLDER: the compiled sources of another checkout (its dist/bench/src), with which each suggestion is made too, in turn: the two are
 * compared, and their times have a ratio. Times are the least and the median of some repeats, in milliseconds. The last line is JSON.
 */
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import type { Proposal } from '../src/samplers/contract.ts';
import { samplerFor } from '../src/samplers/table.ts';
import { dimensions, observed, type spaces, streamOf, type Workload, workload } from './suggestion/workload.ts';

type SamplerFor = typeof samplerFor;

interface Row {
  readonly space: string;
  readonly parameters: number;
  readonly observations: number;
  readonly least: number;
  readonly median: number;
  /** Of the other checkout; null without one. */
  readonly before: { readonly least: number; readonly median: number } | null;
}

const { values: options } = parseArgs({
  options: {
    before: { type: 'string' },
    observations: { type: 'string', default: '20,70,300,1000,5000,10000' },
    preset: { type: 'string', default: 'default' },
    repeats: { type: 'string', default: '25' },
  },
});

const before = options.before === undefined ? null : await samplersOf(options.before);
const rows: Row[] = [];
for (const space of ['paper', 'mixed'] satisfies (keyof typeof spaces)[]) {
  for (const parameters of dimensions) {
    for (const observations of options.observations.split(',').map(Number)) {
      const row = { space, parameters, observations, ...measured(workload(space, parameters, observations)) };
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
  const codes = [samplerFor, ...(before ? [before] : [])].map((code) =>
    code(problem, { type: 'tpe', preset: options.preset === 'hyperopt' ? 'hyperopt' : 'default' }),
  );
  const times = codes.map((): number[] => []);
  const [warmUp, repeats] = [5, Number(options.repeats)];
  for (let repeat = 0; repeat < warmUp + repeats; repeat += 1) {
    const proposals = codes.map((sampler, index): Proposal => {
      const given = { history: [...history], pending: [...pending] };
      const started = performance.now();
      const proposal = sampler.suggest(sampler.init(), {
        firstIndex: history.length + pending.length,
        count: 1,
        ...given,
        stream: streamOf,
      });
      const ms = performance.now() - started;
      if (repeat >= warmUp) times[index]?.push(ms);
      return proposal;
    });
    if (proposals.some((proposal) => !isDeepStrictEqual(proposal, proposals[0]))) throw new Error('the two checkouts disagree');
    const [proposal] = proposals;
    const oldest = pending.shift();
    if (proposal?.kind !== 'suggestions' || !oldest) throw new Error('no suggestion');
    history.push(observed(problem.space, history.length, oldest));
    pending.push(...proposal.suggestions.map(({ parameters }) => parameters));
  }
  const [own, other] = times.map((list) => list.toSorted((one, another) => one - another));
  return { ...summary(own ?? []), before: other ? summary(other) : null };
}

function summary(sorted: readonly number[]): { readonly least: number; readonly median: number } {
  return { least: sorted[0] ?? Number.NaN, median: sorted[sorted.length >> 1] ?? Number.NaN };
}

function lineOf({ space, parameters, observations, least, median, before }: Row): string {
  const own = `${least.toFixed(2).padStart(7)} ${median.toFixed(2).padStart(7)}`;
  const other = before
    ? `   before ${before.least.toFixed(2).padStart(7)} ${before.median.toFixed(2).padStart(7)}   × ${(before.least / least).toFixed(2)}`
    : '';
  return `${space} ${parameters} ${String(observations).padStart(6)} ${own}${other}`;
}
