import { parseArgs } from 'node:util';
import { wholeNumber } from '../support/whole-number.ts';

const help = `usage: npm run bench:slow-sampler [-- options]

  --seconds N         seconds to measure while the sampler computes (25)
  --milliseconds N    time that the sampler takes for a suggestion (2000)
  --cost slow         in a worker, as the service plans such a sampler (the default)
  --cost instant      on the event loop and under the lock: what would happen if it were declared fast
`;

/** Options of the measurement. */
export interface SlowSamplerOptions {
  readonly seconds: number;
  /** Time of a suggestion. */
  readonly milliseconds: number;
  /** Cost that the sampler declares. */
  readonly cost: 'slow' | 'instant';
}

/** Parses the command line; returns the help text if it asks for help. @throws Error when it is invalid */
export function readOptions(args: readonly string[]): SlowSamplerOptions | string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '25' },
      milliseconds: { type: 'string', default: '2000' },
      cost: { type: 'string', default: 'slow' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return help;
  const { cost } = values;
  if (cost !== 'slow' && cost !== 'instant') throw new Error(`--cost takes slow or instant, got ${cost}`);
  return { seconds: wholeNumber('seconds', values.seconds, 1), milliseconds: wholeNumber('milliseconds', values.milliseconds, 1), cost };
}
