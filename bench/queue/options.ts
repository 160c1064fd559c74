import { parseArgs } from 'node:util';

const help = `usage: npm run bench:queue [-- options]

  --database URL   a PostgreSQL to measure on, in a database of the bench's own that is dropped at the end.
                   Without it one is started for the bench, on a temporary folder, and it syncs every commit.
  --runners A,B    how many fake runners work at once (1,2,4,8)
  --cycles N       trials of one measurement; a tenth as many go before, to warm up (150)
  --rounds N       how often each is measured (5)
  --quick          2 rounds of 60 cycles
`;

/** How the queue is measured. */
export interface BenchOptions {
  /** Null: a server of the bench's own. */
  readonly url: string | null;
  readonly runners: readonly number[];
  readonly cycles: number;
  readonly rounds: number;
}

/** What the command line asks for; a text where it asks for help. @throws Error for what it cannot mean */
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
    runners: values.runners.split(',').map((text) => wholeNumber('runners', text)),
    cycles: wholeNumber('cycles', values.cycles ?? usual.cycles),
    rounds: wholeNumber('rounds', values.rounds ?? usual.rounds),
  };
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${option} takes whole numbers from 1 on, got ${text}`);
  return value;
}
