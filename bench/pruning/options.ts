import { parseArgs } from 'node:util';
import { wholeNumber } from '../support/whole-number.ts';
import { methodNames } from './methods.ts';
import { steps } from './problems.ts';

const allNames = [...methodNames.own, ...methodNames.optuna];

const help = `usage: npm run bench:pruning [-- options]

  --python PATH   a Python with optuna, whose pruners are run beside ours. To set one up:
                    python3 -m venv FOLDER && FOLDER/bin/pip install optuna
  --methods A,B   only these: SAMPLER/PRUNER, or a SAMPLER for all of its pruners (all of ours; with --python, Optuna's too):
                    ${methodNames.own.join(', ')},
                    ${methodNames.optuna.join(', ')}
  --seeds N       searches of each method on each problem: the first N seeds (100)
  --trials N      steps of a search, in whole trials of ${steps} steps (40)
  --results FILE  keeps every search in this file, and makes only those that it lacks: for runs of hours. Ctrl-C ends a sitting at any
                  time. Two processes with different methods may use the same file
  --minutes N     makes no further search after so many minutes, and prints the tables of the seeds that are complete (no limit;
                  0: prints those of the file)
  --quick         5 seeds
`;

/** What is measured. */
export interface PruningOptions {
  /** Null if none of Optuna's methods is chosen. */
  readonly python: string | null;
  /** Names of the methods, in the order of the tables. */
  readonly methods: readonly string[];
  readonly seeds: number;
  /** Steps of a search. */
  readonly budget: number;
  /** File of the searches that were made. */
  readonly results: string | undefined;
  /** Infinity: no limit. */
  readonly minutes: number;
}

/** Parses the command line; returns the help text if it asks for help. @throws Error when it is invalid */
export function readOptions(args: readonly string[]): PruningOptions | string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      python: { type: 'string' },
      methods: { type: 'string' },
      seeds: { type: 'string' },
      trials: { type: 'string', default: '40' },
      results: { type: 'string' },
      minutes: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return help;
  const { python } = values;
  const methods = values.methods === undefined ? (python === undefined ? methodNames.own : allNames) : chosen(values.methods.split(','));
  const [peer] = methods.filter((name) => methodNames.optuna.includes(name));
  if (peer !== undefined && python === undefined) throw new Error(`${peer} needs --python PATH, a Python with optuna`);
  const minutes = values.minutes === undefined ? Number.POSITIVE_INFINITY : wholeNumber('minutes', values.minutes, 0);
  if (minutes === 0 && values.results === undefined) throw new Error('--minutes 0 needs --results FILE, whose searches it reads');
  return {
    python: peer === undefined ? null : (python ?? null),
    methods,
    seeds: wholeNumber('seeds', values.seeds ?? (values.quick ? '5' : '100'), 1),
    budget: steps * wholeNumber('trials', values.trials, 1),
    results: values.results,
    minutes,
  };
}

function chosen(words: readonly string[]): string[] {
  const isMeant = (name: string, word: string): boolean => name === word || name.startsWith(`${word}/`);
  const unknown = words.find((word) => !allNames.some((name) => isMeant(name, word)));
  if (unknown !== undefined) throw new Error(`there is no method ${unknown}; there are: ${allNames.join(', ')}`);
  return allNames.filter((name) => words.some((word) => isMeant(name, word)));
}
