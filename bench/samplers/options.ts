import { parseArgs } from 'node:util';
import { testFunctions } from '../../src/objectives/test-function/functions/list.ts';
import type { TestFunction } from '../../src/objectives/test-function/test-function.ts';
import { type SamplerOptions, samplerOptionsSchema } from '../../src/samplers/table.ts';
import { wholeNumber } from '../support/whole-number.ts';
import type { PeerSource } from './peer-results.ts';

const help = `usage: npm run bench:samplers [-- options]

  --python PATH       a Python with the peers optuna and hyperopt. To set one up:
                        python3 -m venv FOLDER && FOLDER/bin/pip install optuna hyperopt
                      then --python FOLDER/bin/python. Without it, only our own samplers are measured.
  --peers-cache FILE  JSON file in which the peers' results of the ranking are kept, and from which they are read
  --functions A,B     only these test functions
  --seeds N           number of runs of each competitor (10)
  --first-seed N      seed of the first run (0)
  --trials N          number of trials of a run (70)
  --sampler NAME=JSON one of our own samplers with its options, e.g. 'ours={"type":"tpe"}'; may be repeated. The first
                      is ranked in full, the others in its place. Default: the two presets of TPE, and random search
  --only PART         ranks or cost
  --quick             four functions, 3 seeds, 40 trials
`;

const quick = { functions: 'branin,hartmann-6,conditional-tree,lstm-landscape', seeds: '3', trials: '40' };
const defaultSamplers = ['clavier={"type":"tpe"}', 'clavier-hyperopt={"type":"tpe","preset":"hyperopt"}', 'random={"type":"random"}'];

/** One of our own samplers, with its name in the tables. */
export interface OwnSampler {
  readonly name: string;
  readonly options: SamplerOptions;
}

export interface BenchOptions {
  readonly functions: readonly TestFunction[];
  readonly seeds: readonly number[];
  readonly trials: number;
  /** At least one. */
  readonly samplers: readonly OwnSampler[];
  /** Null if the peers are left out. */
  readonly peers: PeerSource | null;
  readonly parts: { readonly ranks: boolean; readonly cost: boolean };
}

/** Parses the command line; returns the help text if it asks for help. @throws Error when it is invalid */
export function readOptions(args: readonly string[]): BenchOptions | string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      python: { type: 'string' },
      'peers-cache': { type: 'string' },
      functions: { type: 'string' },
      seeds: { type: 'string' },
      'first-seed': { type: 'string', default: '0' },
      trials: { type: 'string' },
      sampler: { type: 'string', multiple: true, default: defaultSamplers },
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return help;
  const { python, 'peers-cache': cacheFile, only } = values;
  if (only !== undefined && only !== 'ranks' && only !== 'cost') throw new Error(`--only takes ranks or cost, got ${only}`);
  const usual = values.quick ? quick : { functions: testFunctions.map(({ name }) => name).join(','), seeds: '10', trials: '70' };
  const firstSeed = wholeNumber('first-seed', values['first-seed'], 0);
  return {
    functions: (values.functions ?? usual.functions).split(',').map(functionNamed),
    seeds: Array.from({ length: wholeNumber('seeds', values.seeds ?? usual.seeds, 1) }, (_, index) => firstSeed + index),
    trials: wholeNumber('trials', values.trials ?? usual.trials, 1),
    samplers: values.sampler.map(samplerFrom),
    peers: python === undefined && cacheFile === undefined ? null : { python, cacheFile },
    parts: { ranks: only !== 'cost', cost: only !== 'ranks' },
  };
}

function functionNamed(name: string): TestFunction {
  const found = testFunctions.find((candidate) => candidate.name === name);
  if (found) return found;
  throw new Error(`there is no test function ${name}; there are: ${testFunctions.map((candidate) => candidate.name).join(', ')}`);
}

function samplerFrom(text: string): OwnSampler {
  const [, name, json] = /^([\w-]+)=(.+)$/s.exec(text) ?? [];
  if (name === undefined || json === undefined) throw new Error(`--sampler takes NAME=JSON, got ${text}`);
  return { name, options: samplerOptionsSchema.parse(JSON.parse(json)) };
}
