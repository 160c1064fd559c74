import { parseArgs } from 'node:util';
import { type SamplerOptions, samplerOptionsSchema } from '../../src/samplers/table.ts';
import { wholeNumber, wholeNumbers } from '../support/whole-number.ts';

/** Suggestions before those that are timed. */
export const warmUp = 5;
/** Observations of the shortest history. */
const shortest = 3;

const help = `usage: npm run bench:suggestion [-- options]

  --sampler JSON        the sampler, as a study has it ({"type":"tpe"})
  --metrics N           metrics of the study (1)
  --observations A,B    numbers of observations (20,70,300,1000,5000,10000). Half of the repeats and the warm-up come before each, so that
                        the least is 20 with 25 repeats
  --repeats N           suggestions that are timed for each of them (25)
  --before FOLDER       the compiled sources of another checkout (its dist/bench/src): each suggestion is made with both in turn, and the
                        ratio of the medians is printed. Both must make the same suggestions
`;

/** Options of the measurement. */
export interface SuggestionOptions {
  readonly sampler: SamplerOptions;
  readonly metrics: number;
  readonly observations: readonly number[];
  readonly repeats: number;
  /** Folder of the other checkout's compiled sources. */
  readonly before: string | undefined;
}

/** Parses the command line; returns the help text if it asks for help. @throws Error when it is invalid */
export function readOptions(args: readonly string[]): SuggestionOptions | string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sampler: { type: 'string', default: '{"type":"tpe"}' },
      metrics: { type: 'string', default: '1' },
      observations: { type: 'string', default: '20,70,300,1000,5000,10000' },
      repeats: { type: 'string', default: '25' },
      before: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return help;
  const repeats = wholeNumber('repeats', values.repeats, 1);
  return {
    sampler: samplerOptionsSchema.parse(JSON.parse(values.sampler)),
    metrics: wholeNumber('metrics', values.metrics, 1),
    observations: wholeNumbers('observations', values.observations, shortest + beforeMiddle(repeats)),
    repeats,
    before: values.before,
  };
}

/** Suggestions before the middle one of the repeats. */
export function beforeMiddle(repeats: number): number {
  return warmUp + (repeats >> 1);
}
