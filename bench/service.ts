/**
 * Measures the service under workers: cycles per second of ask and tell (and of ask, reports, tell) by several clients, with studies of
 * different numbers of finished trials, and the latency of its reads. Beside it, in the same round, the floor: the thinnest handler of
 * the same stack with an insert, an update and two commits.
 *
 *   npm run bench:service
 *
 * Server, service, floor and clients share the machine. Progress goes to standard error; the last line of the output is JSON.
 */
import { cyclesPerSecond, floorCycle, poster, studyCycle } from './service/cycles.ts';
import { readOptions, type ServiceBenchOptions } from './service/options.ts';
import { type Latency, latencies } from './service/reads.ts';
import { type ServerProcess, startServer } from './service/server-process.ts';
import { createStudy, fillStudy } from './service/studies.ts';
import { type BenchDatabase, openBenchDatabase } from './support/bench-database.ts';

/** One measurement. */
interface Rate {
  readonly round: number;
  readonly clients: number;
  /** `floor`, or the sampler of the study. */
  readonly what: string;
  readonly trials: number;
  readonly reports: number;
  readonly perSecond: number;
}

interface Servers {
  readonly api: ServerProcess;
  readonly floor: ServerProcess;
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') {
    process.stdout.write(options);
    return;
  }
  await using bench = await openBenchDatabase(options.url);
  const env = { DATABASE_URL: bench.url, CLAVIER_PORT: '0', CLAVIER_HOST: '127.0.0.1' };
  await using api = await startServer('api', env);
  await using floor = await startServer('floor', env);
  const rates = await measureRates(options, bench, { api, floor });
  const reads = await measureReads(options, bench, { api, floor });
  const memoryMb = Math.round(await api.memoryMb());
  process.stdout.write(`${tableOf(rates)}\n${readsTable(reads)}\napi: ${memoryMb} MB\n`);
  process.stdout.write(
    `${JSON.stringify({ bench: 'service', node: process.version, postgres: bench.version, ...options, url: undefined, rates, reads, memoryMb })}\n`,
  );
}

/** Every round measures the floor, then each study, with each number of clients. */
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

function told(rate: Rate): Rate {
  const { round, clients, what, trials, reports, perSecond } = rate;
  process.stderr.write(
    `round ${round + 1}, ${clients} clients, ${what}, ${trials} trials, ${reports} reports: ${perSecond.toFixed(0)} cycles/s\n`,
  );
  return rate;
}

/** Reads of a study with the most trials, beside a route of the floor that reads a constant. */
async function measureReads(options: ServiceBenchOptions, bench: BenchDatabase, { api, floor }: Servers): Promise<Latency[]> {
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

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Medians over the rounds; each ratio to the floor is computed within one round. */
function tableOf(rates: readonly Rate[]): string {
  const keyOf = ({ clients, what, trials, reports }: Rate): string => [clients, what, trials, reports].join(' ');
  const keys = [...new Set(rates.map(keyOf))];
  const floorOf = ({ round, clients }: Rate): number =>
    rates.find((rate) => rate.round === round && rate.clients === clients && rate.what === 'floor')?.perSecond ?? Number.NaN;
  const lines = keys.map((key) => {
    const own = rates.filter((rate) => keyOf(rate) === key);
    const [clients, what, trials, reports] = key.split(' ');
    const share = median(own.map((rate) => rate.perSecond / floorOf(rate)));
    return `| ${clients} | ${what} | ${trials} | ${reports} | ${median(own.map(({ perSecond }) => perSecond)).toFixed(0)} | ${(share * 100).toFixed(0)} % |`;
  });
  return ['| clients | sampler | finished trials | reports | cycles/s | of the floor |', '|---|---|---|---|---|---|', ...lines].join('\n');
}

function readsTable(reads: readonly Latency[]): string {
  const lines = reads.map(({ read, p50, p99 }) => `| ${read} | ${p50.toFixed(2)} | ${p99.toFixed(2)} |`);
  return ['| read | p50 ms | p99 ms |', '|---|---|---|', ...lines].join('\n');
}

await main();
