/**
 * Measures the service under workers: cycles per second of ask and tell (and of ask, reports, tell) by several clients, with studies of
 * different numbers of finished trials, and the latency of its reads. Beside it, in the same round, the floor: the thinnest handler of
 * the same stack with an insert, an update and two commits; and, where a Python with it is given, Optuna on the same PostgreSQL.
 *
 *   npm run bench:service -- --python PATH
 *
 * Server, service, floor and clients share the machine. Progress goes to standard error; the last line of the output is JSON.
 */
import { readOptions, type ServiceBenchOptions } from './service/options.ts';
import { OptunaClients } from './service/optuna.ts';
import { type Latency, latencies } from './service/reads.ts';
import { type FirstAsk, firstAskTable, growth, growthTable, type Rate, rateTable, readsTable } from './service/table.ts';
import { type BenchDatabase, openBenchDatabase } from './support/bench-database.ts';
import { cyclesPerSecond, floorCycle, poster, studyCycle } from './support/cycles.ts';
import { type ServerProcess, startApi, startServer } from './support/server-process.ts';
import { createStudy, fillStudy } from './support/studies.ts';

interface Servers {
  readonly api: ServerProcess;
  readonly floor: ServerProcess;
  readonly optuna: OptunaClients;
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') {
    process.stdout.write(options);
    return;
  }
  await using bench = await openBenchDatabase(options.url);
  await using api = await startApi(bench);
  await using floor = await startServer(new URL('./service/floor.js', import.meta.url), { DATABASE_URL: bench.url });
  await using optuna = await OptunaClients.start(options, bench.url);
  const rates = await measureRates(options, bench, { api, floor, optuna });
  const firstAsks = await measureFirstAsks(options, bench, api.url);
  const reads = await measureReads(options, bench, { api, floor });
  const growths = growth(rates);
  const memoryMb = Math.round(await api.memoryMb());
  process.stdout.write(
    `${rateTable(rates)}\n\n${growthTable(growths)}\n\n${firstAskTable(firstAsks)}\n\n${readsTable(reads)}\n\napi: ${memoryMb} MB\n`,
  );
  process.stdout.write(
    `${JSON.stringify({ bench: 'service', node: process.version, postgres: bench.version, ...options, url: undefined, python: undefined, optuna: optuna.versions, rates, growths, firstAsks, reads, memoryMb })}\n`,
  );
}

/** Every round measures the floor, then each study, then Optuna, with each number of clients. */
async function measureRates(options: ServiceBenchOptions, bench: BenchDatabase, servers: Servers): Promise<Rate[]> {
  const studies = await filledStudies(options, bench, servers.api.url);
  const rates: Rate[] = [];
  for (let round = 0; round < options.rounds; round += 1)
    for (const clients of options.clients) {
      await using floor = poster(servers.floor.url, clients);
      await using api = poster(servers.api.url, clients);
      const seconds = { warmUp: options.seconds / 4, measured: options.seconds };
      const perSecond = await cyclesPerSecond(floorCycle(floor.post), clients, seconds);
      rates.push(told({ round, clients, what: 'floor', trials: 0, reports: 0, perSecond }));
      for (const { id, sampler, trials } of studies)
        for (const reports of options.reports) {
          const rate = await cyclesPerSecond(studyCycle(api.post, id, reports), clients, seconds);
          rates.push(told({ round, clients, what: sampler, trials, reports, perSecond: rate }));
        }
      for (const { sampler, trials } of servers.optuna.studies(clients)) {
        const rate = await servers.optuna.cyclesPerSecond({ sampler, trials, clients }, seconds);
        rates.push(told({ round, clients, what: `optuna-${sampler}`, trials, reports: 0, perSecond: rate }));
      }
    }
  return rates;
}

async function filledStudies({ samplers, trials }: ServiceBenchOptions, bench: BenchDatabase, url: string) {
  const kinds = samplers.flatMap((sampler) => trials.map((count) => ({ sampler, trials: count })));
  const studies = [];
  for (const kind of kinds) {
    const id = await createStudy(url, kind.sampler);
    await fillStudy(bench, id, kind.trials);
    studies.push({ ...kind, id });
  }
  return studies;
}

/** For each sampler a process that has served nothing, and a study with the most trials that no process has served. */
async function measureFirstAsks({ samplers, trials }: ServiceBenchOptions, bench: BenchDatabase, url: string): Promise<FirstAsk[]> {
  const most = Math.max(...trials);
  const asks: FirstAsk[] = [];
  for (const sampler of samplers) {
    const id = await createStudy(url, sampler);
    await fillStudy(bench, id, most);
    await using process = await startApi(bench);
    await using client = poster(process.url, 1);
    const started = performance.now();
    await client.post(`/v1/studies/${id}/ask`, { worker: 'first' });
    asks.push({ sampler, trials: most, ms: performance.now() - started });
  }
  return asks;
}

function told(rate: Rate): Rate {
  const { round, clients, what, trials, reports, perSecond } = rate;
  process.stderr.write(
    `round ${round + 1}, ${clients} clients, ${what}, ${trials} trials, ${reports} reports: ${perSecond.toFixed(0)} cycles/s\n`,
  );
  return rate;
}

/** Reads of a study with the most trials, beside a route of the floor that reads a constant. */
async function measureReads(
  options: ServiceBenchOptions,
  bench: BenchDatabase,
  { api, floor }: Pick<Servers, 'api' | 'floor'>,
): Promise<Latency[]> {
  const id = await createStudy(api.url, 'random');
  await fillStudy(bench, id, Math.max(...options.trials));
  const of = (read: string, path: string) => ({ read, url: `${api.url}/v1/studies/${id}${path}` });
  return latencies(
    [
      { read: 'SELECT 1 (floor)', url: `${floor.url}/one` },
      of('leaderboard', '/leaderboard'),
      of('study', ''),
      of('trials, first page', '/trials'),
      { read: 'studies', url: `${api.url}/v1/studies` },
    ],
    options.reads,
  );
}

await main();
