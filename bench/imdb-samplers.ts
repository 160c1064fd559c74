/**
 * Compares samplers on real training: LSTM classifiers of IMDB reviews, 70 trials one after another, over the search space of Poudel et al. with its
 * linear learning rate. It creates the studies on a running service, which trains them:
 *
 *   npm run bench:imdb-samplers
 *
 * The output has a table of the best validation accuracy after so many trials, and one after so many trained epochs. Progress goes to standard error.
 */

import { writeFile } from 'node:fs/promises';
import { createClient } from '../src/client/clavier-client.ts';
import { readOptions } from './imdb-samplers/options.ts';
import { plotFile } from './imdb-samplers/plot.ts';
import { found, openResults } from './imdb-samplers/results.ts';
import { samplerNames } from './imdb-samplers/searches.ts';
import { runSearches } from './imdb-samplers/service.ts';
import { epochTable, trialTable } from './imdb-samplers/tables.ts';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') {
    process.stdout.write(options);
    return;
  }
  const { url, atOnce, minutes, plot } = options;
  const seeds = Array.from({ length: options.seeds }, (_, index) => index + 1);
  const wanted = seeds.flatMap((seed) => samplerNames.map((sampler) => ({ sampler, seed })));
  const results = openResults(options.results);
  const missing = wanted.filter((search) => !found(results, search));
  if (missing.length > 0 && minutes > 0) {
    await expectService(url);
    await runSearches(createClient({ baseUrl: url }), missing, {
      atOnce,
      pollMs: 10_000,
      end: performance.now() + 60_000 * minutes,
      onEnded: (run) => void results.add(run),
      onProgress: (text) => process.stderr.write(`${text}\n`),
    });
  }
  // A mean over other seeds would compare different searches.
  const complete = seeds.filter((seed) => samplerNames.every((sampler) => found(results, { sampler, seed })));
  const runs = complete.flatMap((seed) => samplerNames.flatMap((sampler) => found(results, { sampler, seed }) ?? []));
  process.stdout.write(`${complete.length} of ${seeds.length} seeds are complete\n`);
  if (complete.length === 0) return;
  process.stdout.write(`\nbest validation accuracy after so many trials\n\n${trialTable(runs)}\n`);
  process.stdout.write(`\nbest validation accuracy after so many trained epochs\n\n${epochTable(runs)}\n`);
  if (plot !== undefined) await writeFile(plot, plotFile(runs));
}

/** @throws Error if no service answers */
async function expectService(url: string): Promise<void> {
  const answer = await fetch(`${url}/healthz`).catch(() => null);
  if (!answer?.ok) throw new Error(`no service answers at ${url}: start one (npm start), or name it with --url`);
}

await main();
