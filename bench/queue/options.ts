import { parseArgs } from 'node:util';
import { wholeNumber, wholeNumbers } from '../support/whole-number.ts';

const help = `usage: npm run bench:queue [-- options]

  --database URL   PostgreSQL to measure on, in a database of its own that is dropped at the end.
                   Without it, the benchmark starts one in a temporary folder that syncs every commit.
  --runners A,B    numbers of concurrent fake runners (1,2,4,8)
  --cycles N       trials of one measurement, after a tenth as many to warm up (150)
  --rounds N       number of measurements of each variant (5)
  --quick          2 rounds of 60 cycles
`;

/** Options of the measurement. */
export interface BenchOptions {
  /** Null: the benchmark starts its own server. */
  readonly url: string | null;
  readonly runners: readonly number[];
  readonly cycles: number;
  readonly rounds: number;
}

/** Parses the command line; returns the help text if it asks for help. @throws Error when it is invalid */
export function readOptions(args: readonly string[]): BenchOptions | string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      database: { type: 'string' },
      runners: { type: 'string', default: '1,2,4,8' },
      cycles: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return help;
  const usual = values.quick ? { cycles: '60', rounds: '2' } : { cycles: '150', rounds: '5' };
  return {
    url: values.database ?? null,
    runners: wholeNumbers('runners', values.runners, 1),
    cycles: wholeNumber('cycles', values.cycles ?? usual.cycles, 1),
    rounds: wholeNumber('rounds', values.rounds ?? usual.rounds, 1),
  };
}
