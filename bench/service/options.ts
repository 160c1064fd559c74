import { parseArgs } from 'node:util';
import { wholeNumber } from '../support/whole-number.ts';

const help = `usage: npm run bench:service [-- options]

  --database URL   PostgreSQL to measure on, in a database of its own that is dropped at the end.
                   Without it, the bench starts one in a temporary folder that syncs every commit.
  --clients A,B    numbers of concurrent clients (1,8,32)
  --samplers A,B   samplers of the studies (random,tpe)
  --trials A,B     finished trials that a study begins with (0,10000,100000)
  --reports A,B    reports between ask and tell (0,3)
  --seconds N      length of a measurement, after a quarter as long to warm up (4)
  --rounds N       measurements of each kind (3)
  --reads N        requests of each read at the largest number of trials (2000)
  --python PATH    a Python with optuna and psycopg2: measures Optuna's random and TPE samplers on the
                   same server, by at most 8 clients, a process each, with 0 and 1000 finished trials;
                   the studies of the service get these numbers of trials too
  --quick          2 rounds of 2 seconds, 8 clients, 0 and 10000 trials, no reports, 500 reads
`;

/** Options of the measurement. */
export interface ServiceBenchOptions {
  /** Null: the bench starts its own server. */
  readonly url: string | null;
  readonly clients: readonly number[];
  readonly samplers: readonly string[];
  readonly trials: readonly number[];
  readonly reports: readonly number[];
  readonly seconds: number;
  readonly rounds: number;
  readonly reads: number;
  readonly python: string | null;
}

/** Finished trials with which a study of Optuna begins. */
export const optunaTrials = [0, 1000] as const;
/** Most clients of Optuna: each is a process that computes. */
export const mostOptunaClients = 8;

/** Parses the command line; returns the help text if it asks for help. @throws Error when it is invalid */
export function readOptions(args: readonly string[]): ServiceBenchOptions | string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      database: { type: 'string' },
      clients: { type: 'string' },
      samplers: { type: 'string', default: 'random,tpe' },
      trials: { type: 'string' },
      reports: { type: 'string' },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      reads: { type: 'string' },
      python: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return help;
  const usual = values.quick
    ? { clients: '8', trials: '0,10000', reports: '0', seconds: '2', rounds: '2', reads: '500' }
    : { clients: '1,8,32', trials: '0,10000,100000', reports: '0,3', seconds: '4', rounds: '3', reads: '2000' };
  const numbers = (option: keyof typeof usual, least: number): number[] =>
    (values[option] ?? usual[option]).split(',').map((text) => wholeNumber(option, text, least));
  return {
    url: values.database ?? null,
    clients: numbers('clients', 1),
    samplers: values.samplers.split(','),
    trials: values.python === undefined ? numbers('trials', 0) : union(numbers('trials', 0), optunaTrials),
    reports: numbers('reports', 0),
    seconds: wholeNumber('seconds', values.seconds ?? usual.seconds, 1),
    rounds: wholeNumber('rounds', values.rounds ?? usual.rounds, 1),
    reads: wholeNumber('reads', values.reads ?? usual.reads, 1),
    python: values.python ?? null,
  };
}

function union(numbers: readonly number[], more: readonly number[]): number[] {
  return [...new Set([...numbers, ...more])].toSorted((a, b) => a - b);
}
