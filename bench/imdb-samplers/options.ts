import { parseArgs } from 'node:util';
import { wholeNumber } from '../support/whole-number.ts';

const help = `usage: npm run bench:imdb-samplers [-- options]

  --url URL       a running service, such as that of npm start: its runners train (http://127.0.0.1:8080). A seed takes one core about four hours
  --at-once N     searches that run at the same time: as many as the service has slots (2)
  --seeds N       searches of each sampler: seeds 1 to N (3)
  --results FILE  keeps every search that has ended in this file, and makes only those that it lacks. A search that has not ended goes on in the
                  service, and is found there by the next call
  --minutes N     waits so long at most (no limit; 0: prints the tables of the file)
  --plot FILE     writes both curves as an SVG file: best validation accuracy against trials, and against trained epochs
`;

/** What is measured. */
export interface ImdbSamplersOptions {
  readonly url: string;
  readonly atOnce: number;
  readonly seeds: number;
  readonly results: string | undefined;
  /** Infinity: no limit. */
  readonly minutes: number;
  /** Path of the SVG file. */
  readonly plot: string | undefined;
}

/** Parses the command line; returns the help text if it asks for help. @throws Error when it is invalid */
export function readOptions(args: readonly string[]): ImdbSamplersOptions | string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:8080' },
      'at-once': { type: 'string', default: '2' },
      seeds: { type: 'string', default: '3' },
      results: { type: 'string' },
      minutes: { type: 'string' },
      plot: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return help;
  const minutes = values.minutes === undefined ? Number.POSITIVE_INFINITY : wholeNumber('minutes', values.minutes, 0);
  if (minutes === 0 && values.results === undefined) throw new Error('--minutes 0 needs --results FILE, whose searches it reads');
  return {
    url: values.url,
    atOnce: wholeNumber('at-once', values['at-once'], 1),
    seeds: wholeNumber('seeds', values.seeds, 1),
    results: values.results,
    minutes,
    plot: values.plot,
  };
}
