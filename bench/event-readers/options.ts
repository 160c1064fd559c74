import { parseArgs } from 'node:util';

const help = `usage: npm run bench:events [-- options]

  --database URL   PostgreSQL to measure on, in a database of its own that is dropped at the end.
                   Without it, the bench starts one in a temporary folder that syncs every commit.
  --quiet N        readers of quiet studies, one each (1000)
  --slow N         readers of busy studies that take one chunk a second (50)
  --fast N         readers of busy studies that take what comes (20)
  --trials N       trials a second that settle, over four busy studies (200)
  --reconnects N   times that each reader goes away and comes back (20)
  --seconds N      length of the load, in the middle of which the api is started again (300)
`;

/** Options of the measurement. */
export interface EventBenchOptions {
  /** Null: the bench starts its own server. */
  readonly url: string | null;
  readonly quiet: number;
  readonly slow: number;
  readonly fast: number;
  readonly trials: number;
  readonly reconnects: number;
  readonly seconds: number;
}

const usual = { quiet: '1000', slow: '50', fast: '20', trials: '200', reconnects: '20', seconds: '300' };

/** Parses the command line; returns the help text if it asks for help. @throws Error when it is invalid */
export function readOptions(args: readonly string[]): EventBenchOptions | string {
  const number = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      database: { type: 'string' },
      quiet: number,
      slow: number,
      fast: number,
      trials: number,
      reconnects: number,
      seconds: number,
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return help;
  const numberOf = (name: keyof typeof usual, least: number): number => {
    const value = Number(values[name] ?? usual[name]);
    if (!Number.isSafeInteger(value) || value < least) throw new Error(`--${name} takes a whole number from ${least} on`);
    return value;
  };
  return {
    url: values.database ?? null,
    quiet: numberOf('quiet', 0),
    slow: numberOf('slow', 0),
    fast: numberOf('fast', 1),
    trials: numberOf('trials', 1),
    reconnects: numberOf('reconnects', 0),
    seconds: numberOf('seconds', 10),
  };
}
